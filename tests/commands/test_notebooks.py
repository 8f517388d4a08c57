"""`vuoro notebooks` says what is missing where the extra is not installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipeline.commands.notebooks import NEEDED, notebooks
from pipeline.errors import StudyError
from pipeline.study import create


@pytest.mark.parametrize("missing", NEEDED)
def test_what_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    create(tmp_path / "study")
    monkeypatch.setitem(sys.modules, missing, None)  # as where it is not installed
    with pytest.raises(StudyError) as raised:
        notebooks(tmp_path / "study")
    assert raised.value.remedy == f"Type: pip install {missing}"
