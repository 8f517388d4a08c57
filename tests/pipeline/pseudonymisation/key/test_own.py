"""A key that is missing, older or another study's stops the study, and is put back from a copy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.commands.key import app
from pipeline.errors import StudyError
from pipeline.people.roster.seed import seed
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.pseudonymisation.key import KeyFile, Secret, find_secret
from pipeline.pseudonymisation.key.backup import copies
from pipeline.study import Study, create, marks

AINO, PEKKA, LIISA = ("person", "aino"), ("person", "pekka"), ("person", "liisa")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    for name in ("VUORO_PASSPHRASE", "VUORO_KEY_FILE", "VUORO_STUDY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VUORO_KEYS", str(tmp_path / "keys"))
    study = create(tmp_path / "study")
    EntityTable.update(study, {AINO: ["Aino"]})
    EntityTable.update(study, {PEKKA: ["Pekka"]})
    return study


def key(study: Study, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*arguments, "--study", str(study.root)])
    return result.exit_code, f"{result.output}{result.exception or ''}"


def test_missing_key_draws_no_new_numbers_and_comes_back(study: Study) -> None:
    table = EntityTable.load(study)
    study.key_file.unlink()
    for act in (EntityTable.load, seed, lambda s: EntityTable.update(s, {LIISA: ["Liisa"]})):
        with pytest.raises(StudyError, match=r"names.key is missing") as raised:
            act(study)  # type: ignore[operator]
    assert "vuoro key restore" in raised.value.remedy and not study.key_file.exists()
    assert key(study, "restore")[0] == 0
    assert EntityTable.load(study) == table


def test_missing_key_is_noticed_by_its_copy_alone(study: Study) -> None:
    study.key_file.unlink()
    study.marks_file.unlink()
    with pytest.raises(StudyError, match=r"names.key is missing"):
        EntityTable.load(study)


def test_key_of_a_study_without_marks_is_marked_and_copied(study: Study) -> None:
    for file in (study.marks_file, *copies(study.key_file)):
        file.unlink()
    seed(study)
    [copy] = copies(study.key_file)
    assert copy.read_bytes() == study.key_file.read_bytes()
    study.key_file.unlink()
    with pytest.raises(StudyError, match=r"names.key is missing"):
        EntityTable.load(study)


def test_key_is_missed_where_the_audit_log_alone_tells_of_it(study: Study) -> None:
    for file in (study.marks_file, study.key_file, *copies(study.key_file)):
        file.unlink()
    seed(study)  # nothing was ever replaced: a new study
    study.audit.mkdir()
    (study.audit / "G07-S01.jsonl").write_text('{"at":"2026","replaced":[{"turn_id":"a"}]}\n')
    with pytest.raises(StudyError, match=r"names.key is missing"):
        seed(study)
    assert key(study, "destroy", "--yes")[0] == 0  # it is lost for good
    seed(study)


def test_older_key_is_refused_until_confirmed(study: Study) -> None:
    newest, older = (copy.read_bytes() for copy in copies(study.key_file))
    study.key_file.write_bytes(older)
    with pytest.raises(StudyError, match="older than the key that the study was last"):
        EntityTable.load(study)
    mine = study.root.parent / "mine.key"
    mine.write_bytes(older)
    code, said = key(study, "restore", str(mine))
    assert code == 1 and "--older" in said
    assert key(study, "restore")[0] == 0 and study.key_file.read_bytes() == newest
    assert key(study, "restore", str(mine), "--older")[0] == 0
    assert AINO in EntityTable.load(study).by_name
    assert PEKKA not in EntityTable.load(study).by_name


def test_key_of_another_study_is_refused_and_set_aside(study: Study, tmp_path: Path) -> None:
    other = create(tmp_path / "other")
    EntityTable.update(other, {LIISA: ["Liisa"]})
    foreign = other.key_file.read_bytes()
    study.key_file.write_bytes(foreign)
    for act in (EntityTable.load, seed):
        with pytest.raises(StudyError, match="the key of another study"):
            act(study)  # type: ignore[operator]
    code, said = key(study, "restore", str(other.key_file), "--older")
    assert code == 1 and "another study" in said
    assert key(study, "restore")[0] == 0
    assert {*EntityTable.load(study).by_name} == {AINO, PEKKA}
    assert (study.private / "names.key.set-aside-1").read_bytes() == foreign


@pytest.mark.parametrize("damage", [b"", b"{", b"[" * 100_000])
def test_damaged_copies_are_passed_over(study: Study, damage: bytes) -> None:
    EntityTable.update(study, {LIISA: ["Liisa"]})
    newest, *others = copies(study.key_file)
    newest.write_bytes(damage)
    study.key_file.write_bytes(damage)
    code, said = key(study, "restore")
    assert code == 1 and "older than the key" in said
    assert key(study, "restore", "--older")[0] == 0
    assert LIISA not in EntityTable.load(study).by_name and len(others) == 2


def test_few_copies_are_kept_for_the_owner_alone(study: Study) -> None:
    for number in range(5):
        EntityTable.update(study, {("person", f"nimi{number}"): [f"Nimi{number}"]})
    found = copies(study.key_file)
    generations = [json.loads(c.read_bytes().split(b"\n")[0])["generation"] for c in found]
    assert generations == [7, 6, 5]
    assert {copy.stat().st_mode & 0o777 for copy in found} == {0o600}
    assert found[0].read_bytes() == study.key_file.read_bytes()


def test_another_lock_leaves_no_copy_that_the_old_secret_opens(study: Study) -> None:
    KeyFile(study.key_file, find_secret(study.key_file)).change(Secret.passphrase("viisi sanaa"))
    [copy] = copies(study.key_file)
    assert copy.read_bytes() == study.key_file.read_bytes()
    with pytest.raises(StudyError, match="does not open"):
        KeyFile(copy, Secret.machine()).read()


def test_destroyed_key_is_gone_with_its_copies_and_a_new_one_may_be_made(study: Study) -> None:
    assert key(study, "destroy", "--yes")[0] == 0
    assert not [*study.private.glob("names.key*")] and marks.load(study).key_id == ""
    EntityTable.update(study, {LIISA: ["Liisa"]})
    assert {*EntityTable.load(study).by_name} == {LIISA}


def test_key_that_is_lost_for_good_can_be_given_up(study: Study) -> None:
    for file in study.private.glob("names.key*"):
        file.unlink()
    code, said = key(study, "restore")
    assert code == 1 and "keeps no copy" in said
    assert key(study, "destroy", "--yes")[0] == 0
    assert EntityTable.load(study) == EntityTable()
