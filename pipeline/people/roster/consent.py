"""Which recordings wait for consent."""

from __future__ import annotations

from pipeline.dataset import files
from pipeline.errors import ConsentError
from pipeline.people.roster.on_disk import load
from pipeline.records import Recording, SessionKind
from pipeline.records.ids import session_name
from pipeline.study import Study
from pipeline.texts import Text, counted


def held(
    study: Study, group_id: str, session_number: int, kind: SessionKind = "meeting"
) -> Text | None:
    """Why a session of a group may not be processed, as a sentence; None if it may.

    Every member of its roster must have consented, except those absent from the session. A consent
    that is not recorded does not count. A group without a roster is not held.

    Raises StudyError if the roster cannot be used, TransientError if it cannot be read.
    """
    roster = load(study, group_id)
    if roster is None:
        return None
    session = session_name(session_number, kind)
    without = [
        str(number)
        for number, member in enumerate(roster.members, start=1)
        if member.consent != "yes" and member.attends(session)
    ]
    if not without:
        return None
    waits = counted(
        "{session_id} waits for the consent of member {members} of the roster of {group_id}.",
        "{session_id} waits for the consent of members {members} of the roster of {group_id}.",
    )
    return waits.filled(
        session_id=f"{group_id}-{session}",
        n=len(without),
        members=", ".join(without),
        group_id=group_id,
    )


def require(study: Study, recording: Recording) -> None:
    """Raise ConsentError if a session may not be processed, or as ``held``.

    A session already in the data set may be processed; people leave it by withdrawing.
    """
    if files.file_of(study.dataset, "sessions", recording.session_id).is_file():
        return
    reason = held(study, recording.group_id, recording.session_number, recording.kind)
    if reason:
        raise ConsentError(reason)
