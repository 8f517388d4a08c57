"""Which sessions a process works on beside others, and when it settles what all have heard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from finished import sound
from prefect.client.schemas.objects import StateType
from tracks import write

from flows import batch, inbox
from flows.batch import Work
from flows.begin import using_settings
from pipeline import intake
from pipeline.errors import NoAudioError, UnreadableError
from pipeline.study import Study, accepted, create, locks, state
from pipeline.study.leases import Lease
from pipeline.study.listener import Listener

ONE, TWO, THREE = "G07-S01", "G07-S02", "G07-S03"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    study = create(tmp_path / "study")
    study.groups_file.write_text('{"ryhmä": "G07"}', encoding="utf-8")
    (study.inbox / "ryhmä").mkdir()
    for number in (1, 2, 3):
        write(study.inbox / "ryhmä" / f"{number}.wav", sound() / number)
    assert intake.take_in(study, study.settings().intake, Listener()) == 3
    return study


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sessions that were listened to; nothing is made of them."""
    heard: list[str] = []
    monkeypatch.setattr(batch, "hear_session", lambda study, id: heard.append(id))
    return heard


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    settled: list[bool] = []
    monkeypatch.setattr(Work, "settle", lambda self: settled.append(True))
    return settled


@contextmanager
def work_on(study: Study, **options: Any) -> Iterator[Work]:
    with using_settings(study), locks.working(study) as held:
        yield Work(study, held, **options)


def others(study: Study, session_id: str) -> Lease:
    """The lease of another process."""
    folder = study.private / "leases"
    folder.mkdir(exist_ok=True)
    taken = Lease(folder / f"{session_id}.json")
    assert taken.take()
    return taken


def fail(study: Study, session_id: str) -> None:
    state.fail(study, session_id, UnreadableError("The share does not answer."))


def test_session_leased_by_another_process_is_left_to_it(study: Study, heard: list[str]) -> None:
    other = others(study, TWO)
    with work_on(study) as work:
        work.hear([ONE, TWO, THREE], wait=False)
    other.release()
    assert heard == [ONE, THREE]


