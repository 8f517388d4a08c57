"""``vuoro session``: a wrong guess corrected."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from finished import fake_models, finished_study
from typer.testing import CliRunner

from pipeline import intake
from pipeline.commands.session import session
from pipeline.errors import LanguageQuestionError, StudyError
from pipeline.stages.to_do import unfinished
from pipeline.study import Study, accepted, locks, state
from pipeline.study.outcome import outcome

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
    assert "G07-S01 is now G07-I04" in output and "vuoro build" in output
    assert accepted.recording(study, "G07-I04").kind == "group_interview"
    call(study, "G07-I04", "--number", "1", "--kind", "meeting")
    assert accepted.recording(study, "G07-S01").session_number == 1


def test_a_person_says_its_language(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_models(monkeypatch)
    state.fail(study, "G07-S02", LanguageQuestionError("Which language?"))
    assert "Which language?" in call(study, "G07-S02")
    assert f"in Swedish. Run `vuoro run --study {study.root}`." in call(
        study, "G07-S02", "--language", "sv"
    )
    assert accepted.recording(study, "G07-S02").language == "sv"
    assert state.load(study, "G07-S02") == state.State()
    assert unfinished(study, study.settings())["G07-S02"][0] == "transcribe"
    assert "as stated: Swedish" in call(study, "G07-S02")
    assert "does not know the language" in call(study, "G07-S02", "--language", "ruotsi")
    call(study, "G07-S02", "--language", "detect")
    assert "transcribe" not in unfinished(study, study.settings())["G07-S02"]


def test_one_that_needs_a_look_is_accepted_or_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_models(monkeypatch)
    study = finished_study(tmp_path / "study", ("1.wav", "2.wav"), flags=("silent",))
    receipt = study.inbox / "ryhmä" / "1.wav.vuoro.txt"
    intake.tell_finished(study, outcome(study, accepted.recording(study, "G07-S01")))
    told = receipt.read_text(encoding="utf-8")
    assert "Istunto G07-S01 on tarkistettava." in told and "Kieli: suomi." in told
    assert "Tallenteessa ei kuulu mitään. Tarkista, oliko mikrofoni päällä" in told
    assert "Session G07-S01 needs a look." in told and "Language: Finnish." in told
    assert "Nothing can be heard." in call(study, "G07-S01")

    assert "is accepted as it is, and finished" in call(
        study, "G07-S01", "--accept", "--by", "M.K."
    )
    told = receipt.read_text(encoding="utf-8")
    assert "Aineistossa istuntona G07-S01." in told and "In the data set" in told
    assert "--accept" not in told

    assert "no longer in the study" in call(study, "G07-S02", "--set-aside")
    assert [recording.session_id for recording in accepted.sessions(study)] == ["G07-S01"]
    assert not (study.dataset / "turns" / "G07-S02.parquet").exists()
    told = (study.inbox / "ryhmä" / "2.wav.vuoro.txt").read_text(encoding="utf-8")
    assert "was set aside" in told and told.count("`vuoro retry G07-S02`") == 2
    assert [file.name for file in intake.in_quarantine(study, "G07-S02")] == ["2.wav"]


def test_one_thing_at_a_time(study: Study) -> None:
    assert "alone" in call(study, "G07-S01", "--accept", "--set-aside")


def test_a_kind_that_is_none(study: Study) -> None:
    assert "meeting or group_interview" in call(study, "G07-S01", "--kind", "haastattelu")


def test_not_while_a_run_is_at_work(study: Study) -> None:
    with locks.working(study), pytest.raises(StudyError, match="at work"):
        call(study, "G07-S01", "--number", "4")
    assert accepted.recording(study, "G07-S01")


def test_not_over_another_session(study: Study, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="another session G07-S02"):
        call(study, "G07-S01", "--number", "2")
