"""Turns from words and segments, against a conversation worked out by hand.

s        0    1    2    3    4    5    6    7    8    9   10   11   12
regular  A--------------------------A         B--------B    A---------A
                   B-B (2.2-2.6)
words    A: mä oon   ollaan (2.8) täällä (4.6)  B: niin me (6.2-7.8)  A: joo hyvä (9.2-)
"""

import pytest

from pipeline.records import (
    Audio,
    Conversation,
    Diarisation,
    Interval,
    Segment,
    Suspect,
    Transcript,
    Turn,
    Word,
)
from pipeline.records.times import Talk
from pipeline.settings import TurnSettings
from pipeline.turns.assemble import assemble
from pipeline.turns.context import Piece, in_context

AUDIO = Audio("audio.wav", 16_000, 20.0, 0.5)


def in_context_again(
    conversation: Conversation, turns: tuple[Turn, ...], regular: tuple[Segment, ...]
) -> Conversation:
    return in_context(
        [Piece.of(turn) for turn in turns],
        Talk.of(regular),
        duration_s=conversation.speech_s + conversation.silence_s,
        language=conversation.language,
        language_probability=conversation.language_probability,
        flags=conversation.flags,
    )


def word(start_s: float, end_s: float, text: str, probability: float = 0.9) -> Word:
    return Word(start_s, end_s, text, probability)


def turns(
    regular: list[Segment],
    words: list[Word],
    exclusive: list[Segment] | None = None,
    suspects: tuple[Suspect, ...] = (),
    **settings: float,
) -> Conversation:
    diarisation = Diarisation(tuple(regular), tuple(exclusive or regular), ())
    transcript = Transcript("fi", 0.9, tuple(words), suspects)
    return assemble(AUDIO, diarisation, transcript, TurnSettings(**settings))  # type: ignore[arg-type]


def only(conversation: Conversation, kind: str) -> list[Turn]:
    return [turn for turn in conversation.turns if turn.kind == kind]


def text(turn: Turn) -> str:
    return " ".join(w.text for w in turn.words)


@pytest.fixture
def conversation() -> Conversation:
    return turns(
        regular=[
            Segment(0.0, 5.2, "A"),
            Segment(2.2, 2.6, "B"),
            Segment(6.0, 8.0, "B"),
            Segment(9.0, 11.0, "A"),
        ],
        exclusive=[
            Segment(0.0, 2.2, "A"),
            Segment(2.2, 2.6, "B"),
            Segment(2.6, 5.2, "A"),
            Segment(6.0, 8.0, "B"),
            Segment(9.0, 11.0, "A"),
        ],
        words=[
            word(0.2, 0.6, "mä"),
            word(0.7, 1.9, "oon"),
            word(2.2, 2.6, "joo", 0.5),
            word(2.8, 4.0, "ollaan"),
            word(4.6, 5.0, "täällä", 0.7),
            word(6.2, 7.0, "niin"),
            word(7.1, 7.8, "me"),
            word(9.2, 9.6, "joo"),
            word(9.7, 10.9, "hyvä"),
        ],
    )


def test_turns_hold_the_floor_over_minimal_responses(conversation: Conversation) -> None:
    assert [(t.label, text(t)) for t in only(conversation, "turn")] == [
        ("A", "mä oon ollaan täällä"),
        ("B", "niin me"),
        ("A", "joo hyvä"),
    ]
    assert [(t.label, text(t)) for t in only(conversation, "minimal_response")] == [("B", "joo")]


def test_edges_are_the_speakers_segments(conversation: Conversation) -> None:
    assert [(t.start_s, t.end_s) for t in only(conversation, "turn")] == [
        (0.0, 5.2),
        (6.0, 8.0),
        (9.0, 11.0),
    ]


def test_floor_transfer_offsets(conversation: Conversation) -> None:
    first, second, third = only(conversation, "turn")
    assert (first.offset_from_previous_s, first.previous_label) == (None, None)
    assert (second.offset_from_previous_s, second.previous_label) == (0.8, "A")
    assert (third.offset_from_previous_s, third.previous_label) == (1.0, "B")


def test_overlap_is_of_the_regular_diarisation(conversation: Conversation) -> None:
    first = only(conversation, "turn")[0]
    assert (first.overlap_s, first.overlapped_by) == (0.4, ("B",))
    assert only(conversation, "turn")[1].overlap_s == 0


