"""All that waits: the inbox into sessions, every unfinished session into the data set."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.session import Contained, process_session
from pipeline import intake
from pipeline.errors import ConsentError, RecordingError, VuoroError
from pipeline.listener import listener
from pipeline.overview import totals
from pipeline.publish import publish_people, remove_stale, write_documentation
from pipeline.roster.consent import require
from pipeline.stages import unfinished
from pipeline.study import Study

ROUNDS = 2


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
    # A name that one session brings is masked in all: those done before it come up once more.
    for _ in range(ROUNDS):
        if waiting := _to_do(place, overrides, rows):
            listener.get().planned(waiting)
            rows |= {session_id: _finish(place, session_id, overrides) for session_id in waiting}
    document(study)
    table = list(rows.values())
    create_table_artifact(key="inbox", table=table, description="Sessions of this run")
    return table


def _to_do(
    study: Study, overrides: dict[str, str], tried: dict[str, dict[str, Any]]
) -> dict[str, list[str]]:
    """The unfinished sessions with their stages to come, but none that failed in this run."""
    failed = {session_id for session_id, row in tried.items() if "error" in row}
    waiting = unfinished(study, study.settings(overrides))
    return {id: stages for id, stages in waiting.items() if id not in failed}


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
    """People, dictionary and data sheet of the whole data set."""
    place = Study(Path(study))
    with Contained("document"):
        remove_stale(place.dataset, [r.session_id for r in intake.sessions(place)])
        publish_people(place.dataset)
        write_documentation(place.dataset)
