"""Edits of the discussion, on what other models make of the same talk."""

from __future__ import annotations

from dataclasses import replace

from discussion import corrected, discussion, edit, rows

from pipeline.records import Conversation, Turn, Word
from pipeline.turns.edits.edit import About, Edit

A, RESPONSE, B, A_AGAIN, C = discussion().turns


def made_of(*turns: Turn) -> Conversation:
    ordered = sorted(turns, key=lambda turn: turn.start_s)
    return replace(discussion(), turns=tuple(ordered))


def part(turn: Turn, first: int, last: int, **changes: object) -> Turn:
    """The turn's words ``first`` up to ``last`` as a turn."""
    words = turn.words[first:last]
    edges = {"start_s": words[0].start_s, "end_s": words[-1].end_s}
    return replace(turn, **{**edges, "words": words, **changes})  # type: ignore[arg-type]


def test_the_humans_text_covers_its_stretch_of_a_longer_turn() -> None:
    """Another model has A's two turns as one: what A said first stays as it is heard now."""
    longer = replace(A, end_s=12.0, words=(*A.words, *A_AGAIN.words))
    found = corrected(
        edit("text", A_AGAIN, text="Kiitos teille."), conversation=made_of(longer, RESPONSE, C)
    )
    assert rows(found.conversation.turns)[0] == (
        "A",
        0.0,
        12.0,
        "Mä olin eilen töissä vielä. Kiitos teille.",
    )


def test_the_humans_text_is_shared_out_over_a_turn_that_is_cut() -> None:
    first, second = part(B, 0, 2), part(B, 2, 4, end_s=8.0)
    found = corrected(
        edit("text", B, text="Niin mutta te sitten lähdettiin."),
        conversation=made_of(A, RESPONSE, first, second, A_AGAIN, C),
    )
    assert rows(found.conversation.turns)[2:4] == [
        ("B", 5.1, 6.2, "Niin mutta"),
        ("B", 6.4, 8.0, "te sitten lähdettiin."),
    ]


def test_words_that_a_model_gives_to_another_now_give_way_to_the_humans() -> None:
    """B's last word went to A: the human heard it from B. A's own words stay."""
    shorter = part(B, 0, 3, start_s=5.0)
    longer = replace(A_AGAIN, start_s=7.0, words=(B.words[3], *A_AGAIN.words))
    found = corrected(
        edit("text", B, text="Niin, mutta me lähdettiin."),
        conversation=made_of(A, RESPONSE, shorter, longer, C),
    )
    texts = [row[3] for row in rows(found.conversation.turns)]
    assert texts[2:4] == ["Niin, mutta me lähdettiin.", "Kiitos kaikille tänään."]


def test_what_others_say_at_the_same_time_does_not_give_way() -> None:
    """A's text covers 0–4, within which B responds."""
    found = corrected(edit("text", A, text="Mä olin eilen juu töissä vielä."))
    assert rows(found.conversation.turns)[1] == ("B", 2.0, 2.4, "(joo)")


def test_the_same_word_that_another_says_right_after_does_not_give_way() -> None:
    """A says "vielä." until 3.9, and it is still A's."""
    echo = replace(RESPONSE, start_s=3.95, end_s=4.2, words=(Word(3.95, 4.2, "vielä", 0.5),))
    found = corrected(
        edit("text", A, text="Mä olin eilen kotona vielä."), conversation=made_of(A, echo, B)
    )
    assert rows(found.conversation.turns)[1][3] == "(vielä)"


def test_the_same_word_on_anothers_track_does_not_give_way() -> None:
    echo = replace(RESPONSE, words=(Word(2.6, 3.2, "töissä", 0.5, "B"),))
    without = replace(A, words=tuple(word for word in A.words if word.text != "töissä"))
    text = edit("text", A, text="Mä olin eilen töissä.")
    found = corrected(text, conversation=made_of(without, echo, B))
    assert rows(found.conversation.turns)[1][3] == "(töissä)"
    untold = replace(echo, words=(Word(2.6, 3.2, "töissä", 0.5),))
    found = corrected(text, conversation=made_of(without, untold, B))
    assert len(found.conversation.turns) == 2


def test_only_the_stretch_that_the_human_meant_goes_to_another() -> None:
    """B's and A's turns are one of B's now; only what was A's is C's by the human's word."""
    longer = replace(B, end_s=12.0, words=(*B.words, *A_AGAIN.words))
    about = replace(About.of(A_AGAIN), label="B")
    found = corrected(
        Edit("speaker", about, speaker="A"), conversation=made_of(A, RESPONSE, longer, C)
    )
    assert rows(found.conversation.turns)[2:4] == [
        ("B", 5.0, 7.9, "Niin mutta me lähdettiin."),
        ("A", 9.1, 12.0, "Kiitos kaikille tänään."),
    ]


def test_only_the_stretch_that_is_no_talk_is_deleted() -> None:
    longer = replace(B, end_s=12.0, words=(*B.words, *A_AGAIN.words))
    about = replace(About.of(B), label="B")
    found = corrected(Edit("delete", about), conversation=made_of(A, RESPONSE, longer, C))
    assert rows(found.conversation.turns)[2] == ("B", 9.1, 12.0, "Kiitos kaikille tänään.")