def test_speech_overlap_and_silence_are_summed(conversation: Conversation) -> None:
    # A talks 5.2 + 2.0, B alone 2.0; both at once 0.4; the recording lasts 20
    assert conversation.speech_s == 9.2
    assert conversation.overlap_s == 0.4
    assert conversation.silence_s == 10.8


def test_what_follows_from_the_turns_is_worked_out_anew(conversation: Conversation) -> None:
    """B's turn at 6–8 is gone, and with it B's talk there."""
    first, response, _, third = conversation.turns
    segments = (Segment(0.0, 5.2, "A"), Segment(2.2, 2.6, "B"), Segment(9.0, 11.0, "A"))
    found = in_context_again(conversation, (first, response, third), segments)
    assert (found.speech_s, found.overlap_s, found.silence_s) == (7.2, 0.4, 12.8)
    assert found.turns[:2] == (first, response)
    assert (found.turns[2].previous_label, found.turns[2].offset_from_previous_s) == ("A", None)


def test_what_follows_from_the_turns_as_they_are_is_what_it_was(conversation: Conversation) -> None:
    segments = (
        *(Segment(0.0, 5.2, "A"), Segment(2.2, 2.6, "B")),
        *(Segment(6.0, 8.0, "B"), Segment(9.0, 11.0, "A")),
    )
    assert in_context_again(conversation, conversation.turns, segments) == conversation


def test_transcript_confidence_is_the_mean_over_words(conversation: Conversation) -> None:
    first = only(conversation, "turn")[0]
    assert first.asr_confidence == pytest.approx((0.9 + 0.9 + 0.9 + 0.7) / 4)


def test_speaker_confidence_grows_with_the_talk_that_bears_it_out() -> None:
    """A talks for 3 s in one turn, B for 1 s in each of two."""
    found = turns(
        regular=[Segment(0, 3, "A"), Segment(4, 5, "B"), Segment(15, 16, "B")],
        words=[word(0.2, 2.8, "yksi"), word(4.1, 4.8, "kaksi"), word(15.1, 15.8, "kolme")],
    )
    assert [t.speaker_confidence for t in found.turns] == pytest.approx(
        [3 / 4 * 3 / 8, 1 / 2 * 2 / 7, 1 / 2 * 2 / 7], abs=1e-4
    )


def test_speaker_confidence_is_half_in_overlap() -> None:
    found = turns(
        regular=[Segment(0, 5, "A"), Segment(0, 5, "B")],
        exclusive=[Segment(0, 5, "A")],
        words=[word(0.2, 4.8, "yhdessä")],
    )
    assert found.turns[0].speaker_confidence == pytest.approx(0.5 * 5 / 6 * 5 / 10, abs=1e-4)


def test_pause_inside_a_turn() -> None:
    found = turns(
        regular=[Segment(0, 2, "A"), Segment(5, 7, "A")],
        words=[word(0.1, 1.9, "eka"), word(5.1, 6.9, "toka")],
    )
    (turn,) = found.turns
    assert (turn.start_s, turn.end_s, turn.pause_s) == (0, 7, 3)


def test_a_lapse_ends_a_turn_of_the_same_person_without_an_offset() -> None:
    found = turns(
        regular=[Segment(0, 2, "A"), Segment(12, 14, "A")],
        words=[word(0.1, 1.9, "eka"), word(12.1, 13.9, "toka")],
        lapse_s=8.0,
    )
    assert len(found.turns) == 2
    assert found.turns[1].previous_label == "A"
    assert found.turns[1].offset_from_previous_s is None


def test_an_overlapping_start_gives_a_negative_offset() -> None:
    found = turns(
        regular=[Segment(0, 4, "A"), Segment(3.5, 6, "B")],
        exclusive=[Segment(0, 3.7, "A"), Segment(3.7, 6, "B")],
        words=[word(0.1, 3.6, "pitkä"), word(3.8, 5.9, "vastaus")],
    )
    assert [t.offset_from_previous_s for t in found.turns] == [None, -0.5]


