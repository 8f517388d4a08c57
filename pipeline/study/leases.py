"""Leases: who is at work on what, on one machine or on many that share a file system.

    private/leases/<what>.json      held while somebody renews it, every ten seconds

A lease is made by an exclusive create, so that of two who try one has it. One that was not renewed
for a minute is dead and may be taken over: by a rename, which succeeds for one alone. No lock of
the operating system is used, as those are not reliable on network shares. Time is told by the file
system, which stamps the lease and a probe that is written next to it, as the clocks of machines
differ. Where the holder was a process of this very machine that is gone, nobody waits.

Whoever slept (a suspended laptop) goes on with its lease if nobody took it over meanwhile, and
learns otherwise before it puts anything in its place: ``disk.may_publish``.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import LostError, TakenError
from pipeline.storage.disk import before_publishing, os_errors
from pipeline.storage.json_files import parsed
from pipeline.study import Study

RENEW_EVERY_S = 10.0
DEAD_AFTER_S = 60.0
LOOK_EVERY_S = 0.5

_SUFFIX = ".json"
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


class Lease:
    """A lease that is held. ``check`` tells whether it still is."""

    def __init__(self, file: Path) -> None:
        self._file = file
        holder = {"holder": secrets.token_hex(16), "host": platform.node(), **_process()}
        self._data = json.dumps(holder).encode()
        self._mark = _clocks()
        self._released = threading.Event()
        self._renewing = threading.Lock()

    def check(self) -> None:
        """Raises LostError if somebody else has taken it over, UnreadableError."""
        with os_errors("looking whether the work is still ours"):
            late = max(abs(now - then) for now, then in zip(_clocks(), self._mark, strict=True))
            if late > 2 * RENEW_EVERY_S:
                held = self._renew()
            else:
                with self._renewing:
                    held = self._is_ours()
        if not held:
            raise LostError("Another process has taken this work over.")

    def take(self) -> bool:
        """Whether it is ours now; somebody else's stays theirs unless they are dead."""
        if not self._create():
            seen = _seen(self._file)
            if seen is not None and not (_is_dead(self._file, seen) and _bury(self._file, seen)):
                return False
            if not self._create():
                return False
        threading.Thread(target=self._keep, name="lease", daemon=True).start()
        return True

    def release(self) -> None:
        """Free for others, if it is ours still."""
        self._released.set()
        with self._renewing, suppress(OSError):  # what cannot be removed is dead in a minute
            if self._is_ours():
                self._file.unlink(missing_ok=True)

    def _keep(self) -> None:
        while not self._released.wait(RENEW_EVERY_S):
            with suppress(OSError):  # the share does not answer: ``check`` tells, if it matters
                if not self._renew():
                    return

    def _renew(self) -> bool:
        """Write the lease anew. One that is dead is taken over from ourselves, as others would."""
        with self._renewing:
            if self._released.is_set() or (seen := _seen(self._file)) is None:
                return False
            if seen.data != self._data:
                return False
            if _age_s(self._file, seen) > DEAD_AFTER_S:
                held = _bury(self._file, seen) and self._create()
            else:
                held = self._write_again()
            if held:
                self._mark = _clocks()
            return held

    def _write_again(self) -> bool:
        # into the file that is open: one that was taken over meanwhile is not there any more
        with suppress(FileNotFoundError), self._file.open("r+b") as stream:
            if stream.read() == self._data:
                stream.seek(0)
                stream.write(self._data)
                stream.flush()
                os.fsync(stream.fileno())
                return True
        return False

    def _is_ours(self) -> bool:
        seen = _seen(self._file)
        return seen is not None and seen.data == self._data

    def _create(self) -> bool:
        made = _written(self._file.parent, self._data)
        try:
            os.link(made, self._file)
        except FileExistsError:
            return self._is_ours()  # a share that lost its answer says so of what it did itself
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            return self._create_without_links()
        else:
            return True
        finally:
            made.unlink(missing_ok=True)

    def _create_without_links(self) -> bool:
        try:
            with self._file.open("xb") as stream:
                stream.write(self._data)
                stream.flush()
                os.fsync(stream.fileno())
        except FileExistsError:
            return False
        return True


