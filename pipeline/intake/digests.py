"""Which session has a content already, found without reading the records of all.

private/digests/<sha256>    the id of the session whose file has this sha256; or, with "copy"
                            after it, of the session that it has the same sound as

It is made anew from the sessions' records where it is missing, and each run mends it; what it says
is believed only if the session's own record agrees.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.disk import write_atomically
from pipeline.intake.sessions import RECORD, loaded, sessions
from pipeline.records import Recording
from pipeline.study import Study

_COPY = "copy"


def session_with(study: Study, sha256: str) -> str | None:
    """The session that has this content, or the same sound; None if there is none.

    Raises StudyError if a record is damaged.
    """
    if not study.digests.is_dir():
        mend(study)
    session_id, *copy = _noted(study, sha256)
    if not session_id:
        return None
    record = study.recordings / session_id / RECORD
    if not record.is_file():
        return None
    return session_id if copy or loaded(record, Recording).sha256 == sha256 else None


def note(study: Study, sha256: str, session_id: str, *, copy: bool = False) -> None:
    """Note which session has this content; as a ``copy``, other bytes of the same sound."""
    study.digests.mkdir(mode=0o700, exist_ok=True)
    text = f"{session_id} {_COPY}" if copy else session_id
    write_atomically(study.digests / sha256, text.encode(), 0o600)


def copies(study: Study, session_id: str) -> frozenset[str]:
    """The sha256 of every file that was set aside for having the same sound as the session."""
    text = f"{session_id} {_COPY}"
    return frozenset(file.name for file in _files(study) if file.read_text("utf-8") == text)


def mend(study: Study) -> None:
    """Note all sessions that are not noted. Raises StudyError if a record is damaged."""
    study.digests.mkdir(mode=0o700, exist_ok=True)
    recordings = sessions(study)
    there = {recording.session_id for recording in recordings}
    for recording in recordings:
        if _noted(study, recording.sha256)[0] not in there:
            note(study, recording.sha256, recording.session_id)


def rename(study: Study, before: str, after: str) -> None:
    """Have all contents of a session noted under its new id."""
    for file in _files(study):
        session_id, *rest = file.read_text(encoding="utf-8").split()
        if session_id == before:
            write_atomically(file, " ".join([after, *rest]).encode(), 0o600)


def _noted(study: Study, sha256: str) -> list[str]:
    """The words of a note; [""] where there is none."""
    try:
        return (study.digests / sha256).read_text(encoding="utf-8").split() or [""]
    except FileNotFoundError:
        return [""]


def _files(study: Study) -> list[Path]:
    return list(study.digests.glob("[!.]*"))
