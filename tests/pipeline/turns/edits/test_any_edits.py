"""What holds of the turns of any session after any corrections."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

from discussion import rows
from hypothesis import given
from hypothesis import strategies as st
from talks import AUDIO, LABELS, LENGTH_S, TEXTS, diarisations, transcripts

from pipeline.records import Conversation, Diarisation, Transcript, Turn, Word
from pipeline.records.turn_ids import turn_ids
from pipeline.settings import TurnSettings
from pipeline.turns.assemble import assemble
from pipeline.turns.correct import LOST, correct
from pipeline.turns.edits.edit import About, Action, Corrected, Edit
from pipeline.turns.edits.find import NEAR_S

Talk = tuple[Diarisation, Conversation, tuple[Edit, ...]]

SETTINGS = TurnSettings()
KEEPING: tuple[Action, ...] = ("split", "kind", "speaker", "merge")  # all words that are there
ACTIONS: tuple[Action, ...] = (*KEEPING, "text", "delete", "add")


def edit(draw: st.DrawFn, turns: tuple[Turn, ...], action: Action) -> Edit:
    """An edit as a sheet makes it, of one of these rows as it was when the sheet was written."""
    turn = draw(st.sampled_from(turns))
    about = About.of(turn)
    speaker = draw(st.sampled_from(LABELS))
    if action == "text":
        text = " ".join(draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=5)))
        return Edit(action, about, text=text)
    if action == "kind":
        return Edit(action, about, kind=draw(st.sampled_from(("turn", "minimal_response"))))
    if action == "speaker":
        return Edit(action, about, speaker=speaker)
    if action == "split":
        cuts = [word.start_s for word in turn.words[1:]] or [turn.start_s]
        to = draw(st.sampled_from((None, *LABELS)))
        return Edit(action, about, cut_s=draw(st.sampled_from(cuts)), speaker=to)
    if action == "merge":
        others = [other for other in turns if other.label == turn.label]
        other = draw(st.sampled_from(others))
        end_s = max(turn.end_s, other.end_s)
        start_s = min(turn.start_s, other.start_s)
        return Edit(action, replace(about, start_s=start_s, end_s=end_s))
    if action == "add":
        start_s = draw(st.integers(0, round(LENGTH_S) - 3)) + 0.5
        said = tuple(
            Word(start_s + n / 2, start_s + n / 2 + 0.4, text, 1.0)
            for n, text in enumerate(draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4)))
        )
        return Edit(action, About(start_s, said[-1].end_s, speaker, "turn", said))
    return Edit(action, about)


@st.composite
def talks(draw: st.DrawFn, actions: tuple[Action, ...] = ACTIONS) -> Talk:
    diarisation: Diarisation = draw(diarisations)
    transcript: Transcript = draw(transcripts)
    conversation = assemble(AUDIO, diarisation, transcript, SETTINGS)
    if not conversation.turns:
        return diarisation, conversation, ()
    chosen = draw(st.lists(st.sampled_from(actions), max_size=5))
    edits = tuple(edit(draw, conversation.turns, action) for action in chosen)
    return diarisation, conversation, edits


def corrected(talk: Talk) -> Corrected:
    diarisation, conversation, edits = talk
    return correct(conversation, diarisation, edits, SETTINGS.lapse_s)


def texts(conversation: Conversation) -> list[str]:
    return sorted(word.text for turn in conversation.turns for word in turn.words)


def middle_s(word: Word) -> float:
    return (word.start_s + word.end_s) / 2


@given(talks(actions=KEEPING))
def test_cutting_joining_and_giving_to_others_loses_no_word(talk: Talk) -> None:
    assert texts(corrected(talk).conversation) == texts(talk[1])


@given(talks(actions=(*KEEPING, "delete")))
def test_only_words_of_a_deleted_stretch_are_gone(talk: Talk) -> None:
    _, before, edits = talk
    left = {w.probability for t in corrected(talk).conversation.turns for w in t.words}
    deleted = [each.about for each in edits if each.action == "delete"]
    for word in (word for turn in before.turns for word in turn.words):
        assert word.probability in left or any(
            about.start_s - NEAR_S <= middle_s(word) <= about.end_s + NEAR_S for about in deleted
        )


@given(talks())
def test_corrected_turns_are_in_order_with_their_words_inside(talk: Talk) -> None:
    found = corrected(talk).conversation
    places = [(turn.start_s, turn.end_s, turn.label) for turn in found.turns]
    assert places == sorted(places)
    for turn in found.turns:
        starts = [word.start_s for word in turn.words]
        assert starts == sorted(starts)
        assert all(turn.start_s <= w.start_s <= w.end_s <= turn.end_s for w in turn.words)
        assert turn.pause_s >= 0 and turn.overlap_s >= 0
    ids = turn_ids("G07-S01", [turn.start_s for turn in found.turns])
    assert all(one < other for one, other in pairwise(ids))


@given(talks(actions=("add",)))
def test_what_a_human_added_last_is_there_word_for_word(talk: Talk) -> None:
    found = corrected(talk)
    for edit in talk[2][-1:]:
        added = Counter(word.text for word in edit.about.words)
        assert edit in found.lost or added <= Counter(texts(found.conversation))


@given(talks())
def test_corrections_are_carried_out_alike_each_time_and_one_by_one(talk: Talk) -> None:
    diarisation, before, edits = talk
    assert corrected(talk) == corrected(talk)
    if not edits:
        assert corrected(talk) == Corrected(before, diarisation.regular)


@given(talks(), st.data())
def test_a_correction_without_its_place_changes_no_turn(talk: Talk, data: st.DataObject) -> None:
    diarisation, before, edits = talk
    nowhere = About(LENGTH_S + 100, LENGTH_S + 101, "A", "turn", ())
    at = data.draw(st.integers(0, len(edits)))
    more = (*edits[:at], Edit("delete", nowhere), *edits[at:])
    found = corrected((diarisation, before, more))
    assert found.conversation.turns == corrected(talk).conversation.turns
    assert Edit("delete", nowhere) in found.lost and LOST in found.conversation.flags


@given(talks(actions=("kind", "speaker", "text")))
def test_a_correction_made_twice_is_as_made_once(talk: Talk) -> None:
    diarisation, before, edits = talk
    twice = corrected((diarisation, before, (*edits, *edits[-1:])))
    assert rows(twice.conversation.turns) == rows(corrected(talk).conversation.turns)
