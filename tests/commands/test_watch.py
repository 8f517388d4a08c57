"""``vuoro watch``: in the foreground, until Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from runs import environment  # noqa: F401 (keys of these studies are not left at home)
from typer.testing import CliRunner

import flows.run
from pipeline.commands.watch import watch
from pipeline.errors import StudyError
from pipeline.intake.watching import Watch
from pipeline.study import Study, create
from pipeline.study.listener import Listener

app = typer.Typer()
app.command()(watch)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path / "study")


def watched(study: Study, patch: pytest.MonkeyPatch, looks: int = 2) -> tuple[int, str]:
    """Watch for so many looks, then press Ctrl-C; the exit status and what was said."""

    def go_on(self: Watch, every_s: float, sleep: Callable[[float], None] | None = None) -> None:
        assert every_s == 5
        for _ in range(looks):
            self.look()
        raise KeyboardInterrupt

    patch.setattr(Watch, "go_on", go_on)
    result = CliRunner().invoke(app, ["--every", "5s", "--study", str(study.root)])
    return result.exit_code, result.output


def test_it_ends_with_one_sentence(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.run, "run_study", lambda *_: False)
    status, said = watched(study, monkeypatch)
    assert status == 130
    assert said.count("Nothing new in the inbox.") == 1
    assert said.endswith(
        "Stopped watching. Finished work is kept; the next run continues the rest.\n"
    )


def test_failure_is_reported_and_survived(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_study(study: Study, told: Listener) -> bool:
        told.failed("G07-S01", StudyError("It failed.", "Do this."))
        return True

    monkeypatch.setattr(flows.run, "run_study", run_study)
    _, said = watched(study, monkeypatch)
    assert "failed     G07-S01" in said and "It failed. Do this." in said
    assert "0 taken in, 0 sessions finished, 1 failed." in said
