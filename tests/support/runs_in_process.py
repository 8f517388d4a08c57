"""Runs in this process, on stages that pretend: what was carried out, and what went wrong.

Prefect's engine is left out: flows and tasks are called as the functions that they are. What runs,
and what is done already, is vuoro's to decide, and is the same without a server.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from halting import DOCUMENT

from pipeline.errors import VuoroError
from pipeline.stages.declared import BY_NAME, STORED
from pipeline.study import Study
from pipeline.study.listener import Listener

NOWHERE = "http://127.0.0.1:9/api"  # whoever asks a server all the same gets no answer


def _called(self: Any, *args: Any, return_state: bool = False, **named: Any) -> Any:
    return self.fn(*args, **named)


@contextmanager
def without_prefect() -> Iterator[None]:
    """Flows and tasks are plain functions here, and tell nobody how they fare."""
    from prefect import Flow, Task
    from prefect.logging import disable_run_logger

    from flows import inbox, run
    from flows import one_session as session

    before = {**os.environ}
    with pytest.MonkeyPatch.context() as patch, disable_run_logger():
        for kind in (Flow, Task):
            patch.setattr(kind, "__call__", _called)
        patch.setattr(run, "serving", lambda *_: nullcontext(NOWHERE))
        patch.setattr(session, "slot", lambda *_: nullcontext())
        patch.setattr(inbox, "create_table_artifact", lambda **_: None)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


class Told(Listener):
    """Remembers what could not be done."""

    def __init__(self) -> None:
        self.errors: list[VuoroError] = []

    def refused(self, file: Path, error: VuoroError) -> None:
        self.errors.append(error)

    def failed(self, session_id: str, error: VuoroError) -> None:
        self.errors.append(error)


class Runs:
    """Runs studies in this process, by all that ``vuoro run`` does, but without Prefect.

    ``carried_out`` has the stages of each session that the last run began, in order; ``besides``
    those that a group or the study has, or that are made wherever they are looked for. What is put
    into ``at`` is done when the next run begins that stage.
    """

    def __init__(self) -> None:
        self.carried_out: dict[str, list[str]] = {}
        self.besides: set[str] = set()
        self.at: dict[str, Callable[[], None]] = {}

    def note(self, session_id: str, stage: str) -> None:
        if stage in self.at:
            self.at.pop(stage)()
        if stage == DOCUMENT:
            return
        if BY_NAME[stage].scope != "session" or BY_NAME[stage].at_once:
            self.besides.add(stage)
        else:
            self.carried_out.setdefault(session_id, []).append(stage)

    @property
    def made(self) -> dict[str, list[str]]:
        """The stages of each session of which a result was made."""
        stored = {stage.name for stage in STORED}
        stages = {s: [n for n in names if n in stored] for s, names in self.carried_out.items()}
        return {session_id: names for session_id, names in stages.items() if names}

    def run(self, study: Study) -> list[VuoroError]:
        """One run; the errors of sessions and files, and the one that ended it, if one did."""
        from flows.run import run_study

        told = Told()
        self.carried_out.clear()
        self.besides.clear()
        try:
            with without_prefect():
                run_study(study, told)
        except VuoroError as error:
            return [*told.errors, error]
        return told.errors
