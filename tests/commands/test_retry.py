"""``vuoro retry``, ``cancel`` and ``reprocess`` as people use them."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import typer
from finished import fake_models, finished_study
from typer.testing import CliRunner

from pipeline import intake
from pipeline.commands.retry import cancel, reprocess, retry
from pipeline.errors import DiskFullError, LanguageQuestionError, NoAudioError
from pipeline.operations.overview import overview
from pipeline.stages.to_do import unfinished
from pipeline.storage.harmless import on_one_line
from pipeline.study import Study, state

ID = "G07-S01"

app = typer.Typer()
for command in (retry, cancel, reprocess):
    app.command()(command)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    fake_models(monkeypatch)
    study: Study = finished_study(tmp_path / "study", ("1.wav",))
    return study


def vuoro(study: Study, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*arguments, "--study", str(study.root)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return 1, f"{result.output}{result.exception}"
    return result.exit_code, result.output


def quarantined(study: Study, name: str = "2.mp4") -> Path:
    """A recording in quarantine; where in the inbox it was."""
    file = study.inbox / "ryhmä" / name
    file.write_bytes(b"no sound")
    intake.quarantine(study, file, NoAudioError("The video has no sound."))
    assert intake.receipt_of(file).is_file() and not file.exists()
    return file


def test_cancelled_and_brought_back(study: Study) -> None:
    status, said = vuoro(study, "cancel", ID)
    assert status == 0 and f"vuoro retry {ID}" in said
    assert not state.is_due(study, ID)
    assert vuoro(study, "retry", ID) == (0, f"{ID} will be retried in the next run.\n")
    assert state.is_due(study, ID)
    assert vuoro(study, "retry", ID) == (0, f"{ID} has neither failed nor been cancelled.\n")


def test_what_failed_does_not_wait_any_longer(study: Study) -> None:
    state.fail(study, ID, DiskFullError("Full."))
    status, said = vuoro(study, "retry", "--all")
    assert (status, said) == (0, f"1 session will be retried next. {ID}\n")
    assert state.is_due(study, ID)
    assert vuoro(study, "retry", "--all")[1] == "0 sessions will be retried next.\n"


def test_what_waits_for_an_answer_is_told_the_question_again(study: Study) -> None:
    state.fail(study, ID, LanguageQuestionError("Which language?", "State it."))
    status, said = vuoro(study, "retry", ID)
    assert status == 0 and "It will wait until this is done: State it." in said


def test_back_from_quarantine_to_where_it_was(study: Study) -> None:
    file = quarantined(study)
    status, _ = vuoro(study, "retry", "2.mp4")
    assert status == 0
    assert file.read_bytes() == b"no sound"
    assert not intake.receipt_of(file).exists()
    assert not [each for each in study.quarantine.rglob("*") if each.is_file()]
    assert intake.waiting(study) == [file]


@pytest.mark.parametrize(
    "name",
    [
        f"{'ä' * 117} tapaaminen 2.wav",
        "2.wav",
        unicodedata.normalize("NFD", "Äänite 2.wav"),
        "2\x1b[2J\n\u202e.wav",
        "2 \udcff.wav",
    ],
)
def test_retry_takes_the_name_that_status_shows(name: str, study: Study) -> None:
    file = quarantined(study, name)
    [shown] = (e.name for e in overview(study, study.settings()).entries if not e.session_id)
    assert vuoro(study, "retry", on_one_line(shown))[0] == 0
    assert intake.waiting(study) == [file]


def test_retry_asks_which_of_two_files_of_one_name(study: Study) -> None:
    quarantined(study, "2.mp4")
    quarantined(study, "2.mp4")
    status, said = vuoro(study, "retry", "2.mp4")
    assert status == 1 and "2 (2).mp4" in said
    assert vuoro(study, "retry", "2 (2).mp4")[0] == 0
    assert vuoro(study, "retry", "ryhmä/2.mp4")[0] == 0
    assert [file.name for file in intake.waiting(study)] == ["2.mp4", "2 (2).mp4"]


def test_retry_takes_the_id_of_a_session_in_quarantine(study: Study) -> None:
    intake.quarantine_session(study, ID, NoAudioError("The video has no sound."))
    assert vuoro(study, "retry", ID)[0] == 0
    assert [file.name for file in intake.waiting(study)] == ["1.wav"]


def test_no_folder_of_a_group_is_brought_back_whole(study: Study) -> None:
    quarantined(study)
    status, _ = vuoro(study, "retry", "ryhmä")
    assert status == 1 and intake.waiting(study) == []


def test_nothing_in_the_inbox_is_overwritten(study: Study) -> None:
    file = quarantined(study)
    file.write_bytes(b"mended")
    status, said = vuoro(study, "retry", "2.mp4")
    assert status == 1 and "in the inbox" in said
    assert file.read_bytes() == b"mended"
    assert (study.quarantine / "ryhmä" / "2.mp4").read_bytes() == b"no sound"


def test_retry_and_cancel_refuse_what_does_not_exist(study: Study) -> None:
    for command in (["retry", "G07-S09"], ["cancel", "G07-S09"]):
        status, said = vuoro(study, *command)
        assert status == 1 and "G07-S09" in said
    assert vuoro(study, "retry")[0] == 2
    assert vuoro(study, "retry", ID, "--all")[0] == 2
    assert vuoro(study, "retry", "..")[0] == 1


def test_reprocess_redoes_a_stage_and_every_later_one(study: Study) -> None:
    status, said = vuoro(study, "reprocess", ID, "--from", "find_names")
    assert (
        status == 0
        and f"redo these stages of {ID}: find_names, replace_names, pseudonymise." in said
    )
    assert unfinished(study, study.settings())[ID] == [
        "find_names",
        "number_names",
        "replace_names",
        "pseudonymise",
        "measure_turns",
        "publish",
    ]
    status, said = vuoro(study, "reprocess", ID, "--from", "somewhere")
    assert status == 1 and "decode, diarise" in said
