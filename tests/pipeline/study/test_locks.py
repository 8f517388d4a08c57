"""Alone on a study, or beside others."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from flows.begin import begun
from pipeline.errors import StudyError, TakenError
from pipeline.study import Study, create, leases, locks

AT_WORK = "A run is at work"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path)


def test_runs_share_the_study_and_keep_out_exclusive_work(study: Study) -> None:
    with locks.working(study, "one"), locks.working(study, "two"):
        assert locks.runs(study) == {"one", "two"}
        with pytest.raises(StudyError, match=AT_WORK), locks.alone(study):
            pass
    with locks.alone(study):
        pass


def test_exclusive_work_keeps_every_other_process_out(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "CLEARED_IN_S", 0.0)
    with locks.alone(study):
        with pytest.raises(StudyError, match=AT_WORK), locks.working(study):
            pass
        with pytest.raises(StudyError, match=AT_WORK), locks.alone(study):
            pass
        with locks.names(study):
            pass
    assert locks.runs(study) == set()


def test_of_two_runs_that_begin_at_once_one_waits_until_the_other_has_cleared_up(
    study: Study,
) -> None:
    alone, done = threading.Event(), threading.Event()

    def clear_up() -> None:
        with locks.alone(study):
            alone.set()
            done.wait(0.3)

    other = threading.Thread(target=clear_up)
    other.start()
    assert alone.wait(5)
    with begun(study):
        assert not locks.is_free(study)
    other.join()
    assert locks.is_free(study)


def test_the_same_run_is_not_carried_out_twice_at_a_time(study: Study) -> None:
    with locks.working(study, "one"), pytest.raises(TakenError), locks.working(study, "one"):
        pass


def test_lock_of_a_dead_run_keeps_no_process_out(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    with locks.working(study, "one"):
        monkeypatch.setattr(leases, "DEAD_AFTER_S", -1.0)
        with locks.alone(study):
            pass


def test_names_are_held_by_one(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "FREE_IN_S", 0.0)
    with locks.names(study), pytest.raises(StudyError, match="names"), locks.names(study):
        pass
