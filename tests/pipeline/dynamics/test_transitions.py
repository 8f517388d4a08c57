"""Who follows whom, what was to be expected, reciprocity and participation shifts."""

from __future__ import annotations

from itertools import permutations

import pytest
from conversations import FOUR, THREE, chain, meeting, turn

from pipeline.dynamics.transitions import (
    Shift,
    expected_counts,
    participation_shifts,
    reciprocity,
    transitions,
)


def counted(pairs: dict[str, int]) -> dict[tuple[str, str], int]:
    return {(pair[0], pair[1]): n for pair, n in pairs.items()}


def test_counts_of_four_people() -> None:
    n = {t.from_person + t.to_person: t.n for t in transitions(FOUR)}
    once = {"AB", "BA", "AC", "CA", "AD", "DB", "BD", "DC"}
    assert n == {a + b: int(a + b in once) for a, b in permutations("ABCD", 2)}


def test_expected_counts_of_a_known_product() -> None:
    """a = b = (1, 2, 3) gives AB 2, AC 3, BA 2, BC 6, CA 3, CB 6. The counts are these with one
    more on A-B-C-A and one less on A-C-B-A, which leaves all totals as they were."""
    observed = counted({"AB": 3, "BC": 7, "CA": 4, "AC": 2, "CB": 5, "BA": 1})
    expected = counted({"AB": 2, "BC": 6, "CA": 3, "AC": 3, "CB": 6, "BA": 2})
    assert expected_counts(observed, "ABC") == pytest.approx(expected, abs=1e-6)


def test_expected_counts_keep_totals_and_are_products() -> None:
    found = expected_counts({(t.from_person, t.to_person): t.n for t in transitions(FOUR)}, "ABCD")
    yielded = [sum(e for (a, _), e in found.items() if a == p) for p in "ABCD"]
    taken = [sum(e for (_, b), e in found.items() if b == p) for p in "ABCD"]
    assert yielded == pytest.approx([3, 2, 1, 2]) and taken == pytest.approx([2, 2, 2, 2])
    for a, b, c, d in permutations("ABCD"):
        assert found[a, c] * found[b, d] == pytest.approx(found[a, d] * found[b, c])


def test_residual_is_pearsons() -> None:
    # ABCABC…: everybody yields and takes alike, so 6 of 6 pairs are expected alike
    found = {t.from_person + t.to_person: t for t in transitions(meeting(chain("ABCABCA")))}
    assert found["AB"].n == 2 and found["AB"].expected == pytest.approx(1.0)
    assert found["AB"].residual == pytest.approx(1.0)  # (2 - 1) / √1
    assert found["BA"].residual == pytest.approx(-1.0)  # (0 - 1) / √1


def test_with_two_people_the_totals_leave_no_choice() -> None:
    first, second = transitions(meeting(chain("ABABA")))
    assert (first.n, first.expected, first.residual) == (2, 2.0, 0.0)
    assert (second.n, second.expected, second.residual) == (2, 2.0, 0.0)


def test_where_all_goes_through_one_person_the_totals_leave_no_choice() -> None:
    found = {t.from_person + t.to_person: t for t in transitions(THREE)}
    assert {pair: t.n for pair, t in found.items()} == {
        **{"AB": 3, "BA": 2, "AC": 1, "CA": 1, "BC": 0, "CB": 0}
    }
    assert all(t.expected == t.n for t in found.values())
    assert (found["AB"].residual, found["BC"].residual) == (0.0, None)


def test_nobody_follows_anybody() -> None:
    assert transitions(meeting([])) == []
    assert transitions(meeting([turn("A", 0.0, 1.0)])) == []
    unknown = meeting([turn("A", 0.0, 1.0), turn("B", 2.0, 3.0)])
    assert [(t.n, t.expected, t.residual) for t in transitions(unknown)] == [(0, 0.0, None)] * 2


def test_a_turn_within_anothers_transfers_no_floor() -> None:
    turns = [turn("A", 0.0, 9.0), turn("B", 3.0, 5.0, "A"), turn("C", 9.5, 11.0, "A", 0.5)]
    n = {t.from_person + t.to_person: t.n for t in transitions(meeting(turns)) if t.n}
    assert n == {"AC": 1}


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ("AB", 0.0),
        ("ABA", 1.0),
        ("ABC", 0.0),
        ("ABCABC", 0.0),  # a circle answers nobody
        ("ABACABA", 1.0),
        ("ABABC", 2 / 4),  # AB 2, BA 1, BC 1
    ],
)
def test_reciprocity(people: str, expected: float) -> None:
    assert reciprocity(meeting(chain(people))) == pytest.approx(expected)


def test_reciprocity_of_nothing() -> None:
    assert reciprocity(meeting([])) is None


def test_participation_shifts() -> None:
    assert participation_shifts(meeting(chain("ABACB"))) == [
        Shift("A", True),  # A B A
        Shift("C", False),  # B A C
        Shift("B", False),  # A C B
    ]


def test_turns_in_a_row_are_one_for_shifts() -> None:
    turns = [
        turn("A", 0.0, 1.0),
        turn("B", 1.5, 2.0, "A", 0.5),
        turn("B", 12.0, 13.0, "B"),
        turn("A", 13.5, 14.0, "B", 0.5),
    ]
    assert participation_shifts(meeting(turns)) == [Shift("A", True)]


def test_no_shift_over_somebody_who_left() -> None:
    """A B [gone] A B: the second A follows nobody known."""
    turns = [
        turn("A", 0.0, 1.0),
        turn("B", 1.5, 2.0, "A", 0.5),
        turn("A", 6.0, 7.0),
        turn("B", 7.5, 8.0, "A", 0.5),
    ]
    assert participation_shifts(meeting(turns)) == []
    assert [(t.n, t.from_person) for t in transitions(meeting(turns)) if t.n] == [(2, "A")]
