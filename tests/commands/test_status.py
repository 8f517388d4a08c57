"""``vuoro status`` as people and scripts read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from changed import change
from finished import fake_models, finished_study
from typer.testing import CliRunner

from flows import address
from flows.address import Address
from pipeline import intake
from pipeline.commands.status import status
from pipeline.errors import NoAudioError, UnreadableError
from pipeline.study import Study, state
from pipeline.study.leases import lease
from pipeline.study.state import Reporter

ID = "G07-S01"
CHANGED = {"turns.lapse_s": "5"}

app = typer.Typer()
app.command()(status)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    fake_models(monkeypatch)
    monkeypatch.setenv("COLUMNS", "250")
    study: Study = finished_study(tmp_path / "study", ("salainen 1.wav",))
    return study


def said(study: Study, *arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, "--study", str(study.root)])
    assert result.exit_code == 0, result.output
    return result.output


def data(study: Study, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said(study, "--json", *arguments))
    return found


def test_the_first_line_says_it_all(study: Study) -> None:
    first, *table = said(study).splitlines()
    people, names = (study.private / name for name in ("people.xlsx", "names.xlsx"))
    where = f"--study {study.root}"
    assert first == (
        "1 recording: 1 finished. "
        f"3 voices are waiting for review. Run `vuoro review people --out {people} {where}`. "
        f"2 names are waiting for review. Run `vuoro review names --out {names} {where}`."
    )
    assert any("salainen 1.wav" in line and "finished" in line for line in table)


def test_run_is_not_needed_where_vuoro_is_up(study: Study) -> None:
    (study.inbox / "ryhmä" / "salainen 2.wav").write_bytes(b"new")
    assert "vuoro run" in said(study)
    with address.held(study.prefect_home):
        address.write(study.prefect_home, Address(1, 4321, "2026-01-01T12:00:00+02:00"))
        shown = said(study)
    assert "Processing in the background: http://127.0.0.1:4321" in shown.splitlines()[0]
    assert "vuoro run" not in shown


def test_status_shows_stage_and_share_of_a_session_at_work(study: Study) -> None:
    change(study, CHANGED)
    with lease(study, ID):
        Reporter(study, ID, "assemble")
        shown = said(study)
        [told] = data(study)["recordings"]
    assert f"at work: turns, 0 % ({state.whoami()})" in shown
    assert (told["situation"], told["stage"], told["share"]) == ("at work", "assemble", 0.0)


def test_what_failed_says_when_it_is_tried_again(study: Study) -> None:
    change(study, CHANGED)
    state.fail(study, ID, UnreadableError("The disk does not answer.", "Connect it."))
    shown = " ".join(said(study).split())
    assert "G07-S01: The disk does not answer. Connect it. Next try after" in shown


def test_the_json_is_complete_and_names_no_file(study: Study) -> None:
    silent = study.inbox / "ryhmä" / "salainen 2.mp4"
    silent.write_bytes(b"no sound")
    intake.quarantine(study, silent, NoAudioError("The video has no sound."))
    (study.inbox / "ryhmä" / "salainen 3.wav").write_bytes(b"new")
    told = data(study)
    assert "salainen" not in json.dumps(told) and "ryhm" not in json.dumps(told)
    assert told["form"] == 1
    assert told["summary"] == {
        "finished": 1,
        "in_the_inbox": 1,
        "in_quarantine": 1,
        "voices_to_judge": 3,
        "names_to_judge": 2,
        "without_consent": 0,
        "made_with_other_settings": 0,
    }
    session, waiting, aside = told["recordings"]
    assert session.pop("since") is not None
    assert session == {
        "session_id": ID,
        "situation": "finished",
        "stages_to_come": [],
        "stage": None,
        "share": None,
        "by": None,
        "why": None,
        "next": None,
        "attempts": 0,
        "next_try": None,
        "flags": [],
    }
    assert (waiting["session_id"], waiting["next"]) == (None, "Process it with `vuoro run`.")
    assert "The video has no sound." in aside["why"]
