"""One session through all its stages, then into the data set."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE

from pipeline import intake
from pipeline.chain import PUBLISH, SessionChain
from pipeline.errors import StageCrashError, VuoroError
from pipeline.listener import listener
from pipeline.study import Study

UPDATE_EVERY_S = 2.0


def open_chain(study: str, session_id: str, overrides: dict[str, str]) -> SessionChain:
    """The chain of a session, from the small values that go through Prefect."""
    place = Study(Path(study))
    return SessionChain(place, intake.recording(place, session_id), place.settings(overrides))


@flow(name="session", flow_run_name="{session_id}", persist_result=False, validate_parameters=False)
def process_session(study: str, session_id: str, overrides: dict[str, str]) -> None:
    """Make what is not done of a session and publish it."""
    chain = open_chain(study, session_id, overrides)
    for stage in chain.pending():
        run_stage.with_options(name=stage)(study, session_id, stage, overrides)
    publish_session(study, session_id, overrides)


@task(task_run_name="{session_id} {stage}", persist_result=False, cache_policy=NO_CACHE)
def run_stage(study: str, session_id: str, stage: str, overrides: dict[str, str]) -> None:
    """One stage of one session; its result goes into the store."""
    chain = open_chain(study, session_id, overrides)
    with Contained(stage), Reported(session_id, stage) as progress:
        chain.run(stage, progress)


@task(
    name=PUBLISH, task_run_name="{session_id} publish", persist_result=False, cache_policy=NO_CACHE
)
def publish_session(study: str, session_id: str, overrides: dict[str, str]) -> None:
    """The session's rows in the data set."""
    with Contained(PUBLISH), Reported(session_id, PUBLISH):
        open_chain(study, session_id, overrides).publish()


class Contained(AbstractContextManager[None]):
    """Keeps what an unforeseen error says to itself: its text may hold names or speech.

    What goes on is the kind of error and where it happened, which is what a report needs.
    """

    def __init__(self, stage: str) -> None:
        self._stage = stage

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, VuoroError) or not isinstance(error, Exception):
            return
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = trace and f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        raise StageCrashError(
            f"The stage '{self._stage}' failed unexpectedly ({type(error).__name__}, {place})."
        ) from None


class Reported(AbstractContextManager[Callable[[float], None]]):
    """Shows how far a stage is: to the listener always, to Prefect every few seconds."""

    def __init__(self, session_id: str, stage: str) -> None:
        self._session_id, self._stage = session_id, stage
        self._started = self._shown = time.monotonic()
        self._artifact: Any = None

    def __enter__(self) -> Callable[[float], None]:
        listener.get().progressed(self._session_id, self._stage, 0.0)
        return self._report

    def _report(self, share: float) -> None:
        listener.get().progressed(self._session_id, self._stage, share)
        now = time.monotonic()
        if now - self._shown >= UPDATE_EVERY_S:
            self._shown = now
            self._show(share)

    def _show(self, share: float) -> None:
        """Tell Prefect. A stage that is done in a moment never does: each telling costs time."""
        progress = round(100 * share, 1)
        if self._artifact is None:
            self._artifact = create_progress_artifact(
                progress=progress,
                key=f"{self._session_id}-{self._stage}".lower().replace("_", "-"),
                description=f"{self._session_id} {self._stage}",
            )
        else:
            update_progress_artifact(self._artifact, progress=progress)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            listener.get().progressed(self._session_id, self._stage, 1.0)
            if self._artifact is not None:
                self._show(1.0)
            took_s = time.monotonic() - self._started
            get_run_logger().info("%s %s: %.1f s", self._session_id, self._stage, took_s)
