"""Who may work on a study at a time. The system frees a lock when its holder is killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from pipeline.disk import os_errors
from pipeline.errors import StudyError
from pipeline.study import Study

NAMES_FREE_IN_S = 60.0


@contextmanager
def alone(study: Study) -> Iterator[None]:
    """Holds the whole study: no run begins meanwhile.

    Raises StudyError if a run, or a command that changes the study, is at work on it.
    """
    lock = FileLock(study.run_lock_file, timeout=0)
    with os_errors("locking the study"):
        try:
            lock.acquire()
        except Timeout:
            raise StudyError(
                "A run is at work on this study.", "Wait until it has finished."
            ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def names(study: Study) -> Iterator[None]:
    """Holds the study's table of names, so that two never draw a number at once.

    Raises StudyError if somebody else holds it for a minute.
    """
    lock = FileLock(study.lock_file, timeout=NAMES_FREE_IN_S)
    with os_errors("locking the study"):
        try:
            lock.acquire()
        except Timeout:
            raise StudyError(
                "The study's names are being changed.", "Wait until that has finished."
            ) from None
    try:
        yield
    finally:
        lock.release()
