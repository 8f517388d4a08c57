"""When the words of a text that a human wrote were said."""

from __future__ import annotations

from pipeline.records import Interval, Word
from pipeline.turns.edits.retime import timed

PLACE = Interval(0.0, 10.0)
HEARD = (
    Word(1.0, 2.0, "yksi", 0.5),
    Word(2.5, 3.0, "kaksi", 0.6),
    Word(5.0, 6.0, "kolme.", 0.7),
)


def times(text: str, heard: tuple[Word, ...] = HEARD) -> list[tuple[str, float, float]]:
    return [(w.text, w.start_s, w.end_s) for w in timed(heard, text, PLACE)]


def test_the_same_text_is_the_same_words() -> None:
    assert timed(HEARD, "yksi kaksi kolme.", PLACE) == HEARD


def test_a_new_word_is_said_between_its_neighbours() -> None:
    assert times("yksi kaksi vielä kerran kolme.")[2:4] == [
        ("vielä", 3.0, 4.0),
        ("kerran", 4.0, 5.0),
    ]


def test_words_before_and_after_all_that_was_heard_fill_the_row() -> None:
    assert times("no yksi kaksi kolme. niin")[::4] == [("no", 0.0, 1.0), ("niin", 6.0, 10.0)]


def test_another_word_has_the_time_of_the_word_in_its_place() -> None:
    assert times("yksi sata kolme.")[1] == ("sata", 2.5, 3.0)


def test_a_word_that_goes_leaves_the_times_of_the_others() -> None:
    assert times("yksi kolme.") == [("yksi", 1.0, 2.0), ("kolme.", 5.0, 6.0)]


def test_punctuation_and_capitals_are_the_humans_at_the_time_of_the_word() -> None:
    first, *_ = timed(HEARD, "Yksi, kaksi kolme.", PLACE)
    assert first == Word(1.0, 2.0, "Yksi,", 1.0)


def test_words_where_none_was_heard_are_spread_evenly() -> None:
    assert times("a b", ()) == [("a", 0.0, 5.0), ("b", 5.0, 10.0)]


def test_nothing_was_said() -> None:
    assert timed(HEARD, "", PLACE) == ()


def test_a_word_is_on_the_track_of_its_speaker() -> None:
    heard = (Word(1.0, 2.0, "yksi", 0.5, "TRACK_01"),)
    assert {word.label for word in timed(heard, "yksi kaksi", PLACE)} == {"TRACK_01"}
