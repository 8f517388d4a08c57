"""From talk on tracks to the record: cutting, overlap, and who is alone, without any model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.diarisation.clustering import People
from pipeline.diarisation.diariser import Labelled, _labelled, _record
from pipeline.diarisation.segmentation import Activity, Frames, _Average, runs
from pipeline.diarisation.voice_prints import Piece, pieces

FRAMES = Frames(centre_s=0.05, step_s=0.1)


def _talk(*tracks: str) -> Activity:
    """Tracks as text, a frame of 0.1 s a letter: '#' talks louder, '+' talks, ' ' is silent."""
    loudness = {"#": 0.9, "+": 0.6, " ": 0.0}
    rows = [[loudness[letter] for letter in track] for track in tracks]
    activity = np.array(rows, np.float32).T
    return Activity(FRAMES, activity, activity > 0)


def _people(likeness: list[list[float]]) -> People:
    n = len(likeness[0])
    return People(np.eye(n, 192, dtype=np.float32), np.array(likeness, np.float32))


@pytest.mark.parametrize(
    ("active", "expected"),
    [("", []), ("000", []), ("111", [(0, 3)]), ("0110", [(1, 3)]), ("101", [(0, 1), (2, 3)])],
)
def test_runs_of_activity_are_found(active: str, expected: list[tuple[int, int]]) -> None:
    assert runs(np.array([letter == "1" for letter in active], np.bool_)) == expected


def test_pieces_cover_all_talk_once_with_their_surroundings() -> None:
    cut = pieces(_talk(" " * 5 + "#" * 60 + " " * 5, "#" * 3 + " " * 67, " " * 70))
    assert [(p.track, p.first, p.end) for p in cut] == [
        *[(0, first, first + 10) for first in range(5, 65, 10)],
        (1, 0, 3),
    ]
    assert [(p.context_first, p.context_end) for p in cut] == [
        *[(5, 25), (10, 30), (20, 40), (30, 50), (40, 60), (45, 65)],
        (0, 3),
    ]


def test_a_piece_is_clean_with_enough_talk_alone() -> None:
    long, short = pieces(_talk("#" * 10, "    ++++++"))
    assert long.clean_s == pytest.approx(0.4)
    assert not long.clean
    assert not short.clean
    assert replace(long, clean_s=0.5).clean


def test_nobody_talks_on_two_tracks_at_a_time() -> None:
    talk = _talk("##########", "  ++++++  ")
    cut = [Piece(0, 0, 10, 0, 10, 0.4), Piece(1, 2, 8, 2, 8, 0.0)]
    labelled = _labelled(talk, cut, _people([[0.9, 0.1, 0.0], [0.8, 0.2, 0.3]])).person
    assert labelled[:, 0].tolist() == [0] * 10
    assert labelled[2:8, 1].tolist() == [2] * 6


def test_overlap_with_nobody_else_to_talk_is_left_out() -> None:
    talk = _talk("##########", "  ++++++  ")
    cut = [Piece(0, 0, 10, 0, 10, 0.4), Piece(1, 2, 8, 2, 8, 0.0)]
    record = _record(talk, _labelled(talk, cut, _people([[0.9], [0.8]])), _people([[0.9], [0.8]]))
    assert [(s.start_s, s.end_s, s.label) for s in record.regular] == [(0.0, 1.0, "SPEAKER_00")]


def test_record_of_two_people_who_overlap() -> None:
    talk = _talk("++++++####", "    ##++  ")
    who = np.array([[1] * 10, [-1] * 4 + [0] * 4 + [-1] * 2], np.int32).T
    sure = np.where(who == 1, np.arange(10)[:, None] / 10, 0.5).astype(np.float32)
    record = _record(talk, Labelled(who, sure), _people([[0.0, 0.0]]))
    assert [(s.start_s, s.end_s, s.label) for s in record.regular] == [
        (0.0, 1.0, "SPEAKER_00"),
        (0.4, 0.8, "SPEAKER_01"),
    ]
    assert [(s.start_s, s.end_s, s.label) for s in record.exclusive] == [
        (0.0, 0.4, "SPEAKER_00"),
        (0.4, 0.6, "SPEAKER_01"),
        (0.6, 1.0, "SPEAKER_00"),
    ]
    # a segment is as sure as its frames are on average
    assert [s.confidence for s in record.regular] == pytest.approx([0.45, 0.5])
    assert [s.confidence for s in record.exclusive] == pytest.approx([0.15, 0.5, 0.75])
    assert [(v.label, v.speech_s, v.embedding.index(1.0)) for v in record.voice_prints] == [
        ("SPEAKER_00", 1.0, 1),
        ("SPEAKER_01", 0.4, 0),
    ]


def test_windows_that_call_speakers_differently_are_matched() -> None:
    """Classes: nobody, each of three speakers, each two of them. The second window swaps two."""
    powerset = np.array(
        [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], np.float32
    )

    def window(classes: list[int]) -> NDArray[np.float32]:
        return np.eye(7, dtype=np.float32)[classes]

    average = _Average(15, FRAMES)
    average.add(0.0, window([0, 1, 1, 1, 4, 4, 2, 2, 2, 2]), powerset)
    average.add(0.5, window([4, 1, 1, 1, 1, 2, 2, 2, 0, 0]), powerset)
    talk = average.talk()
    assert runs(talk.active[:, 0]) == [(1, 6), (10, 13)]
    assert runs(talk.active[:, 1]) == [(4, 10)]
    assert not talk.active[:, 2].any()
    assert runs(talk.alone) == [(1, 4), (6, 13)]


def test_a_piece_that_is_the_next_persons_is_less_sure() -> None:
    talk = _talk("##########", "  ######  ")
    cut = [Piece(0, 0, 10, 0, 10, 0.4), Piece(1, 2, 8, 2, 8, 0.0)]
    found = _labelled(talk, cut, _people([[0.9, 0.1], [0.8, 0.2]]))
    assert found.of(1)[2:8].max() < 0.5 < found.of(0)[2:8].min()
    assert found.of(1)[:2].tolist() == [0, 0]


def test_two_tracks_for_long_in_a_short_recording_are_two_people() -> None:
    dialogue = _talk("#" * 30 + " " * 30, " " * 30 + "#" * 30, "##" + " " * 58)
    assert dialogue.at_least_people() == 2
    assert _talk("#" * 60, "#" * 24 + " " * 36, " " * 60).at_least_people() == 1
    assert _talk("", "", "").at_least_people() == 1


def test_tracks_that_never_meet_may_be_one_person() -> None:
    silence = " " * 100
    assert _talk("#" * 50 + silence + silence, silence + silence + "#" * 50).at_least_people() == 1


def test_in_a_long_recording_tracks_are_no_people() -> None:
    rest = " " * 601
    assert _talk("#" * 50 + rest, "#" * 50 + rest).at_least_people() == 1
