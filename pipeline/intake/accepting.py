"""Take recordings from the inbox. Two processes never take the same file in twice."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import (
    ConsentError,
    CopyError,
    PartsError,
    RecordingError,
    StudyError,
    TooShortError,
    TransientError,
    UnreadableError,
    VuoroError,
)
from pipeline.intake import claims, receipts, sidecar
from pipeline.intake import content_digests as digests
from pipeline.intake.claims import Claim
from pipeline.intake.groups import group_of_folder
from pipeline.intake.growing import grow
from pipeline.intake.lots import Lot, lots
from pipeline.intake.numbering import as_recording
from pipeline.intake.quarantine import quarantine, set_aside, withdrawn
from pipeline.intake.sidecar import Declared
from pipeline.intake.start_times import gaps_s
from pipeline.intake.stillness import ready
from pipeline.intake.waiting import group_folder, survey
from pipeline.media import audio
from pipeline.people.roster.consent import held
from pipeline.records import Recording
from pipeline.records.ids import session_id_of
from pipeline.settings import IntakeSettings
from pipeline.storage.disk import file_sha256, files_in, os_errors, sha256_of
from pipeline.storage.looks import look
from pipeline.study import Study, locks
from pipeline.study.accepted import PARTS, recording
from pipeline.study.file_names import session_kind, session_number
from pipeline.study.leases import lease
from pipeline.study.listener import Listener
from pipeline.study.references import mark, place_of
from pipeline.study.tombstones import load, removed
from pipeline.texts import Text


@dataclass(frozen=True, slots=True)
class Accepted:
    """The file was taken in as this recording."""

    recording: Recording


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The same content was accepted before, as this session; the copy went to quarantine."""

    session_id: str


def take_in(
    study: Study, settings: IntakeSettings, listener: Listener, *, wait: bool = True
) -> int:
    """Take in every file of the inbox whose copy is complete; return how many became sessions.

    A file that cannot be taken does not block others: ``listener`` gets each reason once.
    ``wait``: wait until it is clear for each copy whether it is complete or still running.
    Raises UnreadableError if the inbox is missing or cannot be read.
    """
    study.protect(settings)
    accepted = 0
    for place, error in survey(study).untaken:
        _refuse_once(study, place, error, listener)
    for lot in lots(study, ready(study, listener if wait else None)):
        accepted += _take(study, lot, settings, listener)
    return accepted


def _take(study: Study, lot: Lot, settings: IntakeSettings, listener: Listener) -> bool:
    """Take in the files of one session if possible, and report the outcome to ``listener``."""
    file, before = lot.files[0], [receipts.read(file) for file in lot.files]
    try:
        outcome = _accept_or_quarantine(study, lot, settings)
    except RecordingError as error:
        listener.refused(file, error)
    except VuoroError as error:
        # a lot taken by another process is not refused; one that still waits was reported before
        if os.path.lexists(file) and [receipts.read(file) for file in lot.files] != before:
            listener.refused(file, error)
    else:
        if isinstance(outcome, Accepted):
            listener.accepted(file, outcome.recording)
            return True
        listener.duplicate(file, outcome.session_id)
    return False


def _refuse_once(study: Study, place: Path, error: VuoroError, listener: Listener) -> None:
    """Write why a file cannot be taken into its receipt; tell ``listener`` if that is new."""
    is_new = True
    with suppress(TransientError):  # a failed receipt must not lose a recording
        is_new = receipts.receipt(study, place, receipts.still_waiting(error))
    if is_new:
        listener.refused(place, error)


def _accept_or_quarantine(study: Study, lot: Lot, settings: IntakeSettings) -> Accepted | Duplicate:
    for part in lot.files if len(lot.files) > 1 and lot.question is None else ():
        try:
            audio.probe(part)
        except RecordingError as error:
            quarantine(study, part, error)
            raise
    try:
        return accept(study, lot, settings)
    except RecordingError as error:
        quarantine(study, lot.files[0], error)
        raise


def accept(study: Study, lot: Lot | Path, settings: IntakeSettings) -> Accepted | Duplicate:
    """Take a file of the inbox, or the parts of a session, into the study; leave a receipt.

    If killed at any moment, nothing is lost: the file is in the inbox, or in a claim that
    ``repair`` completes or puts back. Raises RecordingError if the file cannot be used
    (``quarantine`` is next), ConsentError if a person in it has not consented or has withdrawn,
    HoldError if a person must say which session it belongs to, StudyError if its session.yaml is
    wrong or a record of the study is damaged, TransientError if the disk fails or the file is
    gone. In all these cases the files stay in the inbox, and a receipt gives the reason.
    """
    lot = lot if isinstance(lot, Lot) else Lot((lot,))
    try:
        if lot.question is not None:
            raise lot.question
        said = _said(lot)
        if lot.is_copy and said.number is None:
            _refuse_other_copy(study, lot.files[0])
        stays = settings.originals == "reference"
        if stays and len(lot.files) > 1:
            raise PartsError(
                Text("These are parts of one session, and recordings stay where they are.")
            )
        with claims.claimed(study, lot.files, stays=stays) as claim:
            return _decided(study, claim, lot, said, settings)
    except (TransientError, StudyError) as error:
        for file in filter(os.path.lexists, lot.files):
            with suppress(TransientError):  # same disk: report the first error
                receipts.receipt(study, file, receipts.still_waiting(error))
        raise


