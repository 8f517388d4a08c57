"""Two processes at one study, one of them killed: all is done, once, as one alone would have."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from finished import copied
from pretended import tables
from runs import KEYS, environment
from worker import study_of

from pipeline.stages.declared import STAGES
from pipeline.study import Study, accepted
from pipeline.study.leases import living

pytestmark = pytest.mark.faults

N_SESSIONS = 5
# what a group or the study has, or is made as it is looked for, either of the two may make
OF_A_SESSION = {s.name for s in STAGES if s.scope == "session" and not s.at_once}
HALTS_IN = 2
_SUPPORT = Path(__file__).parents[1] / "support"


def start(
    study: Study, log: Path, prefect: dict[str, str], halts_in: int = 0
) -> subprocess.Popen[bytes]:
    log.touch()
    path = os.pathsep.join([str(_SUPPORT), os.environ.get("PYTHONPATH", "")])
    words = [str(study.root), str(log), str(KEYS), str(halts_in)]
    command = [sys.executable, "-W", "ignore", "-m", "worker", *words]
    return subprocess.Popen(command, env=environment(PYTHONPATH=path, **prefect))


def begun(log: Path) -> list[str]:
    return log.read_text().splitlines()


def heard(log: Path) -> list[str]:
    return [line for line in begun(log) if line.endswith("transcribe")]


def wait_until_heard(log: Path, n: int, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 120
    while len(heard(log)) < n:
        assert process.poll() is None and time.monotonic() < give_up
        time.sleep(0.02)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study whose recordings lie in the inbox; not to be changed."""
    return study_of(tmp_path_factory.mktemp("whole"), N_SESSIONS)


@pytest.fixture(scope="module")
def calm(whole: Study, tmp_path_factory: pytest.TempPathFactory, prefect: dict[str, str]) -> Study:
    """The same study, finished by one process alone."""
    root = tmp_path_factory.mktemp("calm")
    study = copied(whole, root / "study")
    assert start(study, root / "log", prefect).wait() == 0
    assert len(accepted.sessions(study)) == N_SESSIONS
    return study


@pytest.fixture
def study(whole: Study, tmp_path: Path) -> Study:
    return copied(whole, tmp_path / "study")


def test_one_of_two_is_killed(
    tmp_path: Path, study: Study, calm: Study, prefect: dict[str, str]
) -> None:
    logs = tmp_path / "killed.log", tmp_path / "survivor.log"
    killed = start(study, logs[0], prefect, HALTS_IN)
    wait_until_heard(logs[0], HALTS_IN, killed)
    survivor = start(study, logs[1], prefect)
    wait_until_heard(logs[1], 1, survivor)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert survivor.wait() == 0

    assert tables(study) == tables(calm)
    done = Counter(heard(logs[0])) + Counter(heard(logs[1]))
    assert len(done) == N_SESSIONS
    assert [session for session, n in done.items() if n > 1] == heard(logs[0])[-1:]
    assert done.total() == N_SESSIONS + 1  # what it was at when it was killed, once more
    assert living(study) == []


def test_two_finish_together(
    tmp_path: Path, study: Study, calm: Study, prefect: dict[str, str]
) -> None:
    logs = tmp_path / "one.log", tmp_path / "two.log"
    processes = [start(study, log, prefect) for log in logs]
    assert [process.wait() for process in processes] == [0, 0]

    assert tables(study) == tables(calm)
    done = Counter(line for log in logs for line in begun(log) if line.split()[-1] in OF_A_SESSION)
    assert set(done.values()) == {1}
