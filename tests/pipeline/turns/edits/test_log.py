"""The edits of a session on disk, and whose go when somebody withdraws."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from discussion import DIARISATION, discussion, edit

from pipeline.errors import StudyError
from pipeline.people.anchors import anchor
from pipeline.records import Diarisation
from pipeline.study import Study, create
from pipeline.turns.edits import log
from pipeline.turns.edits.edit import Correction, Edit, relabelled

MODEL = "0" * 64
SESSION = "G07-S01"
A, RESPONSE, B, A_AGAIN, C = discussion().turns
VOICES = {label: anchor(DIARISATION, label, MODEL) for label in "ABC"}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path / "study")


def correction(*edits: Edit) -> Correction:
    return Correction("2026-05-04T10:00:00+00:00", "M.K.", VOICES, edits, {"0:1-2-ab": "cd"})


def remembered(study: Study, *corrections: Correction) -> None:
    for each in corrections:
        log.remember(study, SESSION, each)


def left(study: Study, label: str) -> list[Edit]:
    """The edits that are left when a label's person has withdrawn."""
    log.forget(study, SESSION, label, DIARISATION, MODEL)
    return [each for correction in log.load(study, SESSION) for each in correction.edits]


def test_what_was_remembered_is_read_again(study: Study) -> None:
    first, second = correction(edit("delete", B)), correction(edit("text", A, text="Äijä."))
    remembered(study, first, second)
    assert log.load(study, SESSION) == (first, second)
    assert log.load(study, "G07-S02") == ()


def test_only_the_owner_reads_it(study: Study) -> None:
    remembered(study, correction(edit("delete", B)))
    (file,) = study.edits.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(study.edits.stat().st_mode) == 0o700


def test_corrections_that_are_cut_off_are_not_taken_for_all(study: Study) -> None:
    remembered(study, correction(edit("delete", B)), correction(edit("delete", C)))
    (file,) = study.edits.iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(StudyError, match=r"is damaged"):
        log.load(study, SESSION)


def test_damaged_line_is_reported(study: Study) -> None:
    remembered(study, correction(edit("delete", B)), correction(edit("delete", C)))
    (file,) = study.edits.iterdir()
    file.write_bytes(b"x" + file.read_bytes())
    with pytest.raises(StudyError, match=r"G07-S01\.jsonl is damaged"):
        log.load(study, SESSION)


def test_labels_are_those_that_the_voices_have_now(study: Study) -> None:
    """Another diarisation calls A Z, and did not hear C at all."""
    segments = tuple(
        replace(s, label={"A": "Z", "B": "B"}[s.label])
        for s in DIARISATION.regular
        if s.label != "C"
    )
    now = Diarisation(segments, segments, ())
    given = edit("speaker", B, speaker="A"), edit("speaker", A, speaker="C"), edit("delete", C)
    found = list(relabelled([correction(*given)], now, MODEL))
    assert [(e.about.label, e.speaker) for e in found] == [("B", "Z"), ("Z", ""), ("", None)]


def test_what_was_edited_of_a_withdrawn_person_goes_with_them(study: Study) -> None:
    kept = edit("text", A, text="Mä olin täällä.")
    remembered(study, correction(edit("text", B, text="Ei."), kept), correction(edit("delete", B)))
    assert left(study, "B") == [kept]
    data = (study.edits / f"{SESSION}.jsonl").read_text()
    assert "lähdettiin" not in data and '"B"' not in data
    assert [*log.load(study, SESSION)[0].voices] == ["A", "C"]


def test_what_was_given_to_them_goes_with_all_that_was_done_to_it_before(study: Study) -> None:
    """B's turn was A's by the human's word: its text is what A said."""
    before, after = edit("text", B, text="Niin, mutta me."), edit("speaker", B, speaker="A")
    kept = edit("text", C, text="Ei kestä!")
    remembered(study, correction(before), correction(kept, after))
    assert left(study, "A") == [kept]


def test_what_was_done_to_another_row_of_its_speaker_stays(study: Study) -> None:
    kept = edit("delete", RESPONSE)
    remembered(study, correction(kept, edit("speaker", B, speaker="A")))
    assert left(study, "A") == [kept]


def test_a_voice_that_cannot_be_told_goes_where_the_withdrawn_person_talks(study: Study) -> None:
    """The sheet knew a label of which nothing is left but when it talked."""
    unknown = replace(B, label="X")
    elsewhere = replace(C, label="X")
    remembered(study, correction(edit("delete", unknown), edit("delete", elsewhere)))
    assert [each.about.start_s for each in left(study, "B")] == [C.start_s]


def test_forgetting_twice_changes_nothing_more(study: Study) -> None:
    remembered(study, correction(edit("delete", B), edit("delete", C)))
    once = left(study, "B")
    data = (study.edits / f"{SESSION}.jsonl").read_bytes()
    assert left(study, "B") == once and (study.edits / f"{SESSION}.jsonl").read_bytes() == data


def test_where_nothing_is_left_no_file_is(study: Study) -> None:
    remembered(study, correction(edit("delete", B)))
    log.sheet_file(study, SESSION).write_bytes(b"what B said")
    assert left(study, "B") == []
    assert [*study.edits.iterdir()] == []
    assert left(study, "B") == []
