"""Check that ``names.key`` is this study's key and the latest; restore it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import count
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.pseudonymisation.key import backup
from pipeline.pseudonymisation.key.envelope import Header
from pipeline.pseudonymisation.key.file import KeyFile, find_secret, header_of, no_key
from pipeline.pseudonymisation.key.secret import Secret
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.storage.json_files import shown
from pipeline.study import Study, marks

_RESTORE = (
    "Put it back: `vuoro key restore` takes the copy that vuoro keeps, `vuoro key restore FILE` "
    "one of yours. If it is lost for good, `vuoro key destroy` lets numbers be drawn again."
)
_REPLACED = re.compile(rb'"replaced": ?\[\{')
_OLDER = (
    "Give a newer copy. With `--older` it is taken all the same: what was named or decided since "
    "is lost, and gets other numbers."
)


def own_header(study: Study) -> Header | None:
    """The clear header of the study's key; None if the study never had one.

    Raises StudyError if the key is missing, older than it was, or another study's: with it the same
    people would get other numbers. Raises as ``header_of``.
    """
    header = _header(study.key_file)
    if header is None:
        if marks.load(study).key_id or backup.copies(study.key_file):
            raise _missing()
        return None
    if wrong := _wrong(study, header):
        raise StudyError(f"private/names.key is {wrong}.", _RESTORE)
    return header


def protect(study: Study) -> None:
    """Mark the key and keep a copy of it, if an earlier vuoro wrote it without doing so.

    The caller holds the lock of the study's names. Raises as ``own_header``.
    """
    header = own_header(study)
    if header is None:
        if is_missed(study):
            raise _missing()
        return
    if not backup.copies(study.key_file):
        with os_errors("keeping a copy of the key"):
            backup.renew(study.key_file)
    if not marks.load(study).key_id:
        note(study, header)


def is_missed(study: Study) -> bool:
    """Whether the study's key is missing although it existed and was not destroyed."""
    if os.path.lexists(study.key_file):
        return False
    key_id = marks.load(study).key_id
    is_logged = key_id is None and _has_replaced(study)
    return bool(key_id) or is_logged or bool(backup.copies(study.key_file))


def without_key(study: Study) -> StudyError:
    """The error for no key: it is missing, or the study has none yet."""
    return _missing() if is_missed(study) else no_key()


def note(study: Study, header: Header) -> None:
    """Record that the study's key now has this header. Raises TransientError."""
    found = marks.load(study)
    counts = found.counts | {shown(study.key_file): header.generation}
    marks.save(study, replace(found, key_id=header.id, counts=counts))


def forget(study: Study) -> None:
    """Forget that the study had a key, copies included. Raises TransientError."""
    with os_errors("removing the copies of the key"):
        backup.drop(study.key_file)
    found = marks.load(study)
    counts = {n: c for n, c in found.counts.items() if n != shown(study.key_file)}
    marks.save(study, replace(found, key_id="", counts=counts))


def restore(
    study: Study, file: Path | None, prompt: Callable[[], str] | None, *, older: bool
) -> Path:
    """Restore the key from a file, or from the newest copy that opens; return its source.

    A key in its place is set aside. With ``older``, a key older than the study's last is accepted.
    The caller holds the lock of the study. Raises StudyError if none is accepted, TransientError.
    """
    with os_errors("looking for copies of the key"):
        found = [file.expanduser().resolve()] if file else backup.copies(study.key_file)
    problem = StudyError(
        "vuoro keeps no copy of this study's key.",
        "Give a copy from your backup: `vuoro key restore FILE`.",
    )
    for copy in found:
        try:
            header = _usable(study, copy, find_secret(copy, prompt), older=older)
        except StudyError as error:
            problem = error
            continue
        with os_errors("putting the key back"):
            data = copy.read_bytes()
            _set_aside(study.key_file)
            write_atomically(study.key_file.resolve(), data, 0o600)
            backup.keep(study.key_file, data)
        note(study, header)
        return copy
    raise problem


def _usable(study: Study, copy: Path, secret: Secret, *, older: bool) -> Header:
    header = header_of(copy)
    if header is None or KeyFile(copy, secret).read() is None:
        raise StudyError("There is no such file.", "Give the place of a copy of the key.")
    is_own = marks.load(study).key_id in (None, "", header.id)
    if (wrong := _wrong(study, header)) and not (older and is_own):
        raise StudyError(f"That copy is {wrong}.", _OLDER if is_own else "")
    return header


def _missing() -> StudyError:
    what = "private/names.key is missing: without it people would get new numbers."
    return StudyError(what, _RESTORE)


def _has_replaced(study: Study) -> bool:
    """Whether the audit log shows that a name was ever replaced: then there was a key."""
    with os_errors("reading the audit log"):
        return any(_REPLACED.search(log.read_bytes()) for log in study.audit.glob("*.jsonl"))


def _wrong(study: Study, header: Header) -> str:
    """What is wrong with a key with this header, for this study; "" if nothing."""
    found = marks.load(study)
    if found.key_id and header.id != found.key_id:
        return "the key of another study"
    if header.generation < found.counts.get(shown(study.key_file), 0):
        return "older than the key that the study was last worked on with"
    return ""


def _set_aside(key: Path) -> None:
    if os.path.lexists(key):
        target = key.resolve()
        names = (target.with_name(f"{target.name}.set-aside-{n}") for n in count(1))
        target.rename(next(name for name in names if not name.exists()))


def _header(path: Path) -> Header | None:
    try:
        info = path.stat()
    except OSError:
        return header_of(path)
    return _read(path, info.st_mtime_ns, info.st_size, info.st_ino)


@lru_cache(maxsize=4)
def _read(path: Path, *_version: int) -> Header | None:
    return header_of(path)
