"""A tiny measurement: both systems on the real telephone recording, side by side."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from runs import TELEPHONE, environment

pytestmark = pytest.mark.models


def test_bench_measures_both_systems(tmp_path: Path) -> None:
    folder = tmp_path / "telephone"
    folder.mkdir()
    for name, target in (("sample.wav", "audio.wav"), ("sample.rttm", "reference.rttm")):
        shutil.copy(TELEPHONE / name, folder / target)
    shutil.copy(TELEPHONE / "sample.stm", folder / "reference.stm")
    out = tmp_path / "bench.json"
    process = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "pipeline.bench",
            str(tmp_path),
            "--language",
            "en",
            "--out",
            str(out),
        ],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    rows = json.loads(out.read_text())
    assert [row["system"] for row in rows] == ["vuoro", "stock"]
    for row in rows:
        assert row["diarisation"]["n_people"] == 2
        assert row["diarisation"]["der"] < 0.25
        assert row["text"]["wer"] < 0.4
        assert row["peak_mb"] > 100 and row["cpu_rtf"] > 0
    ours, stock = rows
    # words go to people one at a time, not a whole Whisper segment at a time
    assert ours["cpwer"] < stock["cpwer"]
    assert "telephone" in process.stdout
