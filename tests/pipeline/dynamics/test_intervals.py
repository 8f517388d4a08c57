"""The intervals of sessions small enough to know them, and how often they hold what is true."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from conversations import FOUR, THREE, chain, meeting, random_meeting, turn

from pipeline.dynamics.floor import Meeting
from pipeline.dynamics.intervals import intervals, tail_share
from pipeline.dynamics.measure_rows import dynamics_rows
from pipeline.dynamics.per_person import person_dynamics, person_replicates
from pipeline.dynamics.per_session import session_dynamics, session_replicates
from pipeline.dynamics.replicates import Drawn
from pipeline.dynamics.resampling import Rows, as_it_was
from pipeline.records import Recording, Turn
from pipeline.tables.dynamics_tables import DYNAMICS_PERSON, DYNAMICS_SESSION

RECORDING = Recording("G01-S01", "G01", 1, "meeting", "aa", "private.mp4", ".mp4")
SESSIONS = [FOUR, THREE, *(random_meeting(seed, 2 + seed, 30) for seed in range(6))]


@pytest.mark.parametrize("session", SESSIONS)
def test_the_measures_of_replicates_are_those_of_sessions(session: Meeting) -> None:
    rows = Rows.of(session)
    drawn = Drawn.of(rows, as_it_was(rows))
    of_session, of_people = session_replicates(drawn), person_replicates(drawn)
    whole = session_dynamics(session, 100.0)
    for name, values in of_session.items():
        assert values[0] == pytest.approx(getattr(whole, name)), name
    for name, values in of_people.items():
        expected = [getattr(person, name) for person in person_dynamics(session)]
        none_as_nan = np.array(expected, np.float64)
        assert values[0] == pytest.approx(none_as_nan, nan_ok=True), name


def test_every_declared_interval_is_made_and_no_other() -> None:
    roles = {"P00": "leader", "P01": "facilitator", "P02": "interviewer"}
    whole, (first, *_) = intervals(random_meeting(0, 3, 60), roles)
    for made, table in ((whole, DYNAMICS_SESSION), (first, DYNAMICS_PERSON)):
        names = {c.name for c in table.columns if c.name.endswith(("_low", "_high"))}
        assert {name for name, end in made.items() if end is not None} == names == set(made)


def test_where_every_block_is_alike_there_is_no_doubt() -> None:
    whole, people = intervals(meeting(chain("ABABABAB")), {"A": "leader"})
    assert (whole["gini_turns_low"], whole["gini_turns_high"]) == (0.0, 0.0)
    assert (whole["leader_turn_share_low"], whole["leader_turn_share_high"]) == (0.5, 0.5)
    assert (people[1]["speaking_share_low"], people[1]["speaking_share_high"]) == (0.5, 0.5)


def test_where_blocks_differ_most_anything_may_be() -> None:
    """AAAABBBB: all of four blocks of two are AA in (3/8)⁴ or 2 % of the replicates, and as many
    are all BB; of so few blocks the interval takes nearly all replicates."""
    turns = [turn(label, float(i), i + 1.0) for i, label in enumerate("AAAABBBB")]
    _, people = intervals(meeting(turns), {})
    assert (people[0]["turn_share_low"], people[0]["turn_share_high"]) == (0.0, 1.0)


def test_an_interval_is_shifted_to_the_measure() -> None:
    """B's turns are doubted so much that in all replicates they are A's."""
    turns = [turn(label, float(i), i + 1.0, confidence=float(label == "A"))
             for i, label in enumerate("ABABABAB")]  # fmt: skip
    _, people = intervals(meeting(turns), {})
    assert (people[0]["turn_share_low"], people[0]["turn_share_high"]) == (0.5, 0.5)


def test_doubt_makes_intervals_wider() -> None:
    def width(confidence: float) -> float:
        turns = [turn(label, float(i), i + 1.0, confidence=confidence)
                 for i, label in enumerate("ABC" * 20)]  # fmt: skip
        _, people = intervals(meeting(turns), {})
        low, high = people[0]["turn_share_low"], people[0]["turn_share_high"]
        assert low is not None and high is not None
        return high - low

    assert width(1.0) < width(0.9) < width(0.6)


@pytest.mark.parametrize(
    ("n_blocks", "t"), [(4, 3.182), (10, 2.262), (25, 2.064)]
)  # Student's t of 0.975 with one degree of freedom less, from any printed table
def test_tails_are_as_thin_as_students_t_is_wide(n_blocks: int, t: float) -> None:
    from scipy.special import ndtri

    widening = (n_blocks / (n_blocks - 1)) ** 0.5
    assert -ndtri(tail_share(n_blocks)) == pytest.approx(t * widening, abs=0.001)


def test_one_block_tells_no_tails() -> None:
    assert tail_share(1.0) == 0.0


def test_what_rests_on_one_turn_has_no_interval() -> None:
    _, (_, _, third) = intervals(meeting(chain("ABABABABAB" + "C" + "ABABABABA")), {})
    for name in ("fto_mean_s", "fto_median_s", "turn_mean_s", "turn_median_s"):
        assert (third[f"{name}_low"], third[f"{name}_high"]) == (None, None)
    for name in ("turn_share", "speaking_share", "n_minimal_responses_given"):
        assert (third[f"{name}_low"], third[f"{name}_high"]) == (None, None)


@pytest.mark.parametrize("turns", [[], [turn("A", 0.0, 1.0)]])
def test_a_row_alone_has_no_interval(turns: list[Turn]) -> None:
    whole, people = intervals(meeting(turns), {"A": "leader"})
    assert len(people) == len(turns)
    assert {end for ends in (whole, *people) for end in ends.values()} == {None}


@pytest.mark.parametrize("session", SESSIONS)
def test_every_interval_holds_the_measure(session: Meeting) -> None:
    rows = dynamics_rows(RECORDING, session, 1000.0, {session.people[0]: "leader"})
    n = 0
    for row in rows["dynamics_session"] + rows["dynamics_person"]:
        for name in [name.removesuffix("_low") for name in row if name.endswith("_low")]:
            low, high = row[f"{name}_low"], row[f"{name}_high"]
            assert (low is None) == (high is None)
            if low is not None:
                assert low <= row[name] <= high, name
                n += 1
    assert n > 20


@pytest.mark.parametrize("n_people", [2, 3, 6, 11])
def test_no_interval_of_a_session_is_missing_however_many_people(n_people: int) -> None:
    session = random_meeting(n_people, n_people, 60)
    whole, _ = intervals(session, {"P00": "leader"})
    missing = {name for name, end in whole.items() if end is None}
    assert missing == {name for name in whole if name.startswith(("facilitator_", "interviewer_"))}


def test_the_same_session_gives_the_same_bytes() -> None:
    one, again = (
        repr(dynamics_rows(RECORDING, random_meeting(3, 5, 40), 1000.0, {})) for _ in range(2)
    )
    assert one == again


def test_nineteen_of_twenty_hold_the_truth() -> None:
    """Turns of three people drawn independently, one of ten given to a wrong person."""
    true = {"A": 0.5, "B": 0.3, "C": 0.2}
    rng = Random(1)

    def heard(person: str) -> str:
        others = [p for p in true if p != person]
        wrong = rng.choices(others, [true[p] for p in others])[0]
        return wrong if rng.random() < 0.1 else person

    held = []
    for _ in range(60):
        spoken = [heard(p) for p in rng.choices(list(true), list(true.values()), k=60)]
        turns = [turn(p, float(i), i + 1.0, confidence=0.9) for i, p in enumerate(spoken)]
        session = meeting(turns)
        _, people = intervals(session, {})
        for person, ends in zip(session.people, people, strict=True):
            low, high = ends["turn_share_low"], ends["turn_share_high"]
            assert low is not None and high is not None
            held.append(low <= true[person] <= high)
    assert 0.90 <= sum(held) / len(held) <= 0.99
