"""The time that a run still takes: from what was measured, said once it is known, without jumps.

``recorded_run.jsonl`` holds the events of a real run of three short recordings on a busy machine:
seconds since its start, the event, and what it says.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

from pipeline.commands.time_left import GROWS, TimeLeft

RECORDED = Path(__file__).parent / "recorded_run.jsonl"
WEIGHTS = {"diarise": 20.0, "transcribe": 70.0}
STAGES = ["decode", "diarise", "transcribe"]
HOUR_S = 3600.0


class Clock:
    """Time as a test lets it pass."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def left_with(clock: Clock) -> TimeLeft:
    return TimeLeft(lambda stage: WEIGHTS.get(stage, 1.0), clock)


def minutes(words: str) -> int:
    """The minutes that are shown, 0 for less than one."""
    hours, rest = re.search(r"(\d+) h", words), re.search(r"(\d+) min", words)
    return 60 * int(hours[1] if hours else 0) + int(rest[1] if rest else 0)


def test_nothing_is_said_before_the_longest_stage_was_measured() -> None:
    clock = Clock()
    left = left_with(clock)
    left.plan({"G07-S01": STAGES, "G07-S02": STAGES}, {"G07-S01": HOUR_S, "G07-S02": HOUR_S})
    said = []
    for stage in ("decode", "diarise"):
        for share in (0.0, 0.5, 1.0):
            left.progressed("G07-S01", stage, share)
            said.append(left.words)
            clock.now += 100
    assert set(said) == {""}


def test_time_left_follows_from_seconds_of_recordings() -> None:
    """After an hour at a tenth of its length, two hours more take two tenths of an hour."""
    clock = Clock()
    left = left_with(clock)
    left.plan({"G07-S01": STAGES, "G07-S02": STAGES}, {"G07-S01": HOUR_S, "G07-S02": 2 * HOUR_S})
    for stage, spent_s in (("decode", 10), ("diarise", 80), ("transcribe", 270)):
        left.progressed("G07-S01", stage, 0.0)
        clock.now += spent_s
        left.progressed("G07-S01", stage, 1.0)
    left.ended("G07-S01")
    assert left.words == ""  # the parts of a batch may still be reported
    clock.now += 2
    assert left.words == "about 15 min left"  # 12, no more exact than by five


def test_loading_models_in_a_short_first_session_counts_once() -> None:
    clock = Clock()
    left = left_with(clock)
    waiting = {f"G07-S0{n}": ["transcribe"] for n in (1, 2, 3)}
    left.plan(waiting, {"G07-S01": 30.0, "G07-S02": 600.0, "G07-S03": HOUR_S})
    for session_id, spent_s in (("G07-S01", 25), ("G07-S02", 60)):
        left.progressed(session_id, "transcribe", 0.0)
        clock.now += spent_s
        left.progressed(session_id, "transcribe", 1.0)
        shown = left.words
        clock.now += 2
    assert shown == ""  # after the first session: it may have been the models
    assert left.words == "about 6 min left"  # a tenth of an hour


def test_what_is_shown_grows_only_where_work_takes_clearly_longer() -> None:
    clock = Clock()
    left = left_with(clock)
    left.plan({"G07-S01": ["transcribe"]}, {"G07-S01": HOUR_S})
    left.progressed("G07-S01", "transcribe", 0.0)
    shown = []
    for percent in range(1, 51):  # half of it at one pace, a little slower in the end
        clock.now += 60 if percent < 40 else 70
        left.progressed("G07-S01", "transcribe", percent / 100)
        shown.append(minutes(left.words))
    assert shown[2:] == sorted(shown[2:], reverse=True)
    for percent in range(51, 60):  # then at a tenth of the pace
        clock.now += 600
        left.progressed("G07-S01", "transcribe", percent / 100)
        shown.append(minutes(left.words))
    assert shown[-1] > GROWS * shown[49]


def test_time_left_of_a_recorded_run_does_not_jump() -> None:
    clock = Clock()
    left = left_with(clock)
    events = [json.loads(line) for line in RECORDED.read_text(encoding="utf-8").splitlines()]
    end_s = events[-1][0]
    shown: list[tuple[float, int]] = []  # seconds that were really left, minutes shown
    for clock.now, event, *said in events:
        {"planned": left.plan, "progressed": left.progressed, "ended": left.ended}[event](*said)
        if words := left.words:
            shown.append((end_s - clock.now, minutes(words)))
    values = [each for _, each in shown]
    grown = [after - before for before, after in pairwise(values) if after > before]
    assert grown == [2, 2]  # a language was hard to tell; names took longer than their weight
    assert all(abs(really_s / 60 - said_min) <= 6 for really_s, said_min in shown)  # of ten
    assert values[-1] == 0