def test_session_leased_by_another_process_is_looked_at_again(
    study: Study, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = others(study, TWO)
    with work_on(study) as work:
        monkeypatch.setattr(batch.time, "sleep", lambda s: other.release())
        work.hear([ONE, TWO, THREE], wait=True)
    assert heard == [ONE, THREE, TWO]


def test_what_failed_for_another_is_not_tried_at_once(
    study: Study, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = others(study, TWO)
    with work_on(study) as work:

        def failed_there(_: float) -> None:
            fail(study, TWO)
            other.release()

        monkeypatch.setattr(batch.time, "sleep", failed_there)
        work.hear([TWO], wait=True)
    assert heard == []


def test_what_failed_waits_unless_a_person_asks(study: Study) -> None:
    fail(study, ONE)
    state.cancel(study, TWO)
    state.Reporter(study, THREE, "decode")  # another process is at it, or died of late
    with work_on(study) as work:
        assert work.unheard() == [THREE]
    with work_on(study, every=True) as work:
        assert work.unheard() == [ONE, THREE]


def test_failure_is_reported_and_the_next_session_goes_on(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = {ONE: UnreadableError("The share does not answer."), TWO: NoAudioError("No sound.")}
    heard: list[str] = []

    def hear(study: str, session_id: str) -> None:
        if session_id in errors:
            raise errors[session_id]
        heard.append(session_id)

    monkeypatch.setattr(batch, "hear_session", hear)
    with work_on(study) as work:
        work.hear([ONE, TWO, THREE], wait=True)
        assert work.unheard() == [THREE]
    assert heard == [THREE]
    assert {id: row["outcome"] for id, row in work.rows.items()} == {ONE: "failed", TWO: "failed"}
    assert [r.session_id for r in accepted.sessions(study)] == [ONE, THREE]  # TWO is in quarantine
    failure = state.load(study, ONE).failure
    assert failure is not None and failure.kind == "UnreadableError"


def test_sessions_are_looked_at_anew_only_after_work(
    study: Study, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[dict[str, list[str]]] = [{ONE: ["decode", "publish"]}, {}]
    left = [*looks]
    monkeypatch.setattr(batch, "unfinished", lambda *_, **__: left.pop(0))
    documents: list[str] = []
    monkeypatch.setattr(batch, "document", documents.append)
    with work_on(study) as work:
        assert [*work.to_do()] == work.unheard() == [ONE]
        work.hear(work.unheard(), wait=True)
        assert work.unheard() == []
        work.settle()
    assert (heard, left, len(documents)) == ([ONE], [], 1)


def test_only_the_last_batch_settles(
    study: Study, heard: list[str], settled: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [[TWO], []]
    monkeypatch.setattr(Work, "unheard", lambda self: left.pop(0))
    batch.process_sessions.fn(str(study.root), [ONE, THREE])
    assert settled == []
    batch.process_sessions.fn(str(study.root), [TWO])
    assert (heard, settled) == ([ONE, THREE, TWO], [True])


def test_batches_go_to_workers_once(
    study: Study, settled: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """ONE waits for a worker; TWO's worker is dead; the third's batch is none of ours."""
    given: list[list[str]] = []

    def batch_of(session_id: str, state_type: StateType, **more: str) -> SimpleNamespace:
        parameters = {"session_ids": [session_id], **more}
        return SimpleNamespace(id=session_id, state_type=state_type, parameters=parameters)

    batches = [
        batch_of(ONE, StateType.SCHEDULED),
        batch_of(TWO, StateType.RUNNING),
        batch_of(THREE, StateType.SCHEDULED, study="/elsewhere"),
    ]

    @contextmanager
    def client(sync_client: bool) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(read_flow_runs=lambda **_: batches)

    monkeypatch.setattr(inbox, "get_client", client)
    monkeypatch.setattr(
        inbox,
        "run_deployment",
        lambda name, parameters, **_: given.append(parameters["session_ids"]),
    )
    with work_on(study) as work:
        inbox._hand_out(study, work, 10)
        assert given == [[TWO, THREE]]
        inbox._hand_out(study, work, 1)
        assert given[1:] == [[TWO], [THREE]]
        with locks.working(study, TWO):  # whose worker lives
            inbox._hand_out(study, work, 10)
        assert given[3:] == [[THREE]]
        assert settled == []
        monkeypatch.setattr(Work, "unheard", lambda self: [])
        inbox._hand_out(study, work, 10)
    assert (len(given), settled) == (4, [True])


def test_the_state_of_a_run_says_what_failed_and_what_to_do() -> None:
    fine: batch.Row = {"session": ONE, "outcome": "finished"}
    assert batch.ended([fine]).name == "Completed"
    failed = [
        {"session": id, "outcome": "failed", "what to know": "The disk is full. Free some space."}
        for id in ("G01-S01", "G01-S02", "G01-S03", "G01-S04", "G01-S05")
    ]
    state = batch.ended([fine, *failed])
    assert state.name == "Some failed" and state.is_completed() and state.message is not None
    assert "G01-S01: The disk is full. Free some space. G01-S02:" in state.message
    assert state.message.endswith(" And 2 more.")


def row(session: str, outcome: str) -> dict[str, Any]:
    return {"session": session, "outcome": outcome, "what to know": "Sentence."}


@pytest.mark.parametrize(
    ("outcomes", "name"),
    [
        ("in the data set", "Completed"),
        ("needs a look", "Some need a look"),
        ("failed", "Some failed"),
    ],
)
def test_the_state_of_a_run_says_which_sessions_want_a_person(outcomes: str, name: str) -> None:
    ended = batch.ended([row(ONE, "in the data set"), row(TWO, outcomes)])
    assert ended.type == StateType.COMPLETED and ended.name == name
    assert ended.message == (None if name == "Completed" else f"{TWO}: Sentence.")
