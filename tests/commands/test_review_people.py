"""``vuoro review people``: what it says, what it refuses, and that it waits for a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from heard import ANNA, BEN, hear
from openpyxl import load_workbook
from reviewed import without_models
from typer.testing import CliRunner, Result

from pipeline.commands.review import app
from pipeline.errors import StudyError
from pipeline.study import Study, create, locks


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study of two sessions of the same two people."""
    without_models(monkeypatch)
    for name in ("VUORO_PASSPHRASE", "VUORO_KEY_FILE", "VUORO_STUDY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VUORO_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("LOGNAME", "tutkija")
    study = create(tmp_path / "study")
    hear(study, "G07-S01", [ANNA, BEN])
    hear(study, "G07-S02", [ANNA, BEN])
    return study


def run(study: Study, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["people", *arguments, "--study", str(study.root)])


def decided(study: Study, file: Path, decision: str) -> Path:
    """A sheet with this in the decision cell of its first row."""
    assert run(study, "--out", str(file)).exit_code == 0
    book = load_workbook(file)
    book.worksheets[0]["D2"] = decision
    book.save(file)
    return file


def test_without_an_option_it_says_how_far_it_is(study: Study) -> None:
    shown = run(study).output
    assert "Rows in the sheet of people, by queue: 4\n" in shown
    assert "2 uusi / new\n" in shown and "2 äänestä / by voice\n" in shown


def test_writing_the_sheet_says_how_many_rows(study: Study, tmp_path: Path) -> None:
    shown = run(study, "--group", "G07", "--out", str(tmp_path / "people.xlsx")).output
    assert "Wrote 4 rows to" in shown and "holds real names" in shown


def test_applying_says_what_was_decided_and_what_is_made_anew(study: Study, tmp_path: Path) -> None:
    file = decided(study, tmp_path / "people.xlsx", "tuntematon")
    shown = run(study, "--apply", str(file)).output
    # who is unknown in the first session is somebody new in the second
    assert shown == (
        f"Saved 1 decision. Update 2 sessions with `vuoro build --study {study.root}`.\n"
    )
    (line,) = study.people_decisions.read_text(encoding="utf-8").splitlines()
    assert '"by":"tutkija"' in line and '+00:00"' in line
    assert run(study, "--apply", str(file)).output == "The sheet has nothing new.\n"


def test_wrong_cell_is_reported_and_nothing_applied(study: Study, tmp_path: Path) -> None:
    result = run(study, "--apply", str(decided(study, tmp_path / "people.xlsx", "Kyllikki")))
    assert result.exit_code == 1
    assert "Row 2, Kuka / Who: choose from the list" in result.output
    assert "nothing was applied" in result.output and "Kyllikki" not in result.output
    assert not study.people_decisions.exists()


def test_not_while_a_run_is_at_work(study: Study, tmp_path: Path) -> None:
    file = decided(study, tmp_path / "people.xlsx", "uusi")
    with locks.working(study):
        result = run(study, "--apply", str(file))
        assert isinstance(result.exception, StudyError) and "at work" in str(result.exception)
        assert run(study).exit_code == 0  # looking disturbs nobody
    assert not study.people_decisions.exists()
