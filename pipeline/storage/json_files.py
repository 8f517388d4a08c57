"""Read the JSON that vuoro keeps in ``private/``, and report damage."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from pipeline.errors import StudyError
from pipeline.storage.disk import os_errors

T = TypeVar("T")

RESTORE = "Restore it from a backup, then run again."


def read_json(file: Path, kind: type[T], remedy: str = RESTORE) -> T | None:
    """The content of a file; None if there is no such file.

    Raises StudyError, with the ``remedy``, if it is damaged; UnreadableError if it cannot be read.
    """
    data = _bytes_of(file)
    if data is None:
        return None
    try:
        return parsed(data, kind)
    except ValidationError:
        raise damaged(file, remedy) from None


def read_lines(file: Path, kind: type[T]) -> list[T]:
    """The records of a file with one a line; [] if there is no such file.

    It is written by one rename and thus never cut off or empty: if it is, records are lost.
    Raises as ``read_json``.
    """
    data = _bytes_of(file)
    if data is None:
        return []
    try:
        return [parsed(line, kind) for line in data.rstrip(b"\n").split(b"\n")]
    except ValidationError:
        raise damaged(file) from None


def parsed(data: bytes, kind: type[T]) -> T:
    """The record in JSON. Raises ValidationError, whatever is wrong with the bytes."""
    found: T = adapter(kind).validate_json(data)
    return found


def damaged(file: Path, remedy: str = RESTORE) -> StudyError:
    """The error for a file that is no longer as vuoro wrote it."""
    return StudyError(f"{shown(file)} is damaged.", remedy)


def shown(file: Path) -> str:
    """The path of a file of the study as users know it: from ``private`` on."""
    names = file.parts
    start = len(names) - names[::-1].index("private") - 1 if "private" in names else -1
    return "/".join(names[start:])


def adapter(kind: object) -> TypeAdapter[Any]:
    """The adapter for a kind of record, cached: creating one is slower than reading a record."""
    return _adapter(kind)


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, kind))


def _bytes_of(file: Path) -> bytes | None:
    with os_errors(f"reading {shown(file)}"):
        try:
            return file.read_bytes()
        except FileNotFoundError:
            return None
