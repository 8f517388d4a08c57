"""Leases: which process works on what, on one machine or several that share a file system.

    private/leases/<what>.json      held while its process renews it, every ten seconds

A lease is created exclusively, so that only one of two competing processes gets it. A lease that
was not renewed for a minute is dead and may be taken over by a rename, which succeeds for one
process only. Operating-system locks are not used, as they are unreliable on network shares. Because
the clocks of machines differ, time is that of the file system, which stamps the lease and a probe
written next to it. If the holder was a process of this machine that has ended, no one waits.

A process that was suspended (a laptop asleep) continues with its lease if no other process took it
over; otherwise it finds out before it publishes anything: ``disk.may_publish``.
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
    """A held lease. ``check`` verifies that it is still held."""

    def __init__(self, file: Path) -> None:
        self._file = file
        holder = {"holder": secrets.token_hex(16), "host": platform.node(), **_process()}
        self._data = json.dumps(holder).encode()
        self._mark = _clocks()
        self._released = threading.Event()
        self._renewing = threading.Lock()

    def check(self) -> None:
        """Raise LostError if another process has taken it over; raises UnreadableError."""
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
        """Try to take the lease; True if it is ours now. Only a dead holder's is taken over."""
        if not self._create():
            seen = _seen(self._file)
            if seen is not None and not (_is_dead(self._file, seen) and _bury(self._file, seen)):
                return False
            if not self._create():
                return False
        threading.Thread(target=self._keep, name="lease", daemon=True).start()
        return True

    def release(self) -> None:
        """Release the lease for others, if it is still ours."""
        self._released.set()
        with self._renewing, suppress(OSError):  # one that cannot be removed dies in a minute
            if self._is_ours():
                self._file.unlink(missing_ok=True)

    def _keep(self) -> None:
        while not self._released.wait(RENEW_EVERY_S):
            with suppress(OSError):  # the share does not answer: ``check`` reports that
                if not self._renew():
                    return

    def _renew(self) -> bool:
        """Write the lease again. A dead one of our own is taken over, as others would do it."""
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
        # into the open file: a lease taken over meanwhile is no longer at its path
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
            # a share that lost its answer reports this process's own lease as existing
            return self._is_ours()
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
    """Work on ``what`` alone while the block lasts, e.g. on a session, by its id.

    Waits up to ``wait_s`` seconds for another process; infinity is allowed. Nothing is published
    in the block once the lease is lost.

    Raises TakenError if another process is working on it, TransientError if a lease cannot be
    written.
    """
    with os_errors("taking up work"):
        folder = study.leases
        folder.mkdir(mode=0o700, exist_ok=True)
        held = Lease(folder / f"{what}{_SUFFIX}")
        give_up = time.monotonic() + wait_s
        while not held.take():
            if time.monotonic() >= give_up:
                raise TakenError("Another process is working on this.")
            time.sleep(LOOK_EVERY_S)
    checks = before_publishing.set((*before_publishing.get(), held.check))
    try:
        yield held
    finally:
        before_publishing.reset(checks)
        held.release()


def living(study: Study) -> list[str]:
    """The names of all live leases. Removes what dead processes left behind.

    Raises TransientError if a lease cannot be read.
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
            else:  # half-written by a process that died
                file.unlink(missing_ok=True)
    return [what for what in found if not what.startswith(".")]


@dataclass(frozen=True, slots=True)
class _Seen:
    """The content of a lease file, and when it was written by the file system's clock."""

    data: bytes
    written_ns: int


def _seen(file: Path) -> _Seen | None:
    """The file as it is now; None if there is none. It is opened: a share may cache old times."""
    try:
        with file.open("rb") as stream:
            return _Seen(stream.read(), os.fstat(stream.fileno()).st_mtime_ns)
    except (FileNotFoundError, IsADirectoryError):  # a folder is not a lease
        return None
    except PermissionError:  # only its age is known
        return _Seen(b"", file.stat().st_mtime_ns)


def _is_dead(file: Path, seen: _Seen) -> bool:
    return _is_gone(seen.data) or _age_s(file, seen) > DEAD_AFTER_S


def _age_s(file: Path, seen: _Seen) -> float:
    """How long ago the lease was renewed, by the clock of the file system."""
    probe = _written(file.parent, b"?")
    try:
        now = _seen(probe)
    finally:
        probe.unlink(missing_ok=True)
    return (now.written_ns - seen.written_ns) / 1e9 if now else 0.0


def _bury(file: Path, seen: _Seen) -> bool:
    """Remove a dead lease; False if another process did, or if it is live: then put it back."""
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
    """Put a removed lease back; if there is a new one by now, the old holder will notice."""
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
    """A new file, stamped with the present time of the file system."""
    file = _hidden(folder)
    with file.open("xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    return file


def _hidden(folder: Path) -> Path:
    return folder / f".{secrets.token_hex(8)}{_SUFFIX}"


def _clocks() -> tuple[float, float]:
    """Two clocks: one that is never set, and one that runs on while the machine is suspended."""
    return time.monotonic(), time.time()


def _process() -> dict[str, str]:
    """This process, so that another one on the same machine can detect that it has ended.

    Only if the system identifies the machine, its boot and the container: on Linux.
    """
    try:
        machine = Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
        machine += f" {Path('/proc/self/ns/pid').readlink()}"
        return {"machine": machine, "process": f"{os.getpid()} {_born(os.getpid())}"}
    except OSError:
        return {}


def _born(pid: int) -> str | None:
    """When a process of this machine started; None if it is dead."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def _is_gone(data: bytes) -> bool:
    """Whether the holder was a process of this machine that has ended."""
    try:
        holder = parsed(data, dict[str, str])
        number, born = holder.get("process", "").split()
    except ValueError:  # it is being written, or damaged, or does not identify its process
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
    ):  # another user's, about which the system gives no information
        return False
