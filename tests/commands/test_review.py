"""``vuoro review``: what it says, what it refuses, and that it waits for a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from reviewed import Names, Sessions, talk, without_models
from typer.testing import CliRunner, Result

from pipeline.commands.review import app
from pipeline.errors import StudyError
from pipeline.pseudonymisation.apply import said
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.review.names.sheet import SHEET
from pipeline.study import Study, create, locks

NAMES: Names = {"Kyllikki": ("person", "kyllikki")}


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study of one session in which one name was found."""
    without_models(monkeypatch)
    for name in ("VUORO_PASSPHRASE", "VUORO_KEY_FILE", "VUORO_STUDY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VUORO_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("LOGNAME", "tutkija")
    study = create(tmp_path / "study")
    one = talk("G01-S01", "joo Kyllikki on täällä", names=NAMES)
    Sessions(study, study.settings()).put(one)
    EntityTable.update(study, said(one.conversation, one.mentions))
    return study


def run(study: Study, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["names", *arguments, "--study", str(study.root)])


def decided(study: Study, file: Path, decision: str) -> Path:
    """A sheet with this in the decision cell of its only row."""
    assert run(study, "--out", str(file)).exit_code == 0
    book = load_workbook(file)
    sheet = book[SHEET.name]
    column = [cell.value for cell in sheet[1]].index(SHEET.title("decision")) + 1
    sheet.cell(2, column).value = decision
    book.save(file)
    return file


def test_without_an_option_it_says_how_far_it_is(study: Study) -> None:
    shown = run(study).output
    assert "Entities: 1\n" in shown and "1 not decided" in shown
    assert "Rows in the sheet of names, by queue: 1\n" in shown and "1 muut / others" in shown
    assert "All names are decided in 0 of 1 session." in shown
    assert "Kyllikki" not in shown


def test_writing_the_sheet_says_how_many_rows(study: Study, tmp_path: Path) -> None:
    shown = run(study, "--out", str(tmp_path / "names.xlsx")).output
    assert "Wrote 1 row to" in shown and "holds real names" in shown


def test_applying_says_what_was_decided_and_what_is_made_anew(study: Study, tmp_path: Path) -> None:
    file = decided(study, tmp_path / "names.xlsx", "jätä")
    shown = run(study, "--apply", str(file)).output
    assert shown == (
        f"Saved 1 decision. Update 1 session with `vuoro build --study {study.root}`.\n"
    )
    (decision,) = EntityTable.load(study).decisions
    assert (decision.by, decision.action) == ("tutkija", "keep")
    assert decision.at.endswith("+00:00")
    assert run(study, "--apply", str(file)).output == "The sheet has nothing new.\n"


def test_name_of_the_decider_is_kept(study: Study, tmp_path: Path) -> None:
    file = decided(study, tmp_path / "names.xlsx", "peitä")
    assert run(study, "--apply", str(file), "--by", "M.K.").exit_code == 0
    assert EntityTable.load(study).decisions[0].by == "M.K."


def test_applying_and_writing_a_new_sheet_at_once(study: Study, tmp_path: Path) -> None:
    file = decided(study, tmp_path / "names.xlsx", "peitä")
    assert run(study, "--apply", str(file), "--out", str(tmp_path / "next.xlsx")).exit_code == 0
    sheet = load_workbook(tmp_path / "next.xlsx")[SHEET.name]
    assert sheet["A2"].value == "9 päätetty / decided"


def test_wrong_cell_is_reported_and_nothing_applied(study: Study, tmp_path: Path) -> None:
    file = decided(study, tmp_path / "names.xlsx", "Kyllikki")
    result = run(study, "--apply", str(file))
    assert result.exit_code == 1
    assert "Row 2, Päätös / Decision: choose peitä / mask" in result.output
    assert "nothing was applied" in result.output and "Kyllikki" not in result.output
    assert EntityTable.load(study).decisions == ()


def test_not_while_a_run_is_at_work(study: Study, tmp_path: Path) -> None:
    file = decided(study, tmp_path / "names.xlsx", "peitä")
    with locks.working(study):
        result = run(study, "--apply", str(file))
        assert isinstance(result.exception, StudyError)
        assert "at work" in str(result.exception)
        assert run(study).exit_code == 0  # looking disturbs nobody
    assert EntityTable.load(study).decisions == ()