def test_a_short_answer_that_takes_the_floor_is_a_turn() -> None:
    """One word, but no response word, and the other has stopped talking."""
    found = turns(
        regular=[Segment(0, 2, "A"), Segment(2.5, 3, "B"), Segment(3.5, 6, "A")],
        words=[word(0.1, 1.9, "montako"), word(2.5, 3, "kolme"), word(3.6, 5.9, "selvä")],
    )
    assert [t.kind for t in found.turns] == ["turn", "turn", "turn"]


def test_a_short_phrase_while_the_other_talks_is_a_minimal_response() -> None:
    found = turns(
        regular=[Segment(0, 6, "A"), Segment(2.5, 3, "B")],
        exclusive=[Segment(0, 2.5, "A"), Segment(2.5, 3, "B"), Segment(3, 6, "A")],
        words=[word(0.1, 1.9, "montako"), word(2.5, 3, "kolme"), word(3.6, 5.9, "selvä")],
    )
    assert [(t.kind, t.label) for t in found.turns] == [("turn", "A"), ("minimal_response", "B")]
    assert found.turns[1].previous_label == "A"


def test_two_people_respond_in_one_turn() -> None:
    found = turns(
        regular=[
            Segment(0, 2, "A"), Segment(2.1, 2.4, "B"), Segment(2.5, 2.8, "C"), Segment(3, 5, "A"),
        ],
        words=[word(0, 2, "eka"), word(2.1, 2.4, "joo,"), word(2.5, 2.8, "Mm."), word(3, 5, "no")],
    )  # fmt: skip
    assert [(t.kind, t.label) for t in found.turns] == [
        ("turn", "A"),
        ("minimal_response", "B"),
        ("minimal_response", "C"),
    ]


def test_a_response_without_a_word_is_a_row_without_text() -> None:
    found = turns(
        regular=[Segment(0, 6, "A"), Segment(2.5, 3, "B")],
        exclusive=[Segment(0, 6, "A")],
        words=[word(0.1, 1.9, "pitkä"), word(2.0, 5.9, "puhe")],
    )
    response = found.turns[1]
    assert (response.label, response.kind, response.words) == ("B", "minimal_response", ())
    assert response.asr_confidence is None


def test_words_far_from_any_speech_are_dropped_and_flagged() -> None:
    found = turns(
        regular=[Segment(0, 2, "A")],
        words=[word(0.1, 1.9, "sanoin"), word(2.3, 2.4, "vielä"), word(8, 9, "kiitos")],
    )
    (turn,) = found.turns
    assert text(turn) == "sanoin vielä"
    assert found.flags == ("words_outside_speech",)


def test_every_word_is_within_its_turn(conversation: Conversation) -> None:
    for turn in conversation.turns:
        for said in turn.words:
            assert turn.start_s <= said.start_s <= said.end_s <= turn.end_s


def test_suspects_mark_the_turns_that_they_touch() -> None:
    found = turns(
        regular=[Segment(0, 2, "A"), Segment(3, 5, "B")],
        words=[word(0.1, 1.9, "yksi"), word(3.1, 4.9, "kaksi")],
        suspects=(Suspect(3.0, 5.0, "low_confidence"),),
    )
    assert [t.suspect for t in found.turns] == [(), ("low_confidence",)]


def test_a_phrase_in_a_loop_is_suspect() -> None:
    loop = [word(i * 0.2, i * 0.2 + 0.1, ("kiitos", "paljon")[i % 2]) for i in range(8)]
    found = turns(regular=[Segment(0, 2, "A")], words=loop)
    assert found.turns[0].suspect == ("repetition",)


def test_no_speech_and_no_words_are_flagged() -> None:
    assert turns([], []).flags == ("no_speech",)
    assert turns([Segment(0, 1, "A")], []).flags == ("no_words",)
    assert turns([], []).silence_s == 20.0


def test_one_person_never_overlaps_themselves() -> None:
    found = turns(
        regular=[Segment(0, 10, "A"), Segment(4.0, 4.5, "B")],
        exclusive=[Segment(0, 4, "A"), Segment(4, 4.5, "B"), Segment(4.5, 10, "A")],
        words=[word(0.1, 4.0, "a."), word(4.0, 4.3, "kolme."), word(4.6, 9.9, "b")],
        minimal_response_max_s=0.1,
    )
    own = [t for t in found.turns if t.label == "A"]
    assert len(own) == 2
    assert own[0].end_s <= own[1].start_s


def test_interval_lengths() -> None:
    assert Interval(1.0, 3.5).duration_s == 2.5
