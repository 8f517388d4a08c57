"""From filled-in cells to decisions: what is understood, what is refused, what is done once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from pipeline.pseudonymisation.entities import Entity, EntityTable, Id
from pipeline.records.ids import called
from pipeline.review import titles as words
from pipeline.review.names.answers import Decided, decided
from pipeline.review.names.candidates import NameRow
from pipeline.review.names.sheet import SHEET, answers, as_workbook
from pipeline.storage.sheets import Answer

NAMES = ("pekka", "virtanen", "oulu", "ehyt", "nikula")
TABLE = EntityTable(
    (
        Entity("person", 7, ("pekka", "pekka virtanen")),
        Entity("person", 8, ("virtanen",)),
        Entity("place", 3, ("oulu",)),
        Entity("organisation", 5, ("ehyt",)),
    )
)
SPOKEN = {"pekan": frozenset({"pekka"}), "virtasen": frozenset({"virtanen"})}
OF = {
    "person": "henkilö / person",
    "place": "paikka / place",
    "organisation": "organisaatio / organisation",
}
SINCE = "it was decided otherwise after this sheet was written."


def answer(id: str, number: int = 2, *, was: dict[str, str] | None = None, **cells: str) -> Answer:
    """A row as written with ``was``, in which ``cells`` were filled in."""
    written = {"type": OF.get(id.partition(" ")[0], "henkilö / person"), **(was or {})}
    return Answer(
        number,
        id,
        {column: {**written, **cells}.get(column, "") for column in SHEET.to_fill_in},
        written,
    )


def apply(*answers: Answer, table: EntityTable = TABLE) -> Decided:
    return decided(table, answers, by="a", at="2015-03-12", spoken_as=SPOKEN, random=Random(4))


def after(*answers: Answer, table: EntityTable = TABLE) -> EntityTable:
    """The table after answers that are all right; applied again, they change nothing."""
    first = apply(*answers, table=table)
    assert first.problems == ()
    again = apply(*answers, table=first.table)
    assert (again.problems, again.n_decisions) == ((), 0)
    return first.table


def entity(table: EntityTable, id: Id) -> Entity:
    found = table.entity(id)
    assert found is not None
    return found


def problem(*answers: Answer) -> str:
    """The one thing that is wrong; nothing is applied, and no name is said."""
    outcome = apply(answer("place 3", 9, decision="jätä"), *answers)
    assert outcome.table == TABLE and outcome.n_decisions == 0
    (found,) = outcome.problems
    assert not any(name in found.casefold() for name in NAMES)
    return found


@pytest.mark.parametrize(
    ("cell", "verdict"),
    [
        ("peitä / mask", "name"),
        (" PEITÄ ", "name"),
        ("mask", "name"),
        ("jätä", "keep"),
        ("Keep", "keep"),
        ("ei  nimi", "no_name"),
        ("Not a name", "no_name"),
        ("mask / peitä", "name"),
    ],
)
def test_a_verdict_in_either_language(cell: str, verdict: str) -> None:
    table = after(answer("person 7", decision=cell))
    assert entity(table, ("person", 7)).verdict == verdict
    assert [(d.by, d.at, d.action) for d in table.decisions] == [("a", "2015-03-12", verdict)]


@pytest.mark.parametrize(
    "cell", ["Henkilö 8", "[Henkilö 8]", "henkilö 8", "Person 8", "person 8", "[Henkilö 8]:lle"]
)
def test_rows_are_merged_into_one_entity(cell: str) -> None:
    table = after(answer("person 7", merge=cell))
    assert entity(table, ("person", 7)) == entity(table, ("person", 8))
    assert {*entity(table, ("person", 8)).names} == {"virtanen", "pekka", "pekka virtanen"}


def test_a_merged_row_may_be_masked_and_noted() -> None:
    table = after(answer("person 7", merge="Henkilö 8", decision="peitä", note="sama"))
    assert [d.action for d in table.decisions] == ["name", "note", "merge"]


def test_merging_both_into_each_other_is_one_merge() -> None:
    table = after(
        answer("person 7", 2, merge="Henkilö 8"), answer("person 8", 3, merge="Henkilö 7")
    )
    assert [d.action for d in table.decisions] == ["merge"]


@pytest.mark.parametrize("cell", ["pekka virtanen", "Pekka Virtanen ×5;", " PEKKA  virtanen"])
def test_splitting_by_name(cell: str) -> None:
    table = after(answer("person 7", split=cell))
    assert entity(table, ("person", 7)).names == ("pekka",)
    new = table.by_name["person", "pekka virtanen"]
    assert new.number not in (7, 8) and new.names == ("pekka virtanen",)


def test_splitting_by_a_form_that_was_said() -> None:
    table = after(answer("person 7", split="Pekan", decision="jätä"))
    assert entity(table, ("person", 7)).names == ("pekka virtanen",)
    assert entity(table, ("person", 7)).verdict == "keep"
    assert table.by_name["person", "pekka"].verdict == "open"


def test_entity_gets_another_type() -> None:
    table = after(answer("person 7", type="paikka"))
    assert entity(table, ("person", 7)).type == "place"
    assert table.by_name["person", "pekka"].type == "place"


def test_category_and_note() -> None:
    table = after(answer("place 3", category="keskisuuri kaupunki", note="Pekan koti"))
    assert entity(table, ("place", 3)).category == "keskisuuri kaupunki"
    assert entity(table, ("place", 3)).note == "Pekan koti"
    emptied = after(
        answer("place 3", was={"category": "keskisuuri kaupunki"}, category=""), table=table
    )
    assert entity(emptied, ("place", 3)).category == ""


# --- new rows


def test_a_new_row_is_masked_under_its_type() -> None:
    table = after(answer("new nikula|nikulan", decision="peitä", type="paikka"))
    new = table.by_name["place", "nikula"]
    assert (new.names, new.verdict, new.origin) == (("nikula", "nikulan"), "name", "person")


def test_a_new_row_without_another_type_has_the_suggested_one() -> None:
    assert ("person", "nikula") in after(answer("new nikula", decision="mask")).by_name


@pytest.mark.parametrize(("cell", "verdict"), [("jätä", "keep"), ("ei nimi", "no_name")])
def test_a_new_row_that_is_left_stays_decided(cell: str, verdict: str) -> None:
    table = after(answer("new nikula", decision=cell, note="talo"))
    found = table.by_name["person", "nikula"]
    assert (found.verdict, found.note) == (verdict, "talo")


def test_a_new_row_merged_into_an_entity() -> None:
    table = after(answer("new pekk|pekkä", merge="Henkilö 7", decision="peitä", note="sama"))
    assert table.by_name["person", "pekkä"].id == ("person", 7)
    assert [d.action for d in table.decisions] == ["add", "note", "merge"]


def test_a_new_row_that_was_found_meanwhile_is_not_made_twice() -> None:
    table = after(answer("new oulu|oulun", decision="peitä"))
    assert table.by_name["place", "oulu"].verdict == "name"
    assert table.by_name["place", "oulun"].id == ("place", 3)


def test_a_new_row_never_makes_one_of_two_entities() -> None:
    table = after(answer("new oulu|ehyt", decision="jätä"))
    assert entity(table, ("place", 3)).id != entity(table, ("organisation", 5)).id


# --- sheets from another time


def test_what_was_not_touched_undoes_nothing() -> None:
    kept = after(answer("person 7", decision="jätä", category="kollega"))
    old = answer("person 7", was={"decision": "peitä / mask", "category": "asiakas"}, note="x")
    table = after(old, table=kept)
    found = entity(table, ("person", 7))
    assert (found.verdict, found.category, found.note) == ("keep", "kollega", "x")


def stale(newer: Answer, *old: Answer) -> tuple[str, ...]:
    """What is wrong with an old sheet once another was applied; nothing of it is."""
    now = after(newer)
    outcome = apply(answer("place 3", 9, decision="jätä"), *old, table=now)
    assert outcome.table == now
    return outcome.problems


@pytest.mark.parametrize(
    ("newer", "old", "column"),
    [
        ({"decision": "peitä"}, {"decision": "jätä"}, "Päätös / Decision"),
        ({"type": "paikka"}, {"type": "tunniste"}, "Tyyppi / Type"),
        ({"category": "kollega"}, {"category": "asiakas"}, "Luokka / Category"),
        ({"note": "sama"}, {"note": "eri"}, "Muistiinpano / Note"),
        ({"decision": "ei nimi"}, {"merge": "Henkilö 8"}, "Yhdistä / Merge into"),
        ({"type": "paikka"}, {"split": "pekka"}, "Erota / Split off"),
        ({"merge": "Henkilö 8"}, {"decision": "jätä"}, "Päätös / Decision"),
        ({"merge": "Henkilö 8"}, {"note": "sama"}, "Muistiinpano / Note"),
    ],
)
def test_a_row_that_was_decided_since_is_not_decided_by_an_old_sheet(
    newer: dict[str, str], old: dict[str, str], column: str
) -> None:
    found = stale(answer("person 7", **newer), answer("person 7", 4, **old))
    assert found == (f"Row 4, {column}: {SINCE}",)


def test_a_new_row_that_was_decided_since_is_not_decided_by_an_old_sheet() -> None:
    newer, old = answer("new nikula", decision="peitä"), answer("new nikula", 4, decision="ei nimi")
    assert stale(newer, old) == (f"Row 4, Päätös / Decision: {SINCE}",)


def test_an_old_sheet_that_says_what_was_decided_since_says_nothing_new() -> None:
    now = after(answer("person 7", decision="jätä", note="talo"))
    again = apply(answer("person 7", decision="keep", note="talo"), table=now)
    assert (again.problems, again.n_decisions) == ((), 0)


def test_a_note_too_long_for_the_hidden_column_is_known_again(tmp_path: Path) -> None:
    """It is kept as a digest; changed by nobody else, it may be changed."""
    table = after(answer("person 7", note="pitkä " * 100))
    row = NameRow("person 7", "other", "person", entity(table, ("person", 7)), (), 1, 1, ())
    file = tmp_path / "names.xlsx"
    file.write_bytes(as_workbook([row]))
    (written,) = answers(file)
    changed = replace(written, cells={**written.cells, "note": "lyhyt"})
    assert entity(apply(changed, table=table).table, ("person", 7)).note == "lyhyt"
    other = after(answer("person 7", was={"note": table.judged[-1].note}, note="x"), table=TABLE)
    assert apply(changed, table=other).problems == (f"Row 2, Muistiinpano / Note: {SINCE}",)


def test_rows_that_are_one_by_now_must_agree() -> None:
    both = (answer("new oulu", 2, decision="jätä"), answer("place 3", 3, decision="peitä"))
    outcome = apply(*both)
    assert outcome.table == TABLE
    assert outcome.problems == (
        "Row 3, Päätös / Decision: row 2 is the same entity by now and says otherwise.",
    )


def test_rows_that_are_one_by_now_must_agree_on_its_type() -> None:
    both = (
        answer("new oulu", 2, decision="peitä", type="tunniste"),
        answer("place 3", 3, type="organisaatio"),
    )
    assert [p.split(":")[0] for p in apply(*both).problems] == ["Row 3, Tyyppi / Type"]


@pytest.mark.parametrize("seed", range(20))
def test_any_sheet_applied_twice_changes_nothing_more(seed: int) -> None:
    random, table = Random(seed), TABLE
    ids = ["person 7", "person 8", "place 3", "organisation 5", "new nikula|nikulan", "new aho"]
    choices = {
        "decision": [*words.VERDICTS.values()],
        "type": [*words.TYPES.values()],
        "merge": ids[:4],
        "split": ["pekka", "pekka virtanen; oulu"],
        "category": ["kollega", "asiakas"],
        "note": ["sama?"],
    }
    n_applied = 0
    for _ in range(20):
        sheet = [
            answer(
                id, n, **{c: random.choice(v) for c, v in choices.items() if random.random() < 0.2}
            )
            for n, id in enumerate(random.sample(ids, 3), start=2)
        ]
        outcome = apply(*sheet, table=table)
        again = apply(*sheet, table=outcome.table)
        assert (again.n_decisions, again.problems) == (0, outcome.problems)
        n_applied += outcome.n_decisions > 0
        table = outcome.table
    assert n_applied


# --- what is wrong


@pytest.mark.parametrize(
    ("cells", "column", "allowed"),
    [
        ({"decision": "ehkä Pekka"}, "Päätös / Decision", "peitä / mask, jätä / keep"),
        ({"type": "Pekka"}, "Tyyppi / Type", "henkilö / person, organisaatio"),
        ({"type": ""}, "Tyyppi / Type", "cannot be emptied"),
        ({"merge": "Pekka"}, "Yhdistä / Merge into", "e.g. Henkilö 7"),
        ({"merge": "8"}, "Yhdistä / Merge into", "e.g. Henkilö 7"),
        ({"merge": "Henkilö 99"}, "Yhdistä / Merge into", "e.g. Henkilö 7"),
        ({"merge": "Henkilö 7"}, "Yhdistä / Merge into", "into itself"),
        ({"merge": "Henkilö 8", "category": "kollega"}, "Luokka / Category", "as it was"),
        ({"merge": "Henkilö 8", "decision": "jätä"}, "Päätös / Decision", "peitä / mask only"),
        ({"split": "Oulu"}, "Erota / Split off", "forms that stand in this row"),
        ({"split": "pekka; pekka virtanen"}, "Erota / Split off", "one name must stay"),
        ({"category": "Virtanen siis"}, "Luokka / Category", "must not hold a name"),
    ],
)
def test_a_wrong_cell_is_one_sentence_without_names(
    cells: dict[str, str], column: str, allowed: str
) -> None:
    found = problem(answer("person 7", 12, **cells))
    assert found.startswith(f"Row 12, {column}: ") and allowed in found and found.endswith(".")


def test_a_decision_cannot_be_emptied() -> None:
    assert "emptied" in problem(answer("person 7", was={"decision": "jätä / keep"}, decision=""))


def test_a_new_row_needs_a_decision() -> None:
    assert "decision first" in problem(answer("new nikula", note="kuka?"))


def test_a_row_of_nothing_in_the_study() -> None:
    assert "not in the study" in problem(answer("person 99", decision="jätä"))
    assert "not in the study" in problem(answer("", decision="jätä"))


def test_same_row_twice_is_refused() -> None:
    again = (answer("person 7", 2, decision="jätä"), answer("person 7", 4, decision="peitä"))
    assert problem(*again).startswith("Row 4, Päätös / Decision: row 2 is the same row")


def test_every_wrong_cell_is_reported() -> None:
    outcome = apply(answer("person 7", 2, decision="?"), answer("person 8", 3, type="?"))
    assert [p.split(",")[0] for p in outcome.problems] == ["Row 2", "Row 3"]


def test_a_name_that_the_same_sheet_takes_for_a_word_may_be_a_category() -> None:
    table = after(
        answer("person 8", 2, category="ehyt"), answer("organisation 5", 3, decision="ei nimi")
    )
    assert entity(table, ("person", 8)).category == "ehyt"


def test_the_words_of_the_sheet_are_understood() -> None:
    assert all(words.verdict(shown) == verdict for verdict, shown in words.VERDICTS.items())
    assert all(words.entity_type(shown) == type for type, shown in words.TYPES.items())
    assert words.entity_id(called("contact", 4)) == ("contact", 4)
