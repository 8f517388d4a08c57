"""The whole round: a sheet out, cells filled in, the sheet in, and what is masked after that."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from openpyxl import load_workbook
from reviewed import Names, Sessions, talk, without_models

from pipeline import study as study_module
from pipeline.errors import StudyError
from pipeline.pseudonymisation.apply import replacements, said
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.review.names.round_trip import (
    apply_names,
    judged_sessions,
    summary,
    write_names,
)
from pipeline.review.names.sheet import SHEET, answers
from pipeline.review.names.transcripts import read
from pipeline.review.round_trip import Applied
from pipeline.study import Study

NAMES: Names = {
    "Pekka": ("person", "pekka"),
    "Pekan": ("person", "pekka"),
    "Kyllikki": ("person", "kyllikki"),
    "Mallilassa": ("place", "mallila"),
    "Tämmönen": ("person", "tämmönen"),
}
TALKS = (
    talk("G01-S01", "joo Pekka on täällä", "Tämmönen homma se on", names=NAMES),
    talk("G01-S02", "ja Kyllikki oli Mallilassa", "siis Wirkkunen sanoi sen", names=NAMES),
    talk("G01-S03", "me ollaan ihan hiljaa", names=NAMES),
)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Three sessions in which names were found and numbered, and one that waits."""
    without_models(monkeypatch)
    monkeypatch.setenv("VUORO_KEYS", str(tmp_path / "keys"))
    for name in ("VUORO_PASSPHRASE", "VUORO_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    study = study_module.create(tmp_path / "study")
    sessions = Sessions(study, study.settings())
    for one in TALKS:
        sessions.put(one)
        EntityTable.update(study, said(one.conversation, one.mentions))
    sessions.put(talk("G01-S04", "Pekka tuli", names=NAMES), found=False)
    return study


def apply(study: Study, file: Path) -> Applied:
    return apply_names(study, study.settings(), file, by="a", at="2015-03-12T10:00:00+00:00")


def filled(study: Study, file: Path, **cells: dict[str, str]) -> Path:
    """A new sheet, filled in by row ('nikula', or a name of the entity) and column."""
    write_names(study, study.settings(), file)
    table = EntityTable.load(study)
    book = load_workbook(file)
    sheet = book[SHEET.name]
    columns = [cell.value for cell in sheet[1]]
    rows = {answer.id: answer.number for answer in answers(file)}
    for name, values in cells.items():
        ids = [f"{e.type} {e.number}" for (_, n), e in table.by_name.items() if n == name]
        for column, value in values.items():
            at = columns.index(SHEET.title(column)) + 1
            sheet.cell(rows[(ids or [f"new {name}"])[0]], at).value = value
    book.save(file)
    return file


def masked(study: Study) -> dict[str, set[str]]:
    """What the next run masks in each session."""
    table = EntityTable.load(study)
    return {
        one.session_id: {
            " ".join(
                word.text
                for word in one.conversation.turns[r.turn].words[r.first_word : r.last_word + 1]
            )
            for r in replacements(one.conversation, one.mentions, table)
        }
        for one in TALKS
    }


def number(study: Study, name: str) -> str:
    (id,) = {e.id for (_, n), e in EntityTable.load(study).by_name.items() if n == name}
    return f"Henkilö {id[1]}"


def test_names_sheet_is_written_filled_in_and_applied(study: Study, tmp_path: Path) -> None:
    sheet = filled(
        study,
        tmp_path / "names.xlsx",
        pekka={"decision": "peitä", "category": "kollega"},
        kyllikki={"merge": number(study, "pekka")},
        tämmönen={"decision": "ei nimi"},
        wirkkunen={"decision": "mask", "note": "kuka?"},
    )
    assert masked(study)["G01-S01"] == {"Pekka", "Tämmönen"}
    applied = apply(study, sheet)
    assert (applied.problems, applied.n_decisions) == ((), 6)
    assert applied.sessions == ("G01-S01", "G01-S02")
    assert masked(study) == {
        "G01-S01": {"Pekka"},
        "G01-S02": {"Kyllikki", "Mallilassa", "Wirkkunen"},
        "G01-S03": set(),
    }
    assert number(study, "pekka") == number(study, "kyllikki")
    assert {d.by for d in EntityTable.load(study).decisions} == {"a"}
    before = study.key_file.read_bytes()
    assert apply(study, sheet) == Applied(0, ())
    assert study.key_file.read_bytes() == before


def test_decisions_survive_a_rerun_that_finds_the_same_again(study: Study, tmp_path: Path) -> None:
    apply(study, filled(study, tmp_path / "a.xlsx", tämmönen={"decision": "ei nimi"}))
    again = talk("G01-S05", "Tämmönen on Pekan homma", names=NAMES)
    table = EntityTable.update(study, said(again.conversation, again.mentions))
    found = replacements(again.conversation, again.mentions, table)
    assert [replacement.first_word for replacement in found] == [2]


def test_one_wrong_cell_and_nothing_is_applied(study: Study, tmp_path: Path) -> None:
    before = study.key_file.read_bytes()
    wrong = filled(
        study, tmp_path / "a.xlsx", pekka={"decision": "jätä"}, kyllikki={"decision": "Kyllikki?"}
    )
    applied = apply(study, wrong)
    assert (applied.n_decisions, applied.sessions, len(applied.problems)) == (0, (), 1)
    assert "Kyllikki" not in applied.problems[0]
    assert study.key_file.read_bytes() == before


def test_a_category_changes_no_session(study: Study, tmp_path: Path) -> None:
    applied = apply(study, filled(study, tmp_path / "a.xlsx", pekka={"category": "kollega"}))
    assert applied == Applied(1, ())


def test_two_people_may_fill_in_two_sheets(study: Study, tmp_path: Path) -> None:
    one = filled(study, tmp_path / "a.xlsx", pekka={"decision": "jätä"})
    other = filled(study, tmp_path / "b.xlsx", kyllikki={"decision": "peitä"})
    apply(study, one)
    apply(study, other)
    table = EntityTable.load(study)
    assert table.by_name["person", "pekka"].verdict == "keep"
    assert table.by_name["person", "kyllikki"].verdict == "name"


def test_the_sheet_is_for_its_owner_alone(study: Study, tmp_path: Path) -> None:
    for out in (tmp_path / "names.xlsx", study.private / "names.xlsx"):
        assert write_names(study, study.settings(), out) == 5
        assert stat.S_IMODE(out.stat().st_mode) == 0o600


@pytest.mark.parametrize("folder", ["dataset", "quarantine", "inbox", "codebooks", "."])
def test_no_names_in_the_study_but_in_private(study: Study, tmp_path: Path, folder: str) -> None:
    link = tmp_path / "link"
    link.symlink_to(study.root / folder)
    for out in (study.root / folder / "names.xlsx", link / "names.xlsx"):
        with pytest.raises(StudyError, match="private/ only"):
            write_names(study, study.settings(), out)
        assert not out.exists()


def test_a_sheet_that_is_there_is_not_overwritten(study: Study, tmp_path: Path) -> None:
    out = tmp_path / "names.xlsx"
    out.write_bytes(b"decided")
    with pytest.raises(StudyError, match="already"):
        write_names(study, study.settings(), out)
    assert out.read_bytes() == b"decided"


def test_what_is_not_ready_waits(study: Study) -> None:
    ready, waiting = read(study, study.settings(), EntityTable.load(study))
    assert [one.session_id for one in ready] == ["G01-S01", "G01-S02", "G01-S03"]
    assert waiting == ["G01-S04"]
    assert read(study, study.settings(), EntityTable())[1] == ["G01-S01", "G01-S02", "G01-S04"]


def test_summary_counts_what_is_judged_and_what_waits(study: Study, tmp_path: Path) -> None:
    first = summary(study, study.settings())
    assert (first.verdicts, first.n_rows, first.waiting) == ({"open": 4}, 5, ("G01-S04",))
    assert first.queues["capital"] == 1
    judged = {"decision": "peitä"}
    apply(study, filled(study, tmp_path / "a.xlsx", pekka=judged, tämmönen={"decision": "ei nimi"}))
    then = summary(study, study.settings())
    assert then.verdicts == {"open": 2, "name": 1, "no_name": 1}
    assert then.queues["judged"] == 2
    assert then.judged == {"G01-S01": True, "G01-S02": False, "G01-S03": True}


def test_sessions_are_judged_when_every_name_is(study: Study, tmp_path: Path) -> None:
    judged = {"decision": "peitä"}
    assert judged_sessions(study, study.settings()) == {
        "G01-S01": False,
        "G01-S02": False,
        "G01-S03": True,
        "G01-S04": False,
    }
    apply(study, filled(study, tmp_path / "a.xlsx", kyllikki=judged, mallila={"decision": "jätä"}))
    assert judged_sessions(study, study.settings())["G01-S02"]
