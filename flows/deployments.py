"""What `vuoro up` runs: the inbox every few minutes, a rebuild of the data set at night.

Both are Prefect deployments: its pages show their next run and start one with a click. A third
deployment, for sessions that are handed out, waits for `vuoro worker` on any machine. Prefect's
server knows only their names: it cannot choose the code that a run executes, or the study.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefect import Flow, flow
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State

from flows.asked import INBOX, REBUILD, SCHEMAS, SESSIONS
from flows.batch import consent_rows, ended, process_sessions, row_of
from flows.inbox import process_inbox
from flows.one_session import Contained
from pipeline.operations.build import build
from pipeline.operations.settings import note_outdated
from pipeline.study import Study
from pipeline.study.listener import listener

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often the inbox is scanned, in seconds, and the hour (0-23) of the rebuild.

    Not a Prefect schedule, which creates a run for every interval, including missed ones and those
    that fall due during another run: here a deployment has one next run, created when the last one
    has ended. The hour is local time, in summer and winter.
    """

    every_s: float
    rebuild_hour: int

    def next(self, name: str, now: datetime, last: datetime | None) -> datetime:
        """Return when the deployment runs next; ``last`` is its previous run, None for none."""
        if name == INBOX:
            return now if last is None else max(now, last + timedelta(seconds=self.every_s))
        today = now.replace(tzinfo=None, hour=self.rebuild_hour, minute=0, second=0, microsecond=0)
        nights = ((today + timedelta(days=days)).astimezone() for days in range(3))
        return next(night for night in nights if night > now)


def _run_name() -> str:
    return f"rebuild {datetime.now():%Y-%m-%d %H:%M}"


@flow(name="rebuild", flow_run_name=_run_name, persist_result=False, validate_parameters=False)
def rebuild(study: str) -> State[None]:
    """Update tables and exports with people's decisions, as `vuoro build` does."""
    place = Study(Path(study))
    with Contained("rebuild", place):
        settings = place.settings()
        note_outdated(place, settings, listener.get())
        built = build(place, settings, listener.get())
        missing = consent_rows(place)
    rows = [row_of(found) for found in built.finished]
    rows += [{"session": id, "outcome": "waits for the inbox run"} for id in built.waiting]
    rows += [
        {"session": id, "outcome": "failed", "what to know": str(error)}
        for id, error in built.failed.items()
    ]
    table = [*rows, *missing]
    create_table_artifact(key="rebuild", table=table, description="Sessions of this rebuild")
    return ended(rows, missing)


FLOWS: dict[str, Flow[Any, Any]] = {
    INBOX: process_inbox,
    REBUILD: rebuild,
    SESSIONS: process_sessions,
}
DESCRIPTIONS = {
    INBOX: "Takes in what lies in the inbox and brings every session into the data set.",
    REBUILD: "Brings tables and exports up to date with names judged, people named, turns "
    "corrected and rosters. Nothing is listened to.",
    SESSIONS: "A batch of sessions, for `vuoro worker` on any machine.",
}


def deploy(client: SyncPrefectClient, name: str) -> UUID:
    """Register a deployment with Prefect's server; returns its id."""
    return client.create_deployment(
        client.create_flow(FLOWS[name]),
        name,
        description=DESCRIPTIONS[name],
        tags=["vuoro"],
        parameter_openapi_schema=SCHEMAS[name],
        enforce_parameter_schema=True,
    )
