"""``vuoro report`` from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from many_sessions import GROUPS, make_study
from typer.testing import CliRunner, Result

from pipeline.commands.report import report
from pipeline.errors import StudyError
from pipeline.study import Study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_study(tmp_path_factory.mktemp("study") / "study", GROUPS[-3:])


def run(study: Study, *arguments: str) -> Result:
    app = typer.Typer()
    app.command()(report)
    return CliRunner().invoke(app, [*arguments, "--study", str(study.root)])


def test_the_page_goes_into_reports(study: Study) -> None:
    result = run(study, "G12-S01", "--html")
    assert result.exit_code == 0
    page = study.reports / "G12-S01.html"
    assert str(page) in result.output.replace("\n", "")
    assert "<h1>Istunto G12-S01</h1>" in page.read_text(encoding="utf-8")


def test_page_goes_where_asked_and_in_english(study: Study, tmp_path: Path) -> None:
    page = tmp_path / "pages" / "group.html"
    assert run(study, "G12", "--html", "--language", "en", "--out", str(page)).exit_code == 0
    assert "<h1>Group G12</h1>" in page.read_text(encoding="utf-8")


def test_without_html_the_tables_are_shown(study: Study) -> None:
    result = run(study, "G12", "--language", "en")
    assert result.exit_code == 0
    assert "Group G12" in result.output
    assert "G12-I01" in result.output


def test_what_is_not_there_is_one_sentence(study: Study) -> None:
    result = run(study, "G99", "--html")
    assert isinstance(result.exception, StudyError)
    assert not (study.reports / "G99.html").exists()
