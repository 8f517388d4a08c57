"""Two processes on one inbox: each file is taken once, also when one of them is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from inbox import SETTINGS, drop
from runs import environment

from pipeline import intake
from pipeline.intake import stillness
from pipeline.operations.repair import repair
from pipeline.storage.disk import sha256_of
from pipeline.study import Study, accepted, create
from pipeline.study.listener import Listener

pytestmark = pytest.mark.faults

WATCHER = """
import sys
from pathlib import Path
from pipeline import intake
from pipeline.study import accepted
from pipeline.errors import VuoroError
from pipeline.settings import IntakeSettings
from pipeline.study import Study
study = Study(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(2):
    for file in intake.waiting(study):
        try:
            outcome = intake.accept(study, file, IntakeSettings(originals=sys.argv[2]))
        except VuoroError:
            continue
        if isinstance(outcome, intake.Accepted):
            print(outcome.recording.session_id, flush=True)
"""


def watcher(study: Study, originals: str = "move") -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", WATCHER, str(study.root), originals],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = create(tmp_path / "study")
    for n in range(30):
        drop(study, f"{'ab'[n % 2]}/nauha {chr(97 + n)}.wav", 1.1 + n / 100)
    return study


def contents(study: Study) -> Counter[str]:
    """How often each content is among the originals."""
    return Counter(sha256_of(accepted.original(study, r)) for r in accepted.sessions(study))


@pytest.mark.parametrize("originals", ["move", "reference"])
def test_two_take_thirty_files_once_each(originals: str, study: Study) -> None:
    dropped = Counter(sha256_of(file) for file in intake.waiting(study))
    watchers = [watcher(study, originals) for _ in range(2)]
    for process in watchers:
        go(process)
    taken = [line for process in watchers for line in process.communicate()[0].split()]
    assert len(taken) == len({*taken}) == 30
    assert contents(study) == dropped
    assert {r.session_id for r in accepted.sessions(study)} == {*taken}
    assert {r.sha256 for r in accepted.sessions(study)} == {*dropped}
    assert intake.waiting(study) == []
    assert not [*study.quarantine.rglob("*.wav")]
    assert not [*study.recordings.glob(".*")]


@pytest.mark.parametrize("after", [1, 4, 9])
def test_one_is_killed_and_the_other_goes_on(
    after: int, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped = Counter(sha256_of(file) for file in intake.waiting(study))
    killed, other = watcher(study), watcher(study)
    go(killed)
    go(other)
    assert killed.stdout is not None
    for _ in range(after):
        killed.stdout.readline()
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    repair(study)  # the other is at work still: what it claims is left alone
    other.communicate()
    repair(study)
    monkeypatch.setattr(stillness, "QUIET_S", 0.0)
    intake.take_in(study, SETTINGS, Listener())
    assert contents(study) == dropped
    assert not [*study.recordings.glob(".*")]
