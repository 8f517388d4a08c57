from __future__ import annotations

from typing import Any

from pipeline.release.small_cells import alone, rare


def person(person_id: str, role: str, **background: Any) -> dict[str, Any]:
    return {"person_id": person_id, "group_id": "G01", "role": role, **background}


PEOPLE = [
    person("H01", "leader", x_age="50–59", x_field="youth"),
    person("H02", "participant", x_age="30–39", x_field="youth"),
    person("H03", "participant", x_age="30–39", x_field="youth"),
    person("H04", "participant", x_age="30–39", x_field=None),
]


def test_rare_combinations_take_every_background_column() -> None:
    cells = {cell.values: cell.person_ids for cell in rare(PEOPLE, k=2)}
    assert cells == {
        ("leader", "G01", "50–59", "youth"): ("H01",),
        ("participant", "G01", "30–39", "–"): ("H04",),
    }
    assert len(rare(PEOPLE, k=3)) == 3  # the two participants of the youth field, too


def test_without_background_columns_role_and_group_remain() -> None:
    people = [person("H01", "leader"), person("H02", "participant"), person("H03", "participant")]
    assert [cell.values for cell in rare(people, k=2)] == [("leader", "G01")]
    assert rare(people, k=1) == []


def test_alone_counts_who_talks_in_the_session() -> None:
    talk = [("S01", "H02"), ("S01", "H02"), ("S01", "H03"), ("S02", "H03")]
    turns = [{"session_id": session, "person_id": who} for session, who in talk]
    cells = alone(PEOPLE, turns)
    assert [(cell.values, cell.person_ids) for cell in cells] == [
        (("participant", "G01", "S02"), ("H03",))
    ]
