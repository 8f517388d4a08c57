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


def test_methods_are_shown_in_both_languages(study: Study) -> None:
    result = run(study, "--methods")
    assert result.exit_code == 0
    finnish, english = result.output.split("# Methods section for an article\n")
    assert finnish.startswith("# Menetelmäkuvaus artikkelia varten\n\nAineisto on koottu")
    assert english.startswith("\nThe data are recordings of ")
    assert "\n## References\n\n- " in english


def test_or_written_in_one(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "menetelmät.md"
    result = run(study, "--methods", "--language", "en", "--out", str(file))
    assert result.exit_code == 0 and result.output.startswith("Wrote ")
    assert file.read_text(encoding="utf-8").startswith("# Methods section for an article\n")
    assert "Menetelmäkuvaus" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [(), ("G12", "--methods")])
def test_a_report_is_on_one_subject_or_the_methods(
    study: Study, arguments: tuple[str, ...]
) -> None:
    assert run(study, *arguments).exit_code == 2
