"""From the inbox to accepted recordings. Two processes never take one file in twice."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline import audio, locks
from pipeline.disk import os_errors, sha256_of
from pipeline.errors import (
    ConsentError,
    RecordingError,
    StudyError,
    TooShortError,
    TransientError,
    UnreadableError,
    VuoroError,
)
from pipeline.intake import claims, digests, receipts, sidecar
from pipeline.intake.claims import Claim
from pipeline.intake.looks import look
from pipeline.intake.numbering import as_recording
from pipeline.intake.quarantine import quarantine, set_aside, withdrawn
from pipeline.intake.references import mark, place_of
from pipeline.intake.sessions import recording
from pipeline.intake.stillness import ready
from pipeline.intake.waiting import survey
from pipeline.listener import Listener
from pipeline.records import Recording
from pipeline.roster.consent import held
from pipeline.settings import IntakeSettings
from pipeline.study import Study
from pipeline.withdrawal.tombstones import load, removed


@dataclass(frozen=True, slots=True)
class Accepted:
    """The file was taken in as this recording."""

    recording: Recording


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The same content was accepted before, as this session; the copy went to quarantine."""

    session_id: str


def take_in(study: Study, settings: IntakeSettings, told: Listener, *, wait: bool = True) -> int:
    """Take in every file of the inbox whose copy is complete; how many became sessions.

    A file that cannot be taken keeps no other from being taken: ``told`` hears of it, once for each
    reason. ``wait``: until it is clear of each copy whether it is complete, or still going on.
    Raises UnreadableError where the inbox is not there or cannot be read.
    """
    study.protect(settings)
    accepted = 0
    for place, error in survey(study).untaken:
        _tell_once(study, place, error, told)
    for file in ready(study, told if wait else None):
        before = receipts.read(file)
        try:
            outcome = _accept_or_quarantine(study, file, settings)
        except RecordingError as error:
            told.refused(file, error)
        except VuoroError as error:
            # one that another took is not refused, and one that waits as before was told of then
            if os.path.lexists(file) and receipts.read(file) != before:
                told.refused(file, error)
        else:
            if isinstance(outcome, Duplicate):
                told.duplicate(file, outcome.session_id)
            else:
                accepted += 1
                told.accepted(file, outcome.recording)
    return accepted


def _tell_once(study: Study, place: Path, error: VuoroError, told: Listener) -> None:
    """Say what cannot be taken in a receipt; ``told`` hears of it if that says something new."""
    is_new = True
    with suppress(TransientError):  # a receipt is not worth a recording
        is_new = receipts.receipt(study, place, receipts.still_waiting(error))
    if is_new:
        told.refused(place, error)


def _accept_or_quarantine(
    study: Study, file: Path, settings: IntakeSettings
) -> Accepted | Duplicate:
    try:
        return accept(study, file, settings)
    except RecordingError as error:
        quarantine(study, file, error)
        raise


def accept(study: Study, file: Path, settings: IntakeSettings) -> Accepted | Duplicate:
    """Take a file of the inbox into the study as a new session, and leave a receipt.

    Killed at any moment, it loses nothing: the file is in the inbox, or in a claim that ``repair``
    completes or puts back. Raises RecordingError if the file cannot be used (``quarantine`` is
    next), ConsentError if somebody in it has not consented or has withdrawn, StudyError if its
    session.yaml is wrong or a record of the study is damaged, TransientError if the disk is at
    fault or the file is no longer there. In all these cases the file is in the inbox, and a
    receipt says why.
    """
    try:
        said = sidecar.declared(file)
        stays = settings.originals == "reference"
        with claims.claimed(study, file, stays=stays) as claim:
            return _decided(study, claim, said, settings)
    except (TransientError, StudyError) as error:
        if os.path.lexists(file):
            with suppress(TransientError):  # it is the same disk: the first error is to be told
                receipts.receipt(study, file, receipts.still_waiting(error))
        raise


def _decided(
    study: Study, claim: Claim, said: sidecar.Declared, settings: IntakeSettings
) -> Accepted | Duplicate:
    declared_s = audio.probe(claim.file)
    if declared_s is not None and declared_s < settings.min_duration_s:
        raise TooShortError(f"The recording is shorter than {settings.min_duration_s:g} seconds.")
    with os_errors("taking a recording in"):
        sha256 = _sha256(claim.file)
        with locks.names(study):
            same = digests.session_with(study, sha256)
            if _is_withdrawn(study, sha256, same):
                raise withdrawn()
            if same is None:
                new = _permitted(study, claim, sha256, said)
                digests.note(study, sha256, new.session_id)
                claim.complete(new)
        if same is None and claim.stays:
            mark(study, claim.lay)
    if same is not None:
        _set_duplicate_aside(study, claim, same)
        return Duplicate(same)
    _take_along(study, claim.lay, new)
    receipts.tell_accepted(study, claim.lay, new.session_id)
    return Accepted(new)


def _sha256(file: Path) -> str:
    """The sha256 of a file that nobody writes to meanwhile: one who copies may go on with it."""
    before = look(file)
    sha256 = sha256_of(file)
    if look(file) != before:
        raise UnreadableError("The file is still being copied.", "Wait, then run again.")
    return sha256


def _is_withdrawn(study: Study, sha256: str, same: str | None) -> bool:
    """Whether this is a recording, or another form of one, that somebody was taken out of."""
    if same is None or recording(study, same).sha256 == sha256:
        return same is None and sha256 in removed(study)
    return any(same in tombstone.sessions for tombstone in load(study))


def _permitted(study: Study, claim: Claim, sha256: str, said: sidecar.Declared) -> Recording:
    """The session that the file becomes, if nobody's consent is missing."""
    new = as_recording(study, claim.lay, claim.file.is_dir(), sha256, said)
    if reason := held(study, new.group_id, new.session_number, new.kind):
        raise ConsentError(reason)
    return new


def _set_duplicate_aside(study: Study, claim: Claim, session_id: str) -> None:
    if claim.stays and place_of(study.recordings / session_id) == claim.lay:
        mark(study, claim.lay)  # the session's own recording, which nobody knew was taken
    else:
        set_aside(study, claim.file, claim.lay, receipts.duplicate_of(session_id))
    with os_errors("setting a duplicate aside"):
        claim.remove()


def _take_along(study: Study, lay: Path, recording: Recording) -> None:
    """Have what was said of the recording alone go with it: the name may come again."""
    own = sidecar.of_one(lay)
    if own is not None:
        with suppress(OSError):  # it stays, and is about nothing
            own.rename(study.recordings / recording.session_id / sidecar.OF_FOLDER)
