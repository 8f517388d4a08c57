"""Sessions of a study, processed by any number of processes on any number of machines.

A process holds the lease of the session that it processes. First each session is transcribed, in
any order and apart from all others. Once all are, what they have in common is settled: the people
of a group, from all its sessions; then, by one process alone and in order of session id, the
numbers of names, what is published, and people and documentation. So the tables do not show which
process transcribed what, or when.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from flows.begin import settings_in_use, using_settings
from flows.one_session import Contained, hear_session, make, open_chain
from pipeline import intake
from pipeline.errors import (
    CancelledError,
    DiskFullError,
    HoldError,
    LostError,
    RecordingError,
    TakenError,
    TransientError,
    VuoroError,
)
from pipeline.operations import build
from pipeline.operations.build import HEARING, ToDo
from pipeline.people.roster.consent import require
from pipeline.people.roster.unconsented import consents
from pipeline.stages.declared import of_phase
from pipeline.stages.documents import DOCUMENT
from pipeline.stages.to_do import unfinished
from pipeline.study import Study, accepted, locks, state
from pipeline.study.leases import Lease, lease
from pipeline.study.listener import listener
from pipeline.study.outcome import NEEDS_A_LOOK, TOTALS, Outcome, outcome
from pipeline.study.tombstones import refuse_half_done

Row = dict[str, Any]

SETTLING, NUMBERING, FINISHING = of_phase("settle"), of_phase("number"), of_phase("finish")
LOOK_EVERY_S = 2.0
SHOWN = 3  # failures that the state of a run lists
DEATHS = 3  # of so many processes on a session: the session is the likeliest cause


@flow(name="sessions", persist_result=False, validate_parameters=False)
def process_sessions(study: str, session_ids: list[str]) -> State[None]:
    """Transcribe these sessions, and settle the study if they were the last; a row each."""
    place = Study(Path(study))
    with using_settings(place), locks.working(place, str(flow_run.id or "")) as held:
        refuse_half_done(place)
        work = Work(place, held)
        work.hear(session_ids, wait=False)
        if not work.unheard():
            work.settle()
        missing = consent_rows(place)
    return ended(work.rows.values(), missing)


def ended(rows: Iterable[Row], missing: Sequence[Row] = ()) -> State[None]:
    """Return the state of a run over sessions; Prefect shows which failed and what to do.

    ``missing`` are the rows of ``consent_rows``.
    """
    listed = [*rows]
    failed, looks = (
        [f"{r['session']}: {r['what to know']}" for r in listed if r["outcome"] == outcome]
        for outcome in ("failed", NEEDS_A_LOOK)
    )
    consents = [row["what to know"] for row in missing]
    kinds = {"Some failed": failed, "Consent missing": consents, "Some need a look": looks}
    name = next((name for name, found in kinds.items() if found), None)
    if name is None:
        return Completed()
    said = [*failed, *consents, *looks]
    more = f" And {len(said) - SHOWN} more." if len(said) > SHOWN else ""
    return Completed(name=name, message=" ".join(said[:SHOWN]) + more)


def consent_rows(study: Study) -> list[Row]:
    """A row for each person who is in the data set without consent, by ids alone."""
    found = consents(study)
    people = [
        {
            "session": ", ".join(each.sessions),
            "outcome": "consent missing",
            "what to know": each.sentence,
        }
        for each in found.people
    ]
    return people + [
        {"session": "", "outcome": "roster unusable", "what to know": str(error)}
        for error in found.unusable
    ]


def row_of(found: Outcome) -> Row:
    """Return a session's row in the data set, for Prefect's page: nothing in it is private."""
    row = {"session": found.session_id, "outcome": found.words, "what to know": found.sentences}
    return row | {name: found.row[name] for name in TOTALS}


def _nothing() -> None:
    pass


class Work:
    """The work of one process on a study, beside others that may run on it at the same time.

    ``rows`` has the outcome of each session. ``every``: also retry sessions that failed a while
    ago, without waiting until that is due.
    """

    def __init__(self, study: Study, held: Lease, *, every: bool = False) -> None:
        self.rows: dict[str, Row] = {}
        self._study, self._held, self._every = study, held, every
        self._failed: set[str] = set()
        self._unfinished: ToDo | None = None

    def to_do(self) -> ToDo:
        """Return the coming stages of each session that may be tried and did not fail here.

        Checking all sessions takes time: it is repeated only after work was done.
        """
        if self._unfinished is None:
            self._unfinished = unfinished(self._study, settings_in_use.get(), verify=False)
        return {
            session_id: stages
            for session_id, stages in self._unfinished.items()
            if session_id not in self._failed and self._may_try(session_id)
        }

    def unheard(self) -> list[str]:
        """Return the sessions that must still be transcribed."""
        return [session_id for session_id, stages in self.to_do().items() if HEARING & {*stages}]

    def hear(
        self,
        session_ids: Iterable[str],
        *,
        wait: bool,
        between: Callable[[], object] = _nothing,
    ) -> None:
        """Run the listening stages of these sessions, except those that another process runs.

        With ``wait``, check those until they are done, in case the other process dies.
        ``between`` is called after each session.
        """
        self._share(session_ids, self._hear, wait=wait, between=between)

    def settle(self) -> None:
        """Bring all transcribed sessions into the data set, then document it."""
        self._read()
        with lease(self._study, DOCUMENT.name, wait_s=inf):
            if self.to_do():
                self._unfinished = None  # others may have done it, while this one waited
            self._read()
            for session_id in self._lacking(NUMBERING):
                self._share([session_id], self._make(NUMBERING), wait=True)
            for session_id in self._lacking(FINISHING):
                self._share([session_id], self._publish, wait=True)
            document(str(self._study.root))

    def _read(self) -> None:
        """Run the stages between listening and publishing of all transcribed sessions.

        When a recording is refused, the people of its group are recognised again, without it.
        """
        while True:
            n_failed = len(self._failed)
            self._share(self._lacking(SETTLING), self._make(SETTLING), wait=True)
            if len(self._failed) == n_failed:
                return

    def _lacking(self, stages: Collection[str]) -> list[str]:
        """Return the transcribed sessions that lack one of these stages, by session id."""
        to_do = self.to_do().items()
        return sorted(
            session_id
            for session_id, lacks in to_do
            if not HEARING & {*lacks} and {*stages} & {*lacks}
        )

    def _share(
        self,
        session_ids: Iterable[str],
        work: Callable[[str], None],
        *,
        wait: bool,
        between: Callable[[], object] = _nothing,
    ) -> None:
        waiting = [*session_ids]
        if waiting:
            self._unfinished = None
        while waiting:
            taken = []
            for session_id in waiting:
                if not self._try(session_id, work):
                    taken.append(session_id)
                between()
            if not wait:
                return
            if len(taken) == len(waiting):
                time.sleep(LOOK_EVERY_S)
            # what failed for the other process meanwhile is not tried again at once
            waiting = [id for id in taken if _is_due(self._study, id)]

    def _try(self, session_id: str, work: Callable[[str], None]) -> bool:
        """Work on the session if it is free; return whether it was, whatever the outcome."""
        try:
            with lease(self._study, session_id) as session:
                self._contained(session_id, work, session)
        except TakenError:
            return False
        except LostError:
            self._held.check()  # lost with the session: a process alone on the study has it now
            return False
        except DiskFullError as error:  # not even a lease can be written
            self._fail(session_id, error)
        return True

    def _contained(self, session_id: str, work: Callable[[str], None], session: Lease) -> None:
        try:
            state.require_not_cancelled(self._study, session_id)
            require(self._study, accepted.recording(self._study, session_id))
            with Contained("session", self._study):  # Prefect may fail, too
                work(session_id)
        except LostError:
            raise
        except VuoroError as error:
            session.check()
            self._fail(session_id, error)

    def _hear(self, session_id: str) -> None:
        study = str(self._study.root)
        if not HEARING & {*open_chain(study, session_id).pending(verify=False)}:
            return  # another process was faster
        same_as = hear_session(study, session_id)
        state.leave(self._study, session_id)
        if same_as is not None:
            with lease(self._study, "intake", wait_s=inf):
                intake.quarantine_duplicate(self._study, session_id, same_as)
            state.finish(self._study, session_id)
            self._failed.add(session_id)
            self.rows[session_id] = {"session": session_id, "outcome": f"the same as {same_as}"}
            listener.get().noted(f"{session_id} has the same sound as {same_as}: it is set aside.")

    def _make(self, stages: Collection[str]) -> Callable[[str], None]:
        def run_stages(session_id: str) -> None:
            make(str(self._study.root), session_id, stages)
            state.leave(self._study, session_id)

        return run_stages

    def _publish(self, session_id: str) -> None:
        self._make(FINISHING)(session_id)
        state.finish(self._study, session_id)
        found = outcome(self._study, accepted.recording(self._study, session_id))
        with suppress(TransientError):  # no session fails for its receipt
            intake.tell_finished(self._study, found)
        self.rows[session_id] = row_of(found)
        listener.get().finished(found)

    def _fail(self, session_id: str, error: VuoroError) -> None:
        self._failed.add(session_id)
        state.fail(self._study, session_id, error)
        with suppress(TransientError):  # if it stays where it is, the next run tries again
            if isinstance(error, RecordingError):
                with lease(self._study, "intake", wait_s=inf):
                    intake.quarantine_session(self._study, session_id, error)
                state.finish(self._study, session_id)
            elif not isinstance(error, CancelledError):
                intake.tell_failed(self._study, session_id, error)
        listener.get().failed(session_id, error)
        came_of = "held" if isinstance(error, HoldError) else "failed"
        came_of = "cancelled" if isinstance(error, CancelledError) else came_of
        self.rows[session_id] = {
            "session": session_id,
            "outcome": came_of,
            "what to know": str(error),
        }

    def _may_try(self, session_id: str) -> bool:
        if self._every:
            return not state.is_cancelled(self._study, session_id)
        return _is_due(self._study, session_id)


def _is_due(study: Study, session_id: str) -> bool:
    """Whether a session exists and may be tried, or is running: only failed ones are postponed."""
    if state.is_cancelled(study, session_id) or not (study.recordings / session_id).is_dir():
        return False
    found = state.load(study, session_id)
    has_failed = found.failure is not None or found.attempts >= DEATHS
    return not has_failed or state.is_due(study, session_id)


@task(name=DOCUMENT.name, task_run_name=DOCUMENT.name, persist_result=False, cache_policy=NO_CACHE)
def document(study: str) -> None:
    """Write people, attendance, dictionary and data sheet of the whole data set."""
    place = Study(Path(study))
    with Contained(DOCUMENT.name, place):
        build.document(place)
