"""When the inbox is looked at, and when is rebuilt."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from flows.deployments import Schedule

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