def _refuse_other_copy(study: Study, file: Path) -> None:
    """Raise CopyError if an apparent copy differs from every recording taken in."""
    error = CopyError(Text("This looks like a copy of another recording, and differs from it."))
    with os_errors("comparing a copy with the recordings"):
        if receipts.is_newer(file, error) or not digests.session_with(study, _sha256(file)):
            raise error


def _said(lot: Lot) -> Declared:
    """What is declared about the session; a declaration beside one part holds for all."""
    each = [sidecar.declared(file) for file in lot.files]
    return next((said for said in each if said.number or said.kind), each[0])


def _decided(
    study: Study, claim: Claim, lot: Lot, said: Declared, settings: IntakeSettings
) -> Accepted | Duplicate:
    declared_s = audio.probe(claim.file)
    if declared_s is not None and declared_s < settings.min_duration_s:
        raise TooShortError(audio.SHORTER_THAN.filled(seconds=settings.min_duration_s))
    between_s = _between(claim, lot)
    with os_errors("taking a recording in"):
        sha256 = _sha256(claim.file)
        of_parts = [file_sha256(part) for part in files_in(claim.file)] if between_s else []
        with locks.names(study):
            same = digests.session_with(study, sha256)
            if _is_withdrawn(study, sha256, same):
                raise withdrawn()
            if same is None and (said.part or 1) > 1 and len(lot.files) == 1:
                new = _grown(study, claim, said)
            elif same is None:
                _refuse_known_parts(study, of_parts)
                new = _permitted(study, claim, sha256, said, between_s)
                digests.note(study, sha256, new.session_id)
                for part in of_parts:  # recognised if dropped again alone
                    digests.note(study, part, new.session_id, copy=True)
                claim.complete(new)
        if same is None and claim.stays:
            mark(study, claim.lay)
    if same is not None:
        _set_duplicate_aside(study, claim, same)
        return Duplicate(same)
    for file in lot.files:
        _take_along(study, file, new)
        receipts.tell_accepted(study, file, new.session_id)
    return Accepted(new)


def _sha256(file: Path) -> str:
    """The sha256 of a file that does not change while it is read: a copy may still be running."""
    before = look(file)
    sha256 = sha256_of(file)
    if look(file) != before:
        raise UnreadableError(
            Text("The file is still being copied."), Text("Wait, then run again.")
        )
    return sha256


def _is_withdrawn(study: Study, sha256: str, same: str | None) -> bool:
    """Whether a person was removed from this recording, or from another form of it."""
    if same is None or recording(study, same).sha256 == sha256:
        return same is None and sha256 in removed(study)
    return any(same in tombstone.sessions for tombstone in load(study))


def _grown(study: Study, claim: Claim, said: Declared) -> Recording:
    """The session with a late part added to it."""
    group_id = group_of_folder(study, group_folder(study, claim.lay))
    kind = said.kind or session_kind(claim.lay.name)
    session_id = session_id_of(group_id, kind, said.number or session_number(claim.lay.name) or 0)
    if not (study.recordings / session_id).is_dir():
        what = Text("The parts before it are not here, and there is no {session_id}.")
        raise PartsError(what.filled(session_id=session_id))
    was = recording(study, session_id)
    if reason := held(study, group_id, was.session_number, kind):
        raise ConsentError(reason)
    if any(session_id in tombstone.sessions for tombstone in load(study)):
        raise withdrawn()
    if claim.stays:
        raise PartsError(Text("Parts are joined where recordings are moved into the study."))
    with lease(study, session_id):  # no process is working on the existing parts
        new = grow(study, claim.folder, claim.file, claim.lay.name, was, said.part or 0)
    claim.remove()
    return new


def _between(claim: Claim, lot: Lot) -> tuple[float | None, ...]:
    """The gaps between the parts of a session; () if it has one part."""
    if claim.suffix != PARTS:
        return ()
    parts = audio.media_files(claim.file)
    return (0.0,) * (len(parts) - 1) if lot.gapless else gaps_s(parts)


def _refuse_known_parts(study: Study, of_parts: Iterable[str]) -> None:
    for sha256 in of_parts:
        if session_id := digests.session_with(study, sha256):
            what = Text("A part of this recording is in the study as {session_id} already.")
            raise PartsError(what.filled(session_id=session_id))


def _permitted(
    study: Study, claim: Claim, sha256: str, said: Declared, gaps_s: tuple[float | None, ...]
) -> Recording:
    """The session that the file becomes, if no consent is missing."""
    new = as_recording(study, claim, sha256, said, gaps_s)
    if reason := held(study, new.group_id, new.session_number, new.kind):
        raise ConsentError(reason)
    return new


def _set_duplicate_aside(study: Study, claim: Claim, session_id: str) -> None:
    if claim.stays and place_of(study.recordings / session_id) == claim.lay:
        mark(study, claim.lay)  # the session's own recording, which was not marked as taken
    else:
        set_aside(study, claim.file, claim.lay, receipts.duplicate_of(session_id))
    with os_errors("setting a duplicate aside"):
        claim.remove()


def _take_along(study: Study, lay: Path, recording: Recording) -> None:
    """Move the recording's own session.yaml along with it: the file name may be used again."""
    own = sidecar.of_one(lay)
    if own is not None:
        with suppress(OSError):  # it stays behind without a recording
            own.rename(study.recordings / recording.session_id / sidecar.OF_FOLDER)
