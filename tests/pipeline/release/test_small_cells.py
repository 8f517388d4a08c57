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
    attendance = [
        {"session_id": session, "group_id": "G01", "role": role, "person_id": who, "present": there}
        for session, who, role, there in (
            ("S01", "H02", "participant", True),
            ("S01", "H03", "participant", True),
            ("S01", "H09", "facilitator", False),
            ("S02", "H02", "participant", False),
            ("S02", "H03", "participant", True),
        )
    ]
    assert [(cell.values, cell.person_ids) for cell in alone(attendance)] == [
        (("participant", "G01", "S02"), ("H03",))
    ]


def test_a_facilitator_of_two_groups_is_of_each() -> None:
    attendance = [
        {"session_id": f"{g}-S01", "group_id": g, "role": "facilitator", "person_id": "H09"}
        for g in ("G01", "G02")
    ]
    cells = alone({**row, "present": True} for row in attendance)
    assert [cell.values[1:] for cell in cells] == [("G01", "G01-S01"), ("G02", "G02-S01")]
