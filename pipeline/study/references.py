"""Recordings that stay where they were dropped: their paths, and marks to take each in once.

private/recordings/<session_id>/reference.json    where the recording is
private/references/<digest of its path>           that this file, with its look then, was taken in
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UnreadableError, VuoroError
from pipeline.records import Recording
from pipeline.storage.disk import os_errors, sha256_of, write_atomically
from pipeline.storage.json_files import RESTORE, adapter, read_json, shown
from pipeline.storage.looks import Look, look
from pipeline.study import Study

REFERENCE = "reference.json"


@dataclass(frozen=True, slots=True)
class Reference:
    """A file that stayed where it was: its path, in the file system's bytes (hex), and its look."""

    path: str
    look: Look

    @property
    def place(self) -> Path:
        return Path(os.fsdecode(bytes.fromhex(self.path)))


def refer(file: Path, folder: Path) -> None:
    """Make the session in ``folder`` refer to a file that stays where it is."""
    _write(folder / REFERENCE, file)


def mark(study: Study, file: Path) -> None:
    """Record that a file of the inbox, as it is now, was taken in."""
    study.references.mkdir(mode=0o700, exist_ok=True)
    _write(_mark(study, file), file)


def is_taken(study: Study, file: Path) -> bool:
    """Whether a file of the inbox, as it is now, was taken in and stayed."""
    try:
        found = read_json(_mark(study, file), Reference)
        return found is not None and found.look == look(file)
    except (VuoroError, FileNotFoundError):  # its content will show whether it was taken
        return False


def place_of(folder: Path) -> Path | None:
    """The place where the recording of the session in ``folder`` stayed; None if moved in."""
    found = read_json(folder / REFERENCE, Reference)
    return None if found is None else found.place


def followed(file: Path, recording: Recording) -> Path:
    """The place of the recording that a reference points to.

    Raises StudyError if the reference is damaged, UnreadableError if the recording is gone or was
    replaced by another.
    """
    reference = read_json(file, Reference)
    if reference is None:
        raise UnreadableError(f"{shown(file)} is missing.", RESTORE)
    with os_errors("looking for a recording that stayed where it was"):
        if not reference.place.exists():
            raise UnreadableError(
                f"The recording of {recording.session_id} is no longer where it was.",
                "Put it back under its old name, or connect the disk that it is on; "
                f"private/recordings/{recording.session_id}/original{recording.suffix} will do, "
                "too.",
            )
        # a different time proves nothing: copying a disk changes it
        same = look(reference.place) == reference.look
        if not same and sha256_of(reference.place) != recording.sha256:
            raise UnreadableError(
                f"The recording of {recording.session_id} was changed where it is.",
                "Put the file that was taken in back in its place; the changed one may be dropped "
                "into the inbox under another name.",
            )
    return reference.place


def _write(place: Path, file: Path) -> None:
    reference = Reference(os.fsencode(file).hex(), look(file))
    write_atomically(place, adapter(Reference).dump_json(reference, indent=1), 0o600)


def _mark(study: Study, file: Path) -> Path:
    return study.references / hashlib.sha256(os.fsencode(file)).hexdigest()
