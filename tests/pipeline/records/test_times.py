"""Arithmetic on stretches of time, against values worked by hand."""

import pytest

from pipeline.records import Interval, Segment
from pipeline.records.times import Talk, about, distance_s, intersection, meeting, total_s, union


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


def test_talk_of_no_parts_has_no_speech() -> None:
    nobody = Talk.of([])
    assert (nobody.speech_s(), nobody.overlap_s()) == (0, 0)


def test_which_parts_meet_a_stretch() -> None:
    parts = stretches((0, 1), (2, 3), (4, 5), (6, 7))
    assert list(meeting(parts, Interval(2.5, 4.5))) == stretches((2, 3), (4, 5))
    assert list(meeting(parts, Interval(1, 2))) == []


def test_distance_between_stretches() -> None:
    assert distance_s(Interval(0, 1), Interval(3, 4)) == distance_s(Interval(3, 4), Interval(0, 1))
    assert distance_s(Interval(0, 1), Interval(3, 4)) == 2
    assert distance_s(Interval(0, 3), Interval(2, 4)) == 0


@pytest.mark.parametrize(
    ("place", "away_s"), [((3.5, 4), 0.5), ((4, 4.5), 0.5), ((8, 9), 1), ((2, 6), 0), ((4, 4), 1)]
)
def test_distance_to_a_persons_nearest_talk(
    talk: Talk, place: tuple[float, float], away_s: float
) -> None:
    assert talk.distance_s("A", Interval(*place)) == away_s


def test_distance_to_a_silent_person_is_infinite(talk: Talk) -> None:
    assert talk.distance_s("D", Interval(0, 1)) == float("inf")


def test_share_of_a_stretch(talk: Talk) -> None:
    assert talk.share("A", Interval(2, 6)) == 0.5  # 2-3 and 5-6
    assert talk.share("D", Interval(2, 6)) == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (20, "less than a minute"),
        (60, "about 1 min"),
        (200, "about 4 min"),
        (700, "about 15 min"),
        (3500, "about 1 h"),
        (5000, "about 1 h 30 min"),
        (35 * 3600, "about 35 h"),
    ],
)
def test_durations_are_no_more_exact_than_they_are_known(seconds: float, words: str) -> None:
    assert about(seconds) == words
