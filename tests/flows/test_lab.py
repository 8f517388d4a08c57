"""Children of `vuoro up`: started again when they die, later and later if they die young."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from flows import lab, server
from flows.lab import Kept, Plan
from pipeline.errors import StudyError
from pipeline.study import Study, create


class Child:
    """A process that is dead when we say so."""

    def __init__(self) -> None:
        self.dead = False

    def poll(self) -> int | None:
        return -9 if self.dead else None


@pytest.fixture
def born() -> list[Child]:
    return []


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def kept(born: list[Child], clock: list[float]) -> Kept:
    def start() -> Any:
        born.append(Child())
        return born[-1]

    return Kept(start, clock=lambda: clock[0])


def at(kept: Kept, clock: list[float], now_s: float) -> None:
    clock[0] = now_s
    kept.watch()


def test_a_living_child_is_left_alone(kept: Kept, born: list[Child], clock: list[float]) -> None:
    at(kept, clock, 1000.0)
    assert len(born) == 1


def test_one_that_has_lived_long_is_started_again_at_once(
    kept: Kept, born: list[Child], clock: list[float]
) -> None:
    born[0].dead = True
    at(kept, clock, 1000.0)
    assert len(born) == 2


def test_one_that_dies_young_is_started_again_later_and_later(
    kept: Kept, born: list[Child], clock: list[float]
) -> None:
    waited, now_s = [], 0.0
    for _ in range(8):
        born[-1].dead = True
        died_at = now_s
        count = len(born)
        while len(born) == count:
            at(kept, clock, now_s)
            now_s += 1.0
        waited.append(clock[0] - died_at)
        now_s = clock[0]
    assert waited == [2, 4, 8, 16, 32, 60, 60, 60]


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_port_that_is_taken_is_refused_before_anything_starts(tmp_path: Path, taken: int) -> None:
    study = create(tmp_path)
    with pytest.raises(StudyError, match=f"uses the port {taken}"):
        lab.start(study, Plan(port=taken))
    assert not study.prefect_home.exists()


def test_the_usual_port_gives_way(monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    monkeypatch.setattr(lab, "PORT", taken)
    with lab._listening(None) as at:
        assert server.port_of(at) not in (0, taken)


def test_studies_that_begin_at_once_get_ports_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The port is held from the first moment, also while no server answers at it."""
    with server.listening() as free:
        usual = server.port_of(free)
    monkeypatch.setattr(lab, "PORT", usual)
    with lab._listening(None) as one, lab._listening(None) as two:
        assert server.port_of(one) == usual != server.port_of(two)
        with pytest.raises(StudyError, match="uses the port"):
            lab._listening(usual)
    with lab._listening(usual) as again:
        assert server.port_of(again) == usual


def test_down_without_up(tmp_path: Path) -> None:
    assert lab.stop(cast(Study, create(tmp_path))) is False


def test_what_was_asked_for_reaches_the_process_in_the_background(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Plan] = []
    monkeypatch.setattr(lab, "keep", lambda _, plan: asked.append(plan))
    plan = Plan(every_s=60.0, rebuild_hour=4, hand_out=10)
    lab.main(str(tmp_path), *lab._words(plan))
    lab.main(str(tmp_path), "60", "4", "10", "4300")
    assert asked == [plan, Plan(60.0, 4, 10, 4300)]
