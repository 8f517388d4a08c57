"""Which session a recording is: by its session.yaml, its name, or otherwise date order."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from pipeline.errors import PartsError, StudyError, VuoroError
from pipeline.intake.claims import Claim
from pipeline.intake.groups import group_of_folder
from pipeline.intake.lots import lots
from pipeline.intake.sidecar import Declared, declared
from pipeline.intake.waiting import group_folder, waiting
from pipeline.records import Recording, SessionKind
from pipeline.records.ids import session_id_of
from pipeline.storage.disk import os_errors
from pipeline.study import Study
from pipeline.study.accepted import PARTS, ids
from pipeline.study.file_names import (
    latest_day_of,
    moment_of,
    moments_of,
    session_kind,
    session_number,
    stem,
)
from pipeline.texts import Text


def in_order(study: Study, files: list[Path]) -> list[Path]:
    """The order in which to take files: within a group, those without a number last, by date.

    The date is that in the name, with the time if given, or otherwise when the file was last
    written.
    """

    found = {}
    with os_errors("reading the dates of files"):
        for folder in {file.parent for file in files}:
            beside = [file for file in files if file.parent == folder]
            for file, moment in zip(beside, moments_of([f.name for f in beside]), strict=True):
                found[file] = moment.order if moment else _dated(file)
                found[file] = "" if _asked(file) is not None else found[file]
    return sorted(files, key=lambda file: (group_folder(study, file), found[file]))


def as_recording(
    study: Study, claim: Claim, sha256: str, said: Declared, gaps_s: tuple[float | None, ...]
) -> Recording:
    """The session that a claimed file, or its parts with these gaps between them, becomes.

    The caller holds the study's names. Raises StudyError if the requested session exists already.
    """
    lay = claim.lay
    group_id = group_of_folder(study, group_folder(study, lay))
    kind = said.kind or session_kind(lay.name)
    number = _number(study, claim, group_id, kind, said)
    return Recording(
        session_id=session_id_of(group_id, kind, number),
        group_id=group_id,
        session_number=number,
        kind=kind,
        sha256=sha256,
        original_name=_text(lay.name),
        suffix=claim.suffix,
        inbox_folder=_text(lay.relative_to(study.inbox).parent.as_posix()),
        language=said.language,
        gaps_s=gaps_s,
    )


def _number(study: Study, claim: Claim, group_id: str, kind: SessionKind, said: Declared) -> int:
    lay = claim.lay
    start = session_id_of(group_id, kind, 0).removesuffix("00")
    taken = {int(id.removeprefix(start)) for id in ids(study) if id.startswith(start)}
    asked = said.number
    if asked is not None and not said.alone and waiting(study, lay.parent) not in ([], [lay]):
        raise StudyError(
            "The session.yaml gives one number to several recordings.",
            "Give each recording a file of its own, named like it and ending in .session.yaml.",
        )
    if asked is not None and asked in taken:
        raise StudyError(
            f"{session_id_of(group_id, kind, asked)}, which the session.yaml asks for, is there "
            "already.",
            "Give another number there, or correct the other session: `vuoro session --help`.",
        )
    number = asked or _named(lay)
    if number in taken and claim.suffix == PARTS:
        what = Text("These look like the parts of {session_id}, which is there already.")
        raise PartsError(what.filled(session_id=session_id_of(group_id, kind, number)))
    if number is None or number in taken:
        top = group_folder(study, lay)
        beside = [f for f in waiting(study, study.inbox / top) if group_folder(study, f) == top]
        wanted = {_asked(file) or 0 for file in beside if session_kind(file.name) == kind}
        number = max(taken | wanted, default=0) + 1 + _n_earlier(study, lay, beside)
    return number


def _n_earlier(study: Study, lay: Path, beside: list[Path]) -> int:
    """How many earlier recordings wait for an answer: their numbers stay free."""
    moment = moment_of(lay.name)
    if moment is None:
        return 0
    held = [file for lot in lots(study, beside) if lot.question for file in lot.files]
    dates = [found.order for file in held if (found := moment_of(file.name)) and not _asked(file)]
    return sum(date < moment.order for date in dates)


def _asked(file: Path) -> int | None:
    """The number that a session.yaml or the name of a file requests, if it can be read."""
    with suppress(VuoroError):  # taking the file in reports what is wrong
        if (number := declared(file).number) is not None:
            return number
    return _named(file)


def _named(file: Path) -> int | None:
    """The number in a name; 1 if it has none but a file like it that ends in 2 is beside it."""
    number = session_number(file.name)
    if number is None and moment_of(file.name) is None:
        second = file.with_name(f"{stem(file.name)} 2{file.name[len(stem(file.name)) :]}")
        number = 1 if os.path.lexists(second) else None
    return number


def _dated(file: Path) -> str:
    """When a recording was made, as far as known, if its name gives no complete date."""
    written = _written_on(file)
    last = date.fromisoformat(written[:10]) if written else None
    return (latest_day_of(file.name, last) if last else None) or written


def _written_on(file: Path) -> str:
    try:
        written_s = file.stat().st_mtime
    except FileNotFoundError:  # another process took it just now
        return ""
    return datetime.fromtimestamp(written_s, UTC).isoformat()


def _text(name: str) -> str:
    """A file system's name as text that JSON can hold."""
    return os.fsencode(name).decode(errors="replace")
