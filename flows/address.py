"""Whether `vuoro up` serves a study, and where.

The serving process holds a lock, which the system frees when the process ends. The file with the
process's number and port counts only while the lock is held: so neither what a killed process left
behind nor a process that got its number later is taken for it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import StudyError
from pipeline.storage.disk import os_errors, write_atomically

HOLD_WITHIN_S = 3.0  # a process that only checks holds the lock for a moment


@dataclass(frozen=True, slots=True)
class Address:
    """The process that serves a study, its Prefect server's port, since when (ISO 8601)."""

    pid: int
    port: int
    since: str

    @property
    def page(self) -> str:
        """Return the address of its pages, for a browser."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Be the only process to serve the study. Raises StudyError if one does already."""
    with os_errors("looking whether `vuoro up` is at work"):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(_lock_file(home), timeout=HOLD_WITHIN_S)
        try:
            lock.acquire()
        except Timeout:
            raise StudyError("`vuoro up` is at work already.", "`vuoro down` stops it.") from None
        _file(home).unlink(missing_ok=True)
    try:
        yield
    finally:
        _file(home).unlink(missing_ok=True)
        lock.release()


def is_held(home: Path) -> bool:
    """Whether a process serves the study, or is about to."""
    if not _lock_file(home).exists():
        return False
    with os_errors("looking whether `vuoro up` is at work"):
        lock = FileLock(_lock_file(home), timeout=0)
        try:
            lock.acquire()
        except Timeout:
            return True
    lock.release()
    return False


def write(home: Path, address: Address) -> None:
    """Write the address for other processes. Only the holder of the lock may."""
    write_atomically(_file(home), json.dumps(asdict(address)).encode(), mode=0o600)


def read(home: Path) -> Address | None:
    """Return what serves the study now; None if nothing does, or it does not answer yet."""
    if not is_held(home):
        return None
    try:
        return Address(**json.loads(_file(home).read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):  # none, or not as it was written
        return None


def address_of(home: Path) -> str | None:
    """The API of the server that `vuoro up` keeps for the study, if it does."""
    found = read(home)
    return f"{found.page}/api" if found else None


def new(port: int) -> Address:
    """Return the address of this process, from now on."""
    from datetime import datetime

    return Address(os.getpid(), port, datetime.now().astimezone().isoformat(timespec="seconds"))


def _file(home: Path) -> Path:
    return home / "up.json"


def _lock_file(home: Path) -> Path:
    return home / "up.lock"
