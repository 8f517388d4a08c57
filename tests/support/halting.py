"""A run that tells what it carries out, and halts in the middle of a stage for others to kill it.

Its process runs ``halting`` in the place of the command line's ``main``: no line of vuoro knows of
it. It notes each stage that is carried out in the file ``FAULTS_LOG``, and halts in the stage
``FAULTS_HALT`` when half of its result is written.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest
from pydantic import TypeAdapter

from pipeline.dataset import files
from pipeline.operations import build
from pipeline.stages import make
from pipeline.stages.chain import SessionChain
from pipeline.stages.documents import DOCUMENT as DOCUMENTS
from pipeline.stages.publishing import MEASURE, PUBLISH
from pipeline.stages.stage import Stage
from pipeline.study import Study
from pipeline.study.store import RESULT

DOCUMENT = DOCUMENTS.name  # and people: what is not of one session
LOG, HALT = "FAULTS_LOG", "FAULTS_HALT"
HALTED = "halted"

# of a stage that writes into the data set: the file in the middle of which it halts
LAST = {MEASURE.name: "dynamics_person", PUBLISH.name: "turns", DOCUMENT: "DATASHEET.md"}

Note = Callable[[str, str], None]


def noted(patch: pytest.MonkeyPatch, note: Note) -> None:
    """Have ``note`` told the session and the name of each stage that is carried out."""
    carry_out, document = make.carry_out, build.document

    def carried_out(chain: SessionChain, stage: Stage[Any], *rest: Any) -> object:
        note(chain.recording.session_id, stage.name)
        return carry_out(chain, stage, *rest)

    def documented(study: Study) -> None:
        note("", DOCUMENT)
        document(study)

    patch.setattr(make, "carry_out", carried_out)
    patch.setattr(build, "document", documented)


def halting() -> None:
    """The command line, in a process that is to be killed or watched."""
    from pipeline.commands.cli import main

    patch = pytest.MonkeyPatch()
    stage = os.environ.get(HALT, "")
    patch.setattr(make, "carry_out", _half(make.carry_out, stage))
    patch.setattr(files, "write", _half_written(files.write, stage))
    noted(patch, lambda session_id, stage: _say(stage))
    main()


def _half(carry_out: Callable[..., object], halts_in: str) -> Callable[..., object]:
    """Half of the result of a stage in the store; of others that write one file, nothing yet."""

    def half(chain: SessionChain, stage: Stage[Any], read: Mapping[str, Any]) -> object:
        if stage.name != halts_in or stage.name in LAST:
            return carry_out(chain, stage, read)
        if stage.is_stored:
            record: Any = carry_out(chain, stage, read)
            data = TypeAdapter(stage.record).dump_json(record, indent=1)
            (read["folder"] / RESULT).write_bytes(data[: len(data) // 2])
        _halt()

    return half


def _half_written(
    write: Callable[[Path, bytes], bool], stage: str
) -> Callable[[Path, bytes], bool]:
    """Of three measures one is written, of three tables of talk one, of two documents one."""
    last = LAST.get(stage)

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
