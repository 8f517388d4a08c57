"""The stretches that Whisper gets, worked by hand; the model itself is tested in tests/e2e."""

from itertools import pairwise

from pipeline.records import Interval
from pipeline.transcribe import MAX_GAP_S, PADDING_S, WINDOW_S, windows


def test_no_speech_gives_no_window() -> None:
    assert windows([]) == []


def test_short_speech_is_one_padded_window() -> None:
    assert windows([Interval(5, 7), Interval(7.5, 9)]) == [Interval(4.8, 9.2)]


def test_padding_stays_inside_the_recording_and_off_the_neighbour() -> None:
    far, near = MAX_GAP_S + 1, 0.1
    found = windows([Interval(near, 2), Interval(2 + far, 8)])
    assert found[0].start_s == near - near / 2
    assert found[0].end_s == 2 + PADDING_S
    assert found[1].start_s == 2 + far - PADDING_S


def test_long_talk_is_cut_at_its_longest_gap_in_the_second_half() -> None:
    parts = [Interval(0, 10), Interval(12, 18), Interval(18.2, 24), Interval(25, 34)]
    assert windows(parts) == [Interval(0, 24.2), Interval(24.8, 34.2)]


def test_talk_without_a_gap_is_cut_all_the_same() -> None:
    found = windows([Interval(0, 100)])
    assert all(w.duration_s <= WINDOW_S for w in found)
    assert found[0].start_s == 0
    assert found[-1].end_s == 100 + PADDING_S
    assert all(a.end_s == b.start_s for a, b in pairwise(found))


def test_all_speech_is_in_some_window_and_none_twice() -> None:
    parts = [Interval(i * 3.0, i * 3.0 + 2.6) for i in range(60)]
    found = windows(parts)
    for part in parts:
        assert sum(w.start_s <= part.start_s and part.end_s <= w.end_s for w in found) == 1
    assert all(a.end_s <= b.start_s for a, b in pairwise(found))
    assert all(w.duration_s <= WINDOW_S for w in found)
