"""A run beside other runs of the same machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.run import _seen_by_others
from pipeline.study.listener import Listener


class Heard(Listener):
    def __init__(self) -> None:
        self.notes: list[str] = []

    def noted(self, sentence: str) -> None:
        self.notes.append(sentence)


def test_a_run_beside_another_studys_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    first, second, third = Heard(), Heard(), Heard()
    with _seen_by_others(first), _seen_by_others(second):
        pass
    with _seen_by_others(third):
        pass
    assert first.notes == third.notes == []
    [note] = second.notes
    assert "Another study is at work on this machine" in note
