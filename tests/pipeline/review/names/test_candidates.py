from __future__ import annotations

from collections.abc import Sequence

import pytest
from reviewed import talk

from pipeline.pseudonymisation.entities import Decision, Entity, EntityTable
from pipeline.pseudonymisation.knowledge import Knowledge
from pipeline.review.names.candidates import NameRow, by_base, rows
from pipeline.review.names.transcripts import excerpt

PEKKA = Entity("person", 7, ("pekka",), ("Pekka", "Pekan"))
MALLILA = Entity("place", 3, ("mallila",), ("Mallilassa",))
NAMES = {
    "Pekka": ("person", "pekka"),
    "Pekan": ("person", "pekka"),
    "Mallilassa": ("place", "mallila"),
}
TALKS = [
    talk("G01-S01", "joo Pekka on täällä", "sano Pekka uudestaan", names=NAMES),
    talk("G01-S02", "ja Pekan Nikula oli Mallilassa", "Nikulan kanssa Nikula", names=NAMES),
]


def known(language: str | None) -> Knowledge:
    return Knowledge(language, frozenset({"joo"}))


def made(table: EntityTable, talks: Sequence[object] = TALKS) -> dict[str, NameRow]:
    return {row.id: row for row in rows(TALKS, table, known)}


def decision(action: str, **more: object) -> Decision:
    return Decision("2015-03-12T10:00:00+00:00", "a", action, **more)  # type: ignore[arg-type]


@pytest.fixture
def table() -> EntityTable:
    return EntityTable((PEKKA, MALLILA))


def test_an_entity_is_one_row_with_all_its_forms(table: EntityTable) -> None:
    row = made(table)["person 7"]
    assert row.variants == (("Pekka", 2), ("Pekan", 1))
    assert (row.count, row.n_sessions, row.detectors) == (3, 2, ("entity",))


def test_excerpts_are_from_different_sessions_first(table: EntityTable) -> None:
    assert made(table)["person 7"].excerpts == (
        "G01-S01: joo «Pekka» on täällä",
        "G01-S02: ja «Pekan» Nikula oli Mallilassa",
        "G01-S01: sano «Pekka» uudestaan",
    )


def test_what_was_left_is_a_row_of_its_own(table: EntityTable) -> None:
    row = made(table)["new nikula"]
    assert (row.queue, row.type, row.entity, row.count) == ("capital", "person", None, 2)


def test_the_likeliest_wrong_comes_first_then_the_most_frequent(table: EntityTable) -> None:
    judged = table.decide(decision("keep", entity=PEKKA.id))
    assert [*made(table)] == ["new nikula", "person 7", "place 3"]
    assert [*made(judged)] == ["new nikula", "place 3", "person 7"]


def test_an_entity_that_is_left_is_still_a_row_and_its_words_are_none(table: EntityTable) -> None:
    added = table.decide(decision("add", entity=("person", 0), names=("nikula",)))
    id = added.decisions[-1].other
    assert id is not None
    left = added.decide(decision("no_name", entity=id))
    row = made(left)[f"person {id[1]}"]
    assert row.queue == "judged" and dict(row.variants)["Nikula"] == 2
    assert "new nikula" not in made(left)


def test_name_that_is_never_said_is_no_row() -> None:
    silent = Entity("person", 9, ("aino",), ("Aino",))
    assert "person 9" not in made(EntityTable((PEKKA, MALLILA, silent)))


def test_forms_of_one_word_are_together() -> None:
    assert by_base(["nikulan", "nikula", "ainoa psykologi", "ainoa"]) == [
        ["ainoa"],
        ["nikula", "nikulan"],
        ["ainoa psykologi"],
    ]


def test_an_excerpt_has_six_words_on_either_side() -> None:
    words = [*"abcdefgh", "(Pekka", "Virtanen),", *"ijklmnop"]
    assert excerpt(words, 8, 9) == "… c d e f g h («Pekka Virtanen»), i j k l m n …"
    assert excerpt(["Pekka"], 0, 0) == "«Pekka»"
