"""The accepted recordings: one folder a session.

private/recordings/<session_id>/recording.json       what it was accepted as, and
                                original.<suffix>    the file as it came, or
                                original.tracks/     the folder with a file a person, or
                                original.parts/      the folder with the parts, by name, or
                                reference.json       where the file stayed
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pipeline.dataset import files
from pipeline.errors import StudyError, UnreadableError, VuoroError, did_you_mean
from pipeline.records import Recording
from pipeline.records.ids import is_session_id
from pipeline.storage.disk import os_errors, sha256_of, write_atomically
from pipeline.storage.json_files import RESTORE, adapter, read_json, shown
from pipeline.study import Study, references
from pipeline.study.file_names import is_parts_folder

RECORD = "recording.json"
ORIGINAL = "original"
TRACKS = ".tracks"
PARTS = ".parts"
PART_PREFIX = re.compile(r"\A\d\d ")
"""The prefix of the names of parts, so that their names give their order."""


def sessions(study: Study) -> list[Recording]:
    """All accepted recordings, by session_id, for uses that must not omit any.

    Raises StudyError if a record is damaged, TransientError if it cannot be read.
    """
    found = records(study).values()
    return [each if isinstance(each, Recording) else _raised(each) for each in found]


def readable(study: Study, group_id: str = "") -> list[Recording]:
    """The accepted recordings, of a group if one is given, whose records can be read.

    An unreadable record does not block work on the others: ``records`` reports it.
    """
    return [each for each in records(study, group_id).values() if isinstance(each, Recording)]


def records(study: Study, group_id: str = "") -> dict[str, Recording | VuoroError]:
    """The accepted recording of each session, by session_id, or why its record cannot be read.

    A folder that cannot be listed raises TransientError: it must not pass for a study without
    sessions, whose rows would be removed from the data set.
    """
    start = f"{group_id}-" if group_id else ""
    found = sorted(session_id for session_id in ids(study) if session_id.startswith(start))
    return {session_id: _record(study, session_id) for session_id in found}


def recording(study: Study, session_id: str) -> Recording:
    """The accepted recording of a session.

    Raises StudyError if there is none or its record is damaged, TransientError.
    """
    file = study.recordings / session_id / RECORD
    found = read_json(file, Recording)
    if found is None and is_session_id(session_id) and file.parent.is_dir():
        raise StudyError(f"{shown(file)} is missing.", RESTORE)
    if found is None:
        raise StudyError(
            f"There is no session {session_id}.",
            f"{did_you_mean(session_id, ids(study))} List them with `vuoro status`.".lstrip(),
        )
    if found.session_id != session_id:
        raise StudyError(f"{shown(file)} is the record of another session.", RESTORE)
    return found


def original(study: Study, recording: Recording) -> Path:
    """The place of the recording's original file.

    Raises UnreadableError if it stayed in the inbox and has since gone or changed.
    """
    folder = study.recordings / recording.session_id
    own = folder / f"{ORIGINAL}{recording.suffix}"
    reference = folder / references.REFERENCE
    if own.exists() or not reference.exists():
        return own
    return references.followed(reference, recording)


def verified(study: Study, recording: Recording) -> Path:
    """The place of the recording's file, after reading it and checking that it is the original.

    Raises StudyError if it is another, UnreadableError if it cannot be read or is missing.
    """
    file = original(study, recording)
    session_id = recording.session_id
    with os_errors("checking that a recording is the one that was taken in"):
        if not file.exists():
            raise UnreadableError(
                f"The recording of {session_id} is not in private/recordings/{session_id}.",
                RESTORE,
            )
        if sha256_of(file) != recording.sha256:
            raise StudyError(
                f"The recording of {session_id} is not the file that was taken in: it was "
                "replaced or damaged.",
                f"Restore private/recordings/{session_id}/{ORIGINAL}{recording.suffix} from a "
                "backup; if the file there is another recording, drop it into the inbox.",
            )
    return file


def ids(study: Study) -> Iterator[str]:
    """The ids of all sessions, without reading a record. Raises TransientError."""
    with os_errors("reading the list of sessions"):
        names = [folder.name for folder in study.recordings.iterdir()]
    yield from filter(is_session_id, names)


def require_recordings(study: Study) -> None:
    """Raises StudyError if all sessions are gone though the data set has some, TransientError.

    Sessions on a disk that is not connected must not leave the data set.
    """
    if not any(ids(study)) and any(files.files(study.dataset, "sessions")):
        raise StudyError(
            "private/recordings is empty, though the data set has sessions; it was left as it is.",
            "Connect the disk that the recordings are on, or restore them from a backup.",
        )


def is_loose_parts(file: Path, lay: Path) -> bool:
    """Whether a kept file is a folder of parts that were in the inbox one by one."""
    return file.suffix == PARTS and file.is_dir() and not is_parts_folder(lay.name)


def write_record(folder: Path, recording: Recording) -> None:
    """Write the record of an accepted session into its folder."""
    write_atomically(folder / RECORD, adapter(Recording).dump_json(recording, indent=1), 0o600)


def state_language(study: Study, session_id: str, language: str) -> None:
    """Record the language that a person gave for a session; "" to detect it.

    The caller holds the study. Raises StudyError or TransientError.
    """
    folder = study.recordings / session_id
    with os_errors("noting a session's language"):
        write_record(folder, replace(recording(study, session_id), language=language))


def _record(study: Study, session_id: str) -> Recording | VuoroError:
    try:
        return recording(study, session_id)
    except VuoroError as error:
        return error


def _raised(error: VuoroError) -> Recording:
    raise error
