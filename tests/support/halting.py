"""A run that tells what it carries out, and halts in the middle of a stage for others to kill it.

Its process runs ``halting`` in the place of the command line's ``main``: no line of vuoro knows of
it. It notes each stage that is carried out in the file ``FAULTS_LOG``, and halts in the stage
``FAULTS_HALT`` when half of its result is written.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from pydantic import TypeAdapter

from pipeline.dataset import files
from pipeline.operations import build
from pipeline.stages.chain import PUBLISH, SessionChain
from pipeline.stages.declared import BY_NAME, Job, Stage
from pipeline.study import Study
from pipeline.study.store import RESULT

DOCUMENT = "document"  # what is not of one session: people, dictionary, data sheet
LOG, HALT = "FAULTS_LOG", "FAULTS_HALT"
HALTED = "halted"

Note = Callable[[str, str], None]


def noted(patch: pytest.MonkeyPatch, note: Note) -> None:
    """Have ``note`` told the session and the name of each stage that is carried out."""
    for name, stage in BY_NAME.items():
        patch.setitem(BY_NAME, name, replace(stage, run=_noted(stage, note)))
    publish, document = SessionChain.publish, build.document

    def published(chain: SessionChain) -> None:
        note(chain.recording.session_id, PUBLISH)
        publish(chain)

    def documented(study: Study) -> None:
        note("", DOCUMENT)
        document(study)

    patch.setattr(SessionChain, "publish", published)
    patch.setattr(build, "document", documented)


def _noted(stage: Stage, note: Note) -> Callable[[Job], object]:
    def run(job: Job) -> object:
        note(job.chain.recording.session_id, stage.name)
        return stage.run(job)

    return run


def halting() -> None:
    """The command line, in a process that is to be killed or watched."""
    from pipeline.commands.cli import main

    patch = pytest.MonkeyPatch()
    stage = os.environ.get(HALT, "")
    if stage in BY_NAME:
        patch.setitem(BY_NAME, stage, replace(BY_NAME[stage], run=_half(BY_NAME[stage])))
    patch.setattr(files, "write", _half_written(files.write, stage))
    noted(patch, lambda session_id, stage: _say(stage))
    main()


def _half(stage: Stage) -> Callable[[Job], object]:
    def run(job: Job) -> object:
        record: Any = stage.run(job)
        data = TypeAdapter(stage.record).dump_json(record, indent=1)
        (job.folder / RESULT).write_bytes(data[: len(data) // 2])
        _halt()

    return run


def _half_written(
    write: Callable[[Path, bytes], bool], stage: str
) -> Callable[[Path, bytes], bool]:
    """Of the six files of a session, four are written; of the documentation, one of two."""
    last = {PUBLISH: "turns", DOCUMENT: "DATASHEET.md"}.get(stage)

    def half(file: Path, data: bytes) -> bool:
        if last in (file.name, file.parent.name):
            file.parent.mkdir(exist_ok=True)
            (file.parent / ".vuoro-half.pending").write_bytes(data[: len(data) // 2])
            _halt()
        return write(file, data)

    return half


def _halt() -> NoReturn:
    _say(HALTED)
    while True:
        time.sleep(60)


def _say(word: str) -> None:
    with Path(os.environ[LOG]).open("a") as log:
        log.write(f"{word}\n")
