"""Locks on a study. A dead holder blocks others only briefly: see ``leases``."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from pipeline.errors import StudyError, TakenError
from pipeline.study import Study, leases
from pipeline.study.leases import Lease, lease

CLEARED_IN_S = 5.0  # a starting run holds the study alone for a moment, to clean up
FREE_IN_S = 2 * leases.DEAD_AFTER_S  # a dead holder's lease, and the short work of the next one

_STUDY = "study"
_RUN = "run-"


@contextmanager
def alone(study: Study) -> Iterator[None]:
    """Hold the whole study: no other process works on it meanwhile.

    Raises StudyError if a run, or a command that changes the study, is working on it.
    """
    with ExitStack() as held:
        try:
            held.enter_context(lease(study, _STUDY))
        except TakenError:
            raise _at_work() from None
        if runs(study):
            raise _at_work()
        yield


@contextmanager
def working(study: Study, run: str = "") -> Iterator[Lease]:
    """Work on a study alongside other processes; a lease limits each session to one of them.

    ``run`` is the name by which others know this run, if any.

    Raises StudyError if an exclusive command is working on it, TakenError if the same run is
    already in progress.
    """
    with lease(study, f"{_RUN}{run or secrets.token_hex(8)}") as held:
        # hold first, then check, as ``alone`` does: of two at once, at least one sees the other
        give_up = time.monotonic() + CLEARED_IN_S
        while _STUDY in leases.living(study):
            if time.monotonic() >= give_up:
                raise _at_work()
            time.sleep(leases.LOOK_EVERY_S)
        yield held


def is_free(study: Study) -> bool:
    """Whether neither a run nor an exclusive command is in progress. Raises TransientError."""
    return not runs(study) and _STUDY not in leases.living(study)


def runs(study: Study) -> set[str]:
    """The runs in progress on the study. Raises TransientError."""
    found = leases.living(study)
    return {what.removeprefix(_RUN) for what in found if what.startswith(_RUN)}


@contextmanager
def names(study: Study) -> Iterator[None]:
    """Hold the study's table of names, so that two processes never draw a number at once.

    Raises StudyError if another process holds it for two minutes.
    """
    with ExitStack() as held:
        try:
            held.enter_context(lease(study, "names", wait_s=FREE_IN_S))
        except TakenError:
            raise StudyError(
                "The study's names are being changed.", "Wait until that has finished."
            ) from None
        yield


def _at_work() -> StudyError:
    return StudyError(
        "A run is at work on this study, or a command that changes it.",
        "Wait until it has finished, or stop it with `vuoro down`. Finished work is kept.",
    )
