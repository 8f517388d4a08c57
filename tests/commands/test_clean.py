"""``vuoro clean`` as people use it."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from changed import change
from finished import fake_models, finished_study
from typer.testing import CliRunner

from pipeline.commands.clean import clean
from pipeline.study import Study

app = typer.Typer()
app.command()(clean)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    fake_models(monkeypatch)
    study: Study = finished_study(tmp_path / "study", ("1.wav",))
    return study


def vuoro(study: Study, *arguments: str, typed: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, [*arguments, "--study", str(study.root)], input=typed)
    return result.exit_code, result.output


def wasted(study: Study) -> Path:
    """A result that no session has: 2 MB of it."""
    old = study.stages / "transcribe" / "0123"
    old.mkdir()
    (old / "result.json").write_bytes(b" " * 2_000_000)
    return old


def test_clean_says_that_there_is_nothing_to_remove(study: Study) -> None:
    assert vuoro(study) == (0, "There is nothing to remove.\n")


def test_clean_says_how_much_it_frees_and_asks(study: Study) -> None:
    old = wasted(study)
    status, said = vuoro(study, typed="n\n")
    assert status == 1 and "2.0 MB  1 superseded results" in said
    assert "Nothing was removed." in said and old.is_dir()


@pytest.mark.parametrize(("options", "typed"), [(["--yes"], ""), ([], "y\n")])
def test_clean_removes_superseded_results(study: Study, options: list[str], typed: str) -> None:
    old = wasted(study)
    status, said = vuoro(study, *options, typed=typed)
    assert status == 0 and said.endswith("Freed 2.0 MB.\n")
    assert not old.exists()


def test_clean_says_which_earlier_results_stay(study: Study) -> None:
    change(study, {"anonymisation.labels": "en"})
    said = vuoro(study)[1]
    assert said.startswith("Keeping earlier results of pseudonymise")
