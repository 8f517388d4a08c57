from __future__ import annotations

import json
import stat
from pathlib import Path
from random import Random

import pytest

from pipeline import study as study_module
from pipeline.errors import StudyError
from pipeline.pseudonymise.entities import EntityTable
from pipeline.records import EntityType, Mention, Mentions
from pipeline.study import Study


def said(*names: tuple[EntityType, str]) -> Mentions:
    return Mentions(
        tuple(Mention(0, i, i, type, name, "", ("entity",)) for i, (type, name) in enumerate(names))
    )


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return study_module.create(tmp_path)


def test_each_name_has_one_number_and_no_number_two_names() -> None:
    people: list[tuple[EntityType, str]] = [("person", f"nimi{i}") for i in range(60)]
    table = EntityTable({}).add(said(*people, *people))
    assert len(table.numbers) == 60
    assert len(set(table.numbers.values())) == 60
    assert all(1 <= number <= 240 for number in table.numbers.values())


def test_numbers_are_drawn_at_random_not_by_order() -> None:
    people: list[tuple[EntityType, str]] = [("person", f"nimi{i:02}") for i in range(20)]
    drawn = [list(EntityTable({}).add(said(*people), Random(s)).numbers.values()) for s in (1, 2)]
    assert drawn[0] != drawn[1]
    assert drawn[0] != sorted(drawn[0])
    assert max(drawn[0]) > 20


def test_the_order_of_talk_makes_no_difference() -> None:
    one = EntityTable({}).add(said(("person", "aino"), ("person", "pekka")), Random(3))
    other = EntityTable({}).add(said(("person", "pekka"), ("person", "aino")), Random(3))
    assert one == other


def test_a_person_and_a_place_of_the_same_name_are_two() -> None:
    table = EntityTable({}).add(said(("person", "lahti"), ("place", "lahti")))
    assert set(table.numbers) == {("person", "lahti"), ("place", "lahti")}


def test_contact_data_gets_no_number() -> None:
    table = EntityTable({}).add(said(("contact", "a@b.fi"), ("identifier", "131052-308t")))
    assert table.numbers == {}


def test_numbers_stay_from_session_to_session(study: Study) -> None:
    first = EntityTable.update(study, said(("person", "pekka"), ("place", "mallila")))
    second = EntityTable.update(study, said(("person", "aino"), ("person", "pekka")))
    assert set(first) == {("person", "pekka"), ("place", "mallila")}
    assert set(second) == {("person", "aino"), ("person", "pekka")}
    assert second["person", "pekka"] == first["person", "pekka"]
    assert second["person", "aino"] != first["person", "pekka"]
    assert len(EntityTable.load(study.names_file).numbers) == 3


def test_the_file_can_be_read_by_its_owner_only(study: Study) -> None:
    EntityTable.update(study, said(("person", "åke")))
    assert stat.S_IMODE(study.names_file.stat().st_mode) == 0o600
    assert json.loads(study.names_file.read_text("utf-8"))["entities"][0]["entity"] == "åke"


def test_a_failed_save_leaves_the_old_file_and_no_litter(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    EntityTable.update(study, said(("person", "pekka")))
    before = study.names_file.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Exception, match="disk is full"):
        EntityTable.update(study, said(("person", "aino")))
    assert study.names_file.read_bytes() == before
    assert [file.name for file in study.private.iterdir() if "names" in file.name] == ["names.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"entities": [{"type": "person", "entity": "pekka"}]}',
        b'{"entities": [{"type": "animal", "entity": "rex", "number": 1}]}',
        b'{"entities": [{"type": "person", "entity": "a", "number": "1"}]}',
        b'{"entities": [{"type": "person", "entity": "a", "number": 1},'
        b' {"type": "person", "entity": "b", "number": 1}]}',
    ],
)
def test_a_damaged_file_stops_the_work_and_is_left_alone(study: Study, content: bytes) -> None:
    study.names_file.write_bytes(content)
    with pytest.raises(StudyError) as raised:
        EntityTable.update(study, said(("person", "aino")))
    assert study.names_file.read_bytes() == content
    assert "pekka" not in str(raised.value)
    assert "aino" not in str(raised.value)