def test_noise_without_a_word_in_a_longer_turn_is_deleted_and_the_turn_stays_one() -> None:
    """What was a wordless response of A's own is in A's turn now."""
    noise = About(1.25, 1.35, "A", "minimal_response", ())
    found = corrected(Edit("delete", noise), conversation=made_of(A, RESPONSE, B))
    assert rows(found.conversation.turns)[0] == rows([A])[0]
    assert [(s.start_s, s.end_s) for s in found.regular if s.label == "A"][:2] == [
        (0.0, 1.225),  # half the way to what A says before and after
        (1.375, 4.0),
    ]


def test_a_cut_is_where_the_words_are_though_their_times_moved() -> None:
    words = tuple(replace(w, start_s=w.start_s + 0.6, end_s=w.end_s + 0.6) for w in B.words)
    later = replace(B, start_s=5.6, end_s=8.6, words=words)
    found = corrected(
        edit("split", B, cut_s=6.3, speaker="C"), conversation=made_of(A, RESPONSE, later, A_AGAIN)
    )
    assert [row[3] for row in rows(found.conversation.turns)[2:4]] == [
        "Niin mutta",
        "me lähdettiin.",
    ]


def test_a_cut_that_a_model_made_itself_is_found() -> None:
    first, second = part(B, 0, 2, start_s=5.0), part(B, 2, 4, end_s=8.0)
    found = corrected(
        edit("split", B, cut_s=6.3), conversation=made_of(A, RESPONSE, first, second, C)
    )
    assert found.lost == ()
    assert [turn.edited for turn in found.conversation.turns[2:4]] == [("split",)] * 2
    assert rows(found.conversation.turns)[2:4] == rows([first, second])


def test_a_cut_where_no_words_are_is_lost() -> None:
    word = replace(B, words=B.words[:1])
    found = corrected(edit("split", B, cut_s=6.3), conversation=made_of(A, word, C))
    assert len(found.lost) == 1


def test_what_a_model_merged_itself_is_found() -> None:
    longer = replace(A, end_s=12.0, words=(*A.words, *A_AGAIN.words))
    both = About(0.0, 12.0, "A", "turn", longer.words)
    found = corrected(Edit("merge", both), conversation=made_of(longer, RESPONSE, C))
    assert found.lost == ()
    assert found.conversation.turns[0] == replace(found.conversation.turns[0], edited=("merged",))


def test_half_of_what_was_merged_is_not_enough() -> None:
    both = About(0.0, 12.0, "A", "turn", (*A.words, *A_AGAIN.words))
    found = corrected(Edit("merge", both), conversation=made_of(A, RESPONSE, B, C))
    assert len(found.lost) == 1


def test_a_speaker_that_the_model_has_right_by_now_is_found() -> None:
    found = corrected(edit("speaker", replace(B, label="C"), speaker="B"))
    assert found.lost == ()
    assert found.conversation.turns[2].edited == ("speaker",)
    assert found.regular == corrected().regular


def test_what_a_model_did_not_recognise_at_all_is_there_by_the_humans_word() -> None:
    """The speaker is heard, and no word of it: the text has a row of its own."""
    found = corrected(
        edit("text", B, text="Niin mutta te lähditte."), conversation=made_of(A, RESPONSE, A_AGAIN)
    )
    assert rows(found.conversation.turns)[2] == ("B", 5.0, 8.0, "Niin mutta te lähditte.")
    written = found.conversation.turns[2]
    assert (written.asr_confidence, written.edited, written.pause_s) == (1.0, ("text",), 0.0)
    assert (written.previous_label, written.offset_from_previous_s) == ("A", 1.0)


def test_a_text_where_its_speaker_is_silent_is_lost() -> None:
    silent = edit("text", replace(B, label="C"), text="Niin mutta te lähditte.")
    found = corrected(silent, conversation=made_of(A, RESPONSE, A_AGAIN))
    assert found.lost == (silent,)


def test_somebody_whose_only_turn_was_deleted_may_still_be_given_another() -> None:
    found = corrected(edit("delete", C), edit("speaker", B, speaker="C"))
    assert found.lost == ()
    assert rows(found.conversation.turns)[2][0] == "C"


def test_a_split_whose_second_speaker_cannot_be_told_is_lost() -> None:
    found = corrected(edit("split", B, cut_s=6.3, speaker=""))
    assert len(found.lost) == 1 and found.conversation.turns == discussion().turns


def test_what_a_human_wrote_does_not_give_way() -> None:
    """Both B's and A's turn have the word by the human's word."""
    shorter = part(B, 0, 3, start_s=5.0)
    longer = replace(A_AGAIN, start_s=7.0, words=(B.words[3], *A_AGAIN.words))
    found = corrected(
        edit("text", longer, text="Lähdettiin. Kiitos!"),
        edit("text", B, text="Niin, mutta me lähdettiin."),
        conversation=made_of(A, RESPONSE, shorter, longer, C),
    )
    texts = [row[3] for row in rows(found.conversation.turns)]
    assert texts[2:4] == ["Niin, mutta me lähdettiin.", "Lähdettiin. Kiitos!"]


