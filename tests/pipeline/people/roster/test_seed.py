"""Members, organisations and places are known by their pseudonyms before anybody names them."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipeline.people.roster.members import Roster, parsed
from pipeline.people.roster.on_disk import save
from pipeline.people.roster.seed import person_id, seed, seeds
from pipeline.pseudonymisation.entities import Decision, Entity, EntityTable
from pipeline.study import create


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VUORO_KEYS", str(tmp_path / "keys"))


def roster(group: str = "G07", **more: Any) -> Roster:
    return parsed({"group": group, **more})


MAIJA = {"name": "Maija Meikäläinen", "aliases": ["Maikki"], "organisation": "Esimerkki ry"}
GROUP = roster(
    members=[MAIJA, {"name": "Kalle Korhonen"}],
    organisations=[{"name": "Liitto", "aliases": ["LL"], "category": "union"}],
    projects=[{"name": "Virta"}],
    places=[{"name": "Rauma", "category": "a town"}],
)


def named(table: EntityTable, type: Any, name: str) -> Entity:
    return table.by_name[type, name]


def test_all_names_of_a_member_are_one_entity(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    save(study, GROUP)
    table = seed(study)
    maija = named(table, "person", "maija meikäläinen")
    assert maija.names == ("maija meikäläinen", "maikki", "maija")
    assert maija.origin == "roster" and maija.is_masked
    assert named(table, "person", "kalle") != maija
    assert named(table, "organisation", "ll").category == "union"
    assert named(table, "organisation", "virta").category == "project"
    assert named(table, "organisation", "esimerkki ry").origin == "roster"
    assert named(table, "place", "rauma").category == "a town"
    assert len(table.entities) == 6
    assert person_id(table, GROUP.members[0]) == f"H{maija.number:02d}"
    assert seed(study) == table == EntityTable.load(study)


def test_a_first_name_that_two_members_share_is_neithers() -> None:
    other = roster("G08", members=[{"name": "Maija Muu"}])
    less_sure = {each.names[0]: each.less_sure for each in seeds([GROUP, other])}
    assert less_sure["Maija Meikäläinen"] == less_sure["Maija Muu"] == ()
    assert less_sure["Kalle Korhonen"] == ("kalle",)


def test_what_the_talk_named_already_is_gone_on_with() -> None:
    random = Random(1)
    talk = EntityTable().add({("person", "maikki"): ["Maikin"]}, random=random)
    known = talk.entities[0]
    table = talk.seed("person", ("Maija Meikäläinen", "Maikki"), ("maija",), random=random)
    assert [entity.id for entity in table.entities] == [known.id]
    assert table.entities[0].forms == ("Maikin",)


def test_nobody_is_guessed_from_a_first_name() -> None:
    """The Maija that was spoken of may be another; a person can merge the two."""
    random = Random(1)
    talk = EntityTable().add({("person", "maija"): ["Maija"]}, random=random)
    table = talk.seed("person", ("Maija Meikäläinen",), ("maija",), random=random)
    assert len(table.entities) == 2
    assert named(table, "person", "maija").id == talk.entities[0].id
    assert named(table, "person", "maija meikäläinen").names == ("maija meikäläinen",)


def test_what_people_have_put_elsewhere_stays_there() -> None:
    table = EntityTable().seed("place", ("Rauma",), random=Random(1))
    retype = Decision("2026", "me", "retype", table.entities[0].id, ("organisation", 1))
    decided = table.decide(retype, Random(1))
    again = decided.seed("organisation", ("Rauma",), random=Random(1))
    assert again == decided


@pytest.mark.parametrize("member", [{"person_id": "H07", "consent": "withdrawn"}])
def test_who_has_withdrawn_brings_no_names(member: dict[str, Any]) -> None:
    gone = roster(members=[member])
    assert list(seeds([gone])) == []
    assert person_id(EntityTable(), gone.members[0]) == "H07"
