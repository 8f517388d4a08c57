"""Arithmetic on stretches of time, against values worked by hand."""

import pytest

from pipeline.records import Interval, Segment
from pipeline.timeline import Talk, intersection, total_s, union


def stretches(*pairs: tuple[float, float]) -> list[Interval]:
    return [Interval(*pair) for pair in pairs]


def test_union_joins_what_touches_and_keeps_gaps() -> None:
    assert union(stretches((5, 6), (0, 2), (1, 3), (3, 4))) == stretches((0, 4), (5, 6))


def test_union_takes_segments_of_any_label() -> None:
    assert union([Segment(1, 2, "B"), Segment(0, 1.5, "A")]) == stretches((0, 2))


def test_intersection_of_several() -> None:
    first, second = stretches((0, 4), (6, 9)), stretches((1, 2), (3, 7), (8, 12))
    assert intersection(first, second) == stretches((1, 2), (3, 4), (6, 7), (8, 9))


def test_touching_stretches_do_not_overlap() -> None:
    assert Interval(0, 1).overlap_s(Interval(1, 2)) == 0
    assert intersection(stretches((0, 1)), stretches((1, 2))) == []


@pytest.fixture
def talk() -> Talk:
    #  0  1  2  3  4  5  6  7  8
    #  A--------A     A-----A         A talks 0-3 and 5-7
    #        B-----B                  B 2-4
    #        C--C                     C 2-3
    return Talk.of([Segment(0, 3, "A"), Segment(5, 7, "A"), Segment(2, 4, "B"), Segment(2, 3, "C")])


def test_speech_is_time_with_anybody_talking(talk: Talk) -> None:
    assert talk.speech_s() == 6


def test_overlap_counts_three_talking_once(talk: Talk) -> None:
    assert talk.overlap_s() == 1


def test_overlaps_of_one_person_by_the_others(talk: Talk) -> None:
    overlaps = talk.overlaps("B", Interval(0, 10))
    assert {label: total_s(parts) for label, parts in overlaps.items()} == {"A": 1, "C": 1}
    assert talk.overlaps("A", Interval(5, 7)) == {}


def test_nobody_talks() -> None:
    nobody = Talk.of([])
    assert (nobody.speech_s(), nobody.overlap_s()) == (0, 0)
