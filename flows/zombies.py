"""Runs whose process has died: detected and restarted, but not for ever.

Prefect does not mark a run whose process was killed: it would stay "Running". The worker of
`vuoro up` knows its own runs and settles them within seconds. All others (`vuoro run`, workers on
other machines) send Prefect a heartbeat every 30 s; one that falls silent is dead. Silence is timed
by when heartbeats are received, on one clock: the clocks of several machines differ.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.filters import FlowRunFilterState
    from prefect.client.schemas.objects import FlowRun, State, StateType

TRIES = 3
QUIET_S = 100.0  # three heartbeats missed, and time to write them down
AGAIN = "Restarting"
INTERRUPTED = "Interrupted"
HEARTBEAT = "prefect.flow-run.heartbeat"


class Hearing:
    """Finds the runs that have given no sign of life for ``quiet_s`` seconds of listening."""

    def __init__(
        self, quiet_s: float = QUIET_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._quiet_s, self._clock = quiet_s, clock
        self._signs: dict[UUID, tuple[str, float]] = {}

    def silent(self, signs: Mapping[UUID, str]) -> list[UUID]:
        """Return the silent ones of the present runs; a sign changes while a run lives."""
        now = self._clock()
        self._signs = {
            run: before if (before := self._signs.get(run)) and before[0] == sign else (sign, now)
            for run, sign in signs.items()
        }
        return [run for run, (_, since) in self._signs.items() if now - since >= self._quiet_s]

    def forget(self) -> None:
        """Start again: while the server is away no heartbeat is received."""
        self._signs.clear()


def settle_silent(client: SyncPrefectClient, hearing: Hearing, alive: Collection[UUID]) -> None:
    """Settle every run that has fallen silent; those in ``alive`` are known to live."""
    runs = {run.id: run for run in at_work(client) if run.id not in alive}
    signs = {id: f"{run.state_id} {_last_heartbeat(client, id)}" for id, run in runs.items()}
    for id in hearing.silent(signs):
        settle(client, runs[id])


def settle_crashed(client: SyncPrefectClient, alive: Collection[UUID]) -> None:
    """Settle every run of a deployment that is marked as crashed, by its worker or itself."""
    from prefect.client.schemas import filters

    crashed = filters.FlowRunFilter(
        state=filters.FlowRunFilterState(name=filters.FlowRunFilterStateName(any_=["Crashed"])),
        deployment_id=filters.FlowRunFilterDeploymentId(is_null_=False),
    )
    for run in client.read_flow_runs(flow_run_filter=crashed):
        if run.id not in alive:
            settle(client, run)


def at_work(
    client: SyncPrefectClient, deployments: Collection[UUID] | None = None
) -> list[FlowRun]:
    """Return the runs marked as running, of these deployments or of all, without nested ones."""
    from prefect.client.schemas import filters

    chosen = filters.FlowRunFilter(
        state=_at_work_state(),
        parent_task_run_id=filters.FlowRunFilterParentTaskRunId(is_null_=True),
        deployment_id=None
        if deployments is None
        else filters.FlowRunFilterDeploymentId(any_=list(deployments)),
    )
    return client.read_flow_runs(flow_run_filter=chosen)


def settle(client: SyncPrefectClient, run: FlowRun) -> None:
    """Settle a run whose process died: retry it or end it. What is inside it ends."""
    tries = 1 + sum(state.name == AGAIN for state in client.read_flow_run_states(run.id))
    end_inside(client, run)
    client.set_flow_run_state(run.id, verdict(run.deployment_id is not None, tries), force=True)


def interrupt(client: SyncPrefectClient, run: FlowRun) -> None:
    """Postpone a run that was stopped on purpose: it continues when `vuoro up` runs again."""
    from prefect.states import Scheduled

    end_inside(client, run)
    message = "vuoro was stopped. What is done is kept; the rest goes on when it is up again."
    state: State[None] = Scheduled(
        name=INTERRUPTED, scheduled_time=datetime.now(UTC), message=message
    )
    client.set_flow_run_state(run.id, state, force=True)


def verdict(deployed: bool, tries: int) -> State[None]:
    """The state of a dead run after so many tries. Without a deployment it cannot restart."""
    from prefect.states import Crashed, Failed, Scheduled

    if not deployed:
        return Crashed(message="Its process ended. What is done is kept; `vuoro run` goes on.")
    if tries < TRIES:
        return Scheduled(
            name=AGAIN,
            scheduled_time=datetime.now(UTC),
            message=f"Its process ended: try {tries + 1} of {TRIES} goes on from what is done.",
        )
    return Failed(
        message=f"Its process ended {TRIES} times, as when memory runs out. Close other programs "
        "or choose a smaller model; `vuoro status` shows at which session. The next look at the "
        "inbox tries again."
    )


def end_inside(client: SyncPrefectClient, run: FlowRun) -> None:
    """End the sessions and stages of a dead run: they are not running either."""
    from prefect.client.schemas import filters
    from prefect.states import Crashed

    state: State[None] = Crashed(message="The run it belonged to ended. What is done is kept.")
    of_run = filters.FlowRunFilterParentFlowRunId(any_=[run.id])
    inside = client.read_flow_runs(
        flow_run_filter=filters.FlowRunFilter(parent_flow_run_id=of_run, state=_at_work_state())
    )
    for inner in inside:
        client.set_flow_run_state(inner.id, state, force=True)
    runs = filters.FlowRunFilter(
        id=filters.FlowRunFilterId(any_=[run.id, *(inner.id for inner in inside)])
    )
    for task in client.read_task_runs(flow_run_filter=runs):
        if task.state_type in _kinds():
            client.set_task_run_state(task.id, state, force=True)


def _last_heartbeat(client: SyncPrefectClient, run: UUID) -> str:
    from prefect.events.filters import EventFilter, EventNameFilter, EventResourceFilter

    asked = EventFilter(
        event=EventNameFilter(name=[HEARTBEAT]),
        resource=EventResourceFilter(id=[f"prefect.flow-run.{run}"]),
    )
    events = client.read_events(asked, limit=1).events
    return str(events[0].id) if events else ""


def _kinds() -> list[StateType]:
    from prefect.client.schemas.objects import StateType

    return [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]


def _at_work_state() -> FlowRunFilterState:
    from prefect.client.schemas.filters import FlowRunFilterState, FlowRunFilterStateType

    return FlowRunFilterState(type=FlowRunFilterStateType(any_=_kinds()))
