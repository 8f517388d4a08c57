"""The accepted recordings: one folder a session.

private/recordings/<session_id>/recording.json       what it was accepted as, and
                                original.<suffix>    the file as it came, or
                                original.tracks/     the folder with a file a person, or
                                reference.json       where the file stayed
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from pipeline.disk import os_errors, write_atomically
from pipeline.errors import StudyError
from pipeline.intake import references
from pipeline.records import Recording, SessionKind
from pipeline.study import Study

T = TypeVar("T")
RECORD = "recording.json"
ORIGINAL = "original"
TRACKS = ".tracks"

_LETTER: dict[SessionKind, str] = {"meeting": "S", "group_interview": "I"}
_ID = re.compile(r"(G\d+)-[SI]\d+")


def sessions(study: Study) -> list[Recording]:
    """All accepted recordings, by session_id.

    Raises StudyError if a record is damaged, TransientError where it cannot be read.
    """
    return _read(study, "[!.]*")


def sessions_of(study: Study, group_id: str) -> list[Recording]:
    """The accepted recordings of a group, by session_id. Raises as ``sessions``."""
    return _read(study, f"{group_id}-*")


def recording(study: Study, session_id: str) -> Recording:
    """The accepted recording of a session.

    Raises StudyError if there is none or its record is damaged, TransientError.
    """
    record = study.recordings / session_id / RECORD
    if not record.is_file():
        raise StudyError(f"There is no session {session_id}.", "`vuoro status` lists them.")
    with os_errors("reading a session's record"):
        return loaded(record, Recording)


def original(study: Study, recording: Recording) -> Path:
    """Where the recording's file is, as it came.

    Raises UnreadableError if it stayed where it was and is there no longer, or was changed.
    """
    folder = study.recordings / recording.session_id
    own = folder / f"{ORIGINAL}{recording.suffix}"
    reference = folder / references.REFERENCE
    if own.exists() or not reference.exists():
        return own
    return references.followed(reference, recording)


def ids(study: Study) -> Iterator[str]:
    """The ids of all sessions, without reading a record."""
    for folder in study.recordings.iterdir():
        if _ID.fullmatch(folder.name):
            yield folder.name


def session_id_of(group_id: str, kind: SessionKind, number: int) -> str:
    """The id of a session: G07-S03, G07-I01."""
    return f"{group_id}-{_LETTER[kind]}{number:02d}"


def write_record(folder: Path, recording: Recording) -> None:
    """Write what a session was accepted as into its folder."""
    data = TypeAdapter(Recording).dump_json(recording, indent=1)
    write_atomically(folder / RECORD, data, 0o600)


def loaded(file: Path, kind: type[T]) -> T:
    """What a JSON file of the study holds. Raises StudyError if it is damaged."""
    try:
        found: T = _adapter(cast(Hashable, kind)).validate_json(file.read_bytes())
    except ValidationError:
        what = f"{file.parent.name}/{file.name} is damaged."
        raise StudyError(what, "Restore it from a backup.") from None
    return found


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, kind))  # making one takes longer than reading a record by it


def _read(study: Study, names: str) -> list[Recording]:
    """The recordings of the sessions whose folders are named so.

    A folder that cannot be read raises: to ``Path.glob`` it would be a study without sessions, and
    their rows would be taken out of the data set.
    """
    with os_errors("reading the list of sessions"):
        folders = (f for f in study.recordings.iterdir() if fnmatchcase(f.name, names))
        records = sorted(record for f in folders if (record := f / RECORD).is_file())
        return [loaded(record, Recording) for record in records]
