"""Watching: a run for what is new, a line for each thing that happens, and failures survived."""

from __future__ import annotations

from pathlib import Path

import pytest
from inbox import drop

from pipeline.errors import ModelError, StudyError
from pipeline.intake import stillness, watching
from pipeline.intake.watching import Watch
from pipeline.study import Study, create


class Runs:
    """Stands for `vuoro run`: takes away what is in the inbox, unless it is told to fail."""

    def __init__(self, study: Study) -> None:
        self.study, self.n = study, 0
        self.fails_with: Exception | None = None
        self.leaves = False
        self.said: list[str] = []

    def __call__(self) -> tuple[str, bool]:
        self.n += 1
        if self.fails_with:
            raise self.fails_with
        if not self.leaves:
            for file in self.study.inbox.rglob("*.wav"):
                file.unlink()
        return f"run {self.n}", self.leaves

    def say(self, line: str) -> None:
        self.said.append(line.partition(" ")[2])


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    monkeypatch.setattr(stillness, "QUIET_S", 0.0)
    return Runs(create(tmp_path / "study"))


def test_a_run_at_first_and_then_for_what_is_new(runs: Runs) -> None:
    watch = Watch(runs.study, runs, runs.say)
    for _ in range(3):
        watch.look()
    drop(runs.study, "a/1.wav")
    for _ in range(3):
        watch.look()
    assert runs.said == ["run 1", "Nothing new in the inbox.", "run 2", "Nothing new in the inbox."]


def test_what_is_being_copied_is_waited_for(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(runs.study, runs, runs.say)
    watch.look()
    monkeypatch.setattr(stillness, "QUIET_S", 60.0)
    drop(runs.study, "a/1.wav")
    watch.look()
    assert runs.said == ["run 1", "1 being copied"]
    monkeypatch.setattr(stillness, "QUIET_S", 0.0)
    watch.look()
    assert runs.said[-1] == "run 2"


def test_what_cannot_be_taken_is_not_tried_all_the_time(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.leaves = True
    drop(runs.study, "a/1.wav")
    watch = Watch(runs.study, runs, runs.say)
    for _ in range(4):
        watch.look()
    assert runs.said == ["run 1", "1 in the inbox cannot be taken yet: see their receipts"]
    monkeypatch.setattr(watching.time, "monotonic", lambda: 1e9)
    watch.look()
    assert runs.n == 2


def test_a_session_yaml_that_is_mended_is_tried_at_once(runs: Runs) -> None:
    runs.leaves = True
    said_of_it = drop(runs.study, "a/1.wav").with_name("1.session.yaml")
    watch = Watch(runs.study, runs, runs.say)
    for n, text in enumerate(("nunber: 3", "number: 3", "number: 13")):
        said_of_it.write_text(text)
        for _ in range(2):
            watch.look()
        assert runs.n == n + 1


def test_a_run_that_fails_is_tried_again_at_the_next_look(runs: Runs) -> None:
    runs.fails_with = StudyError("Somebody is at work.", "Wait.")
    drop(runs.study, "a/1.wav")
    watch = Watch(runs.study, runs, runs.say)
    watch.look()
    runs.fails_with = None
    watch.look()
    assert runs.said == ["Somebody is at work. Wait.", "run 2"]


def test_a_run_that_fails_after_it_took_all_in_is_tried_again(runs: Runs) -> None:
    watch = Watch(runs.study, runs, runs.say)
    watch.look()
    file = drop(runs.study, "a/1.wav")
    runs.fails_with = StudyError("The server did not start.", "Wait.")
    watch.look()
    file.unlink()
    runs.fails_with = None
    watch.look()
    watch.look()
    assert runs.said[-2:] == ["run 3", "Nothing new in the inbox."]


def test_what_nobody_could_run_with_ends_it(runs: Runs) -> None:
    runs.fails_with = ModelError("A model is missing.")
    with pytest.raises(ModelError):
        Watch(runs.study, runs, runs.say).look()


def test_watching_looks_at_the_set_interval(runs: Runs) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Watch(runs.study, runs, runs.say).go_on(7.0, sleep)
    assert slept == [7.0] * 3
