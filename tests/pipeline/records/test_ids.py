"""The one grammar of ids and pseudonyms."""

from __future__ import annotations

import re

import pytest

from pipeline.records import EntityType
from pipeline.records.ids import (
    LABELS,
    any_pseudonym,
    called,
    entity_called,
    group_id_of,
    group_of,
    is_session_id,
    is_unnamed,
    number_of_unnamed,
    numbered_pseudonyms,
    person_id_of,
    pseudonym,
    replace_numbered,
    session_id_meant,
    session_id_of,
    session_named,
    unknown_person_id,
    unnamed_person_id,
)


def test_a_session_is_spelled_by_its_group_kind_and_number() -> None:
    assert session_id_of(group_id_of(7), "meeting", 3) == "G07-S03"
    assert session_id_of("G07", "group_interview", 12) == "G07-I12"
    assert group_of("G123-S100") == "G123"


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("G07-S03", True), ("G123-I100", True), ("G07", False), ("G07-T3", False), ("x-S01", False)],
)
def test_a_session_id_is_told_from_other_names(name: str, is_one: bool) -> None:
    assert is_session_id(name) is is_one


@pytest.mark.parametrize(
    ("given", "session"),
    [("3", "S03"), ("s003", "S03"), ("I1", "I01"), ("0", None), ("X1", None), ("", None)],
)
def test_a_session_within_its_group_may_be_given_shortly(given: str, session: str | None) -> None:
    assert session_named(given) == session


@pytest.mark.parametrize(
    ("given", "session_id"),
    [
        ("g32-s01", "G32-S01"),
        ("G32-S1", "G32-S01"),
        ("g7-i012", "G07-I12"),
        ("G123-S100", "G123-S100"),
        ("G32", "G32"),
        ("meeting 1.m4a", "meeting 1.m4a"),
    ],
)
def test_case_and_zeros_of_a_session_id_need_not_be_given(given: str, session_id: str) -> None:
    assert session_id_meant(given) == session_id


def test_a_person_has_one_number_in_tables_and_talk() -> None:
    assert person_id_of(7) == "H07" and person_id_of(123) == "H123"
    assert pseudonym("person", 7, "fi") == "[Henkilö 7]"
    assert pseudonym("person", 7, "en") == pseudonym("person", 7, "sv") == "[Person 7]"


def test_people_without_a_name_are_known_within_their_group_or_session() -> None:
    assert unnamed_person_id("G07", 12) == "G07-P12"
    assert number_of_unnamed("G07-P12") == 12
    assert is_unnamed("G07-P12", "G07") and not is_unnamed("H07", "G07")
    assert unknown_person_id("G07-S02", 1) == "G07-S02-U1"
    assert not is_unnamed("G07-S02-U1", "G07")


@pytest.mark.parametrize("language", LABELS)
@pytest.mark.parametrize("type", LABELS["fi"])
def test_every_pseudonym_is_recognised(language: str, type: EntityType) -> None:
    spelled = pseudonym(type, 7, language)  # type: ignore[arg-type]
    assert re.fullmatch(any_pseudonym(), spelled)
    assert not re.search(any_pseudonym(), spelled.replace("[", "("))


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("Henkilö 7", ("person", 7)),
        ("[henkilö 7]:lle", ("person", 7)),
        ("person7", ("person", 7)),
        ("Plats 3", ("place", 3)),
        ("Yhteystieto 4", ("contact", 4)),
        ("Henkilö", None),
        ("Ihminen 7", None),
        ("", None),
    ],
)
def test_a_person_may_write_a_pseudonym_in_any_language(
    text: str, entity: tuple[EntityType, int] | None
) -> None:
    assert entity_called(text) == entity


def test_what_people_are_shown_is_understood() -> None:
    for type in LABELS["fi"]:
        assert entity_called(called(type, 41)) == (type, 41)


def test_numbered_pseudonyms_are_found_and_replaced() -> None:
    text = "[Henkilö 7]:lle ja [[Place 2] [yhteystieto] [Paikka 10]ssa"
    assert numbered_pseudonyms(text) == [("person", 7), ("place", 2), ("place", 10)]
    changed = replace_numbered(text, lambda type, number: f"<{type}{number}>")
    assert changed == ("<person7>:lle ja [<place2> [yhteystieto] <place10>ssa", 3)
