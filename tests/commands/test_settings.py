"""One truth of settings: vuoro.toml makes the data, and what differs from it is said."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from changed import change
from finished import copied
from halting import noted
from pretended import FIRST, OTHER, SECOND, inbox_study, instead, pretend, tables
from runs_in_process import Runs, without_prefect
from typer.testing import CliRunner

from pipeline.commands.cli import app
from pipeline.errors import ModelError, SettingsError
from pipeline.operations.settings import outdated
from pipeline.records import Diarisation
from pipeline.stages.hearing import DIARISE
from pipeline.stages.to_do import unfinished
from pipeline.study import Study
from pipeline.study.listener import Listener, listener

SESSIONS = [FIRST, SECOND, OTHER]
SHORTER = "turns.lapse_s=0.3"  # than the silence in the midst of each person's talk
FROM_TURNS = [
    "assemble",
    "correct",
    "find_names",
    "number_names",
    "replace_names",
    "pseudonymise",
    "measure_turns",
    "publish",
]
LABELS = (
    "turns, corrections, finding names, numbering names, replacing names, masking names, "
    "measuring turn-taking, into the data set"
)
KEPT = (
    "reading the sound, who spoke when, which language, what was said, people, all decisions and "
    "corrections"
)


def pretend_with_silences(patch: pytest.MonkeyPatch) -> None:
    """As ``pretend``; each person falls silent once while they talk."""
    pretend(patch)
    whole = DIARISE.run

    def run(**read: Any) -> Diarisation:
        found = whole(**read)
        parts = tuple(
            part
            for s in found.regular
            for part in (replace(s, end_s=s.start_s + 2), replace(s, start_s=s.start_s + 7))
        )
        return replace(found, regular=parts, exclusive=parts)

    instead(patch, DIARISE, run)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    made = Runs()
    pretend_with_silences(monkeypatch)
    noted(monkeypatch, made.note)
    return made


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = inbox_study(tmp_path_factory.mktemp("done"))
    with pytest.MonkeyPatch.context() as patch:
        pretend_with_silences(patch)
        assert Runs().run(study) == []
    return study


@pytest.fixture
def study(runs: Runs, done: Study, tmp_path: Path) -> Study:
    """Three sessions in the data set; no stage uses a model."""
    return copied(done, tmp_path / "study")


def vuoro(study: Study, *words: str) -> str:
    """What a command says."""
    result = CliRunner().invoke(app, [*words, "--study", str(study.root)])
    if result.exception is not None:
        raise result.exception
    return " ".join(result.output.split())


def n_turns(study: Study) -> int:
    return pq.read_table(study.dataset / "turns").num_rows


def test_what_made_the_data_is_what_every_later_command_uses(runs: Runs, study: Study) -> None:
    before = n_turns(study)
    said = vuoro(study, "settings", SHORTER)
    assert "turns.lapse_s = 0.3 (vuoro.toml, line " in said
    assert f"To redo in 3 sessions: {LABELS}." in said
    assert f"Kept: {KEPT}." in said and said.endswith(
        f"Apply it with `vuoro run --study {study.root}`."
    )
    assert n_turns(study) == before  # nothing was run

    assert runs.run(study) == []
    of_session = [stage for stage in FROM_TURNS if stage not in ("number_names", "replace_names")]
    assert runs.carried_out == dict.fromkeys(SESSIONS, of_session)
    assert runs.besides == {"replace_names"}  # all names had their numbers
    assert n_turns(study) > before
    made = tables(study)
    assert "other settings" not in vuoro(study, "build") + vuoro(study, "status")
    assert tables(study) == made
    assert runs.run(study) == [] and runs.carried_out == {}


def test_what_waits_since_an_earlier_change_is_said_with_the_next(study: Study) -> None:
    vuoro(study, "settings", SHORTER)
    said = vuoro(study, "settings", "turns.lapse_s=0.4")
    assert f"Nothing more than what already waits in 3 sessions: {LABELS}." in said
    assert f"Kept: {KEPT}." in said and "Nothing has to be redone" not in said
    told = json.loads(vuoro(study, "settings", "turns.lapse_s=0.3", "--json"))
    assert (told["redo"], told["waiting"]) == ({}, dict.fromkeys(SESSIONS, FROM_TURNS))

    said = vuoro(study, "settings", "transcription.beam_size=2")
    assert f"To redo in 3 sessions: what was said, {LABELS}." in said  # all of it
    vuoro(study, "settings", "--default", "transcription.beam_size")
    said = vuoro(study, "settings", "--default", "turns.lapse_s")
    assert "Nothing has to be redone." in said


@pytest.mark.parametrize(
    "words", [("turns.lapse_s", "=", "1"), ("turns.lapse_s=", "1"), ("turns.lapse_s", "=1")]
)
def test_how_a_value_is_written_is_said_where_it_was_written_with_spaces(
    study: Study, words: tuple[str, ...]
) -> None:
    before = study.settings_file.read_bytes()
    result = CliRunner().invoke(app, ["settings", *words, "--study", str(study.root)])
    said = " ".join(result.output.split())
    assert result.exit_code == 2 and "Write KEY=VALUE without spaces: turns.lapse_s=1" in said
    assert study.settings_file.read_bytes() == before
    assert "turns.lapse_s = 1.0" in vuoro(study, "settings", "turns.lapse_s = 1")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("turns.lapse_s=1,5", "it must be a number, with a decimal point: 1.5"),
        ("turns.lapse_s=long", "it must be a number, with a decimal point: 1.5"),
        ("machine.threads=2.5", "it must be a whole number"),
    ],
)
def test_what_a_number_looks_like_is_said(study: Study, key: str, expected: str) -> None:
    with pytest.raises(SettingsError, match=expected):
        vuoro(study, "settings", key)


def test_the_environment_and_options_of_a_run_change_no_result(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables(study)
    for words in (("run", "--set", SHORTER), ("run", "--language", "fi"), ("run", "--model", "x")):
        with pytest.raises(SettingsError, match="`vuoro settings KEY=VALUE`"):
            vuoro(study, *words)
    monkeypatch.setenv("VUORO_TURNS__LAPSE_S", "0.3")
    for command in ("run", "build", "status", "settings"):
        with pytest.raises(SettingsError, match=r"`vuoro settings turns.lapse_s=VALUE`"):
            vuoro(study, command)
    assert tables(study) == before


@pytest.mark.parametrize("key", [SHORTER, "transcription.beam_size=2", "intake.min_duration_s=2"])
def test_what_is_said_to_be_redone_is_redone_and_nothing_else(
    runs: Runs, study: Study, key: str
) -> None:
    redo = json.loads(vuoro(study, "settings", "--json", key))["redo"]
    assert runs.run(study) == []
    assert runs.carried_out.keys() == redo.keys() == {*SESSIONS}
    for session_id, stages in redo.items():
        carried_out = runs.carried_out[session_id]
        assert carried_out[0] == stages[0] and carried_out[-1] == stages[-1] == "publish"
        assert {*carried_out} <= {*stages}
    assert ("transcribe" in redo[FIRST]) == key.startswith("transcription.")


def test_a_file_changed_by_hand_is_noticed_and_said_before_anything_is_redone(
    runs: Runs, study: Study, tmp_path: Path
) -> None:
    same = copied(study, tmp_path / "same")
    for each in (study, same):
        change(each, dict([SHORTER.split("=")]))
    sentence = (
        "3 sessions were made with other settings than vuoro.toml has now (turns.lapse_s). To "
        f"redo: {LABELS}."
    )
    assert f"{sentence} Apply it with `vuoro run" in vuoro(study, "status")
    told = json.loads(vuoro(study, "status", "--json"))
    assert told["summary"]["made_with_other_settings"] == 3
    assert told["changed_settings"] == ["turns.lapse_s"]
    assert f"{sentence} Apply it with `vuoro run" in vuoro(study, "review", "people")
    said = vuoro(study, "build")
    assert 0 <= said.index(sentence) < said.index("turns: done")
    assert runs.run(same) == []
    assert tables(study) == tables(same)
    assert "other settings" not in vuoro(study, "status")


def test_a_build_leaves_what_must_be_transcribed_and_says_why(study: Study) -> None:
    before = tables(study)
    change(study, {"transcription.beam_size": "2", "turns.lapse_s": "0.3"})
    said = vuoro(study, "build")
    assert "vuoro.toml has now (transcription.beam_size, turns.lapse_s)" in said
    assert "3 sessions must be processed first with `vuoro run" in said
    assert tables(study) == before


@pytest.mark.parametrize(
    ("key", "words", "command"),
    [
        (SHORTER, ("edit", FIRST), "vuoro build"),
        ("anonymisation.labels=en", ("edit", FIRST), "vuoro build"),
        ("transcription.beam_size=2", ("edit", FIRST), "vuoro run"),
        ("intake.tracks=auto", ("clip", f"{FIRST}-T0"), "vuoro run"),
    ],
)
def test_a_session_of_other_settings_is_not_edited_nor_played(
    study: Study, key: str, words: tuple[str, ...], command: str
) -> None:
    name, _, value = key.partition("=")
    change(study, {name: value})
    expected = rf"{FIRST} was made with other settings .*\({name}\)\. Run `{command}` first"
    with pytest.raises(Exception, match=expected):
        vuoro(study, *words)


def test_sessions_that_a_setting_of_the_language_concerns_are_named_by_it(
    runs: Runs, study: Study
) -> None:
    change(study, {"transcription.language": "fi"})
    found = outdated(study, study.settings())
    assert (found.keys, [*found.to_come]) == (("transcription.language",), SESSIONS)
    assert runs.run(study) == []
    assert not outdated(study, study.settings()).to_come


def test_of_a_data_set_older_than_the_log_it_is_said_without_the_keys(study: Study) -> None:
    study.settings_log.write_bytes(b'{"digest": "torn')
    change(study, {"turns.lapse_s": "0.3"})
    assert "other settings than vuoro.toml has now. To redo" in vuoro(study, "status")


def test_a_run_keeps_the_settings_that_it_began_with(runs: Runs, tmp_path: Path) -> None:
    study = inbox_study(tmp_path / "new")
    runs.at["diarise"] = lambda: change(study, {"turns.lapse_s": "0.3"})
    assert runs.run(study) == []
    assert outdated(study, study.settings()).to_come == dict.fromkeys(SESSIONS, FROM_TURNS)
    assert runs.run(study) == []
    assert unfinished(study, study.settings()) == {}


class Noted(Listener):
    def __init__(self) -> None:
        self.sentences: list[str] = []

    def noted(self, sentence: str) -> None:
        self.sentences.append(sentence)


@pytest.fixture
def log() -> Iterator[Noted]:
    told = Noted()
    token = listener.set(told)
    yield told
    listener.reset(token)


def test_the_nightly_rebuild_says_it_too(
    study: Study, log: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import deployments

    monkeypatch.setattr(deployments, "create_table_artifact", lambda **_: None)
    change(study, {"turns.lapse_s": "0.3"})
    with without_prefect():
        deployments.rebuild(str(study.root))
    assert [s for s in log.sentences if "(turns.lapse_s)" in s] == log.sentences != []
    assert unfinished(study, study.settings()) == {}


def test_what_nobody_sees_in_a_terminal_stands_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from flows import logged

    monkeypatch.setattr(logged, "get_run_logger", lambda: logging.getLogger("of a run"))
    with caplog.at_level(logging.INFO):
        logged.Logged().noted("To redo: 100 %.")
    assert caplog.messages == ["To redo: 100 %."]


def test_every_setting_is_shown_with_its_origin_and_meaning(study: Study) -> None:
    shown = vuoro(study, "settings")
    assert "turns.lapse_s = 8.0 (default) A silence longer than this ends a turn" in shown
    assert 'intake.tracks = "together" (vuoro.toml, line 2)' in shown
    assert vuoro(study, "settings", "turns.lapse_s").startswith("[turns] How words become turns.")
    assert "intake" not in vuoro(study, "settings", "turns")
    [one] = json.loads(vuoro(study, "settings", "turns.lapse_s", "--json"))["settings"]
    assert one == {
        "key": "turns.lapse_s",
        "value": 8.0,
        "default": 8.0,
        "from": "default",
        "line": None,
        "meaning": "A silence longer than this ends a turn, in seconds.",
    }


def test_a_setting_is_written_among_comments_and_taken_out_again(study: Study) -> None:
    text = '# ours\n[intake] # of 2015\ntracks = "together"  # one room\n'
    study.settings_file.write_text(text, encoding="utf-8")
    study.settings_file.chmod(0o640)
    vuoro(study, "settings", "intake.tracks=auto")
    assert study.settings_file.read_text(encoding="utf-8") == text.replace("together", "auto")
    assert study.settings_file.stat().st_mode & 0o777 == 0o640
    assert "vuoro.toml already has these values" in vuoro(study, "settings", "intake.tracks=auto")
    said = vuoro(study, "settings", "--default", "intake.tracks", "machine.threads=2")
    assert 'intake.tracks = "auto" (default)' in said and "machine.threads = 2" in said
    assert study.settings_file.read_text(encoding="utf-8") == (
        "# ours\n[intake] # of 2015\n# one room\n\n[machine]\nthreads = 2\n"
    )


@pytest.mark.parametrize("key", ["turns.laps=5", "turns.lapse_s=long", "turns.lapse_s=-1"])
def test_what_is_not_allowed_is_not_written(study: Study, key: str) -> None:
    before = study.settings_file.read_bytes()
    with pytest.raises(SettingsError, match=r"turns\.lapse_s"):
        vuoro(study, "settings", key, "machine.threads=2")
    assert study.settings_file.read_bytes() == before


def test_a_model_that_is_not_here_is_not_written(tmp_path: Path) -> None:
    study = inbox_study(tmp_path)
    before = study.settings_file.read_bytes()
    with pytest.raises(ModelError, match="no model 'whisper-bsae'"):
        vuoro(study, "settings", "transcription.model=whisper-bsae")
    assert study.settings_file.read_bytes() == before
