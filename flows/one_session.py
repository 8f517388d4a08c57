"""The stages of one session, each a task; those that listen to it are a separate run."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
from prefect import flow, get_run_logger, task
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE

from flows.begin import settings_in_use
from flows.slots import slot
from pipeline import intake
from pipeline.errors import StageCrashError, VuoroError
from pipeline.stages.chain import SessionChain
from pipeline.stages.declared import BY_NAME, of_phase
from pipeline.stages.hearing import DECODE, sound
from pipeline.storage.disk import refuse_if_full
from pipeline.study import Study, accepted, state
from pipeline.study.listener import listener

COMPARE = "compare"  # the task that looks for another session with the same sound
UPDATE_EVERY_S = 2.0
RUN_LOGS = ("prefect.task_runs", "prefect.flow_runs")


def sentence_alone(record: logging.LogRecord) -> bool:
    """Reduce an error of ours to its sentence, which says what to do: no code is at fault."""
    if record.exc_info and isinstance(record.exc_info[1], VuoroError):
        record.exc_info = None
    return True


for name in RUN_LOGS:
    logging.getLogger(name).addFilter(sentence_alone)


def open_chain(study: str, session_id: str) -> SessionChain:
    """The chain of a session, from the small values that go through Prefect."""
    place = Study(Path(study))
    return SessionChain(place, accepted.recording(place, session_id), settings_in_use.get())


@dataclass
class _Outcome:
    """The outcome of a session's listening stages."""

    is_over: bool = False
    same_as: str | None = None
    error: VuoroError | None = None


_outcome: ContextVar[_Outcome] = ContextVar("outcome")


def hear_session(study: str, session_id: str) -> str | None:
    """Run the unfinished listening stages of a session: they take most of the time.

    Returns the id of the session that has the same sound, if any: then only its sound is read.

    The outcome stays in this process: a result that Prefect's server names is a file that Prefect
    would unpickle, which may run any code.
    """
    outcome = _Outcome()
    token = _outcome.set(outcome)
    try:
        process_session(study, session_id, return_state=True)
    finally:
        _outcome.reset(token)
    if outcome.error is not None:
        raise outcome.error
    if not outcome.is_over:
        raise StageCrashError("The session was not processed to its end.", "It is tried again.")
    return outcome.same_as


@flow(name="session", flow_run_name="{session_id}", persist_result=False, validate_parameters=False)
def process_session(study: str, session_id: str) -> None:
    """The run of ``hear_session``."""
    outcome = _outcome.get()
    try:
        with Contained("session", Study(Path(study))):  # Prefect may fail, too
            make(study, session_id, {DECODE.name})
            outcome.same_as = compare(study, session_id)
            if outcome.same_as is None:
                make(study, session_id, of_phase("hear"))
    except VuoroError as error:
        outcome.error = error
        raise
    outcome.is_over = True


@task(task_run_name=f"{{session_id}} {COMPARE}", persist_result=False, cache_policy=NO_CACHE)
def compare(study: str, session_id: str) -> str | None:
    """Return the other session that has the same sound, if there is one."""
    chain = open_chain(study, session_id)
    with Contained(COMPARE, chain.study):
        return intake.duplicate_of(chain.study, chain.recording, sound(chain.made(DECODE)))


def make(study: str, session_id: str, stages: Collection[str]) -> None:
    """Run those of these stages that the session lacks."""
    for stage in open_chain(study, session_id).pending():
        if stage in stages:
            with slot(BY_NAME[stage].resource, settings_in_use.get()):
                run_stage.with_options(name=stage)(study, session_id, stage)


@task(task_run_name="{session_id} {stage}", persist_result=False, cache_policy=NO_CACHE)
def run_stage(study: str, session_id: str, stage: str) -> None:
    """Run one stage of one session."""
    chain = open_chain(study, session_id)
    with Contained(stage, chain.study), Reported(chain.study, session_id, stage) as progress:
        chain.run(BY_NAME[stage], progress)


class Contained(AbstractContextManager[None]):
    """Withholds the text of an unforeseen error, which may hold names or speech.

    Only the kind of error and where it happened are passed on, which a report needs. If the disk
    of ``study`` is full, that is raised instead: libraries and Prefect each word it differently.
    """

    def __init__(self, stage: str, study: Study | None = None) -> None:
        self._stage, self._study = stage, study

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, VuoroError) or not isinstance(error, Exception):
            return
        if self._study is not None:
            refuse_if_full(self._study.prefect_home, f"carrying out '{self._stage}'")
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = trace and f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        raise StageCrashError(
            f"The stage '{self._stage}' failed unexpectedly ({type(error).__name__}, {place})."
        ) from None


class Reported(AbstractContextManager[Callable[[float], None]]):
    """Reports the progress of a stage: always to the listener, at times to its state and Prefect.

    Raises CancelledError, at each report, once the session has been cancelled.
    """

    def __init__(self, study: Study, session_id: str, stage: str) -> None:
        self._study, self._session_id, self._stage = study, session_id, stage
        self._state = state.Reporter(study, session_id, stage)
        self._started = self._shown = time.monotonic()
        self._artifact: Any = None

    def __enter__(self) -> Callable[[float], None]:
        listener.get().progressed(self._session_id, self._stage, 0.0)
        return self._report

    def _report(self, share: float) -> None:
        listener.get().progressed(self._session_id, self._stage, share)
        self._state(share)
        now = time.monotonic()
        if now - self._shown >= UPDATE_EVERY_S:
            self._shown = now
            with suppress(httpx.HTTPError):  # a stage continues when Prefect cannot record progress
                self._show(share)

    def _show(self, share: float) -> None:
        """Report to Prefect, unless the stage is done in a moment: each report takes time."""
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
        if isinstance(error, KeyboardInterrupt):  # stopped on purpose: not a crash
            state.leave(self._study, self._session_id)
        if error is None:
            listener.get().progressed(self._session_id, self._stage, 1.0)
            if self._artifact is not None:
                with suppress(httpx.HTTPError):
                    self._show(1.0)
            took_s = time.monotonic() - self._started
            get_run_logger().info("%s %s: %.1f s", self._session_id, self._stage, took_s)
