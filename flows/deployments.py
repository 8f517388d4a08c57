"""What `vuoro up` runs by itself: the inbox every few minutes, a rebuild of the data set at night.

Both are deployments of Prefect: its pages show when they run next, and start them by a click. A
third one, where sessions are handed out, waits for Prefect's own workers, on any machine.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from prefect import Flow, flow, get_client
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import State
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectAlreadyExists
from prefect.types.entrypoint import EntrypointType

from flows.batch import ended, process_sessions
from flows.environment import DEFAULTS
from flows.inbox import BATCHES, process_inbox
from flows.session import Contained
from pipeline.build import build
from pipeline.listener import listener
from pipeline.study import Study


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often the inbox is looked at, in seconds, and at which hour (0-23) is rebuilt.

    Not a schedule of Prefect's, which makes a run for every interval, also for those that were
    missed or come while one is at work: here a deployment has one next run, made when the last
    has ended. The hour is the wall clock's, summer and winter.
    """

    every_s: float
    rebuild_hour: int

    def next(self, name: str, now: datetime, last: datetime | None) -> datetime:
        """When the deployment runs next. ``last`` is when it ran before, None for never."""
        if name == "inbox":
            return now if last is None else max(now, last + timedelta(seconds=self.every_s))
        today = now.replace(tzinfo=None, hour=self.rebuild_hour, minute=0, second=0, microsecond=0)
        nights = ((today + timedelta(days=days)).astimezone() for days in range(3))
        return next(night for night in nights if night > now)


def _run_name() -> str:
    return f"rebuild {datetime.now():%Y-%m-%d %H:%M}"


@flow(name="rebuild", flow_run_name=_run_name, persist_result=False, validate_parameters=False)
def rebuild(study: str) -> State[None]:
    """Bring tables and exports up to date with what people have decided, as `vuoro build` does."""
    place = Study(Path(study))
    with Contained("rebuild", place):
        built = build(place, place.settings(), listener.get())
    rows = [{"session": id, "outcome": "up to date"} for id in built.finished]
    rows += [{"session": id, "outcome": "waits for the inbox run"} for id in built.waiting]
    rows += [
        {"session": id, "outcome": "failed", "error": str(error)}
        for id, error in built.failed.items()
    ]
    create_table_artifact(key="rebuild", table=rows, description="Sessions of this rebuild")
    return ended(rows)


FLOWS: dict[str, Flow[Any, Any]] = {"inbox": process_inbox, "nightly rebuild": rebuild}


POOL = "vuoro"
GIVEN: dict[str, Any] = {"tags": ["vuoro"], "entrypoint_type": EntrypointType.MODULE_PATH}
# a worker gives its own environment to the runs that it starts, and these on top of it
_RUN_ENVIRONMENT = {**DEFAULTS, "OPENBLAS_NUM_THREADS": "1"}  # as ``one_thread_for_numpy`` does


def deploy(study: Study, hand_out: int = 0) -> dict[UUID, str]:
    """Tell Prefect's server of both; returns their names in FLOWS by the deployments' ids.

    With ``hand_out`` the inbox gives sessions away in batches of so many, to the pool's workers.
    """
    root = str(study.root)
    inbox = process_inbox.to_deployment(
        "inbox",
        parameters={"study": root, "overrides": {}, "hand_out": hand_out},
        description="Takes in what lies in the inbox and brings every session into the data set.",
        **GIVEN,
    )
    nightly = rebuild.to_deployment(
        "nightly rebuild",
        parameters={"study": root},
        description="Brings tables and exports up to date with names judged, people named, turns "
        "corrected and rosters. Nothing is listened to.",
        **GIVEN,
    )
    if hand_out:
        deploy_to_pool(process_sessions, BATCHES.partition("/")[2], "A batch of sessions.")
    deployments = cast(list[RunnerDeployment], [inbox, nightly])  # elsewhere they may be awaited
    return {cast(UUID, deployment.apply()): deployment.name for deployment in deployments}


def deploy_to_pool(flow: Flow[Any, Any], name: str, description: str) -> None:
    """Have the workers of the pool carry a flow's runs out, each in a process of its own."""
    with get_client(sync_client=True) as client, suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
    deployment = flow.to_deployment(
        name,
        work_pool_name=POOL,
        job_variables={"env": _RUN_ENVIRONMENT},
        description=description,
        **GIVEN,
    )
    cast(RunnerDeployment, deployment).apply()
