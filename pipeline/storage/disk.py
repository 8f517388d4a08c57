"""File operations, beyond the standard library, that leave files complete or absent."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from pipeline.errors import UnreadableError, from_os_error

PENDING = ".pending"  # ending of the names of half-written files; they begin with a dot
_PREFIX = ".vuoro-"
ENOUGH = 8 * 2**20  # bytes that a database needs to continue

before_publishing: ContextVar[tuple[Callable[[], None], ...]] = ContextVar(
    "before_publishing", default=()
)
"""Called before anything is published; an exception prevents it. See ``leases``."""


def may_publish() -> None:
    """Raise LostError if another process has taken over the work."""
    for check in before_publishing.get():
        check()


@contextmanager
def os_errors(doing: str) -> Iterator[None]:
    """Turn operating-system errors into VuoroErrors that say what was being done, without names."""
    try:
        yield
    except OSError as error:
        raise from_os_error(error, doing) from None


def refuse_if_full(folder: Path, doing: str) -> None:
    """Raise DiskFullError if a few megabytes cannot be written there."""
    with os_errors(doing), tempfile.TemporaryFile(dir=folder) as probe:
        probe.write(bytes(ENOUGH))


def sha256_of(path: Path) -> str:
    """sha256 (hex) of a file's bytes; for a folder, of its files' contents, not names."""
    if not path.is_dir():
        return file_sha256(path)
    return sha256_of_all(map(file_sha256, files_in(path)))


def sha256_of_all(sha256s: Iterable[str]) -> str:
    """sha256 (hex) of a folder whose files have these digests, whatever their names."""
    return hashlib.sha256("\n".join(sorted(sha256s)).encode()).hexdigest()


def files_in(folder: Path) -> list[Path]:
    """The files in a folder, by name. Links are left out: they may lead out of the study."""
    return sorted(f for f in folder.iterdir() if f.is_file() and not f.is_symlink())


def last_change_ns(info: os.stat_result) -> int:
    """When a file last changed in any way (ns), including being restored with its old time."""
    return max(info.st_mtime_ns, info.st_ctime_ns)


def file_sha256(file: Path) -> str:
    """sha256 (hex) of a file's bytes, read as a stream."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_atomically(file: Path, data: bytes, mode: int = 0o644) -> None:
    """Replace the file's content by ``data`` in one rename; the old file stays until then.

    Raises LostError if another process has taken over the work.
    """
    descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=PENDING, dir=file.parent)
    pending = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        pending.chmod(mode)
        may_publish()
        pending.replace(file)
    finally:
        pending.unlink(missing_ok=True)


def append_line(file: Path, line: bytes) -> None:
    """Add a line to a log that only its owner may read, and flush it to the disk.

    A last line cut off by a crash stays a separate line.
    """
    handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as log:
        size = log.seek(0, os.SEEK_END)
        log.seek(max(0, size - 1))
        is_torn = log.read(1) not in (b"", b"\n")
        log.write(b"\n" * is_torn + line + b"\n")
        log.flush()
        os.fsync(log.fileno())


def clear_pending(folder: Path) -> None:
    """Remove what killed runs left half-written below a folder. Only if no process writes there."""
    for pending in [*folder.rglob(f"{_PREFIX}*{PENDING}")]:
        remove(pending)


def move(source: Path, target: Path) -> None:
    """Move a file or folder; across file systems, verify the copy before removing the source.

    Raises UnreadableError if it changes meanwhile.
    """
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        part = target.with_name(f".incoming{PENDING}")
        remove(part)
        if source.is_dir():
            shutil.copytree(source, part)
            for file in part.rglob("*"):
                sync(file)
        else:
            shutil.copyfile(source, part)
        sync(part)
        if sha256_of(part) != sha256_of(source):
            raise UnreadableError("The file changed while it was copied.") from None
        part.rename(target)
        sync(target.parent)
        # under a name that does not pass for a recording: half a folder must not look like one
        going = source.with_name(f"{_PREFIX}{target.parent.name}{PENDING}")
        source.rename(going)
        remove(going)


def remove(path: Path) -> None:
    """Remove a file, or a folder with all it holds."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Flush a file or folder to the disk, if the system can (Windows cannot sync folders)."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def lies_in(path: Path, folders: Iterable[Path]) -> bool:
    """Whether a file, existing or not, is below one of the folders after following links."""
    above = [parent for parent in path.resolve().parents if parent.exists()]
    return any(folder.exists() and any(map(folder.samefile, above)) for folder in folders)
