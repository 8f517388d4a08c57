"""The frame of the commands: which study they work on, and what they say to type."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path

import pytest
from runs import COMMAND, environment
from typer.main import get_command
from typer.testing import CliRunner

from pipeline.commands.cli import app
from pipeline.commands.frame import default_folder, opened
from pipeline.commands.output import WITHOUT_STUDY, SafeConsole, in_full
from pipeline.errors import SettingsError, StudyError, did_you_mean
from pipeline.study import Study, accepted, create


@pytest.fixture(autouse=True)
def without_a_named_study(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VUORO_STUDY", raising=False)
    monkeypatch.setattr(SafeConsole, "study", "")


@pytest.mark.parametrize("below", ["", "inbox", "inbox/a group"])
def test_study_is_the_current_folder_or_the_nearest_above(
    tmp_path: Path, below: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(tmp_path)
    study = create(tmp_path / "inner")
    (study.inbox / "a group").mkdir()
    monkeypatch.chdir(study.root / below)
    assert default_folder() == study.root


def test_variable_goes_before_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(create(tmp_path / "here").root)
    monkeypatch.setenv("VUORO_STUDY", str(tmp_path / "there"))
    assert default_folder() == tmp_path / "there"
    monkeypatch.setenv("VUORO_STUDY", "")
    assert default_folder() == tmp_path / "here"


def test_without_a_study_it_is_said_how_to_create_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StudyError) as raised:
        opened(str(default_folder()))
    assert str(raised.value) == (
        "'data' is not a study. Create one with `vuoro init data`, or set VUORO_STUDY."
    )


def test_folder_above_that_is_closed_is_no_study(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    study.root.chmod(0)
    try:
        assert study.exists == (os.geteuid() == 0)  # root opens any folder
    finally:
        study.root.chmod(0o700)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Run `vuoro build`.", "Run `vuoro build --study my-study`."),
        (
            "`vuoro review names --out private/names.xlsx`",
            "`vuoro review names --out my-study/private/names.xlsx --study my-study`",
        ),
        ("`vuoro models pull`", "`vuoro models pull`"),
        ("`vuoro init data`", "`vuoro init data`"),
        ("`vuoro session --help`", "`vuoro session --help`"),
        ("`vuoro worker --study data`", "`vuoro worker --study data`"),
        ("vuoro build", "vuoro build"),
    ],
)
def test_commands_to_type_name_the_study(text: str, expected: str) -> None:
    assert in_full(text, "my-study") == expected
    assert in_full(text, "") == text


def test_study_is_named_only_where_it_would_not_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = create(tmp_path / "[red]study")
    shown = []
    for folder in (tmp_path, study.inbox):
        monkeypatch.chdir(folder)
        opened(str(study.root))
        out = io.StringIO()
        SafeConsole(file=out, width=500).print("Run `vuoro build`.", highlight=False)
        shown.append(out.getvalue().strip())
    assert shown == [f"Run `vuoro build --study '{study.root}'`.", "Run `vuoro build`."]


def test_every_command_takes_a_study_but_those_that_work_on_none() -> None:
    without = {
        path.split()[1]
        for path, command in commands(get_command(app), "vuoro")
        if not any("--study" in parameter.opts for parameter in command.params)
    }
    assert without == {*WITHOUT_STUDY}


def commands(command: object, path: str) -> list[tuple[str, object]]:
    children = getattr(command, "commands", None)
    if children is None:
        return [(path, command)]
    return [each for name, child in children.items() for each in commands(child, f"{path} {name}")]


def test_flags_are_shown_without_a_type() -> None:
    for words in (["build"], ["key", "change"], ["group"], []):
        shown = CliRunner().invoke(app, [*words, "--help"]).output
        assert "--help" in shown and "bool" not in shown and "--no-" not in shown


@pytest.mark.parametrize(
    ("given", "known", "expected"),
    [
        ("G7-S01", ["G07-S01", "G12-S03"], "Did you mean 'G07-S01'?"),
        ("diarize", ["decode", "diarise"], "Did you mean 'diarise'?"),
        ("North", ["north"], "Did you mean 'north'?"),
        ("xyz", ["decode", "diarise"], ""),
        ("xyz", [], ""),
    ],
)
def test_the_nearest_of_what_is_known(given: str, known: list[str], expected: str) -> None:
    assert did_you_mean(given, known) == expected


def test_mistyped_session_is_answered_by_the_nearest(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    (study.recordings / "G07-S01").mkdir()
    with pytest.raises(StudyError, match=r"There is no session G7-S01\. Did you mean 'G07-S01'\?"):
        accepted.recording(study, "G7-S01")


def test_error_is_one_sentence_without_the_name_of_a_class(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    process = subprocess.run(
        [*COMMAND, "cancel", "G07-S01"],
        cwd=study.inbox,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    assert process.stderr == (
        "error: There is no session G07-S01. List them with `vuoro status`.\n"
    )


def test_unknown_setting_is_answered_by_the_nearest(tmp_path: Path) -> None:
    study: Study = create(tmp_path / "study")
    study.settings_file.write_text("[turns]\nlapse = 5\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"\(did you mean 'lapse_s'\?\)"):
        study.settings()
