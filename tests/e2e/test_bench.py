"""A tiny measurement: ours and the usual stack on the real telephone recording, side by side."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from runs import TELEPHONE, environment

pytestmark = [pytest.mark.models, pytest.mark.meeteval]


def test_bench_measures_systems_side_by_side(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "telephone"
    folder.mkdir(parents=True)
    for name, target in (("sample.wav", "audio.wav"), ("sample.rttm", "reference.rttm")):
        shutil.copy(TELEPHONE / name, folder / target)
    shutil.copy(TELEPHONE / "sample.stm", folder / "reference.stm")
    (folder / "meta.json").write_text('{"language": "en"}')
    out = tmp_path / "bench.json"
    systems = [f"--system={name}" for name in ("vuoro", "stock", "whisperx")]
    process = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", "-m", "benchmarks", str(tmp_path / "data")),
            *(*systems, "--environments", str(tmp_path), "--out", str(out)),
        ],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    measured = json.loads(out.read_text())
    assert [row["system"] for row in measured["rows"]] == ["vuoro", "stock"]
    assert any("whisperx is not installed" in note for note in measured["notes"])
    for row in measured["rows"]:
        assert row["diarisation"]["n_people"] == 2
        assert row["diarisation"]["der"] < 0.25
        assert row["talk"]["wer"]["plain"]["rate"] < 0.4
        assert row["peak_mb"] > 100 and row["cpu_rtf"] > 0
    ours, stock = (row["talk"] for row in measured["rows"])
    # words go to people one at a time, not a whole Whisper segment at a time
    assert ours["cpwer"]["rate"] < stock["cpwer"]["rate"]
    right = "words_to_the_right_person"
    assert ours[right]["rate"] > stock[right]["rate"]
    assert measured["multiples_of_stock"]["vuoro"]["cpWER"] < 1
    assert "telephone" in process.stdout and "whisperx is not installed" in process.stdout
