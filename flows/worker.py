"""The worker of `vuoro up`: starts runs when they are due, one at a time, each in its own process.

Prefect's own runner would do it, but restarts nothing, and leaves its runs behind when it is
killed: they go on unseen, or stay "Running" for ever. Here a run is tied to its worker, the worker
to `vuoro up`, and whoever starts again settles what the dead one left.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import httpx

from flows import tied, zombies
from flows.environment import speaking_to
from flows.tied import Process
from pipeline.study import Study

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun
    from prefect.client.schemas.responses import FlowRunResponse

    from flows.deployments import Schedule

LOOK_EVERY_S = 2.0
LISTEN_EVERY_S = 15.0
RUN_STOPS_WITHIN_S = 5.0
LOG = "worker.log"
READY = "worker.ready"  # there once the worker has spoken to the server
BY_SCHEDULE = "by schedule"

log = logging.getLogger(__name__)


class Worker:
    """Looks again and again what is due. One run at a time: both kinds need the whole study."""

    def __init__(
        self,
        client: SyncPrefectClient,
        deployments: dict[UUID, str],
        schedule: Schedule,
        start: Callable[[UUID, str], Process],
        hearing: zombies.Hearing,
    ) -> None:
        """``start`` makes the process of a run from its id and its deployment's name."""
        self._client, self._deployments, self._start = client, deployments, start
        self._schedule, self._hearing = schedule, hearing
        self._last: dict[UUID, datetime] = {}
        self._listened = time.monotonic()
        self._process: Process | None = None
        self._run: UUID | None = None

    def begin(self) -> None:
        """No run of ours is alive when a worker begins, and the schedule may be another."""
        for run in zombies.at_work(self._client, self._deployments):
            zombies.settle(self._client, run)
        for run in self._scheduled():
            if run.run_count == 0:
                self._client.delete_flow_run(run.id)

    def look(self) -> None:
        """One look: what has ended, what is due, who has fallen silent."""
        self._look_at_the_running()
        if self._run is None:
            self._plan()
            due = self._client.get_scheduled_flow_runs_for_deployments(
                list(self._deployments), scheduled_before=datetime.now(UTC)
            )
            if due:
                self._begin(min(due, key=_when))
        if time.monotonic() - self._listened >= LISTEN_EVERY_S:
            self._listened = time.monotonic()
            alive = {self._run} if self._run else set()
            zombies.settle_silent(self._client, self._hearing, alive)
            zombies.settle_crashed(self._client, alive)

    def stop(self) -> None:
        """End the run at work, so that it goes on another time."""
        if self._process is None or self._run is None:
            return
        tied.end(self._process, RUN_STOPS_WITHIN_S)
        run = self._client.read_flow_run(self._run)
        if run.state is None or not run.state.is_final() or run.state.is_crashed():
            zombies.interrupt(self._client, run)

    def _scheduled(self) -> list[FlowRun]:
        """The runs to come that the schedule asked for, not a human."""
        from prefect.client.schemas import filters
        from prefect.client.schemas.objects import StateType

        chosen = filters.FlowRunFilter(
            deployment_id=filters.FlowRunFilterDeploymentId(any_=list(self._deployments)),
            state=filters.FlowRunFilterState(
                type=filters.FlowRunFilterStateType(any_=[StateType.SCHEDULED])
            ),
            tags=filters.FlowRunFilterTags(all_=[BY_SCHEDULE]),
        )
        return self._client.read_flow_runs(flow_run_filter=chosen)

    def _plan(self) -> None:
        """Every deployment has one next run."""
        from prefect.states import Scheduled

        planned = {run.deployment_id for run in self._scheduled()}
        now = datetime.now().astimezone()
        for id, name in self._deployments.items():
            if id not in planned:
                when = self._schedule.next(name, now, self._last.get(id))
                self._client.create_flow_run_from_deployment(
                    id, state=Scheduled(scheduled_time=when), name=name, tags=[BY_SCHEDULE]
                )

    def _begin(self, run: FlowRunResponse) -> None:
        from prefect.states import Pending

        assert run.deployment_id is not None
        self._client.set_flow_run_state(run.id, Pending(), force=True)
        self._process = self._start(run.id, self._deployments[run.deployment_id])
        self._run = run.id
        self._last[run.deployment_id] = datetime.now().astimezone()

    def _look_at_the_running(self) -> None:
        from prefect.states import Cancelled

        if self._process is None or self._run is None:
            return
        ended = self._process.poll() is not None
        run = self._client.read_flow_run(self._run)
        if run.state is not None and run.state.is_cancelling() and not ended:
            tied.end(self._process, RUN_STOPS_WITHIN_S)
            zombies.end_inside(self._client, run)
            self._client.set_flow_run_state(run.id, Cancelled(), force=True)
        elif not ended:
            return
        elif run.state is None or not run.state.is_final() or run.state.is_crashed():
            zombies.settle(self._client, run)
        self._process = self._run = None


def _when(run: FlowRunResponse) -> datetime:
    return run.next_scheduled_start_time or run.expected_start_time or datetime.now(UTC)


def serve(study: Study, every_s: float, rebuild_hour: int, hand_out: int) -> None:
    """Work until the parent goes. What the worker's process does, with Prefect's settings read."""
    from prefect import get_client

    from flows.deployments import Schedule, deploy

    stopping = threading.Event()
    tied.when_parent_goes(stopping.set)
    client = get_client(sync_client=True)
    deployments = deploy(study, hand_out)
    hearing = zombies.Hearing()

    def start(run: UUID, name: str) -> Process:
        return tied.start("flows.worker", "run", str(run), name, log=study.prefect_home / LOG)

    worker = Worker(client, deployments, Schedule(every_s, rebuild_hour), start, hearing)
    worker.begin()
    (study.prefect_home / READY).touch()
    while not stopping.wait(LOOK_EVERY_S):
        try:
            worker.look()
        except httpx.HTTPError as error:
            # `vuoro up` starts the server again; the run at work goes on meanwhile
            log.warning("Prefect's server does not answer (%s).", type(error).__name__)
            hearing.forget()
    worker.stop()


def run(id: UUID, name: str) -> None:
    """Carry out one run. What the process of a run does."""
    from prefect import get_client
    from prefect.events.worker import EventsWorker
    from prefect.flow_engine import run_flow
    from prefect.logging.handlers import APILogHandler

    from flows.deployments import FLOWS
    from pipeline.device import one_thread_for_numpy

    tied.when_parent_goes(within_s=RUN_STOPS_WITHIN_S)
    one_thread_for_numpy()
    with get_client(sync_client=True) as client:
        flow_run = client.read_flow_run(id)
    try:
        run_flow(
            FLOWS[name], flow_run=flow_run, parameters=flow_run.parameters, return_type="state"
        )
    finally:
        APILogHandler().flush()
        EventsWorker.drain_all(timeout=5)


if __name__ == "__main__":
    with speaking_to(os.environ["PREFECT_API_URL"]):
        if sys.argv[1] == "run":
            run(UUID(sys.argv[2]), sys.argv[3])
        else:
            serve(Study(Path(sys.argv[2])), float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
