"""Process everything that waits: inbox files into sessions, sessions into the data set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from prefect import flow, get_client, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas import filters
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.deployments import run_deployment
from prefect.runtime import flow_run

from flows.asked import SESSIONS, is_allowed
from flows.batch import Work, consent_rows, ended
from flows.begin import begun, settings_in_use
from flows.one_session import Contained
from pipeline import intake
from pipeline.errors import DiskFullError, TakenError, UnreadableError, VuoroError
from pipeline.operations.settings import note_outdated
from pipeline.study import Study, locks
from pipeline.study.leases import lease
from pipeline.study.listener import listener

BATCHES = f"sessions/{SESSIONS}"  # the deployment of ``flows.batch.process_sessions``
PAGE = 200  # most runs that Prefect lists at a time


def _run_name() -> str:
    return f"inbox {datetime.now():%Y-%m-%d %H:%M}"


@flow(name="inbox", flow_run_name=_run_name, persist_result=False, validate_parameters=False)
def process_inbox(study: str, hand_out: int = 0, every: bool = False) -> State[None]:
    """Take in the files of the inbox and finish every session.

    With ``hand_out`` no sound is processed here: batches of that many sessions go to the workers of
    the deployment ``sessions``, and the last batch settles the rest. ``every``: also retry what
    failed a while ago, without waiting until that is due.

    A session that fails does not keep the others from being finished. Raises UnreadableError, after
    all that was taken in before is done, if the inbox is missing or cannot be read.
    """
    place = Study(Path(study))
    with begun(place, str(flow_run.id or "")) as held:
        unreadable = None
        try:
            with Contained("intake", place):
                take_in(study)
        except DiskFullError as error:  # what was taken in before may need less room
            listener.get().noted(str(error))
        except UnreadableError as error:  # what was taken in before continues
            unreadable = error
        work = Work(place, held, every=every)
        note_outdated(place, settings_in_use.get(), listener.get(), work.to_do())
        if hand_out:
            _hand_out(place, work, hand_out)
        else:
            _hear_all(place, work)
            work.settle()
        missing = consent_rows(place)
    table = [*work.rows.values(), *missing]
    create_table_artifact(key="inbox", table=table, description="Sessions of this run")
    if unreadable is not None:
        raise unreadable
    return ended(work.rows.values(), missing)


def _hear_all(study: Study, work: Work) -> None:
    """Transcribe every session, including those whose recordings arrive meanwhile."""

    def look_again() -> None:
        with suppress(VuoroError):  # the next run reports it
            if intake.waiting(study):
                take_in(str(study.root), wait=False)

    listener.get().planned(work.to_do())
    tried: set[str] = set()
    while new := [session_id for session_id in work.unheard() if session_id not in tried]:
        if tried:
            listener.get().planned(work.to_do())
        tried |= {*new}
        work.hear(new, wait=True, between=look_again)


@task(name="intake", task_run_name="intake", persist_result=False, cache_policy=NO_CACHE)
def take_in(study: str, wait: bool = True) -> int:
    """Accept every usable file of the inbox; returns how many became sessions.

    With ``wait``, copies that may be complete are waited for.
    """
    place = Study(Path(study))
    try:
        with lease(place, "intake"):
            return intake.take_in(place, settings_in_use.get().intake, listener.get(), wait=wait)
    except TakenError:  # another process does it, and continues with what it took in
        return 0


def _hand_out(study: Study, work: Work, size: int) -> None:
    """Hand out the sessions that no worker has; with none left to transcribe, settle the rest."""
    given = _given(study)
    untranscribed = work.unheard()
    ids = [session_id for session_id in untranscribed if session_id not in given]
    for start in range(0, len(ids), size):
        run_deployment(
            BATCHES,
            parameters={"session_ids": ids[start : start + size]},
            timeout=0,
            as_subflow=False,
        )
    if not untranscribed:
        work.settle()


def _given(study: Study) -> set[str]:
    """Return the sessions of batches that wait for a worker or that a live worker processes."""
    alive = locks.runs(study)
    return {
        session_id
        for batch in batches()
        if is_allowed(SESSIONS, batch.parameters) and _lives(batch, alive)
        for session_id in batch.parameters["session_ids"]
    }


def batches() -> Iterator[FlowRun]:
    """Yield the batches that wait or are marked as running, read from Prefect page by page."""
    wanted = filters.FlowRunFilterState(
        type=filters.FlowRunFilterStateType(
            any_=[StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING]
        )
    )
    with get_client(sync_client=True) as client:
        for offset in count(0, PAGE):
            page = client.read_flow_runs(
                flow_filter=filters.FlowFilter(name=filters.FlowFilterName(any_=["sessions"])),
                flow_run_filter=filters.FlowRunFilter(state=wanted),
                limit=PAGE,
                offset=offset,
            )
            yield from page
            if len(page) < PAGE:
                return


def _lives(batch: FlowRun, alive: set[str]) -> bool:
    return batch.state_type != StateType.RUNNING or str(batch.id) in alive
