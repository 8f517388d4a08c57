"""Runs in this process, on stages that pretend: what was carried out, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from halting import DOCUMENT

from pipeline.chain import PUBLISH
from pipeline.errors import VuoroError
from pipeline.listener import Listener
from pipeline.study import Study


class Told(Listener):
    """Remembers what could not be done."""

    def __init__(self) -> None:
        self.errors: list[VuoroError] = []

    def refused(self, file: Path, error: VuoroError) -> None:
        self.errors.append(error)

    def failed(self, session_id: str, error: VuoroError) -> None:
        self.errors.append(error)


class Runs:
    """Runs studies in this process, by all that ``vuoro run`` does.

    ``carried_out`` has the stages of each session that the last run began. What is put into
    ``at`` is done when the next run begins that stage.
    """

    def __init__(self) -> None:
        self.carried_out: dict[str, list[str]] = {}
        self.at: dict[str, Callable[[], None]] = {}

    def note(self, session_id: str, stage: str) -> None:
        if stage in self.at:
            self.at.pop(stage)()
        if stage != DOCUMENT:
            self.carried_out.setdefault(session_id, []).append(stage)

    @property
    def made(self) -> dict[str, list[str]]:
        """The stages of each session of which a result was made."""
        stages = {s: [n for n in names if n != PUBLISH] for s, names in self.carried_out.items()}
        return {session_id: names for session_id, names in stages.items() if names}

    def run(self, study: Study, **overrides: str) -> list[VuoroError]:
        """One run; the errors of sessions and files, and the one that ended it, if one did."""
        from flows.run import run_study

        told = Told()
        self.carried_out.clear()
        try:
            run_study(study, overrides, told)
        except VuoroError as error:
            return [*told.errors, error]
        return told.errors
