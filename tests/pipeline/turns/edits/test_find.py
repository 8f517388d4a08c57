"""Where a corrected row is after another model has cut and heard the talk anew."""

from __future__ import annotations

from dataclasses import replace

import pytest
from discussion import discussion

from pipeline.records import Turn, Word
from pipeline.turns.edits.edit import NOBODY, About
from pipeline.turns.edits.find import find

TURNS = discussion().turns
A, RESPONSE, B, A_AGAIN, C = TURNS


def moved(turn: Turn, by_s: float) -> Turn:
    words = tuple(replace(w, start_s=w.start_s + by_s, end_s=w.end_s + by_s) for w in turn.words)
    return replace(turn, start_s=turn.start_s + by_s, end_s=turn.end_s + by_s, words=words)


def said(turn: Turn, *texts: str) -> Turn:
    words = zip(turn.words, texts, strict=True)
    return replace(turn, words=tuple(replace(word, text=text) for word, text in words))


@pytest.mark.parametrize("position", range(5))
def test_every_row_finds_itself(position: int) -> None:
    assert find(About.of(TURNS[position]), TURNS) == [position]


def test_a_response_inside_anothers_turn_is_not_that_turn() -> None:
    assert find(About.of(RESPONSE), (A, B, A_AGAIN, C)) == []


def test_a_row_that_moved_a_little() -> None:
    assert find(About.of(B), (A, RESPONSE, moved(B, 0.7), A_AGAIN, C)) == [2]


def test_a_short_row_that_moved_by_more_than_its_length() -> None:
    assert find(About.of(RESPONSE), (A, moved(RESPONSE, 0.8), B)) == [1]
    assert find(About.of(RESPONSE), (A, moved(RESPONSE, 1.5), B)) == []


def test_a_row_cut_in_two_is_both() -> None:
    first = replace(B, end_s=6.2, words=B.words[:2])
    second = replace(B, start_s=6.4, words=B.words[2:])
    assert find(About.of(B), (A, first, second, A_AGAIN)) == [1, 2]


def test_a_row_that_is_part_of_a_longer_one() -> None:
    longer = replace(A, end_s=12.0, words=(*A.words, *A_AGAIN.words))
    assert find(About.of(A_AGAIN), (longer, RESPONSE, B, C)) == [0]


def test_words_heard_otherwise_do_not_matter_where_time_and_speaker_agree() -> None:
    other = said(B, "nii", "nuttu", "ne", "lähetiin")
    assert find(About.of(B), (A, other, A_AGAIN)) == [1]


def test_a_row_that_another_label_has_is_told_by_its_words() -> None:
    """They are spelt otherwise, letter by letter mostly the same."""
    given = replace(said(B, "Nii", "mut", "mä", "lähdetiin"), label="C")
    assert find(About.of(B), (A, given, A_AGAIN)) == [1]
    strange = replace(said(B, "aivan", "totta", "kyllä", "joo"), label="C")
    assert find(About.of(B), (A, strange, A_AGAIN)) == []


def test_of_two_at_once_it_is_the_one_of_the_speaker_and_else_of_the_words() -> None:
    over = replace(said(B, "aivan", "totta", "kyllä", "joo"), label="C")
    assert find(About.of(B), (over, B)) == [1]
    assert find(replace(About.of(B), label=NOBODY), (over, B)) == [1]
    assert find(replace(About.of(over), label=NOBODY), (over, B)) == [0]


def test_of_two_that_say_the_same_at_once_it_is_the_one_of_the_speaker() -> None:
    """Though the other's times fit better."""
    echo = replace(B, label="C")
    assert find(About.of(B), (echo, replace(B, end_s=7.5))) == [1]


def test_of_two_others_at_the_same_time_it_is_the_one_with_the_words() -> None:
    nearly = replace(said(B, "Niin", "mutta", "ne", "tulivat."), label="C")
    assert find(replace(About.of(B), label=NOBODY), (nearly, B)) == [1]


def test_a_row_without_words_of_another_is_not_found_by_its_silence() -> None:
    """The time must tell, where nothing was said."""
    silent = Turn("B", "minimal_response", 2.0, 2.5, (), 0, (), 0, None, None, None, None, ())
    longer = replace(silent, label="C", end_s=3.5)
    assert find(About.of(silent), (longer,)) == []
    assert find(About.of(silent), (replace(longer, end_s=2.6),)) == [0]


def test_row_far_from_every_turn_finds_none() -> None:
    far = About(100.0, 101.0, "A", "turn", (Word(100.0, 101.0, "Kiitos", 0.5),))
    assert find(far, TURNS) == []
    assert find(far, ()) == []
