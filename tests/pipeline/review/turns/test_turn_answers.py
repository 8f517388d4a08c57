"""From what people filled in to edits; what is wrong is told, and then nothing is taken."""

from __future__ import annotations

from discussion import corrected, discussion, rows

from pipeline.review.turns.answers import Decided, decided
from pipeline.review.turns.sheet import DELETE, KINDS, MERGE, by_id, text_of
from pipeline.storage.sheets import Answer

TURNS = by_id(discussion().turns, 0)
IDS = [*TURNS]
LABELS = {"Maija Meikäläinen (H07)": "A", "G07-P1": "B", "G07-P2": "C"}
MAIJA, P1, P2 = LABELS


def answer(position: int, **cells: str) -> Answer:
    """The row of a turn, with other text in some cells."""
    turn = TURNS[IDS[position]]
    shown = {label: name for name, label in LABELS.items()}
    written = {
        **{"speaker": shown[turn.label], "kind": KINDS[turn.kind], "text": text_of(turn)},
        **{"second": "", "action": ""},
    }
    return Answer(position + 2, IDS[position], {**written, **cells}, written)


def decide(*answers: Answer, done: dict[str, str] | None = None) -> Decided:
    return decided(answers, TURNS, LABELS, done or {}, 20.0)


def after(*answers: Answer) -> list[tuple[str, float, float, str]]:
    """The rows of the discussion after the sheet."""
    outcome = decide(*answers)
    assert outcome.problems == ()
    found = corrected(*outcome.edits)
    assert found.lost == ()
    return rows(found.conversation.turns)


def problem(*answers: Answer) -> str:
    outcome = decide(*answers)
    assert (outcome.edits, outcome.rows) == ((), {})
    (sentence,) = outcome.problems
    return sentence


def test_a_sheet_that_nobody_filled_in_says_nothing() -> None:
    assert decide(*map(answer, range(5))) == Decided((), {})


def test_text_speaker_and_kind_of_one_row() -> None:
    found = after(
        answer(1, text="Joo, totta", speaker="maija meikäläinen (h07)", kind="turn", second="")
    )
    assert found[0] == ("A", 0.0, 4.0, "Mä olin eilen Joo, totta töissä vielä.")


def test_a_bar_in_the_text_splits_the_turn() -> None:
    found = after(answer(2, text="Niin mutta | me lähdettiin.", second=P2))
    assert found[2:4] == [("B", 5.0, 6.2, "Niin mutta"), ("C", 6.4, 8.0, "me lähdettiin.")]


def test_a_turn_is_split_after_its_text_was_corrected() -> None:
    """The speaker is of the first part."""
    found = after(answer(2, text="No niin mutta|te lähditte heti.", speaker=P2, second=MAIJA))
    assert [(row[0], row[3]) for row in found[2:4]] == [
        ("C", "No niin mutta"),
        ("A", "te lähditte heti. Kiitos kaikille tänään."),  # and A goes on
    ]


def test_deleted_row_leaves_the_turns() -> None:
    assert len(after(answer(1, action="poista"))) == 4


def test_rows_merged_with_the_row_of_their_speaker_before() -> None:
    found = after(answer(3, action=MERGE))
    assert found[0] == ("A", 0.0, 12.0, "Mä olin eilen töissä vielä. Kiitos kaikille tänään.")


def test_whose_row_it_is_merged_with_is_told_after_the_sheet() -> None:
    """C's row becomes B's, and is merged with B's last one though A's is between."""
    found = after(answer(4, speaker=P1, action=MERGE), answer(1, action=DELETE))
    assert found[1] == ("B", 5.0, 15.0, "Niin mutta me lähdettiin. Ei kestä.")


def test_three_rows_merged_one_with_another() -> None:
    """The first of B's is a short response."""
    found = after(answer(2, action=MERGE), answer(4, speaker=P1, action="merge with previous"))
    assert found[1] == ("B", 2.0, 15.0, "joo Niin mutta me lähdettiin. Ei kestä.")


def test_a_sheet_applied_again_says_only_what_is_new() -> None:
    first = decide(answer(2, text="Ei."))
    again = decide(answer(2, text="Ei."), answer(4, text="Joo."), done={**first.rows})
    assert [edit.text for edit in again.edits] == ["Joo."]
    assert [*again.rows] == [IDS[4]]


def test_a_row_that_was_carried_out_is_changed_in_a_new_sheet() -> None:
    done = dict(decide(answer(2, text="Ei.")).rows)
    outcome = decide(answer(2, text="Joo."), answer(4, action=DELETE), done=done)
    assert outcome.edits == ()
    (sentence,) = outcome.problems
    assert sentence.startswith("Row 4, Teksti / Text: it was decided otherwise after this sheet")


