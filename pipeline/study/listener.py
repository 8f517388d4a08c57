"""Progress events of a run, and the listener that receives them.

Prefect's own interface gets session ids only. A listener lives in the process of the run and may
also know the recordings' file names, which identify people.
"""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import VuoroError
from pipeline.records import Recording

if TYPE_CHECKING:  # it imports tables: ``vuoro --help`` should not wait for that
    from pipeline.study.outcome import Outcome


class Listener:
    """Receive a run's events; this base class ignores them."""

    def accepted(self, file: Path, recording: Recording) -> None:
        """A file of the inbox became a session."""

    def duplicate(self, file: Path, session_id: str) -> None:
        """A file of the inbox has the same content as an existing session."""

    def refused(self, file: Path, error: VuoroError) -> None:
        """A file of the inbox could not be taken."""

    def planned(self, waiting: dict[str, list[str]]) -> None:
        """These sessions will be processed, each with these stages."""

    def progressed(self, session_id: str, stage: str, share: float) -> None:
        """A stage of a session is ``share`` (0–1) done."""

    def finished(self, found: Outcome) -> None:
        """A session is in the data set; it may need a look."""

    def noted(self, sentence: str) -> None:
        """A note for the user of the run, as one sentence without names."""

    def failed(self, session_id: str, error: VuoroError) -> None:
        """A session could not be finished."""


listener: ContextVar[Listener] = ContextVar("listener", default=Listener())  # noqa: B039
