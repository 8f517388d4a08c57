"""The command line: quick to answer, clear about mistakes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from runs import environment, vuoro
from typer.testing import CliRunner

from pipeline.commands.cli import app
from pipeline.study import create

HEAVY = ("torch", "pyannote.audio", "faster_whisper", "spacy", "prefect", "pandas", "pyarrow", "av")


def test_help_loads_nothing_heavy() -> None:
    """What makes it quick, without timing it."""
    code = (
        "import sys; sys.argv = ['vuoro', '--help']\n"
        "from pipeline.commands.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert process.stderr.strip() == "[]"


@pytest.mark.parametrize("command", ["run", "status", "validate"])
def test_a_folder_that_is_no_study_is_one_sentence(tmp_path: Path, command: str) -> None:
    from pipeline.study import Study

    process = vuoro(Study(tmp_path / "nothing"), command)
    assert process.returncode == 1
    assert "is not a study" in process.stderr and "vuoro init" in process.stderr
    assert "Traceback" not in process.stderr


def test_a_wrong_setting_is_one_sentence(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    study.settings_file.write_text("[turns]\nlapse = 5\n", encoding="utf-8")
    process = vuoro(study, "run")
    assert process.returncode == 1
    assert "turns.lapse (line 2 of vuoro.toml)" in process.stderr
    assert "Traceback" not in process.stderr


def test_a_run_with_settings_of_its_own_is_refused_in_one_sentence(tmp_path: Path) -> None:
    process = vuoro(create(tmp_path / "study"), "run", "--set", "turns.lapse_s=5")
    assert process.returncode == 1
    assert "Run `vuoro settings KEY=VALUE --study" in process.stderr
    assert "Traceback" not in process.stderr


def test_init_twice_keeps_the_settings(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    study.settings_file.write_text("[turns]\nlapse_s = 5\n", encoding="utf-8")
    create(tmp_path / "study")
    assert study.settings().turns.lapse_s == 5


def test_run_on_an_empty_inbox_says_where_recordings_go(tmp_path: Path) -> None:
    process = vuoro(create(tmp_path / "study"), "run")
    assert process.returncode == 0
    assert process.stdout.startswith("The inbox is empty. Copy recordings into ")


def test_second_init_changes_nothing_and_says_so(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    done = CliRunner().invoke(app, ["init", str(study.root)])
    assert done.exit_code == 0 and "already. Nothing was changed." in done.output
