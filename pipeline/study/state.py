"""The state of each session: its stage, progress, last failure and next attempt.

    private/state/<session_id>.json        written by the process that works on the session
    private/state/<session_id>.cancelled   created by `vuoro cancel`, removed by `vuoro retry`

It decides only when to try again; the store knows what is done. A missing or damaged state counts
as that of a session that has not been begun. A finished session has none. A state contains no name,
no file name and nothing that was said.

A process that works on a session calls, in this order::

    state.require_not_cancelled(study, session_id)
    for stage in …:
        chain.run(stage, state.Reporter(study, session_id, stage))
    state.finish(study, session_id)

and on a VuoroError ``state.fail(study, session_id, error)``, which ``finish`` follows where the
recording goes to quarantine. ``is_due`` selects the sessions that an unattended run tries.

There are two files because two processes may write at once: a progress report never overwrites a
cancellation.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.errors import (
    CancelledError,
    HoldError,
    LostError,
    RecordingError,
    TakenError,
    TransientError,
    VuoroError,
)
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.storage.json_files import adapter, read_json
from pipeline.study import Study, leases

FIRST_WAIT = timedelta(minutes=1)
WAIT_GROWS = 5
LONGEST_WAIT = timedelta(hours=6)
REPORT_EVERY_S = 3.0

_ENDING = ".json"
_CANCELLED = ".cancelled"


@dataclass(frozen=True, slots=True)
class Failure:
    """The last failure: the stage, the kind of error, its sentence, and what to do about it.

    ``permanent``: the recording itself is at fault, and trying again would change nothing.
    ``is_hold``: nothing is wrong, it waits for a person's answer.
    """

    kind: str
    what: str
    remedy: str
    permanent: bool
    at: datetime
    stage: str = ""
    is_hold: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where a session is. Times are UTC.

    ``stage`` is the one in progress, ``share`` (0–1) how much of it is done, ``since`` when it
    began, ``reported`` when it last reported, ``by`` the process working on it (machine:process);
    all are None or 0 while there is none. A killed process leaves them: its lease shows whether
    ``by`` is alive. ``attempts`` counts failures and deaths since a stage was last completed; do
    not try again before ``next_try``.
    """

    stage: str | None = None
    share: float = 0.0
    since: datetime | None = None
    reported: datetime | None = None
    by: str | None = None
    attempts: int = 0
    failure: Failure | None = None
    next_try: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether its failures allow trying it now."""
        if self.failure is not None and self.failure.permanent:
            return False
        next_try = self.next_try
        if self.reported is not None:  # its process may have died of it, e.g. of its size
            next_try = self.reported + waits(self.attempts + 1)
        return next_try is None or now >= next_try


def begun(state: State, stage: str, by: str, now: datetime) -> State:
    """The state after a stage has begun.

    An earlier failure is kept until a stage is completed. A stage that another process began and
    did not complete counts as an attempt.
    """
    attempts, failure = state.attempts, state.failure
    if state.stage is not None:
        died = state.by != by
        attempts, failure = (attempts + 1, failure) if died else (0, None)
    return State(stage, 0.0, since=now, reported=now, by=by, attempts=attempts, failure=failure)


def advanced(state: State, share: float, now: datetime) -> State:
    """The state after ``share`` (0–1) of the stage is done."""
    return replace(state, share=share, reported=now)


def failed(state: State, error: VuoroError, now: datetime) -> State:
    """The state after a failure: retried after 1, 5, 25 … minutes, at most 6 hours, if at all.

    A session that waits for a person's answer has not failed: any run may try it.
    """
    permanent, hold = isinstance(error, RecordingError), isinstance(error, HoldError)
    kind, stage = type(error).__name__, state.stage or ""
    failure = Failure(kind, error.what, error.remedy, permanent, now, stage, hold)
    if permanent or hold:
        return State(attempts=0 if hold else state.attempts + 1, failure=failure)
    attempts = state.attempts + 1
    next_try = now + waits(attempts)
    return State(attempts=attempts, failure=failure, next_try=next_try)


def left(state: State) -> State:
    """The state when no process works on it any more; an earlier failure is kept."""
    return State(attempts=state.attempts, failure=state.failure, next_try=state.next_try)


def waits(attempts: int) -> timedelta:
    """How long to wait after this many consecutive failures, at least one."""
    # limited before the power is taken: a timedelta overflows
    growth: int = WAIT_GROWS ** min(attempts - 1, 9)
    return min(FIRST_WAIT * growth, LONGEST_WAIT)


def load(study: Study, session_id: str) -> State:
    """The state of a session; that of one not yet begun if none can be read."""
    try:
        return read_json(_file(study, session_id), State) or State()
    except VuoroError:
        return State()


def fail(study: Study, session_id: str, error: VuoroError) -> State:
    """Record that a session failed, unless it was cancelled; return its new state.

    A process that lost a session to another leaves the state to that one.
    """
    was = load(study, session_id)
    if isinstance(error, LostError | TakenError):
        return was
    state = left(was) if isinstance(error, CancelledError) else failed(was, error, _now())
    with suppress(TransientError):  # a full disk may be the cause of the failure
        _save(study, session_id, state)
    return state


def leave(study: Study, session_id: str) -> None:
    """Record that no process works on the unfinished session: it waits for others."""
    if (state := left(load(study, session_id))) == State():
        _forget(study, session_id)
    else:
        _save_if_possible(study, session_id, state)


def finish(study: Study, session_id: str) -> None:
    """Remove the state of a session that is in the data set or in quarantine."""
    _forget(study, session_id)
    with suppress(OSError):
        _marker(study, session_id).unlink(missing_ok=True)


def is_due(study: Study, session_id: str, now: datetime | None = None) -> bool:
    """Whether an unattended run should try a session now: not cancelled, and waited long enough."""
    return not is_cancelled(study, session_id) and load(study, session_id).is_due(now or _now())


def cancel(study: Study, session_id: str) -> None:
    """Keep a session from starting, or stop it at its next report. Raises TransientError."""
    with os_errors("cancelling a session"):
        study.states.mkdir(mode=0o700, exist_ok=True)
        _marker(study, session_id).touch(0o600)


def retry(study: Study, session_id: str) -> bool:
    """Let the next run try a session, even if it failed or was cancelled.

    False if nothing prevented that anyway. Raises TransientError.
    """
    was = load(study, session_id)
    is_alive = session_id in leases.living(study)  # the process working on it writes the state
    kept_back = is_cancelled(study, session_id) or (was != State() and not is_alive)
    with os_errors("bringing a session back"):
        _marker(study, session_id).unlink(missing_ok=True)
        if not is_alive:
            _file(study, session_id).unlink(missing_ok=True)
    return kept_back


def is_cancelled(study: Study, session_id: str) -> bool:
    """Whether a user has cancelled a session."""
    return _marker(study, session_id).exists()


def require_not_cancelled(study: Study, session_id: str) -> None:
    """Raise CancelledError if a user has cancelled the session."""
    if is_cancelled(study, session_id):
        raise CancelledError(f"{session_id} was cancelled.")


class Reporter:
    """Write the progress of a session's stage: call it with rising shares, 0–1.

    Creating it begins the stage. It may be called often: one report every few seconds is written,
    and checks for a cancellation.
    """

    def __init__(
        self,
        study: Study,
        session_id: str,
        stage: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raise CancelledError, or LostError if another process has taken the session over.

        Each call does the same.
        """
        self._study, self._session_id, self._clock = study, session_id, clock
        self._write(begun(load(study, session_id), stage, whoami(), _now()))

    def __call__(self, share: float) -> None:
        if self._clock() - self._written >= REPORT_EVERY_S:
            self._write(advanced(self._state, share, _now()))

    def _write(self, state: State) -> None:
        require_not_cancelled(self._study, self._session_id)
        self._state, self._written = state, self._clock()
        _save_if_possible(self._study, self._session_id, state)


def whoami() -> str:
    """An identifier of this process, unique across machines."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _save(study: Study, session_id: str, state: State) -> None:
    with os_errors("writing a session's state"):
        study.states.mkdir(mode=0o700, exist_ok=True)
        data = adapter(State).dump_json(state, indent=1)
        write_atomically(_file(study, session_id), data, 0o600)


def _save_if_possible(study: Study, session_id: str, state: State) -> None:
    """Save the state, but do not stop the work if that fails. Raises LostError."""
    try:
        _save(study, session_id, state)
    except LostError:
        raise
    except TransientError:
        return


def _forget(study: Study, session_id: str) -> None:
    with suppress(OSError):
        _file(study, session_id).unlink(missing_ok=True)


def _file(study: Study, session_id: str) -> Path:
    return study.states / f"{session_id}{_ENDING}"


def _marker(study: Study, session_id: str) -> Path:
    return study.states / f"{session_id}{_CANCELLED}"


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
