"""Who is dead, and what becomes of them. Real kills are in tests/faults."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from flows.zombies import AGAIN, TRIES, Hearing, settle_crashed, verdict

A, B = uuid4(), uuid4()


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_who_gives_signs_of_life_is_alive() -> None:
    clock = Clock()
    hearing = Hearing(quiet_s=100, clock=clock)
    for beat in range(20):
        clock.now_s = beat * 30.0
        assert hearing.silent({A: f"heartbeat {beat}"}) == []


def test_who_falls_silent_is_dead_after_a_while_and_others_are_not() -> None:
    clock = Clock()
    hearing = Hearing(quiet_s=100, clock=clock)
    found = []
    for look in range(8):
        clock.now_s = look * 15.0
        found.append(hearing.silent({A: "the same", B: f"heartbeat {look}"}))
    assert found == [[], [], [], [], [], [], [], [A]]  # at 105 s


def test_listening_resumes_after_the_server_was_away() -> None:
    clock = Clock()
    hearing = Hearing(quiet_s=100, clock=clock)
    hearing.silent({A: "the same"})
    clock.now_s = 90.0
    hearing.forget()
    hearing.silent({A: "the same"})
    clock.now_s = 150.0
    assert hearing.silent({A: "the same"}) == []


def test_a_dead_run_is_begun_again_but_not_for_ever() -> None:
    states = [verdict(True, tries) for tries in range(1, TRIES + 1)]
    assert [state.name for state in states] == [AGAIN] * (TRIES - 1) + ["Failed"]
    assert [state.is_scheduled() for state in states] == [True, True, False]
    assert "memory" in (states[-1].message or "")
    assert "`vuoro status`" in (states[-1].message or "")


def test_a_dead_run_by_hand_is_crashed_and_says_what_to_do() -> None:
    state = verdict(False, 1)
    assert state.is_crashed()
    assert "`vuoro run` goes on" in (state.message or "")


class Prefect:
    """Runs of a deployment, as far as is asked for them; each is at its last state."""

    def __init__(self, *runs: str) -> None:
        self.states = {UUID(int=number): [name] for number, name in enumerate(runs)}

    def read_flow_runs(self, flow_run_filter: Any) -> list[SimpleNamespace]:
        if flow_run_filter.parent_flow_run_id is not None:  # nothing is inside them
            return []
        return [
            SimpleNamespace(id=run, deployment_id=A)
            for run, names in self.states.items()
            if names[-1] in flow_run_filter.state.name.any_
        ]

    def read_flow_run_states(self, run: UUID) -> list[SimpleNamespace]:
        return [SimpleNamespace(name=name) for name in self.states[run]]

    def read_task_runs(self, flow_run_filter: Any) -> list[SimpleNamespace]:
        return []

    def set_flow_run_state(self, run: UUID, state: Any, force: bool) -> None:
        self.states[run].append(state.name)


def test_what_is_said_to_have_crashed_is_settled_once() -> None:
    """The last of them is ours and living."""
    client: Any = Prefect("Crashed", "Running", "Completed", "Crashed")
    for _ in range(2):
        settle_crashed(client, {UUID(int=3)})
    assert [*client.states.values()] == [
        ["Crashed", AGAIN],
        ["Running"],
        ["Completed"],
        ["Crashed"],
    ]
