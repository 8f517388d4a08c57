"""Whether the data set holds every session that was in it before and is still in the study.

After a correction of its number, kind or group a session is out of the data set until it is built,
and the tables of its group name it as it was.
"""

from __future__ import annotations

from pipeline.dataset import files
from pipeline.errors import ConsentError, StudyError, VuoroError
from pipeline.operations.build import HEARING
from pipeline.people.roster.consent import require
from pipeline.records import Recording
from pipeline.stages.to_do import left
from pipeline.study import Study
from pipeline.texts import counted

_WAITING = counted(
    "{sessions} is waiting for `vuoro build`.", "{sessions} are waiting for `vuoro build`."
)


def require_built(study: Study, session_id: str | None = None) -> None:
    """Raises StudyError if sessions wait for a build to be in the data set again; or one session.

    Those that a person must answer for first, or that must be listened to, do not count, nor do
    those that have never been in it. Raises TransientError if the data set cannot be read.
    """
    published = {file.stem for file in files.files(study.dataset, "sessions")}
    gone = {log.stem for log in study.audit.glob("*.jsonl")} - published
    if session_id is not None:
        gone &= {session_id}
    if waiting := _waiting(study, gone) if gone else ():
        raise StudyError(_WAITING.filled(n=len(waiting), sessions=waiting))


def _waiting(study: Study, session_ids: set[str]) -> tuple[str, ...]:
    try:
        found = left(study, study.settings(), verify=False)
    except VuoroError:  # whatever keeps it from being told, the data set can be looked at
        return ()
    return tuple(
        each.session_id
        for each in found
        if each.session_id in session_ids
        and each.recording is not None
        and not HEARING & {*each.to_come}
        and _is_free(study, each.recording)
    )


def _is_free(study: Study, recording: Recording) -> bool:
    """Whether consent lets a session be built."""
    try:
        require(study, recording)
    except (ConsentError, StudyError):
        return False
    return True
