"""What holds of the turns of any session, whoever talks and whatever is recognised."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from talks import AUDIO, diarisations, transcripts

from pipeline.records import Conversation, Diarisation, Transcript, Word
from pipeline.records.times import Talk
from pipeline.records.turn_ids import turn_ids
from pipeline.settings import TurnSettings
from pipeline.turns.assemble import assemble
from pipeline.turns.attribute import attribute

SETTINGS = TurnSettings()


def assembled(diarisation: Diarisation, transcript: Transcript) -> Conversation:
    return assemble(AUDIO, diarisation, transcript, SETTINGS)


def marks(words: list[Word]) -> list[float]:
    return sorted(word.probability for word in words)


@given(diarisations, transcripts)
def test_every_word_near_speech_is_in_exactly_one_turn(
    diarisation: Diarisation, transcript: Transcript
) -> None:
    said = attribute(transcript.words, diarisation, SETTINGS.minimal_response_words)
    turns = assembled(diarisation, transcript).turns
    assert marks([w for t in turns for w in t.words]) == marks([each.word for each in said])
    by_mark = {each.word.probability: each.label for each in said}
    assert all(by_mark[word.probability] == turn.label for turn in turns for word in turn.words)
    near = Talk.of(diarisation.regular)
    untold = [w for w in transcript.words if w.label is None and not near.by_label]
    assert not any(word.probability in by_mark for word in untold)


@given(diarisations, transcripts)
def test_turns_and_their_words_are_in_order_and_no_time_is_negative(
    diarisation: Diarisation, transcript: Transcript
) -> None:
    found = assembled(diarisation, transcript)
    places = [(turn.start_s, turn.end_s, turn.label) for turn in found.turns]
    assert places == sorted(places)
    for turn in found.turns:
        starts = [word.start_s for word in turn.words]
        assert starts == sorted(starts)
        assert all(turn.start_s <= w.start_s <= w.end_s <= turn.end_s for w in turn.words)
        duration_s = round(turn.end_s - turn.start_s, 3)
        assert 0 <= turn.pause_s <= duration_s
        assert 0 <= turn.overlap_s <= duration_s
        assert turn.label not in turn.overlapped_by
    assert min(found.speech_s, found.overlap_s, found.silence_s) >= 0
    assert found.overlap_s <= found.speech_s


@given(diarisations, transcripts)
def test_ids_of_turns_are_unique_and_in_order(
    diarisation: Diarisation, transcript: Transcript
) -> None:
    found = assembled(diarisation, transcript)
    ids = turn_ids("G07-S01", [turn.start_s for turn in found.turns])
    assert all(one < other for one, other in pairwise(ids))


@given(diarisations, transcripts)
def test_a_floor_holders_turn_never_takes_the_floor_from_itself(
    diarisation: Diarisation, transcript: Transcript
) -> None:
    for turn in assembled(diarisation, transcript).turns:
        if turn.offset_from_previous_s is not None:
            assert turn.kind == "turn"
            assert turn.previous_label not in (None, turn.label)
