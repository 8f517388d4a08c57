"""Add a late part to the end of a session that was already taken in.

private/recordings/.claim-<random>/grows.json    what the session becomes; committed once written

Times in the existing parts stay the same, and so do people's decisions about them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.errors import PartsError, StudyError
from pipeline.intake import content_digests as digests
from pipeline.intake.start_times import gap_s
from pipeline.records import Recording
from pipeline.storage.disk import file_sha256, files_in, move, sha256_of_all, sync, write_atomically
from pipeline.storage.json_files import read_json
from pipeline.study import Study
from pipeline.study.accepted import ORIGINAL, PARTS, TRACKS, original, write_record
from pipeline.study.file_names import fitted
from pipeline.texts import Text, counted

GROWS = "grows.json"


@dataclass(frozen=True, slots=True)
class Growth:
    """What a session becomes, and the name under which its new part is kept."""

    recording: Recording
    name: str


def grow(study: Study, folder: Path, file: Path, name: str, was: Recording, part: int) -> Recording:
    """Add the claimed ``file``, called ``name``, to the session as its ``part``-th part.

    ``folder`` is that of the claim. The caller holds the session and the study's names. Raises
    PartsError if the part before it is missing, RecordingError if it is not a recording.
    """
    n_parts = len(was.gaps_s) + 1
    if part != n_parts + 1 or was.suffix == TRACKS:
        has = counted(
            "{session_id} has {n} part: this cannot be part {part}.",
            "{session_id} has {n} parts: this cannot be part {part}.",
        )
        raise PartsError(has.filled(session_id=was.session_id, n=n_parts, part=part))
    kept = original(study, was)
    if kept.parent != study.recordings / was.session_id:
        stays = Text("The recording of {session_id} stays where it is.")
        raise PartsError(stays.filled(session_id=was.session_id))
    before = files_in(kept) if was.gaps_s else [kept]
    found_s = gap_s(before[-1], file, was.original_name if not was.gaps_s else "", name)
    sha256s = [file_sha256(each) for each in (*before, file)]
    grown = replace(was, suffix=PARTS, sha256=sha256_of_all(sha256s), gaps_s=(*was.gaps_s, found_s))
    growth = Growth(grown, fitted(f"{part:02d} {name}", ""))
    write_atomically(folder / GROWS, TypeAdapter(Growth).dump_json(growth), 0o600)
    for sha256 in sha256s:  # each is recognised if dropped again alone
        digests.note(study, sha256, was.session_id, copy=True)
    digests.note(study, grown.sha256, was.session_id)
    return complete(study, folder)


def complete(study: Study, folder: Path) -> Recording:
    """Carry out the growth that a claim describes. Repeating it changes nothing."""
    growth = read_json(folder / GROWS, Growth)
    if growth is None:
        raise StudyError("What a session was to become is gone.", "Run `vuoro run` again.")
    session = study.recordings / growth.recording.session_id
    parts = session / f"{ORIGINAL}{PARTS}"
    parts.mkdir(mode=0o700, exist_ok=True)
    for kept in session.glob(f"{ORIGINAL}*"):
        if kept != parts:
            move(kept, parts / fitted(f"01 {growth.recording.original_name}", ""))
    for claimed in folder.glob(f"{ORIGINAL}*"):
        move(claimed, parts / growth.name)
    sync(parts)
    write_record(session, growth.recording)
    sync(session)
    return growth.recording
