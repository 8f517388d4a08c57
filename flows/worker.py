"""The worker of `vuoro up`: starts runs when they are due, one at a time, each in its own process.

Prefect's own runner could do this, but it restarts nothing, and when it is killed its runs remain:
they continue unseen, or stay "Running" for ever. Here a run is tied to its worker and the worker to
`vuoro up`, and the next worker to start settles what the dead one left.
"""

from __future__ import annotations

import logging
import os
import platform
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import httpx

from flows import tied, zombies
from flows.address import address_of
from flows.asked import INBOX, REBUILD, SESSIONS, parameters_of
from flows.server import api_of
from flows.server_environment import prepare, speaking_to
from flows.server_secret import CLIENT_VARIABLE, secret_of
from flows.tied import Process
from pipeline.errors import StudyError
from pipeline.study import Study
from pipeline.study.listener import listener

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun, State
    from prefect.client.schemas.responses import FlowRunResponse

    from flows.deployments import Schedule

LOOK_EVERY_S = 2.0
LISTEN_EVERY_S = 15.0
RUN_STOPS_WITHIN_S = 5.0
LOG = "worker.log"
READY = "worker.ready"  # there once the worker has spoken to the server
BY_SCHEDULE = "by schedule"
REFUSED = "Refused"

log = logging.getLogger(__name__)


class Worker:
    """Checks repeatedly which runs of some deployments are due. One run at a time.

    The process of a run knows what to carry out; only the run's id comes from Prefect's server.
    """

    def __init__(
        self,
        client: SyncPrefectClient,
        deployments: dict[UUID, str],
        start: Callable[[UUID, str], Process],
    ) -> None:
        """``start`` starts the process of a run, given its id and its deployment's name."""
        self._client, self._deployments, self._start = client, deployments, start
        self._last: dict[UUID, datetime] = {}
        self._process: Process | None = None
        self._run: UUID | None = None

    def look(self) -> None:
        """Check once what has ended and what is due."""
        self._look_at_the_running()
        if self._run is None:
            due = self._client.get_scheduled_flow_runs_for_deployments(
                list(self._deployments), scheduled_before=datetime.now(UTC)
            )
            for run in sorted(due, key=_when):
                if self._begin(run):
                    break

    def forget(self) -> None:
        """Reset after the server was away for a while."""

    def stop(self) -> None:
        """End the current run, so that it continues another time."""
        if self._process is None or self._run is None:
            return
        tied.end(self._process, RUN_STOPS_WITHIN_S)
        run = self._client.read_flow_run(self._run)
        if run.state is None or not run.state.is_final() or run.state.is_crashed():
            zombies.interrupt(self._client, run)

    def _begin(self, run: FlowRunResponse) -> bool:
        """Start a run, unless another worker was faster."""
        from prefect.client.schemas.responses import SetStateStatus
        from prefect.states import Pending

        assert run.deployment_id is not None
        if self._client.set_flow_run_state(run.id, Pending()).status != SetStateStatus.ACCEPT:
            return False
        self._process = self._start(run.id, self._deployments[run.deployment_id])
        self._run = run.id
        self._last[run.deployment_id] = datetime.now().astimezone()
        return True

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


class Keeper(Worker):
    """The worker of `vuoro up`: plans the runs of its deployments and settles all dead runs.

    Each of its runs needs the whole study.
    """

    def __init__(
        self,
        client: SyncPrefectClient,
        deployments: dict[UUID, str],
        start: Callable[[UUID, str], Process],
        schedule: Schedule,
        hearing: zombies.Hearing,
    ) -> None:
        super().__init__(client, deployments, start)
        self._schedule, self._hearing = schedule, hearing
        self._listened = time.monotonic()

    def begin(self) -> None:
        """Settle old runs: none of ours is alive when a worker begins, the schedule may differ."""
        for run in zombies.at_work(self._client, self._deployments):
            zombies.settle(self._client, run)
        for run in self._scheduled():
            if run.run_count == 0:
                self._client.delete_flow_run(run.id)

    def look(self) -> None:
        """Check once what has ended, what is due and which runs have fallen silent."""
        if self._run is None:
            self._plan()
        super().look()
        if time.monotonic() - self._listened >= LISTEN_EVERY_S:
            self._listened = time.monotonic()
            alive = {self._run} if self._run else set()
            zombies.settle_silent(self._client, self._hearing, alive)
            zombies.settle_crashed(self._client, alive)

    def forget(self) -> None:
        """Forget the heartbeats: none was received while the server was away."""
        self._hearing.forget()

    def _scheduled(self) -> list[FlowRun]:
        """Return the coming runs that the schedule asked for, not a person."""
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
        """Give every deployment one next run."""
        from prefect.states import Scheduled

        planned = {run.deployment_id for run in self._scheduled()}
        now = datetime.now().astimezone()
        for id, name in self._deployments.items():
            if id not in planned:
                when = self._schedule.next(name, now, self._last.get(id))
                self._client.create_flow_run_from_deployment(
                    id, state=Scheduled(scheduled_time=when), name=name, tags=[BY_SCHEDULE]
                )


