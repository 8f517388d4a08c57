"""``vuoro edit``: what it says, what it refuses, and that it waits for a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from discussion import SESSION, discussed_study
from openpyxl import load_workbook
from runs import KEYS as KEYS
from typer import Typer
from typer.testing import CliRunner, Result

from pipeline.commands.edit import edit
from pipeline.errors import StudyError
from pipeline.review.turns.sheet import turns_sheet
from pipeline.study import Study, locks
from pipeline.turns.edits import log

SHEET = turns_sheet([])

app = Typer()
app.command()(edit)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    for name in ("VUORO_PASSPHRASE", "VUORO_KEY_FILE", "VUORO_STUDY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOGNAME", "tutkija")
    return discussed_study(tmp_path / "study", monkeypatch)


def run(study: Study, *arguments: str) -> Result:
    return CliRunner().invoke(app, [SESSION, *arguments, "--study", str(study.root)])


def filled(study: Study, file: Path, column: str, text: str) -> Path:
    """A sheet with this in a cell of the third turn."""
    assert run(study, "--out", str(file)).exit_code == 0
    book = load_workbook(file)
    sheet = book[SHEET.name]
    at = [cell.value for cell in sheet[1]].index(SHEET.title(column)) + 1
    sheet.cell(4, at).value = text
    book.save(file)
    return file


def test_writing_the_sheet_says_where_it_is(study: Study) -> None:
    shown = run(study).output
    assert f"Wrote 5 rows to {study.edits / 'G07-S01.xlsx'}" in shown
    assert "holds what was really said" in shown and "lähdettiin" not in shown


def test_applying_says_what_was_taken_and_who_decided_is_kept(study: Study, tmp_path: Path) -> None:
    file = filled(study, tmp_path / "turns.xlsx", "text", "Niin.")
    shown = run(study, "--apply", str(file)).output
    assert shown == (
        f"Saved 1 correction. Update 1 session with `vuoro build --study {study.root}`.\n"
    )
    (correction,) = log.load(study, SESSION)
    assert (correction.by, correction.at[-6:]) == ("tutkija", "+00:00")
    assert run(study, "--apply", str(file)).output == "The sheet has nothing new.\n"


def test_name_of_the_decider_is_kept(study: Study, tmp_path: Path) -> None:
    file = filled(study, tmp_path / "turns.xlsx", "action", "poista")
    assert run(study, "--apply", str(file), "--by", "M.K.").exit_code == 0
    assert log.load(study, SESSION)[0].by == "M.K."


def test_applying_and_writing_a_new_sheet_at_once(study: Study, tmp_path: Path) -> None:
    file = filled(study, tmp_path / "turns.xlsx", "action", "poista")
    shown = run(study, "--apply", str(file), "--out", str(tmp_path / "next.xlsx")).output
    assert "Saved 1 correction." in shown and "Wrote 3 rows to" in shown


def test_wrong_cell_is_reported_and_nothing_applied(study: Study, tmp_path: Path) -> None:
    file = filled(study, tmp_path / "turns.xlsx", "speaker", "Kyllikki")
    result = run(study, "--apply", str(file))
    assert result.exit_code == 1
    assert "Row 4, Puhuja / Speaker: choose one of the people" in result.output
    assert "nothing was applied" in result.output and "Kyllikki" not in result.output
    assert log.load(study, SESSION) == ()


def test_not_while_a_run_is_at_work(study: Study, tmp_path: Path) -> None:
    file = filled(study, tmp_path / "turns.xlsx", "text", "Niin.")
    with locks.working(study):
        result = run(study, "--apply", str(file))
        assert isinstance(result.exception, StudyError)
        assert "at work" in str(result.exception)
        assert run(study).exit_code == 0  # looking disturbs nobody
    assert log.load(study, SESSION) == ()
