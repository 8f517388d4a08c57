"""All that waits: the inbox into sessions, every unfinished session into the data set."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.session import Contained, process_session
from pipeline import build, intake
from pipeline.build import rounds
from pipeline.chain import unfinished
from pipeline.errors import ConsentError, RecordingError, VuoroError
from pipeline.listener import listener
from pipeline.overview import totals
from pipeline.roster.consent import require
from pipeline.study import Study


def _run_name() -> str:
    return f"inbox {datetime.now():%Y-%m-%d %H:%M}"


@flow(name="inbox", flow_run_name=_run_name, persist_result=False, validate_parameters=False)
def process_inbox(study: str, overrides: dict[str, str]) -> list[dict[str, Any]]:
    """Take in what lies in the inbox and finish every session; one row a session tried.

    A session that fails does not keep the others from being finished.
    """
    place = Study(Path(study))
    take_in(study, overrides)
    rows: dict[str, dict[str, Any]] = {}
    failed: set[str] = set()
    for waiting in rounds(partial(unfinished, place, place.settings(overrides)), failed):
        listener.get().planned(waiting)
        rows |= {session_id: _finish(place, session_id, overrides) for session_id in waiting}
        failed |= {session_id for session_id, row in rows.items() if "error" in row}
    document(study)
    table = list(rows.values())
    create_table_artifact(key="inbox", table=table, description="Sessions of this run")
    return table


def _finish(study: Study, session_id: str, overrides: dict[str, str]) -> dict[str, Any]:
    try:
        require(study, intake.recording(study, session_id))
        process_session(str(study.root), session_id, overrides)
    except VuoroError as error:
        if isinstance(error, RecordingError):
            intake.quarantine_session(study, session_id, error)
        listener.get().failed(session_id, error)
        outcome = "held" if isinstance(error, ConsentError) else "failed"
        return {"session": session_id, "outcome": outcome, "error": str(error)}
    listener.get().finished(session_id)
    return {"session": session_id, "outcome": "in the data set", **totals(study, session_id)}


@task(name="intake", task_run_name="intake", persist_result=False, cache_policy=NO_CACHE)
def take_in(study: str, overrides: dict[str, str]) -> int:
    """Accept every usable file of the inbox; returns how many became sessions."""
    place = Study(Path(study))
    settings = place.settings(overrides).intake
    accepted = 0
    for file in intake.waiting(place):
        try:
            outcome = intake.accept(place, file, settings)
        except RecordingError as error:
            intake.quarantine(place, file, error)
            listener.get().refused(file, error)
        except VuoroError as error:
            listener.get().refused(file, error)
        else:
            if isinstance(outcome, intake.Duplicate):
                listener.get().duplicate(file, outcome.session_id)
            else:
                accepted += 1
                listener.get().accepted(file, outcome.recording)
    return accepted


@task(name="document", task_run_name="document", persist_result=False, cache_policy=NO_CACHE)
def document(study: str) -> None:
    """People, attendance, dictionary and data sheet of the whole data set."""
    with Contained("document"):
        build.document(Study(Path(study)))
