"""A file that is older than it was, or gone, is noticed before anything is made with it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from finished import CANARIES, A, chain_of, fake_models, finished_study

from pipeline.errors import StudyError
from pipeline.operations.renumber import correct
from pipeline.people import decisions, register
from pipeline.stages.settling import ASSEMBLE
from pipeline.study import Study, marks, tombstones
from pipeline.study.tombstones import Tombstone
from pipeline.turns.edits import log
from pipeline.turns.edits.edit import About, Correction, Edit

ID = "G07-S01"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study with a decision about each voice, a correction and a withdrawal."""
    fake_models(monkeypatch)
    study = finished_study(tmp_path / "study", ("1.wav",), told=True)
    edit(study)
    tombstones.put(study, Tombstone("G90-P1", "2026-01-02", "done", {}))
    known = register.load(study, "G07")
    register.save(study, replace(known, numbered=2))
    return study


def edit(study: Study) -> None:
    turn = chain_of(study, ID).get(ASSEMBLE).turns[0]
    change = Edit("text", About.of(turn), text=CANARIES[A])
    log.remember(study, ID, Correction("2026-01-01", "tester", {}, (change,)))


FILES: dict[str, Callable[[Study], object]] = {
    "private/people/decisions.jsonl": lambda study: decisions.digest_of(study, [ID]),
    "private/people/G07.json": lambda study: register.load(study, "G07"),
    f"private/edits/{ID}.jsonl": lambda study: log.load(study, ID),
    "private/withdrawn.json": tombstones.load,
}


@pytest.mark.parametrize("place", FILES)
def test_missing_file_is_no_new_beginning(study: Study, place: str) -> None:
    FILES[place](study)
    (study.root / place).unlink()
    with pytest.raises(StudyError, match=f"{place} is missing or empty") as raised:
        FILES[place](study)
    assert "backup" in raised.value.remedy


def test_older_log_is_noticed_and_the_whole_one_is_taken(study: Study) -> None:
    file = study.edits / f"{ID}.jsonl"
    older = file.read_bytes()
    edit(study)
    newer = file.read_bytes()
    file.write_bytes(older)
    with pytest.raises(StudyError, match=r"is older than it was"):
        edit(study)  # nothing is added to it: that would hide what is lost
    file.write_bytes(newer)
    assert len(log.load(study, ID)) == 2


def test_what_a_withdrawal_takes_out_is_not_missed(study: Study) -> None:
    assert decisions.forget(study, "H01") == 1
    assert decisions.digest_of(study, [ID])
    assert len(decisions._read(study)) == 2


def test_corrections_of_a_session_under_another_id_are_known(study: Study) -> None:
    correct(study, ID, number=4)
    assert len(log.load(study, "G07-S04")) == 1 and log.load(study, ID) == ()
    (study.edits / "G07-S04.jsonl").unlink()
    with pytest.raises(StudyError, match=r"G07-S04.jsonl is missing"):
        log.load(study, "G07-S04")


def test_marks_that_are_lost_or_damaged_stop_nothing(study: Study, tmp_path: Path) -> None:
    shutil.copytree(study.root, tmp_path / "other")
    other = Study(tmp_path / "other")
    study.marks_file.unlink()
    other.marks_file.write_bytes(b"[" * 100_000)
    for each in (study, other):
        for read in FILES.values():
            read(each)
        edit(each)
        assert marks.load(each).counts[f"private/edits/{ID}.jsonl"] == 2
