"""The rounds of a run and of a build, and what comes from rosters."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from many_sessions import UNKNOWN, make_study
from runs import KEYS as KEYS  # where the keys' secrets go, and not to the user's home

from pipeline.dataset import files
from pipeline.dataset.group_rows import Background
from pipeline.operations.build import ToDo, document, rounds
from pipeline.people.roster.members import parsed
from pipeline.people.roster.on_disk import load_all, save
from pipeline.people.roster.seed import seed
from pipeline.records import Recording
from pipeline.stages.documents import background
from pipeline.study import Study, create
from pipeline.study.accepted import write_record


def test_sessions_that_come_up_once_more_are_done_once_more_and_no_third_time() -> None:
    left: list[ToDo] = [{"S01": ["publish"]}, {"S01": ["publish"]}, {"S01": ["publish"]}]
    assert len(list(rounds(lambda: left.pop(), set()))) == 2
    assert len(left) == 1


def test_nothing_to_do_is_looked_for_once() -> None:
    asked: list[int] = []

    def to_do() -> ToDo:
        asked.append(1)
        return {}

    assert list(rounds(to_do, set())) == []
    assert len(asked) == 1


def test_what_failed_does_not_come_up_again() -> None:
    failed: set[str] = set()
    tried: list[list[str]] = []
    for waiting in rounds(lambda: {"S01": ["publish"], "S02": ["publish"]}, failed):
        tried.append(list(waiting))
        failed.add("S01")
    assert tried == [["S01", "S02"], ["S02"]]


def test_of_members_without_consent_the_background_tells_that_alone(tmp_path: Path) -> None:
    study = create(tmp_path)
    assert background(study, load_all(study)) == {}
    members = [
        {"name": "Salanimi Yksi", "role": "vetäjä", "consent": "yes", "x_n": 1, "x_ala": "a"},
        {"name": "Salanimi Kaksi", "consent": "no", "x_n": 2},
        {"person_id": "H77", "consent": "withdrawn"},
        {"name": "Salanimi Kolme", "role": "leader"},
    ]
    save(study, parsed({"group": "G07", "members": members}))
    save(study, parsed({"group": "G08", "members": [{**members[0], "role": "fasilitaattori"}]}))
    table = seed(study)
    first, second, third = (
        f"H{table.by_name['person', f'salanimi {name}'].number:02d}"
        for name in ("yksi", "kaksi", "kolme")
    )
    own = {"x_n": 1, "x_ala": "a"}
    assert background(study, load_all(study)) == {
        "G07": {
            first: Background("leader", own, "yes"),
            second: Background(consent="no"),
            "H77": Background(consent="no"),
            third: Background(consent="unknown"),
        },
        "G08": {first: Background("facilitator", own, "yes")},
    }


@pytest.fixture
def documented(tmp_path: Path) -> Study:
    """A study of two sessions whose data set has been documented."""
    study = make_study(tmp_path, UNKNOWN[:2])
    for made in UNKNOWN[:2]:
        folder = study.recordings / made.session_id
        folder.mkdir()
        recording = Recording(
            made.session_id, made.group_id, made.number, made.kind, made.session_id, "", ".wav"
        )
        write_record(folder, recording)
    document(study)
    return study


def documents(study: Study) -> dict[str, bytes]:
    found = [*study.dataset.rglob("*.parquet"), *study.dataset.glob("*.*")]
    return {str(file.relative_to(study.dataset)): file.read_bytes() for file in found}


def test_what_is_documented_is_not_read_again(
    documented: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    monkeypatch.setattr(files, "read", read.append)
    document(documented)
    assert read == []


@pytest.mark.parametrize(
    "name", ["people/G30.parquet", "attendance/G30.parquet", "dictionary.csv", "DATASHEET.md"]
)
def test_a_document_that_is_missing_or_was_touched_is_made_anew(
    documented: Study, name: str
) -> None:
    before = documents(documented)
    file = documented.dataset / name
    was = file.stat()
    file.write_bytes(bytes(was.st_size))
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
    document(documented)
    assert documents(documented) == before
    file.unlink()
    document(documented)
    assert documents(documented) == before


def test_a_session_that_is_gone_and_a_new_roster_are_documented(documented: Study) -> None:
    shutil.rmtree(documented.recordings / "G30-S02")
    document(documented)
    names = documents(documented)
    assert "turns/G30-S01.parquet" in names and "turns/G30-S02.parquet" not in names
    member = {"name": "Salanimi Yksi", "role": "vetäjä", "consent": "yes", "x_years": 3}
    save(documented, parsed({"group": "G30", "members": [member]}))
    seed(documented)
    document(documented)
    assert b"x_years" in documents(documented)["dictionary.csv"]


def test_what_was_killed_while_it_documented_is_gone_on_with(
    documented: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = documents(documented)
    (documented.dataset / "people" / "G30.parquet").unlink()
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.stages.documents.write_documentation", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            document(documented)
    (documented.dataset / "DATASHEET.md").unlink()
    document(documented)
    assert documents(documented) == before