def _when(run: FlowRunResponse) -> datetime:
    return run.next_scheduled_start_time or run.expected_start_time or datetime.now(UTC)


def serve(study: Study, every_s: float, rebuild_hour: int, hand_out: int) -> None:
    """Work until the parent process ends. Entry point of the worker's process of `vuoro up`."""
    from prefect import get_client

    from flows.deployments import Schedule, deploy

    stopping = threading.Event()
    tied.when_parent_goes(stopping.set)
    client = get_client(sync_client=True)
    deployments = {deploy(client, name): name for name in (INBOX, REBUILD)}
    if hand_out:
        deploy(client, SESSIONS)
    start = partial(_start, study, hand_out, LOG)
    schedule = Schedule(every_s, rebuild_hour)
    worker = Keeper(client, deployments, start, schedule, zombies.Hearing())
    worker.begin()
    (study.prefect_home / READY).touch()
    go_on(worker, stopping)


def assist(study: Study, port: int | None) -> None:
    """Process the batches that `vuoro up` of a study hands out, until SIGTERM or Ctrl-C.

    ``port``: where its server is reached from this machine, if it is another machine's. Raises
    StudyError if nothing is handed out there.
    """
    api = api_of(port) if port else address_of(study.prefect_home)
    if api is None:
        raise StudyError(
            "`vuoro up` does not serve this study on this machine.",
            "Where it does on another, open a tunnel to it and give its port, e.g. --port 4200.",
        )
    prepare(study)
    os.environ["PREFECT_API_URL"] = api  # for the processes of the runs
    os.environ[CLIENT_VARIABLE] = secret_of(study.prefect_home)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    log_file = f"worker-{platform.node()}.log"  # the folder may be shared by several machines
    with speaking_to(api):
        from prefect import get_client

        client = get_client(sync_client=True)
        start = partial(_start, study, 0, log_file)
        go_on(Worker(client, {_batches(client): SESSIONS}, start), stopping)


def _batches(client: SyncPrefectClient) -> UUID:
    """The id of the deployment whose runs are batches. Raises StudyError if there is none."""
    from prefect.exceptions import ObjectNotFound

    from flows.inbox import BATCHES

    try:
        return client.read_deployment_by_name(BATCHES).id
    except ObjectNotFound:
        raise StudyError(
            "`vuoro up` hands no sessions out.", "Start it with --hand-out 10."
        ) from None
    except httpx.HTTPError as error:
        raise StudyError(
            f"The study's Prefect server does not answer as it should ({type(error).__name__}).",
            "See that `vuoro up` serves this study, and that the tunnel to it is open.",
        ) from None


def go_on(worker: Worker, stopping: threading.Event) -> None:
    """Check until it is time to stop; then postpone the current run."""
    while not stopping.wait(LOOK_EVERY_S):
        try:
            worker.look()
        except httpx.HTTPError as error:
            # `vuoro up` starts the server again; the current run continues meanwhile
            log.warning("Prefect's server does not answer (%s).", type(error).__name__)
            worker.forget()
    with suppress(httpx.HTTPError):  # the run has ended; it is restarted once it is missed
        worker.stop()


def _start(study: Study, hand_out: int, log_file: str, run: UUID, name: str) -> Process:
    words = ("run", str(run), name, str(study.root), str(hand_out))
    return tied.start("flows.worker", *words, log=study.prefect_home / log_file)


def run(id: UUID, name: str, study: Study, hand_out: int) -> None:
    """Carry out one run, for this study. Entry point of the process of a run."""
    from prefect import get_client
    from prefect.events.worker import EventsWorker
    from prefect.flow_engine import run_flow
    from prefect.logging.handlers import APILogHandler
    from prefect.states import Failed

    from flows.deployments import FLOWS
    from flows.logged import Logged
    from pipeline.media.device import one_thread_for_numpy

    tied.when_parent_goes(within_s=RUN_STOPS_WITHIN_S)
    one_thread_for_numpy()
    with get_client(sync_client=True) as client:
        flow_run = client.read_flow_run(id)
        try:
            parameters = parameters_of(name, flow_run.parameters, study, hand_out)
        except StudyError as error:
            refused: State[None] = Failed(name=REFUSED, message=str(error))
            client.set_flow_run_state(id, refused, force=True)
            return
    listener.set(Logged())
    try:
        run_flow(FLOWS[name], flow_run=flow_run, parameters=parameters, return_type="state")
    finally:
        APILogHandler().flush()
        EventsWorker.drain_all(timeout=5)


def main(what: str, *words: str) -> None:
    """Entry point of a process of this module."""
    with speaking_to(os.environ["PREFECT_API_URL"]):
        if what == "run":
            id, name, root, hand_out = words
            run(UUID(id), name, Study(Path(root)), int(hand_out))
        else:
            root, every_s, rebuild_hour, hand_out = words
            serve(Study(Path(root)), float(every_s), int(rebuild_hour), int(hand_out))


if __name__ == "__main__":
    main(*sys.argv[1:])
