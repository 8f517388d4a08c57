"""Two processes at one study, one of them killed: all is done, once, as one alone would have."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from pretended import tables
from runs import KEYS, environment
from worker import study_of

from pipeline import intake
from pipeline.leases import living
from pipeline.study import Study

pytestmark = pytest.mark.faults

N_SESSIONS = 8
_SUPPORT = Path(__file__).parents[1] / "support"


def start(study: Study, log: Path, api: str) -> subprocess.Popen[bytes]:
    log.touch()
    path = os.pathsep.join([str(_SUPPORT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-W", "ignore", "-m", "worker", str(study.root), str(log), str(KEYS)]
    return subprocess.Popen(command, env=environment(PYTHONPATH=path, PREFECT_API_URL=api))


def begun(log: Path) -> list[str]:
    return log.read_text().splitlines()


def heard(log: Path) -> list[str]:
    return [line for line in begun(log) if line.endswith("transcribe")]


def wait_until_heard(log: Path, n: int, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 120
    while len(heard(log)) < n:
        assert process.poll() is None and time.monotonic() < give_up
        time.sleep(0.02)


@pytest.fixture
def alone(tmp_path: Path, prefect: str) -> tuple[Study, Study]:
    """A study that one process has finished, and the same as it was before."""
    study = study_of(tmp_path / "alone", N_SESSIONS)
    before = Study(Path(shutil.copytree(study.root, tmp_path / "before")))
    assert start(study, tmp_path / "alone.log", prefect).wait() == 0
    assert len(intake.sessions(study)) == N_SESSIONS
    return study, before


def test_one_of_two_is_killed(tmp_path: Path, alone: tuple[Study, Study], prefect: str) -> None:
    calm, study = alone
    logs = tmp_path / "killed.log", tmp_path / "survivor.log"
    killed = start(study, logs[0], prefect)
    wait_until_heard(logs[0], 1, killed)  # the inbox is taken in
    survivor = start(study, logs[1], prefect)
    wait_until_heard(logs[1], 1, survivor)
    wait_until_heard(logs[0], 3, killed)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert survivor.wait() == 0

    assert tables(study) == tables(calm)
    done = Counter(heard(logs[0])) + Counter(heard(logs[1]))
    assert len(done) == N_SESSIONS
    assert [n for n in done.values() if n > 1] in ([], [2])  # what it was at when it was killed
    assert living(study) == []


def test_two_finish_together(tmp_path: Path, alone: tuple[Study, Study], prefect: str) -> None:
    calm, study = alone
    logs = tmp_path / "one.log", tmp_path / "two.log"
    processes = [start(study, log, prefect) for log in logs]
    assert [process.wait() for process in processes] == [0, 0]

    assert tables(study) == tables(calm)
    done = Counter(line for log in logs for line in begun(log) if not line.endswith("document"))
    assert set(done.values()) == {1}
