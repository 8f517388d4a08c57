"""The state of a session: what failures, deaths and cancellations make of it."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import (
    CancelledError,
    ConsentError,
    DiskFullError,
    LanguageQuestionError,
    LostError,
    NoAudioError,
    UnreadableError,
)
from pipeline.study import Study, create, state
from pipeline.study.leases import lease
from pipeline.study.state import Failure, Reporter, State, begun, failed

NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)
ID = "G07-S01"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def file(study: Study) -> Path:
    return study.private / "state" / f"{ID}.json"


def test_the_wait_grows_fivefold_up_to_six_hours() -> None:
    found, minutes = State(), []
    for _ in range(6):
        found = failed(begun(found, "diarise", "a:1", NOW), DiskFullError("Full."), NOW)
        assert found.next_try is not None
        minutes.append((found.next_try - NOW) / timedelta(minutes=1))
    assert minutes == [1, 5, 25, 125, 360, 360]
    assert found.attempts == 6
    assert state.waits(10_000) == timedelta(hours=6)


def test_a_failure_tells_what_to_do_and_is_due_after_its_wait() -> None:
    found = failed(begun(State(), "diarise", "a:1", NOW), UnreadableError("Gone.", "Mend."), NOW)
    assert found.failure == Failure("UnreadableError", "Gone.", "Mend.", False, NOW, "diarise")
    assert found.stage is None and found.by is None
    assert not found.is_due(NOW + timedelta(seconds=59))
    assert found.is_due(NOW + timedelta(seconds=60))


def test_what_is_the_recordings_own_fault_is_never_due() -> None:
    found = failed(State(), NoAudioError("No sound."), NOW)
    assert found.failure is not None and found.failure.permanent
    assert not found.is_due(NOW + timedelta(days=1000))


def test_missing_consent_is_no_failure_that_waits() -> None:
    found = failed(State(), ConsentError("Waits."), NOW)
    assert found.failure is not None and found.failure.is_hold
    assert found.attempts == 0 and found.is_due(NOW)
    found = failed(State(), LanguageQuestionError("Which language?"), NOW)
    assert found.failure is not None and found.failure.is_hold


def test_a_stage_completed_forgets_what_failed_before() -> None:
    before = failed(begun(State(), "diarise", "a:1", NOW), DiskFullError("Full."), NOW)
    again = begun(before, "diarise", "a:2", NOW)
    assert again.attempts == 1 and again.failure is not None
    next_stage = begun(again, "transcribe", "a:2", NOW)
    assert next_stage.attempts == 0 and next_stage.failure is None


def test_death_in_a_session_counts_as_a_failed_attempt() -> None:
    found = begun(State(), "diarise", "a:1", NOW)
    assert not found.is_due(NOW + timedelta(seconds=59))
    assert found.is_due(NOW + timedelta(seconds=60))
    found = begun(found, "diarise", "a:2", NOW)
    assert found.attempts == 1
    assert not found.is_due(NOW + timedelta(minutes=4))
    assert found.is_due(NOW + timedelta(minutes=5))


def test_a_reporter_writes_now_and_then(study: Study) -> None:
    clock = Clock()
    report = Reporter(study, ID, "diarise", clock)
    found = state.load(study, ID)
    assert (found.stage, found.share, found.by) == ("diarise", 0.0, state.whoami())
    report(0.2)
    assert state.load(study, ID).share == 0.0
    clock.now = 3.0
    report(0.5)
    report(0.6)
    assert state.load(study, ID).share == 0.5


def test_a_file_holds_no_more_than_the_state_and_is_its_owners(study: Study) -> None:
    Reporter(study, ID, "diarise")
    state.fail(study, ID, DiskFullError("The disk is full."))
    assert stat.S_IMODE(file(study).stat().st_mode) == 0o600
    assert stat.S_IMODE(file(study).parent.stat().st_mode) == 0o700
    told = json.loads(file(study).read_text())
    assert told["failure"]["what"] == "The disk is full."
    assert datetime.fromisoformat(told["next_try"]).utcoffset() == timedelta(0)


@pytest.mark.parametrize("data", [b"", b"{", b'{"share": "half"}', b"\xff\xfe"])
def test_a_damaged_state_is_none(study: Study, data: bytes) -> None:
    Reporter(study, ID, "diarise")
    file(study).write_bytes(data)
    assert state.load(study, ID) == State()
    assert state.is_due(study, ID)


def test_cancelled_while_at_work_it_stops_at_its_next_report(study: Study) -> None:
    clock = Clock()
    report = Reporter(study, ID, "diarise", clock)
    state.cancel(study, ID)
    clock.now = 3.0
    with pytest.raises(CancelledError, match=f"{ID} was cancelled") as raised:
        report(0.5)
    assert "vuoro retry" in raised.value.remedy
    found = state.fail(study, ID, raised.value)
    assert found == state.load(study, ID) == State()
    with pytest.raises(CancelledError):
        Reporter(study, ID, "diarise")


def test_a_report_never_overwrites_a_cancellation(study: Study) -> None:
    clock = Clock()
    report = Reporter(study, ID, "diarise", clock)
    state.cancel(study, ID)
    report(0.5)  # too early to look
    assert state.is_cancelled(study, ID)
    assert not state.is_due(study, ID)


def test_retry_forgets_the_wait_the_cancellation_and_the_death(study: Study) -> None:
    assert not state.retry(study, ID)
    state.fail(study, ID, DiskFullError("Full."))
    assert not state.is_due(study, ID)
    assert state.retry(study, ID)
    assert state.is_due(study, ID)
    state.cancel(study, ID)
    assert state.retry(study, ID)
    assert state.is_due(study, ID)
    Reporter(study, ID, "diarise")  # and its process dies
    assert state.retry(study, ID)
    assert state.load(study, ID) == State()


def test_retry_leaves_a_session_at_work(study: Study) -> None:
    with lease(study, ID):
        Reporter(study, ID, "diarise")
        assert not state.retry(study, ID)
        assert state.load(study, ID).stage == "diarise"


def test_process_that_lost_a_session_leaves_its_state(study: Study) -> None:
    Reporter(study, ID, "diarise")
    state.fail(study, ID, LostError("Taken over."))
    assert state.load(study, ID).stage == "diarise"


def test_a_session_that_is_finished_has_no_state(study: Study) -> None:
    Reporter(study, ID, "publish")
    state.cancel(study, ID)  # too late
    state.finish(study, ID)
    assert not any(file(study).parent.iterdir())
    state.finish(study, ID)


def test_work_goes_on_where_no_state_can_be_written(study: Study) -> None:
    (study.private / "state").write_text("in the way")
    report = Reporter(study, ID, "diarise", Clock())
    report(0.5)
    state.fail(study, ID, DiskFullError("Full."))
    assert state.load(study, ID) == State()
    with pytest.raises(UnreadableError):
        state.cancel(study, ID)
