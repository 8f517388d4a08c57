"""The table of entities: numbers that stay, and decisions of people laid over what was found."""

from __future__ import annotations

import stat
from pathlib import Path
from random import Random

import pytest

from pipeline import study as study_module
from pipeline.errors import DiskFullError, StudyError
from pipeline.pseudonymisation.entities import Action, Decision, Entity, EntityTable, Id, Key
from pipeline.pseudonymisation.key import KeyFile, Secret
from pipeline.study import Study


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("VUORO_KEYS", str(tmp_path / "keys"))
    return study_module.create(tmp_path / "study")


def said(*names: Key) -> dict[Key, set[str]]:
    return {name: {name[1].title()} for name in names}


def table(*names: Key) -> EntityTable:
    return EntityTable().add(said(*names), random=Random(1))


def id_of(table: EntityTable, type: str, name: str) -> Id:
    return next(e.id for e in table.judged if e.type == type and name in e.names)


def decided(
    table: EntityTable, action: Action, entity: Id, other: Id | None = None, **more: object
) -> EntityTable:
    decision = Decision("2015-03-12T10:00:00Z", "tutkija", action, entity, other, **more)  # type: ignore[arg-type]
    return table.decide(decision, Random(2))


PEKKA: Key = ("person", "pekka")
AINO: Key = ("person", "aino")
MALLILA: Key = ("place", "mallila")


def test_each_name_has_one_number_and_no_number_two_names() -> None:
    people: list[Key] = [("person", f"nimi{i:02}") for i in range(60)]
    numbers = [entity.number for entity in table(*people, *people).judged]
    assert len(numbers) == len(set(numbers)) == 60
    assert all(1 <= number <= 240 for number in numbers)


def test_numbers_are_drawn_at_random_not_by_order() -> None:
    people: list[Key] = [("person", f"nimi{i:02}") for i in range(20)]
    drawn = []
    for seed in (1, 2):
        by_name = EntityTable().add(said(*people), random=Random(seed)).by_name
        drawn.append([by_name[name].number for name in people])
    assert drawn[0] != drawn[1]
    assert drawn[0] != sorted(drawn[0])
    assert max(drawn[0]) > 20


def test_a_person_and_a_place_of_the_same_name_are_two() -> None:
    assert [e.type for e in table(("person", "lahti"), ("place", "lahti")).judged] == [
        "person",
        "place",
    ]


def test_a_table_knows_its_names_in_the_forms_that_were_said() -> None:
    grown = table(PEKKA)
    assert grown.knows({PEKKA: {"Pekka"}})
    assert not grown.knows({PEKKA: {"Pekalle"}})
    assert not grown.knows({AINO: {"Aino"}})
    again = grown.add({PEKKA: {"Pekalle"}})
    assert again.by_name[PEKKA].forms == ("Pekalle", "Pekka")
    assert again.by_name[PEKKA].number == grown.by_name[PEKKA].number


def test_numbers_stay_from_session_to_session(study: Study) -> None:
    first = EntityTable.update(study, said(PEKKA, MALLILA)).by_name
    second = EntityTable.update(study, said(AINO, PEKKA)).by_name
    assert second[PEKKA] == first[PEKKA]
    assert second[MALLILA] == first[MALLILA]
    assert second[AINO].number != first[PEKKA].number
    assert EntityTable.load(study).by_name == second


def test_the_file_is_encrypted_and_its_owners_alone(study: Study) -> None:
    EntityTable.update(study, said(("person", "åke")))
    assert stat.S_IMODE(study.key_file.stat().st_mode) == 0o600
    assert "åke".encode() not in study.key_file.read_bytes()


def test_a_failed_save_leaves_the_old_file_and_no_litter(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    EntityTable.update(study, said(PEKKA))
    before = study.key_file.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DiskFullError):
        EntityTable.update(study, said(AINO))
    assert study.key_file.read_bytes() == before
    names = sorted(file.name for file in study.private.iterdir() if "names" in file.name)
    assert names == ["names.key", "names.key.1"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"entities": [{"type": "person", "number": 1}]}',
        b'{"entities": [{"type": "animal", "number": 1, "names": ["rex"]}]}',
        b'{"entities": [{"type": "person", "number": 1, "names": ["a"]},'
        b' {"type": "person", "number": 1, "names": ["b"]}]}',
    ],
)
def test_what_is_no_table_stops_the_work_and_is_left_alone(study: Study, content: bytes) -> None:
    KeyFile(study.key_file, Secret.machine()).write(content)
    before = study.key_file.read_bytes()
    with pytest.raises(StudyError) as raised:
        EntityTable.update(study, said(AINO))
    assert study.key_file.read_bytes() == before
    assert "aino" not in str(raised.value)


