"""Counts that detect an older or missing version of files that must never go back.

    private/marks.json    the id of the study's key, and a count of each such file

Counts grow with every change: the generation of the key, the lines of decisions and corrections,
the highest number given to a person of a group, the withdrawals, a roster (one). Only a withdrawal
or the removal of a group lowers one. A file without a mark is new; a study created before marks
existed has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.storage.json_files import RESTORE, adapter, read_json, shown
from pipeline.study import Study


@dataclass(frozen=True, slots=True)
class Marks:
    """The counts, and the id of the study's key: None if unknown, "" if it was destroyed."""

    key_id: str | None = None
    counts: dict[str, int] = field(default_factory=dict)


def load(study: Study) -> Marks:
    """The marks of a study; unreadable ones count as none, as they only guard the other files."""
    try:
        info = study.marks_file.stat()
    except OSError:
        return Marks()
    return _loaded(study.marks_file, info.st_mtime_ns, info.st_size, info.st_ino)


def save(study: Study, marks: Marks) -> None:
    """Write the marks. Raises TransientError."""
    if marks != load(study):
        with os_errors("noting how far the study is"):
            write_atomically(study.marks_file, adapter(Marks).dump_json(marks, indent=1), 0o600)


def require(study: Study, file: Path, count: int) -> None:
    """Raise StudyError if the file, with this count, is older than a version that existed."""
    if count >= load(study).counts.get(shown(file), 0):
        return
    what = "is older than it was when it was last used" if count else "is missing or empty"
    raise StudyError(f"{shown(file)} {what}.", RESTORE)


def marked(study: Study, folder: Path) -> list[Path]:
    """The files that must exist in a folder of private/."""
    found = (study.private.parent / name for name, n in load(study).counts.items() if n)
    return [file for file in found if file.parent == folder]


@contextmanager
def moving(study: Study, file: Path, count: int) -> Iterator[None]:
    """Update a file's mark around writing it with this count: the mark is never ahead of it."""
    marks = load(study)
    new = replace(marks, counts=marks.counts | {shown(file): count})
    if count < marks.counts.get(shown(file), 0):
        save(study, new)
    yield
    if count:
        save(study, new)


def rename(study: Study, before: Path, after: Path) -> None:
    """Move a mark to the file's new name. Raises TransientError."""
    marks = load(study)
    count = marks.counts.get(shown(before))
    if count is not None:
        others = {name: n for name, n in marks.counts.items() if name != shown(before)}
        save(study, replace(marks, counts=others | {shown(after): count}))


@lru_cache(maxsize=4)
def _loaded(file: Path, *_version: int) -> Marks:
    try:
        return read_json(file, Marks) or Marks()
    except StudyError:
        return Marks()
