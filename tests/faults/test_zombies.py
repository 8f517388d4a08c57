"""Runs killed for real: found out, begun again three times and no more, nothing left "Running"."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from runs import environment

from flows import tied, zombies
from flows.worker import Keeper

pytestmark = pytest.mark.faults

WITHIN_S = 30.0


@pytest.fixture(scope="module")
def client(prefect: dict[str, str]) -> Iterator[Any]:
    """A client of a real Prefect server; what other tests' killed runs left there is settled."""
    from prefect import get_client
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

    served = {
        PREFECT_API_URL: prefect["PREFECT_API_URL"],
        PREFECT_API_AUTH_STRING: prefect["PREFECT_API_AUTH_STRING"],
    }
    with temporary_settings(served), get_client(sync_client=True) as connected:
        for run in zombies.at_work(connected):
            zombies.settle(connected, run)
        assert "Running" not in inside(connected)
        yield connected


@pytest.fixture
def start(prefect: dict[str, str], tmp_path: Path) -> Callable[..., tied.Process]:
    """Starts a slow run in a process of its own."""
    path = os.pathsep.join([str(Path(__file__).parents[1] / "support"), *environment_path()])
    env = {"PYTHONPATH": path, **prefect}

    def begin(*arguments: str) -> tied.Process:
        return tied.start("slow_run", *arguments, log=tmp_path / "run.log", env=env)

    return begin


def environment_path() -> list[str]:
    return [str(Path(__file__).parents[2]), environment().get("PYTHONPATH", "")]


def until(found: Callable[[], bool], step: Callable[[], object] = lambda: None) -> None:
    give_up = time.monotonic() + WITHIN_S
    while not found():
        assert time.monotonic() < give_up, "it has not come to pass"
        step()
        time.sleep(0.1)


def kill(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def states(client: Any, run: UUID) -> list[str]:
    return [state.name for state in client.read_flow_run_states(run)]


def inside(client: Any) -> list[str]:
    """States of all sessions and stages."""
    from prefect.client.schemas.filters import FlowFilter, FlowFilterName

    sessions = client.read_flow_runs(flow_filter=FlowFilter(name=FlowFilterName(any_=["session"])))
    return [run.state_name for run in [*sessions, *client.read_task_runs()]]


@pytest.fixture
def deployment(client: Any) -> UUID:
    from slow_run import slow

    return slow.to_deployment("slow").apply()


class OnceOnly:
    """A schedule with one run now, and no more today."""

    def next(self, name: str, now: Any, last: Any) -> Any:
        from datetime import timedelta

        return now if last is None else now + timedelta(days=1)


def test_run_killed_three_times_is_failed_for_good(
    client: Any, deployment: UUID, start: Callable[..., tied.Process]
) -> None:
    begun: list[tied.Process] = []

    def begin(run: UUID, name: str) -> tied.Process:
        begun.append(start(str(run)))
        return begun[-1]

    def worker() -> Keeper:
        deaf = zombies.Hearing(quiet_s=inf)  # it knows of its own runs without listening
        return Keeper(client, {deployment: "slow"}, begin, OnceOnly(), deaf)

    first = worker()
    until(lambda: bool(begun), first.look)
    [run] = [r.id for r in client.read_flow_runs() if r.deployment_id == deployment]
    until(lambda: states(client, run)[-1] == "Running" and "Running" in inside(client), first.look)
    kill(begun[0])
    until(lambda: zombies.AGAIN in states(client, run), first.look)
    assert "Running" not in inside(client)

    until(lambda: len(begun) == 2 and states(client, run)[-1] == "Running", first.look)
    kill(begun[1])  # and the worker with it: another one settles what it left
    second = worker()
    second.begin()
    assert states(client, run).count(zombies.AGAIN) == 2

    until(lambda: len(begun) == 3 and states(client, run)[-1] == "Running", second.look)
    kill(begun[2])
    until(lambda: states(client, run)[-1] == "Failed", second.look)
    message = client.read_flow_run(run).state.message
    assert message.startswith("Its process ended 3 times")
    for _ in range(3):
        second.look()
    assert len(begun) == 3
    assert "Running" not in inside(client)


def test_a_run_that_is_stopped_goes_on_later(
    client: Any, deployment: UUID, start: Callable[..., tied.Process]
) -> None:
    begun: list[tied.Process] = []

    def begin(run: UUID, name: str) -> tied.Process:
        begun.append(start(str(run)))
        return begun[-1]

    worker = Keeper(client, {deployment: "slow"}, begin, OnceOnly(), zombies.Hearing())
    worker.begin()
    until(lambda: bool(begun), worker.look)
    until(lambda: "Running" in inside(client), worker.look)
    worker.stop()
    assert begun[0].poll() is not None
    [run] = [r for r in client.read_flow_runs() if r.state_name == zombies.INTERRUPTED]
    assert "What is done is kept" in run.state.message
    assert "Running" not in inside(client)


def test_killed_run_without_owner_is_marked_crashed(
    client: Any, start: Callable[..., tied.Process]
) -> None:
    """As `vuoro run` or a worker on another machine: nobody knows it, it is merely not heard."""
    process = start()
    until(lambda: "Running" in inside(client))
    [run] = [r for r in zombies.at_work(client)]
    hearing = zombies.Hearing(quiet_s=2.0)
    kill(process)
    until(
        lambda: client.read_flow_run(run.id).state_name == "Crashed",
        lambda: zombies.settle_silent(client, hearing, ()),
    )
    assert "`vuoro run` goes on" in client.read_flow_run(run.id).state.message
    assert "Running" not in inside(client)
