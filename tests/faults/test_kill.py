"""A run killed in the middle of a stage: the next one goes on from there."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from runs import start, telephone_study, vuoro

from pipeline.study import Study

pytestmark = [pytest.mark.models, pytest.mark.faults]


def kill_when(study: Study, line: str) -> None:
    """Run, and kill -9 all processes of the run as soon as it says ``line``."""
    process = start(study, "run")
    assert process.stdout is not None
    for said in process.stdout:
        if line in said:
            os.killpg(process.pid, signal.SIGKILL)
            break
    else:
        raise AssertionError(f"the run ended without saying '{line}'")
    process.wait()


def tables(study: Study) -> dict[str, bytes]:
    return {str(f.relative_to(study.dataset)): f.read_bytes() for f in study.dataset.rglob("*.*")}


@pytest.mark.parametrize("line", ["who spoke when: starts", "what was said: starts"])
def test_killed_in_a_stage(tmp_path: Path, line: str) -> None:
    killed, calm = telephone_study(tmp_path / "killed"), telephone_study(tmp_path / "calm")
    assert vuoro(calm, "run").returncode == 0
    killed.key_file.write_bytes(calm.key_file.read_bytes())  # the same random draw
    kill_when(killed, line)

    process = vuoro(killed, "run")
    assert process.returncode == 0, process.stdout + process.stderr
    assert "reading the sound" not in process.stdout  # that was done before the kill
    assert tables(killed) == tables(calm)
    assert vuoro(killed, "run").stdout.startswith("Nothing to do")


def test_ctrl_c_stops_with_one_sentence_and_leaves_nothing_running(tmp_path: Path) -> None:
    study = telephone_study(tmp_path)
    process = start(study, "run")
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "who spoke when: starts" in line:
            process.send_signal(signal.SIGINT)
            break
    said += process.communicate(timeout=120)[0]
    assert process.returncode == 130
    assert "Stopped. What was finished is kept" in said
    assert "Traceback" not in said
    assert vuoro(study, "run").returncode == 0
