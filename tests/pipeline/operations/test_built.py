"""A session under another id waits for a build, and every command that needs it says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from finished import copied, enrol, fake_models, finished_study
from typer.testing import CliRunner

from pipeline.commands.report import report
from pipeline.commands.show import show
from pipeline.commands.validate import validate
from pipeline.dataset import files
from pipeline.errors import StudyError
from pipeline.operations.build import build
from pipeline.operations.built import require_built
from pipeline.operations.renumber import correct
from pipeline.study import Study, accepted
from pipeline.study.listener import Listener


@pytest.fixture(scope="module", autouse=True)
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as context:
        fake_models(context)
        yield context


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return finished_study(tmp_path_factory.mktemp("whole") / "study", told=True)


@pytest.fixture
def study(whole: Study, tmp_path: Path) -> Study:
    """One of two sessions has another number."""
    study = copied(whole, tmp_path / "study")
    correct(study, "G07-S02", number=4)
    return study


def call(command: Callable[..., Any], study: Study, *arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    app.command()(command)
    result = CliRunner().invoke(app, [*arguments, "--study", str(study.root)])
    return result.exit_code, str(result.exception or result.output)


WAITING = (1, "G07-S04 is waiting for `vuoro build`.")


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (show, ["G07-S04"]),
        (report, ["G07-S04"]),
        (report, ["G07"]),
        (report, ["--methods"]),
        (validate, []),
    ],
)
def test_a_command_says_which_session_waits(
    study: Study, command: Callable[..., Any], arguments: list[str]
) -> None:
    assert call(command, study, *arguments) == WAITING
    assert not build(study, study.settings(), Listener()).failed
    status, said = call(command, study, *arguments)
    assert status == 0 and "waiting" not in said


def test_the_group_that_a_session_left_is_not_shown_as_it_was(study: Study) -> None:
    study.groups_file.write_text('{"ryhmä": "G07", "muu": "G31"}', encoding="utf-8")
    correct(study, "G07-S01", group="G31")
    both = (1, "G07-S04, G31-S01 are waiting for `vuoro build`.")
    assert call(report, study, "G07") == both


def test_the_other_sessions_can_be_shown(study: Study) -> None:
    assert call(show, study, "G07-S01")[0] == 0
    assert call(report, study, "G07-S01")[0] == 0


def test_one_that_was_never_in_the_data_set_does_not_wait(study: Study) -> None:
    (study.audit / "G07-S04.jsonl").unlink()
    require_built(study)


def test_one_that_must_be_transcribed_does_not_wait_for_a_build(study: Study) -> None:
    accepted.state_language(study, "G07-S04", "sv")
    require_built(study)


def test_one_without_consent_does_not_wait_for_a_build(study: Study) -> None:
    enrol(study, {"name": "Salanimi Ben", "consent": "no"})
    require_built(study)


def test_a_damaged_record_keeps_no_other_session_from_being_named(study: Study) -> None:
    (study.recordings / "G07-S01" / "recording.json").write_bytes(b"{")
    with pytest.raises(StudyError, match="G07-S04 is waiting"):
        require_built(study)


def test_with_every_session_in_the_data_set_nothing_waits(whole: Study) -> None:
    assert len(files.files(whole.dataset, "sessions")) == 2
    require_built(whole)