def test_the_speakers_words_in_a_row_that_only_reaches_in_give_way() -> None:
    """The last word of B's stretch is in B's next, long row now."""
    first = part(B, 0, 3, start_s=5.0)
    words = (B.words[3], Word(8.5, 9.0, "ja", 0.6), Word(15.0, 17.0, "siellä", 0.6))
    after = replace(B, start_s=7.0, end_s=18.0, words=words)
    found = corrected(
        edit("text", B, text="Niin mutta me mentiin."), conversation=made_of(A, first, after)
    )
    assert [row[3] for row in rows(found.conversation.turns)[1:]] == [
        "Niin mutta me mentiin.",
        "ja siellä",
    ]


def test_rows_are_merged_though_one_was_joined_with_what_was_given_to_its_speaker() -> None:
    """What the human saw of the first is less than half of it then."""
    first, second = part(A, 0, 3, label="C"), part(A, 3, 5, end_s=4.0)
    both = About(2.6, 12.0, "A", "turn", (*second.words, *A_AGAIN.words))
    found = corrected(
        edit("speaker", first, speaker="A"),
        Edit("merge", both),
        conversation=made_of(first, second, B, A_AGAIN, C),
    )
    assert found.lost == ()
    assert rows(found.conversation.turns)[0][:3] == ("A", 0.2, 12.0)


def test_rows_elsewhere_are_not_joined() -> None:
    """Two turns of A's that a model left side by side, far from the edit."""
    cut = part(A, 0, 3, start_s=0.0), part(A, 3, 5, end_s=4.0)
    found = corrected(edit("speaker", C, speaker="B"), conversation=made_of(*cut, B, A_AGAIN, C))
    assert [row[0] for row in rows(found.conversation.turns)] == ["A", "A", "B", "A", "B"]


def test_person_never_has_two_turns_at_once() -> None:
    """B's remark in C's long turn is A's, who is saying something there already."""
    floor = replace(C, start_s=4.5, end_s=19.0)
    remark = replace(A_AGAIN, start_s=7.5, end_s=12.0)
    found = corrected(edit("speaker", B, speaker="A"), conversation=made_of(floor, B, remark))
    assert [row[:3] for row in rows(found.conversation.turns)] == [
        ("C", 4.5, 19.0),
        ("A", 5.0, 12.0),
    ]


def test_joined_rows_are_as_sure_of_the_speaker_as_the_least_sure() -> None:
    sure, unsure = replace(A, speaker_confidence=0.9), replace(A_AGAIN, speaker_confidence=0.4)
    found = corrected(edit("delete", B), conversation=made_of(sure, RESPONSE, B, unsure, C))
    assert found.conversation.turns[0].speaker_confidence == 0.4


def addition(start_s: float, end_s: float, label: str, *words: str) -> Edit:
    step = (end_s - start_s) / len(words)
    said = tuple(
        Word(start_s + n * step, start_s + (n + 1) * step, word, 1.0)
        for n, word in enumerate(words)
    )
    return Edit("add", About(start_s, end_s, label, "turn", said))


def test_added_talk_is_a_turn_of_its_own_with_its_time_in_the_regular_talk() -> None:
    found = corrected(addition(16.0, 18.0, "B", "Nähdään", "taas."))
    assert rows(found.conversation.turns)[-1] == ("B", 16.0, 18.0, "Nähdään taas.")
    last = found.conversation.turns[-1]
    assert (last.edited, last.speaker_confidence, last.asr_confidence) == (("added",), 1.0, 1.0)
    assert last.offset_from_previous_s == 1.0
    assert found.conversation.speech_s == discussion().speech_s + 2.0


def test_added_talk_next_to_ones_own_turn_becomes_part_of_it() -> None:
    found = corrected(addition(15.5, 17.0, "C", "No", "niin."))
    assert rows(found.conversation.turns)[-1] == ("C", 13.0, 17.0, "Ei kestä. No niin.")
    assert found.conversation.turns[-1].edited == ("added", "merged")


def test_added_talk_that_another_model_recognises_is_there_once() -> None:
    """The model gives the words, otherwise spelt, to another speaker: the human's word counts."""
    heard = replace(
        C, label="B", start_s=16.0, end_s=18.0,
        words=(Word(16.1, 16.9, "nähdään", 0.4), Word(17.0, 17.8, "taan.", 0.4)),
    )  # fmt: skip
    found = corrected(
        addition(16.0, 18.0, "A", "Nähdään", "taas."),
        conversation=made_of(A, RESPONSE, B, A_AGAIN, C, heard),
    )
    assert rows(found.conversation.turns)[-1] == ("A", 16.0, 18.0, "Nähdään taas.")
    assert len(found.conversation.turns) == 6


def test_talk_added_to_a_speaker_who_is_gone_is_lost_and_listed() -> None:
    edit = addition(16.0, 18.0, "", "Hei")
    assert corrected(edit).lost == (edit,)
