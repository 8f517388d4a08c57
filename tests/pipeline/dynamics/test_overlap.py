"""What is an interruption, what is cooperative, and what is neither."""

from __future__ import annotations

import pytest
from conversations import FOUR, meeting, response, turn

from pipeline.dynamics.overlap import Overlap, overlaps
from pipeline.records import Turn

A = turn("A", 0.0, 10.0)
A_TALKS = (0.0, 10.0)


def test_all_of_the_four_people() -> None:
    assert overlaps(FOUR) == [
        Overlap("B", "A", "within", 0.5, "cooperative"),
        Overlap("A", "B", "between", 0.25, "cooperative"),
        Overlap("C", "A", "between", 1.0, "successful"),
        Overlap("D", "C", "within", 2.0, "unsuccessful"),
        Overlap("A", "C", "within", 0.25, "cooperative"),
        Overlap("B", "C", "within", 1.25, None),
    ]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        # half a second is enough for an interruption, less is not
        (turn("B", 9.5, 12.0, "A", -0.5), Overlap("B", "A", "between", 0.5, "successful")),
        (turn("B", 9.51, 12.0, "A", -0.49), Overlap("B", "A", "between", 0.49, "cooperative")),
        (turn("B", 5.0, 5.5, "A"), Overlap("B", "A", "within", 0.5, "unsuccessful")),
        (turn("B", 5.0, 5.4, "A"), Overlap("B", "A", "within", 0.4, "cooperative")),
        # a minimal response never interrupts
        (response("B", 5.0, 6.4, "A"), Overlap("B", "A", "within", 1.4, "cooperative")),
    ],
)
def test_interruption_or_cooperative(other: Turn, expected: Overlap) -> None:
    talk = {"A": [A_TALKS], "B": [(other.start_s, other.end_s)]}
    assert overlaps(meeting([A, other], talk)) == [expected]


@pytest.mark.parametrize(
    "other",
    [
        turn("B", 10.0, 12.0, "A", 0.0),
        turn("B", 10.5, 12.0, "A", 0.5),
        response("B", 10.5, 11.0, "A"),
        turn("B", 5.0, 6.0),  # after somebody who has left: unknown whose turn it was
        response("B", 5.0, 6.0, None),
    ],
)
def test_no_overlap(other: Turn) -> None:
    talk = {"A": [A_TALKS], "B": [(other.start_s, other.end_s)]}
    assert overlaps(meeting([A, other], talk)) == []


def test_who_begins_in_a_pause_does_not_interrupt() -> None:
    other = turn("B", 7.0, 12.0, "A", -3.0)
    talk = {"A": [(0.0, 6.5), (8.0, 10.0)], "B": [(7.0, 12.0)]}
    assert overlaps(meeting([A, other], talk)) == [Overlap("B", "A", "between", 2.0, None)]


def test_who_begins_together_with_the_holder_does_not_interrupt() -> None:
    turns = [turn("A", 0.0, 3.0), turn("B", 0.0, 5.0, "A", -3.0)]
    assert overlaps(meeting(turns)) == [Overlap("B", "A", "between", 3.0, None)]


def test_talk_of_the_holder_after_losing_the_floor_does_not_count() -> None:
    """A says joo in B's turn: 0.3 s and 0.4 s are not one overlap of 0.7 s."""
    turns = [A, turn("B", 9.7, 20.0, "A", -0.3), response("A", 15.0, 15.4, "B")]
    talk = {"A": [A_TALKS, (15.0, 15.4)], "B": [(9.7, 20.0)]}
    assert overlaps(meeting(turns, talk)) == [
        Overlap("B", "A", "between", 0.3, "cooperative"),
        Overlap("A", "B", "within", 0.4, "cooperative"),
    ]


def test_it_is_the_regular_diarisation_that_tells() -> None:
    """Where the exclusive one gives each moment to one person, nobody would interrupt."""
    other = turn("B", 9.0, 12.0, "A", -1.0)
    exclusive = {"A": [(0.0, 9.0)], "B": [(9.0, 12.0)]}
    assert overlaps(meeting([A, other], exclusive)) == [Overlap("B", "A", "between", 0.0, None)]
