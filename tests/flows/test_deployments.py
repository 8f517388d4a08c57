"""When the inbox is looked at, when is rebuilt, and what runs on other machines are told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta

import pytest
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectAlreadyExists
from prefect.utilities.importtools import import_object

from flows import deployments
from flows.batch import process_sessions
from flows.deployments import POOL, Schedule, deploy_to_pool

SCHEDULE = Schedule(every_s=300.0, rebuild_hour=3)


@pytest.fixture(autouse=True)
def in_helsinki(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Helsinki")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def clock(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone()


def test_the_inbox_is_looked_at_at_once_and_then_every_interval() -> None:
    now = clock("2026-01-15T12:00:00")
    assert SCHEDULE.next("inbox", now, None) == now
    assert SCHEDULE.next("inbox", now, now - timedelta(seconds=60)) == now + timedelta(seconds=240)


def test_missed_looks_are_not_made_up_for() -> None:
    """After a night's work on one recording the next look is one look, now."""
    now = clock("2026-01-15T12:00:00")
    assert SCHEDULE.next("inbox", now, now - timedelta(hours=9)) == now


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-01-15T01:00:00", "2026-01-15T03:00:00+02:00"),
        ("2026-01-15T03:00:00", "2026-01-16T03:00:00+02:00"),
        ("2026-03-29T12:00:00", "2026-03-30T03:00:00+03:00"),
    ],
)
def test_the_rebuild_is_at_its_hour_of_the_wall_clock(now: str, expected: str) -> None:
    assert SCHEDULE.next("nightly rebuild", clock(now), None) == datetime.fromisoformat(expected)


def test_a_night_without_that_hour_has_one_rebuild() -> None:
    """On 29 March 2026 clocks in Finland went from 3 to 4."""
    first = SCHEDULE.next("nightly rebuild", clock("2026-03-28T12:00:00"), None)
    assert abs(first - datetime.fromisoformat("2026-03-29T03:00:00+02:00")) <= timedelta(hours=1)
    second = SCHEDULE.next("nightly rebuild", first + timedelta(seconds=5), None)
    assert second == datetime.fromisoformat("2026-03-30T03:00:00+03:00")


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> list[RunnerDeployment]:
    """What Prefect's server would be told of."""
    told: list[RunnerDeployment] = []

    class Client:
        def create_work_pool(self, pool: WorkPoolCreate) -> None:
            raise ObjectAlreadyExists(Exception("as it is the second time"))

    monkeypatch.setattr(deployments, "get_client", lambda **_: nullcontext(Client()))
    monkeypatch.setattr(RunnerDeployment, "apply", lambda self: told.append(self))
    return told


def test_runs_on_other_machines_are_found_by_name_and_tell_nobody(
    applied: list[RunnerDeployment],
) -> None:
    deploy_to_pool(process_sessions, "sessions", "A batch of sessions.")
    [given] = applied
    assert import_object(str(given.entrypoint)).name == process_sessions.name
    assert given.work_pool_name == POOL
    environment = given.job_variables["env"]
    assert environment["DO_NOT_TRACK"] == "1"
    assert environment["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"] == "30"
    assert "PREFECT_HOME" not in environment  # each machine has its own
