"""``vuoro session``: a wrong guess corrected."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from finished import fake_models, finished_study
from typer.testing import CliRunner

from pipeline import intake, locks
from pipeline.commands.session import session
from pipeline.errors import StudyError
from pipeline.study import Study

app = typer.Typer()
app.command()(session)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    with pytest.MonkeyPatch.context() as patch:
        fake_models(patch)
        return finished_study(tmp_path_factory.mktemp("session") / "study")


def call(study: Study, *arguments: str) -> str:
    result = CliRunner().invoke(
        app, [*arguments, "--study", str(study.root)], catch_exceptions=False
    )
    assert result.exit_code in (0, 2), result.output
    return result.output


def test_it_says_what_a_session_is(study: Study) -> None:
    assert "G07-S01: meeting 1 of G07" in call(study, "G07-S01")


def test_it_corrects_and_says_what_to_do_next(study: Study) -> None:
    output = call(study, "G07-S01", "--number", "4", "--kind", "group_interview")
    assert "G07-S01 is G07-I04 now" in output and "vuoro build" in output
    assert intake.recording(study, "G07-I04").kind == "group_interview"
    call(study, "G07-I04", "--number", "1", "--kind", "meeting")
    assert intake.recording(study, "G07-S01").session_number == 1


def test_a_kind_that_is_none(study: Study) -> None:
    assert "meeting or group_interview" in call(study, "G07-S01", "--kind", "haastattelu")


def test_not_while_a_run_is_at_work(study: Study) -> None:
    with locks.working(study), pytest.raises(StudyError, match="at work"):
        call(study, "G07-S01", "--number", "4")
    assert intake.recording(study, "G07-S01")


def test_not_over_another_session(study: Study, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="another session G07-S02"):
        call(study, "G07-S01", "--number", "2")