@pytest.mark.parametrize(("action", "masked"), [("name", 1), ("keep", 0), ("no_name", 0)])
def test_a_verdict_stands_when_the_name_is_found_again(action: Action, masked: bool) -> None:
    judged = decided(table(PEKKA), action, table(PEKKA).by_name[PEKKA].id)
    again = judged.add({PEKKA: {"Pekan"}})
    assert again.by_name[PEKKA].verdict == action
    assert again.by_name[PEKKA].is_masked == masked


def test_merged_entities_are_one_under_one_number() -> None:
    found = table(PEKKA, ("person", "pekka virtanen"), AINO)
    goes, stays = found.by_name[PEKKA].id, found.by_name["person", "pekka virtanen"].id
    merged = decided(found, "merge", goes, stays)
    assert merged.by_name[PEKKA].id == stays
    assert set(merged.by_name[PEKKA].names) == {"pekka", "pekka virtanen"}
    assert merged.entity(goes) == merged.entity(stays)
    assert len(merged.judged) == 2
    back = decided(merged, "merge", stays, goes)
    assert back == merged or back.by_name[PEKKA].id == stays, "merging with itself does nothing"


def test_a_merge_goes_on_where_a_merge_went() -> None:
    found = table(PEKKA, AINO, ("person", "eero"))
    a, b, c = (found.by_name["person", name].id for name in ("pekka", "aino", "eero"))
    both = decided(decided(found, "merge", a, b), "merge", b, c)
    assert both.by_name[PEKKA].id == c
    assert both.by_name[AINO].id == c


def test_a_split_gives_the_names_a_number_of_their_own() -> None:
    found = table(PEKKA, AINO)
    merged = decided(found, "merge", found.by_name[AINO].id, found.by_name[PEKKA].id)
    split = decided(merged, "split", merged.by_name[PEKKA].id, names=("aino",))
    assert split.by_name[AINO].number != split.by_name[PEKKA].number
    assert split.by_name[PEKKA].names == ("pekka",)
    taken = {found.by_name[PEKKA].number, found.by_name[AINO].number}
    assert split.by_name[AINO].number not in taken, "a number is never given twice"


def test_a_retyped_name_is_known_by_both_types() -> None:
    found = table(("person", "mallila"))
    retyped = decided(found, "retype", found.judged[0].id, ("place", 0))
    (entity,) = retyped.judged
    assert entity.type == "place"
    assert retyped.by_name["person", "mallila"] == retyped.by_name["place", "mallila"] == entity
    again = retyped.add({("person", "mallila"): {"Mallilaan"}})
    assert again.by_name["person", "mallila"].type == "place"
    assert "Mallilaan" in again.by_name["person", "mallila"].forms


def test_an_added_name_is_masked_from_then_on() -> None:
    grown = decided(EntityTable(), "add", ("organisation", 0), names=("hyvän mielen talo",))
    entity = grown.by_name["organisation", "hyvän mielen talo"]
    assert (entity.origin, entity.verdict, entity.is_masked) == ("person", "name", True)


def test_category_and_note_are_the_latest() -> None:
    found = table(PEKKA)
    id = found.by_name[PEKKA].id
    noted = decided(
        decided(found, "category", id, text="kollega"), "category", id, text="esihenkilö"
    )
    assert noted.by_name[PEKKA].category == "esihenkilö"
    assert decided(found, "note", id, text="kysy").by_name[PEKKA].note == "kysy"


def test_what_is_not_there_cannot_be_decided() -> None:
    for entity, other in ((("person", 1), None), (table(PEKKA).judged[0].id, ("person", 5000))):
        with pytest.raises(ValueError):
            decided(table(PEKKA), "merge", entity, other)  # type: ignore[arg-type]


def test_decisions_are_saved_with_the_table(study: Study) -> None:
    grown = EntityTable.update(study, said(PEKKA))
    judged = decided(grown, "keep", grown.by_name[PEKKA].id)
    judged.save(study)
    loaded = EntityTable.load(study)
    assert loaded == judged
    assert loaded.judged == [
        Entity("person", grown.by_name[PEKKA].number, ("pekka",), ("Pekka",), verdict="keep")
    ]


def test_a_name_linked_to_an_entity_of_another_type_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = table(("organisation", "lahden kaupunki"))
    (city,) = found.judged
    monkeypatch.setattr("pipeline.pseudonymisation.entities.linked", lambda key, known: city.id)
    grown = found.add({("place", "lahti"): {"Lahdessa"}})
    assert grown.by_name["place", "lahti"].id == city.id
    assert grown.by_name["place", "lahti"].names == ("lahden kaupunki",)
    assert grown.knows({("place", "lahti"): {"Lahdessa"}})
    assert grown.add({("place", "lahti"): {"Lahteen"}}).by_name["place", "lahti"].id == city.id
