"""Find which session already has a content, without reading every record.

private/digests/<sha256>    the id of the session whose file has this sha256; or, with "copy"
                            after it, of the session that it has the same sound as

A missing note is written from the session's record, and each run adds those that are missing. A
note counts only if the session's own record agrees. A note that cannot be read is ignored.
"""

from __future__ import annotations

from contextlib import suppress

from pipeline.records.ids import is_session_id
from pipeline.storage.disk import write_atomically
from pipeline.study import Study
from pipeline.study.accepted import ids, readable, recording

_COPY = "copy"


def session_with(study: Study, sha256: str) -> str | None:
    """The session that has this content, or the same sound; None if there is none.

    Raises StudyError if a record is damaged.
    """
    if not study.digests.is_dir():
        mend(study)
    session_id, *copy = _noted(study, sha256)
    if not (is_session_id(session_id) and (study.recordings / session_id).is_dir()):
        return None
    return session_id if copy or recording(study, session_id).sha256 == sha256 else None


def note(study: Study, sha256: str, session_id: str, *, copy: bool = False) -> None:
    """Note which session has this content; as a ``copy``, other bytes of the same sound."""
    study.digests.mkdir(mode=0o700, exist_ok=True)
    text = f"{session_id} {_COPY}" if copy else session_id
    write_atomically(study.digests / sha256, text.encode(), 0o600)


def copies(study: Study, session_id: str) -> frozenset[str]:
    """The sha256 of every file that was set aside for having the same sound as the session."""
    wanted = [session_id, _COPY]
    return frozenset(name for name in _names(study) if _noted(study, name) == wanted)


def mend(study: Study) -> None:
    """Note all sessions that are not noted and whose records can be read."""
    study.digests.mkdir(mode=0o700, exist_ok=True)
    there = {*ids(study)}
    for each in readable(study):
        if _noted(study, each.sha256)[0] not in there:
            with suppress(OSError):  # the place is occupied: the sound identifies it, too
                note(study, each.sha256, each.session_id)


def rename(study: Study, before: str, after: str) -> None:
    """Note all contents of a session under its new id."""
    for name in _names(study):
        session_id, *rest = _noted(study, name)
        if session_id == before:
            write_atomically(study.digests / name, " ".join([after, *rest]).encode(), 0o600)


def _noted(study: Study, sha256: str) -> list[str]:
    """The words of a note; [""] if none can be read."""
    try:
        return (study.digests / sha256).read_text(encoding="utf-8").split() or [""]
    except (OSError, UnicodeDecodeError):
        return [""]


def _names(study: Study) -> list[str]:
    return [file.name for file in study.digests.glob("[!.]*")]
