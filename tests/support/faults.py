"""Causing faults in runs from outside: killing them in the middle of a stage."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from halting import HALT, HALTED, LOG
from runs import GROUPS, TELEPHONE, environment

from pipeline.study import Study, create

FROM_S = 12.5
_COMMAND = [sys.executable, "-W", "ignore", "-c", "from halting import halting; halting()"]
_SUPPORT = str(Path(__file__).parent)


def short_study(root: Path) -> Study:
    """A study with ten seconds of a real telephone call in its inbox: two people, four places."""
    study = create(root)
    study.groups_file.write_text(GROUPS, encoding="utf-8")
    target = study.inbox / "kanaria" / "puhelu.wav"
    target.parent.mkdir()
    with wave.open(str(TELEPHONE / "sample.wav")) as whole, wave.open(str(target), "wb") as part:
        part.setparams(whole.getparams())
        whole.setpos(round(FROM_S * whole.getframerate()))
        part.writeframes(whole.readframes(10 * whole.getframerate()))
    return study


@contextmanager
def killed_in(study: Study, stage: str, log: Path, **extra: str) -> Iterator[None]:
    """Run a study, and kill -9 all processes of the run when half of this stage's result is there.

    What the run carries out is in ``log`` (``carried_out``). The block is for a look at the study
    while the run still stands in that stage.
    """
    process = _start(study, log, **extra, **{HALT: stage})
    try:
        while HALTED not in log.read_text().split():
            if process.poll() is not None:
                raise AssertionError(f"ended before '{stage}': {process.communicate()[0]}")
            time.sleep(0.02)
        yield
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def run_to_the_end(study: Study, log: Path, **extra: str) -> str:
    """Run a study; what it says. What it carries out is in ``log``."""
    process = _start(study, log, **extra)
    said = process.communicate(timeout=300)[0]
    assert process.returncode == 0, said
    return said


def carried_out(log: Path) -> list[str]:
    """The stages that a run began, in order."""
    return [stage for stage in log.read_text().split() if stage != HALTED]


def children(parent: int) -> dict[str, int]:
    """Processes that a process started, by what they are."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            words = (folder / "cmdline").read_bytes().decode().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(status[1]) == parent and status[0] != "Z" and "-m" in words:
            found[words[words.index("-m") + 1]] = int(folder.name)
    return found


def _start(study: Study, log: Path, **extra: str) -> subprocess.Popen[str]:
    log.write_text("")
    path = os.pathsep.join([_SUPPORT, os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [*_COMMAND, "run", "--study", str(study.root)],
        env=environment(PYTHONPATH=path, **{LOG: str(log)}, **extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
