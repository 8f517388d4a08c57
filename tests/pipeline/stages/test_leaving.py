"""What is cut from records, and what stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.records import (
    Audio,
    Conversation,
    Diarisation,
    Interval,
    MaskedConversation,
    MaskedTurn,
    Segment,
    Suspect,
    Transcript,
    Turn,
    Word,
)
from pipeline.stages.leaving import without_turns, without_words
from pipeline.stages.session_rows import turn_ids
from pipeline.turns.edits.edit import Corrected
from pipeline.withdrawal.silence import speech_of

A, B = "SPEAKER_00", "SPEAKER_01"
AUDIO = Audio("audio.wav", 16_000, 20.0, 0.5)


def turn(label: str, start_s: float, end_s: float = 0.0, *words: Word) -> Turn:
    end_s = end_s or start_s + 1
    return Turn(label, "turn", start_s, end_s, words, 0.0, (), 0.0, None, None, None, None, ())


def conversation(*turns: Turn) -> Conversation:
    return Conversation(turns, "fi", 0.9, 0.0, 0.0, 0.0, ())


def ids(whole: Conversation) -> list[str]:
    turns = tuple(MaskedTurn(each, 0, 0, 0, 0) for each in whole.turns)
    return turn_ids("G07-S01", MaskedConversation(turns, ()))


def regular(*segments: Segment) -> Diarisation:
    return Diarisation(segments, segments, ())


def test_words_near_nobody_go_with_the_person() -> None:
    """They are in no turn; whose they are, nobody knows."""
    diarisation = regular(Segment(0.0, 2.0, A), Segment(2.0, 4.0, B))
    words = (Word(0.5, 1.0, "oma.", 0.9), Word(2.5, 3.0, "toisen.", 0.9), Word(15, 15.2, "?", 0.9))
    suspects = (Suspect(2.4, 3.1, "repetition"), Suspect(0.4, 1.1, "repetition"))
    left = without_words(Transcript("fi", 0.9, words, suspects), diarisation, B, ())
    assert [word.text for word in left.words] == ["oma."]
    assert left.suspects == suspects[1:]


@pytest.mark.parametrize(
    ("turns", "expected_s"),
    [
        # ids are 1000, 1001, 1002: those of A are kept by beginning when their ids say
        ([(A, 1.0), (B, 1.0), (A, 1.0)], [1.0, 1.002]),
        # the id of what follows was moved by that of B, and its order must not turn
        ([(B, 1.0), (A, 1.0), (A, 1.0)], [1.001, 1.002]),
        ([(B, 1.0), (A, 1.0), (A, 1.001)], [1.001, 1.001]),
        # ids 1000 and 1001 came about without B: nothing to do
        ([(A, 1.0), (A, 1.0), (B, 3.0)], [1.0, 1.0]),
        ([(A, 1.0), (B, 1.5), (A, 2.0)], [1.0, 2.0]),
    ],
)
def test_turns_begin_so_that_their_ids_stay(
    turns: list[tuple[str, float]], expected_s: list[float]
) -> None:
    whole = conversation(*(turn(label, start_s) for label, start_s in turns))
    left = without_turns(whole, (), AUDIO, B)
    assert [t.start_s for t in left.turns] == expected_s
    kept = [id for id, t in zip(ids(whole), whole.turns, strict=True) if t.label == A]
    assert ids(left) == kept


def test_a_moved_turn_still_holds_its_words() -> None:
    word = Word(1.0, 1.0005, "no", 0.9)
    whole = conversation(turn(B, 1.0), turn(A, 1.0, 1.0005, word))
    [left] = without_turns(whole, (), AUDIO, B).turns
    assert left.start_s <= left.words[0].start_s <= left.words[0].end_s <= left.end_s


def test_their_speech_is_a_little_wider_where_nobody_else_talks() -> None:
    """Edges are a few tenths of a second off, but nobody else shall lose theirs for that."""
    diarisation = regular(Segment(1.0, 2.0, A), Segment(2.1, 4.0, B), Segment(6.0, 7.0, A))
    said = turn(B, 2.1, 4.4, Word(4.2, 4.4, "joo", 0.5))
    corrected = Corrected(conversation(said), diarisation.regular)
    assert speech_of(B, diarisation, corrected) == [Interval(2.0, 4.65)]


def test_where_they_overlap_others_are_silent_too() -> None:
    diarisation = regular(Segment(1.0, 4.0, A), Segment(2.0, 3.0, B))
    corrected = Corrected(conversation(), diarisation.regular)
    assert speech_of(B, diarisation, corrected) == [Interval(2.0, 3.0)]


def test_what_a_human_gave_to_another_is_not_theirs() -> None:
    diarisation = regular(Segment(1.0, 2.0, A), Segment(3.0, 4.0, B), Segment(6.0, 7.0, B))
    corrected = Corrected(
        conversation(turn(A, 3.0, 4.0)),
        (Segment(1.0, 2.0, A), Segment(3.0, 4.0, A), Segment(6.0, 7.0, B)),
    )
    alone = replace(diarisation, exclusive=())
    assert speech_of(B, alone, corrected) == [Interval(5.75, 7.25)]
