"""Complete interrupted work, or put files back where they lay; set the rest aside."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline.errors import VuoroError
from pipeline.intake import claims, groups, growing, receipts, sidecar
from pipeline.intake import content_digests as digests
from pipeline.intake.quarantine import set_aside
from pipeline.operations import renumber as correcting
from pipeline.records import Recording
from pipeline.records.ids import is_session_id
from pipeline.storage.disk import PENDING, files_in, os_errors, remove
from pipeline.storage.json_files import read_json
from pipeline.study import Study
from pipeline.study.accepted import ORIGINAL, PART_PREFIX, PARTS, RECORD, is_loose_parts
from pipeline.study.file_names import suffix
from pipeline.study.leases import living
from pipeline.study.references import REFERENCE

_OURS = {claims.LAY, RECORD, REFERENCE, sidecar.OF_FOLDER}
_SET_ASIDE = (
    "Files of an interrupted run were moved to quarantine/. See `vuoro status` for what to do."
)


def repair(study: Study) -> list[str]:
    """Complete interrupted work, or put it back into the inbox; returns sentences for the user.

    A run does this first. Nothing is deleted that could be a recording, and a claim that cannot be
    repaired does not prevent the repair of others. Raises StudyError if the correction of a session
    cannot be completed, TransientError.
    """
    correcting.complete(study)
    notes = groups.repair(study)
    with os_errors("looking for what was interrupted"):
        found = sorted(study.recordings.glob(f"{claims.CLAIM}*"))
    at_work = {*living(study)}  # read after the claims: a claim is leased before it is made
    for claim in found:
        if claims.lease_of(claim) not in at_work:
            try:
                with os_errors("completing what was interrupted"):
                    notes += _repaired(study, claim)
            except VuoroError as error:
                notes.append(f"Files of an interrupted run were left in place. {error}")
    with os_errors("looking through the sessions"):
        digests.mend(study)
    return notes


def _repaired(study: Study, claim: Path) -> list[str]:
    """Repair one claim that no live process holds."""
    if claim.is_symlink() or not claim.is_dir():
        return _aside(study, claim, claim)
    if (claim / growing.GROWS).exists():
        growing.complete(study, claim)
        shutil.rmtree(claim)
        return []
    lay = claims.lay_of(study, claim)
    if lay is not None and (parked := claims.parked(lay, claim)).exists():
        parked.rename(claims.free(lay))  # it is whole; what was copied of it may not be
        if not is_loose_parts(parts := claim / f"{ORIGINAL}{PARTS}", lay):
            shutil.rmtree(claim)
            return []
        for copy in parts.iterdir():
            if copy.name.endswith(PENDING) or PART_PREFIX.sub("", copy.name) == lay.name:
                remove(copy)
    file = next(claim.glob(f"{ORIGINAL}*"), None)
    record = _record(claim)
    if record is not None and (file or (claim / REFERENCE).exists()):
        was = claims.inside(study, Path(record.inbox_folder, record.original_name))
        is_whole = file is None or was is None or _has_all_parts(file, was, record)
        if is_whole and not (study.recordings / record.session_id).exists():
            claims.publish(claim, record)
            return []
        lay = lay or was
    if file is not None:
        if lay is None:
            notes = _aside(study, file, claim)
        else:
            claims.put_back(file, lay)
            notes = []
    elif any(each.name not in _OURS and each.name[0] != "." for each in claim.iterdir()):
        return _aside(study, claim, claim)
    else:
        notes = []
    shutil.rmtree(claim)
    return notes


def _has_all_parts(file: Path, lay: Path, recording: Recording) -> bool:
    """Whether a recording still has all parts, while it is moved to quarantine part by part."""
    return not is_loose_parts(file, lay) or len(files_in(file)) == len(recording.gaps_s) + 1


def _record(claim: Path) -> Recording | None:
    """Return the record of the claim's session; None if there is none that can be read."""
    try:
        found = read_json(claim / RECORD, Recording)
    except VuoroError:
        return None
    return found if found is not None and is_session_id(found.session_id) else None


def _aside(study: Study, what: Path, claim: Path) -> list[str]:
    """Move what a claim holds to quarantine, because its former place is unknown."""
    name = f"recovered-{claim.name.removeprefix(claims.CLAIM)}"
    ending = suffix(what.name) if what != claim else ""
    set_aside(study, what, study.inbox / f"{name}{ending}", receipts.recovered())
    return [_SET_ASIDE]
