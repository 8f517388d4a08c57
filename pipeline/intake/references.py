"""Recordings that stay where they were dropped: their paths, and that each is taken once.

private/recordings/<session_id>/reference.json    where the recording is
private/references/<digest of its path>           that the file there was taken, as it was then
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline.disk import os_errors, sha256_of, write_atomically
from pipeline.errors import UnreadableError
from pipeline.intake.looks import Look, look
from pipeline.records import Recording
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


_JSON = TypeAdapter(Reference)


def refer(file: Path, folder: Path) -> None:
    """Have the session in ``folder`` refer to a file that stays where it is."""
    data = _JSON.dump_json(Reference(os.fsencode(file).hex(), look(file)), indent=1)
    write_atomically(folder / REFERENCE, data, 0o600)


def mark(study: Study, file: Path) -> None:
    """Note that a file of the inbox, as it is now, was taken."""
    study.references.mkdir(mode=0o700, exist_ok=True)
    data = _JSON.dump_json(Reference(os.fsencode(file).hex(), look(file)))
    write_atomically(_mark(study, file), data, 0o600)


def is_taken(study: Study, file: Path) -> bool:
    """Whether a file of the inbox, as it is now, was taken and stayed."""
    try:
        return _JSON.validate_json(_mark(study, file).read_bytes()).look == look(file)
    except (FileNotFoundError, ValidationError):  # taken or not: its content will tell
        return False


def place_of(folder: Path) -> Path | None:
    """Where the recording of the session in ``folder`` stayed; None if it was moved in."""
    reference = folder / REFERENCE
    return _JSON.validate_json(reference.read_bytes()).place if reference.exists() else None


def followed(file: Path, recording: Recording) -> Path:
    """Where the recording is that a reference is to.

    Raises UnreadableError if it is there no longer, or is another now.
    """
    with os_errors("looking for a recording that stayed where it was"):
        reference = _JSON.validate_json(file.read_bytes())
        if not reference.place.exists():
            raise UnreadableError(
                f"The recording of {recording.session_id} is no longer where it was.",
                "Put it back under its old name, or connect the disk that it is on; "
                f"private/recordings/{recording.session_id}/original{recording.suffix} will do, "
                "too.",
            )
        # a time that differs proves nothing: copying a disk changes it
        same = look(reference.place) == reference.look
        if not same and sha256_of(reference.place) != recording.sha256:
            raise UnreadableError(
                f"The recording of {recording.session_id} was changed where it is.",
                "Put the file that was taken in back in its place; the changed one may be dropped "
                "into the inbox under another name.",
            )
    return reference.place


def _mark(study: Study, file: Path) -> Path:
    return study.references / hashlib.sha256(os.fsencode(file)).hexdigest()