@contextmanager
def lease(study: Study, what: str, *, wait_s: float = 0.0) -> Iterator[Lease]:
    """Be the only one at work on ``what`` while the block lasts, e.g. on a session, by its id.

    Waits for ``wait_s`` seconds while somebody else is; infinity is allowed. Nothing is published
    in the block once the lease is lost.

    Raises TakenError if somebody else is at work on it, TransientError where a lease cannot be
    written.
    """
    with os_errors("taking up work"):
        folder = study.leases
        folder.mkdir(mode=0o700, exist_ok=True)
        held = Lease(folder / f"{what}{_SUFFIX}")
        give_up = time.monotonic() + wait_s
        while not held.take():
            if time.monotonic() >= give_up:
                raise TakenError("Somebody else is at work on this.")
            time.sleep(LOOK_EVERY_S)
    checks = before_publishing.set((*before_publishing.get(), held.check))
    try:
        yield held
    finally:
        before_publishing.reset(checks)
        held.release()


def living(study: Study) -> list[str]:
    """What somebody is at work on just now. Removes what the dead left behind.

    Raises TransientError where a lease cannot be read.
    """
    found = []
    with os_errors("looking who is at work"):
        for file in sorted(study.leases.glob(f"*{_SUFFIX}")):
            if (seen := _seen(file)) is None:
                continue
            if not _is_dead(file, seen):
                found.append(file.name.removesuffix(_SUFFIX))
            elif not file.name.startswith("."):
                _bury(file, seen)
            else:  # half-made, by one who died
                file.unlink(missing_ok=True)
    return [what for what in found if not what.startswith(".")]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a lease file held, and when the file system says that it was written."""

    data: bytes
    written_ns: int


def _seen(file: Path) -> _Seen | None:
    """The file as it is; None if there is none. Opened, as a share may remember old times."""
    try:
        with file.open("rb") as stream:
            return _Seen(stream.read(), os.fstat(stream.fileno()).st_mtime_ns)
    except (FileNotFoundError, IsADirectoryError):  # a folder is nobody's lease
        return None
    except PermissionError:  # its age alone tells
        return _Seen(b"", file.stat().st_mtime_ns)


def _is_dead(file: Path, seen: _Seen) -> bool:
    return _is_gone(seen.data) or _age_s(file, seen) > DEAD_AFTER_S


def _age_s(file: Path, seen: _Seen) -> float:
    """For how long the lease was not renewed, by the clock of the file system."""
    probe = _written(file.parent, b"?")
    try:
        now = _seen(probe)
    finally:
        probe.unlink(missing_ok=True)
    return (now.written_ns - seen.written_ns) / 1e9 if now else 0.0


def _bury(file: Path, seen: _Seen) -> bool:
    """Take a dead lease away; False if another did, or if it lives: then it is put back."""
    grave = _hidden(file.parent)
    try:
        file.rename(grave)
    except FileNotFoundError:
        return False
    try:
        if _seen(grave) == seen:
            return True
        _put_back(grave, file)
        return False
    finally:
        grave.unlink(missing_ok=True)


def _put_back(grave: Path, file: Path) -> None:
    """Undo a burial; where there is a new lease by now, the holder of the old one learns of it."""
    try:
        os.link(grave, file)
    except FileExistsError:
        return
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if not file.exists():
            grave.rename(file)


def _written(folder: Path, data: bytes) -> Path:
    """A new file whose time is that of the file system now."""
    file = _hidden(folder)
    with file.open("xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    return file


def _hidden(folder: Path) -> Path:
    return folder / f".{secrets.token_hex(8)}{_SUFFIX}"


def _clocks() -> tuple[float, float]:
    """Two clocks: one that nobody sets, and one that goes on while the machine is suspended."""
    return time.monotonic(), time.time()


def _process() -> dict[str, str]:
    """This process, so that another one of the same machine can tell when it is gone.

    Only where the system says which machine, since when it runs, and in which container: Linux.
    """
    try:
        machine = Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
        machine += f" {Path('/proc/self/ns/pid').readlink()}"
        return {"machine": machine, "process": f"{os.getpid()} {_born(os.getpid())}"}
    except OSError:
        return {}


def _born(pid: int) -> str | None:
    """When a process of this machine began; None if it is dead."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def _is_gone(data: bytes) -> bool:
    """Whether the holder was a process of this machine and is no more."""
    try:
        holder = parsed(data, dict[str, str])
        number, born = holder.get("process", "").split()
    except ValueError:  # it is being written, or damaged, or tells nothing of its process
        return False
    own = _process()
    if not own or holder.get("machine") != own["machine"]:
        return False
    try:
        os.kill(int(number), 0)
        return _born(int(number)) != born
    except (ProcessLookupError, FileNotFoundError):
        return True
    except (
        OSError,
        ValueError,
        OverflowError,
    ):  # another user's, of which the system tells nothing
        return False
