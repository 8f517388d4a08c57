"""A discussion corrected by hand: what each edit does to the turns and to all that follows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from discussion import DIARISATION, REGULAR, corrected, discussion, edit, rows

from pipeline.records import Segment
from pipeline.settings import TurnSettings
from pipeline.turns.correct import correct
from pipeline.turns.edits.edit import About, Edit

A, A_RESPONSE, B, A_AGAIN, C = discussion().turns
MERGED_A = [
    ("A", 0.0, 12.0, "Mä olin eilen töissä vielä. Kiitos kaikille tänään."),
    ("B", 2.0, 2.4, "(joo)"),
]


def test_without_edits_all_is_as_it_was() -> None:
    found = correct(discussion(), DIARISATION, [], TurnSettings().lapse_s)
    assert (found.conversation, found.regular, found.lost) == (discussion(), REGULAR, ())


def test_an_edit_that_changes_nothing_changes_nothing_else() -> None:
    """What is worked out anew is what was worked out when the turns were assembled."""
    found = corrected(edit("speaker", C, speaker="C")).conversation
    turn = replace(C, speaker_confidence=1.0, edited=("speaker",))
    assert found == replace(discussion(), turns=(*discussion().turns[:-1], turn))


def test_a_text_is_the_humans_and_keeps_the_times_that_were_heard() -> None:
    turn = corrected(
        edit("text", B, text="Niin, mutta me Pekan kanssa mentiin.")
    ).conversation.turns[2]
    assert [(w.text, w.start_s, w.end_s, w.probability) for w in turn.words] == [
        ("Niin,", 5.1, 5.5, 1.0),
        ("mutta", 5.6, 6.2, 0.6),
        ("me", 6.4, 6.8, 0.6),
        ("Pekan", 7.0, 7.3, 1.0),  # three words in the time of the one that was heard
        ("kanssa", 7.3, 7.6, 1.0),
        ("mentiin.", 7.6, 7.9, 1.0),
    ]
    assert (turn.start_s, turn.end_s, turn.edited) == (5.0, 8.0, ("text",))
    assert turn.asr_confidence == pytest.approx((4 * 1.0 + 2 * 0.6) / 6, abs=1e-4)


def test_a_text_that_a_human_wrote_is_not_suspect() -> None:
    doubted = replace(
        discussion(), turns=(replace(A, suspect=("repetition",)), *discussion().turns[1:])
    )
    found = corrected(edit("text", A, text="Mä olin täällä."), conversation=doubted)
    assert found.conversation.turns[0].suspect == ()


def test_a_turn_given_to_another_takes_its_talk_along() -> None:
    found = corrected(edit("speaker", B, speaker="C"))
    assert rows(found.conversation.turns)[2] == ("C", 5.0, 8.0, "Niin mutta me lähdettiin.")
    assert [s for s in found.regular if s.label == "B"] == [Segment(2.0, 2.4, "B")]
    given, after = found.conversation.turns[2:4]
    assert (given.edited, given.speaker_confidence, given.pause_s) == (("speaker",), 1.0, 0.0)
    assert (given.previous_label, given.offset_from_previous_s) == ("A", 1.0)
    assert (after.previous_label, after.offset_from_previous_s) == ("C", 1.0)
    assert found.conversation.speech_s == discussion().speech_s


def test_a_turn_given_to_its_neighbour_is_one_turn_with_theirs() -> None:
    """A's 9–12 was C's, who goes on at 13: one turn with a pause of a second."""
    found = corrected(edit("speaker", A_AGAIN, speaker="C"))
    last = found.conversation.turns[-1]
    assert rows([last]) == [("C", 9.0, 15.0, "Kiitos kaikille tänään. Ei kestä.")]
    assert (last.pause_s, last.previous_label, last.offset_from_previous_s) == (1.0, "B", 1.0)
    assert last.edited == ("speaker", "merged")


def test_overlap_goes_with_the_talk() -> None:
    """B's "joo" was C's: A is overlapped by C, and B by nobody."""
    found = corrected(edit("speaker", A_RESPONSE, speaker="C"))
    first, response = found.conversation.turns[:2]
    assert (first.overlap_s, first.overlapped_by) == (0.4, ("C",))
    assert (response.label, response.overlapped_by) == ("C", ("A",))
    assert found.conversation.overlap_s == 0.4


def test_a_deleted_row_and_its_talk_are_gone_and_the_turn_goes_on() -> None:
    found = corrected(edit("delete", B))
    assert rows(found.conversation.turns) == [*MERGED_A, ("C", 13.0, 15.0, "Ei kestä.")]
    assert Segment(5.0, 8.0, "B") not in found.regular
    assert found.conversation.turns[0].pause_s == 5.0  # 4–9
    assert (found.conversation.speech_s, found.conversation.silence_s) == (9.0, 11.0)


def test_no_turn_goes_on_over_a_lapse() -> None:
    found = correct(discussion(), DIARISATION, [edit("delete", B)], 4.9)
    assert [row[0] for row in rows(found.conversation.turns)] == ["A", "B", "A", "C"]


def test_a_turn_split_in_two_has_a_speaker_each() -> None:
    found = corrected(edit("split", B, cut_s=6.3, speaker="C"))
    first, second = found.conversation.turns[2:4]
    assert rows([first, second]) == [
        ("B", 5.0, 6.2, "Niin mutta"),
        ("C", 6.4, 8.0, "me lähdettiin."),
    ]
    assert (first.edited, second.edited) == (("split",), ("split", "speaker"))
    # the talk is cut half the way between the words
    assert Segment(5.0, 6.3, "B") in found.regular and Segment(6.3, 8.0, "C") in found.regular
    assert (second.previous_label, second.offset_from_previous_s) == ("B", 0.2)


def test_a_turn_split_in_two_of_one_speaker_stays_two() -> None:
    found = corrected(edit("split", B, cut_s=6.3), edit("delete", A_RESPONSE))
    assert [row[:3] for row in rows(found.conversation.turns)] == [
        ("A", 0.0, 4.0),
        ("B", 5.0, 6.2),
        ("B", 6.4, 8.0),
        ("A", 9.0, 12.0),
        ("C", 13.0, 15.0),
    ]
    assert found.conversation.turns[2].offset_from_previous_s is None


def test_merged_rows_are_one_turn_and_what_was_between_has_no_floor() -> None:
    both = About(0.0, 12.0, "A", "turn", (*A.words, *A_AGAIN.words))
    found = corrected(Edit("merge", both)).conversation
    assert rows(found.turns) == [
        *MERGED_A,
        ("B", 5.0, 8.0, "Niin mutta me lähdettiin."),
        ("C", 13.0, 15.0, "Ei kestä."),
    ]
    assert found.turns[0].edited == ("merged",)
    assert found.turns[2].offset_from_previous_s is None
    assert (found.turns[3].previous_label, found.turns[3].offset_from_previous_s) == ("A", 1.0)


def test_a_turn_that_was_a_response_does_not_cut_the_others_turn() -> None:
    found = corrected(Edit("kind", About.of(B), kind="minimal_response")).conversation
    assert rows(found.turns)[2] == ("B", 5.0, 8.0, "(Niin mutta me lähdettiin.)")
    assert rows(found.turns)[:2] == MERGED_A
    assert found.turns[2].edited == ("kind",)


def test_a_response_that_was_a_turn() -> None:
    found = corrected(Edit("kind", About.of(A_RESPONSE), kind="turn")).conversation
    assert [turn.kind for turn in found.turns] == ["turn"] * 5
    assert found.turns[1].offset_from_previous_s is None  # A talks on: it takes no floor


def test_edits_are_carried_out_one_after_another() -> None:
    text = edit("text", B, text="Niin mutta te lähditte.")
    after = corrected(text).conversation.turns[2]
    found = corrected(text, edit("split", after, cut_s=6.3), edit("speaker", after, speaker="C"))
    assert rows(found.conversation.turns)[2:4] == [
        ("C", 5.0, 6.2, "Niin mutta"),
        ("C", 6.4, 8.0, "te lähditte."),
    ]
    assert found.conversation.turns[2].edited == ("text", "split", "speaker")


def test_what_finds_no_place_is_listed() -> None:
    nowhere = Edit("delete", About(16.0, 17.0, "A", "turn", C.words))
    to_nobody = edit("speaker", B, speaker="")
    found = corrected(nowhere, edit("delete", A_RESPONSE), to_nobody)
    assert found.lost == (nowhere, to_nobody)
    assert found.conversation.flags == ("edits_lost",)
    assert len(found.conversation.turns) == 4


def test_every_word_stays_within_its_turn_and_every_turn_in_order() -> None:
    found = corrected(
        edit("text", A, text="Mä en ollut töissä eilen vaan ihan kotona koko päivän vielä."),
        edit("split", B, cut_s=6.3, speaker="A"),
        edit("delete", A_RESPONSE),
    ).conversation
    starts = [turn.start_s for turn in found.turns]
    assert starts == sorted(starts)
    for turn in found.turns:
        for word in turn.words:
            assert turn.start_s <= word.start_s <= word.end_s <= turn.end_s
