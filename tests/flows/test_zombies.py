"""Who is dead, and what becomes of them. Real kills are in tests/faults."""

from __future__ import annotations

from uuid import uuid4

from flows.zombies import AGAIN, TRIES, Hearing, verdict

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


def test_listening_begins_anew_after_the_server_was_away() -> None:
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