def test_a_merge_minds_what_was_carried_out_before() -> None:
    """C's row went to B in the first round; A's last row has none of its own after it."""
    done = dict(decide(answer(2, action=DELETE)).rows)
    outcome = decide(answer(2, action=DELETE), answer(4, speaker=P1, action=MERGE), done=done)
    (merge,) = (edit for edit in outcome.edits if edit.action == "merge")
    assert merge.about.start_s == 2.0  # B's response, as its turn is gone


def test_answer_that_cannot_be_carried_out_is_reported() -> None:
    assert problem(answer(2, speaker="Pekka")) == (
        "Row 4, Puhuja / Speaker: choose one of the people in the list."
    )
    assert "choose puheenvuoro / turn or" in problem(answer(2, kind="joo"))
    assert "choose poista / delete or" in problem(answer(2, action="pois"))
    assert "| between two words" in problem(answer(2, text="a || b"))
    assert "| between two words" in problem(answer(2, text="| a"))
    assert "mark in the text with |" in problem(answer(2, second=P2))
    assert "mark in the text with |" in problem(answer(2, text="a b", second=P2))
    assert "no row of this speaker before" in problem(answer(4, action=MERGE))
    assert "leave this as it was in a row that is deleted" in problem(
        answer(2, text="a", action=DELETE)
    )
    assert "another row is the same row" in problem(answer(2, text="a"), answer(2, text="b"))


def test_sheet_from_before_another_model_is_reported() -> None:
    strange = Answer(2, "0:1-2-abcdefgh", {"text": "a"}, {"text": "b"})
    assert "another session, or this one was processed again since" in problem(strange)


def test_no_problem_says_what_was_said() -> None:
    found = problem(answer(2, text="salaisuus | | salaisuus"))
    assert "salaisuus" not in found and "lähdettiin" not in found


def test_several_bars_cut_a_turn_into_parts_that_two_people_say_in_turn() -> None:
    found = after(answer(2, text="Niin | mutta | me | lähdettiin.", second=P2))
    assert [(label, text) for label, _, _, text in found[2:6]] == [
        ("B", "Niin"),
        ("C", "mutta"),
        ("B", "me"),
        ("C", "lähdettiin."),
    ]


def test_several_bars_without_a_second_speaker_cut_into_turns_of_one() -> None:
    found = after(answer(2, text="Niin | mutta | me lähdettiin."))
    assert [(label, text) for label, _, _, text in found[2:5]] == [
        ("B", "Niin"),
        ("B", "mutta"),
        ("B", "me lähdettiin."),
    ]


def added(**cells: str) -> Answer:
    """A row that a person put into the sheet."""
    empty = dict.fromkeys(("start", "end", "speaker", "kind", "text", "second", "action"), "")
    return Answer(9, "", {**empty, **cells}, {})


def test_a_row_that_a_person_adds_is_talk_that_was_missed() -> None:
    row = added(start="0:00:16", end="0:00:18,5", speaker=MAIJA, text="Nähdään ensi viikolla.")
    assert after(row)[-1] == ("A", 16.0, 18.5, "Nähdään ensi viikolla.")
    outcome = decide(row)
    assert decide(row, done=dict(outcome.rows)).edits == ()


def test_an_added_row_without_an_end_takes_as_long_as_its_words() -> None:
    (edit,) = decide(added(start="00:16", speaker=P1, kind=KINDS["turn"], text="Hei hei")).edits
    assert (edit.about.start_s, edit.about.end_s) == (16.0, 16.8)
    (edit,) = decide(added(start="0:00:19.8", speaker=P1, text="Hei hei hei hei")).edits
    assert edit.about.end_s == 20.0


def test_an_added_row_that_lacks_something_is_refused_by_its_cell() -> None:
    good = {"start": "0:00:16", "speaker": MAIJA, "text": "Hei"}
    for change, said in (
        ({"start": ""}, "Row 9, Alku / Start: a row that is added needs its start"),
        ({"speaker": ""}, "needs its speaker"),
        ({"text": ""}, "needs what was said"),
        ({"start": "kello 12"}, "hours:minutes:seconds"),
        ({"start": "12:05:00"}, "the recording ends at 0:00:20.0"),
        ({"end": "0:00:15"}, "after the start"),
        ({"action": DELETE}, "leave this empty"),
        ({"text": "Hei | hei"}, "a row for each turn"),
    ):
        assert said in problem(added(**{**good, **change}))


def test_the_same_talk_is_not_added_twice() -> None:
    row = added(start="0:00:16", end="0:00:18", speaker=MAIJA, text="Nähdään.")
    about = decide(row).edits[0].about
    other = added(start="0:00:16", end="0:00:18", speaker=MAIJA, text="Nähdään taas.")
    outcome = decided([other], TURNS, LABELS, {}, 20.0, [about])
    assert "was added here before" in outcome.problems[0]
