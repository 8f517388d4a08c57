"""The bench says before it measures anything what it lacks."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from benchmarks.__main__ import main


def test_without_meeteval_nothing_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reference.rttm").touch()
    (tmp_path / "audio.wav").touch()
    monkeypatch.setitem(sys.modules, "meeteval", None)  # as where it is not installed
    app, out = Typer(), tmp_path / "bench.json"
    app.command()(main)
    done = CliRunner().invoke(app, [str(tmp_path), "--out", str(out)])
    assert done.exit_code == 2
    assert "meeteval" in done.output
    assert not out.exists()
