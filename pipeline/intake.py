"""From the inbox to accepted recordings, and to quarantine what cannot be used.

private/recordings/<session_id>/original.<suffix>   the file, moved here from the inbox, or
                                original.tracks/    the folder with a file a person
                                recording.json      what it was accepted as
private/recordings/.claim-<session_id>/             the same, under way
Whoever calls holds the study's lock: one process at a time.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain, count
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from pipeline import audio
from pipeline.disk import move, os_errors, sha256_of, sync, write_atomically
from pipeline.errors import (
    ConsentError,
    StudyError,
    TooShortError,
    TransientError,
    UnreadableError,
    VuoroError,
)
from pipeline.file_names import (
    fitted,
    folded,
    is_tracks_folder,
    natural,
    session_kind,
    session_number,
    suffix,
)
from pipeline.records import Recording, SessionKind
from pipeline.roster.consent import held
from pipeline.settings import IntakeSettings
from pipeline.study import Study
from pipeline.withdrawal.tombstones import removed

T = TypeVar("T")
RECORD = "recording.json"
ORIGINAL = "original"
TRACKS = ".tracks"
CLAIM = ".claim-"
RECEIPT = ".vuoro.txt"
REASON = ".reason.txt"

_LETTER: dict[SessionKind, str] = {"meeting": "S", "group_interview": "I"}
_HALF_COPIED = re.compile(
    r".*\.(part|partial|filepart|crdownload|download|tmp)", re.IGNORECASE | re.DOTALL
)
_NO_RECORDING = re.compile(
    r"\.|~\$|(session\.yaml|thumbs\.db|desktop\.ini|.*\.vuoro\.txt)$|" + _HALF_COPIED.pattern + "$",
    re.IGNORECASE | re.DOTALL,
)

_FINNISH = {
    "NotMediaError": "Tiedosto on tyhjä, tai se ei ole ääni- eikä videotiedosto. Kopioi uudelleen.",
    "NoAudioError": "Siinä ei ole ääntä. Vie se äänen kanssa tai käytä erillistä äänitiedostoa.",
    "DamagedMediaError": "Se on vioittunut tai katkennut, eikä sen ääntä saada auki. Kopioi se "
    "uudelleen alkuperäisestä paikasta; jos se on sielläkin viallinen, vie se uudelleen.",
    "TooShortError": "Se on liian lyhyt. Tarkista, että se kopioitui kokonaan.",
    "LanguageError": "Tämän kielen nimiä ei osata peittää. Jos kieli arvattiin väärin, aseta "
    "`language` vuoro.toml-tiedoston kohtaan [transcription].",
    "DiskFullError": "Levy on täynnä. Vapauta tilaa.",
    "ConsentError": "Siinä on tai voi olla henkilö, jonka suostumusta ei ole tai joka on perunut "
    "sen. Jäsenen numero ja ohje ovat alla.",
    "UnreadableError": "Tiedostoa ei voi lukea tai siirtää, tai se on vielä kopioitumassa. "
    "Tarkista käyttöoikeudet ja se, että levy tai verkkojako on kytketty.",
}
_REFUSED = "Tallennetta ei voi käyttää.", "This recording cannot be used."


@dataclass(frozen=True, slots=True)
class Accepted:
    """The file was moved in as this recording."""

    recording: Recording


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The same bytes were accepted before, as this session; the copy went to quarantine."""

    session_id: str


def waiting(study: Study) -> list[Path]:
    """The recordings in the inbox, by group and name in natural order (2 before 10).

    A folder of tracks is one recording. Left out: hidden and half-copied files, receipts, links,
    and what programs leave behind; and a folder of tracks in which a file is half-copied.
    Raises TransientError where a folder cannot be read.
    """
    found = []
    with os_errors("reading the inbox"):
        for folder, subfolders, names in os.walk(study.inbox, onerror=_reraise):
            visible = [name for name in subfolders if not name.startswith(".")]
            tracks = [name for name in visible if is_tracks_folder(name)]
            subfolders[:] = [name for name in visible if name not in tracks]
            files = (Path(folder, name) for name in names if not _NO_RECORDING.match(name))
            found += [file for file in files if not file.is_symlink() and file.is_file()]
            found += [place for name in tracks if _complete_tracks(place := Path(folder, name))]
    return sorted(found, key=lambda file: natural(file.relative_to(study.inbox)))


def _complete_tracks(folder: Path) -> bool:
    """Whether a folder of tracks holds files, none of them half-copied."""
    names = [file.name for file in folder.iterdir()]
    copied = any(not _NO_RECORDING.match(name) for name in names)
    return copied and not folder.is_symlink() and not any(map(_HALF_COPIED.fullmatch, names))


def accept(study: Study, file: Path, settings: IntakeSettings) -> Accepted | Duplicate:
    """Move a file from the inbox into the study as a new session, and leave a receipt.

    Killed at any moment, it loses nothing: the file is in the inbox still, or in a claim that
    ``repair`` completes. Raises RecordingError if the file cannot be used (``quarantine`` is
    next), ConsentError if somebody in it has not consented or has withdrawn, TransientError if the
    disk is at fault (then the file stays, and a receipt says why), StudyError if the study's own
    records are damaged.
    """
    repair(study)
    try:
        outcome = _accept(study, file, settings)
    except TransientError as error:
        with suppress(TransientError):  # it is the same disk: the first error is the one to tell
            receipt(study, file, _told(("Odottaa yhä.", "Still waiting."), error))
        raise
    if isinstance(outcome, Duplicate):
        text = f"Sama tallenne on jo / the same one is in already: {outcome.session_id}\n"
        _set_aside(study, file, file, text)
    else:
        with suppress(TransientError):
            receipt(study, file, f"Otettu / taken in: {outcome.recording.session_id}\n")
    return outcome


def repair(study: Study) -> list[Recording]:
    """Complete the acceptances that were killed midway; returns those recordings.

    ``accept`` does so first. Raises StudyError if a claim's record is damaged, TransientError.
    """
    completed = []
    with os_errors("completing what was interrupted"):
        for claim in sorted(study.recordings.glob(f"{CLAIM}*")):
            if any(claim.glob(f"{ORIGINAL}*")):
                completed.append(_load(claim / RECORD, Recording))
                _complete(claim)
            else:
                shutil.rmtree(claim)  # its file is in the inbox still, or in quarantine
    return completed


def sessions(study: Study) -> list[Recording]:
    """All accepted recordings, by session_id.

    Raises StudyError if a record is damaged, TransientError where it cannot be read.
    """
    with os_errors("reading the list of sessions"):
        return [_load(record, Recording) for record in _records(study, "[!.]*")]


def _records(study: Study, names: str) -> list[Path]:
    """The records of the sessions whose folders are named so.

    A folder that cannot be read raises: to ``Path.glob`` it would be a study without sessions, and
    their rows would be taken out of the data set.
    """
    folders = (f for f in study.recordings.iterdir() if fnmatchcase(f.name, names))
    return sorted(record for f in folders if (record := f / RECORD).is_file())


def sessions_of(study: Study, group_id: str) -> list[Recording]:
    """The accepted recordings of a group, by session_id. Raises as ``sessions``."""
    with os_errors("reading the list of sessions"):
        return [_load(record, Recording) for record in _records(study, f"{group_id}-*")]


def recording(study: Study, session_id: str) -> Recording:
    """The accepted recording of a session.

    Raises StudyError if there is none or its record is damaged, TransientError.
    """
    record = study.recordings / session_id / RECORD
    if not record.is_file():
        raise StudyError(f"There is no session {session_id}.", "`vuoro status` lists them.")
    with os_errors("reading a session's record"):
        return _load(record, Recording)


def known_group(study: Study, group: str) -> str | None:
    """The id of a group, by its inbox folder or its id; None if there is no such group.

    Raises StudyError if a record is damaged, TransientError.
    """
    with os_errors("reading the list of groups"):
        groups = _groups(study)
        ids = {*groups.values(), *(session.group_id for session in sessions(study))}
        ids |= {file.stem for file in study.rosters.glob("*.yaml")}
    return groups.get(folded(group).strip(), group if group in ids else None)


def group_id(study: Study, group: str) -> str:
    """The id of a group, as ``known_group``; drawn at random for a folder that is new.

    Whoever calls holds the study's lock. Raises StudyError if a record is damaged, TransientError.
    """
    with os_errors("numbering a group"):
        in_use = {session.group_id for session in sessions(study)}
        in_use |= {file.stem for file in study.rosters.glob("*.yaml")}
        return known_group(study, group) or _group_id(study, group, in_use)


def original(study: Study, recording: Recording) -> Path:
    """Where the recording's file is, as it came."""
    return study.recordings / recording.session_id / f"{ORIGINAL}{recording.suffix}"


def quarantine(study: Study, file: Path, error: VuoroError) -> Path:
    """Move a file from the inbox to quarantine/<group>/; returns its new place.

    The reason stands beside it, a receipt stays in the inbox. Raises TransientError.
    """
    return _set_aside(study, file, file, _told(_REFUSED, error))


def quarantine_session(study: Study, session_id: str, error: VuoroError) -> Path:
    """Move an accepted file that proved useless to quarantine, as ``quarantine`` does.

    The session is gone then, and its number free. Raises StudyError or TransientError.
    """
    session = recording(study, session_id)
    with os_errors("moving a session to quarantine"):
        claim = study.recordings / f"{CLAIM}{session_id}"
        original(study, session).parent.rename(claim)  # if killed from here on, `repair` undoes it
        file = claim / original(study, session).name
        lay = study.inbox / session.inbox_folder / session.original_name
        place = _set_aside(study, file, lay, _told(_REFUSED, error))
        shutil.rmtree(claim)
    return place


def receipt(study: Study, file: Path, text: str) -> None:
    """Write ``text``, under the file's name, to <name>.vuoro.txt where the file is or was.

    Raises TransientError.
    """
    with os_errors("writing a receipt"):
        write_atomically(
            receipt_of(file), os.fsencode(f"{file.relative_to(study.inbox)}\n\n{text}")
        )


def receipt_of(file: Path) -> Path:
    """Where the receipt of a file of the inbox is, if it has one."""
    return file.with_name(fitted(file.name, RECEIPT))


def _accept(study: Study, file: Path, settings: IntakeSettings) -> Accepted | Duplicate:
    declared_s = audio.probe(file)
    if declared_s is not None and declared_s < settings.min_duration_s:
        raise TooShortError(f"The recording is shorter than {settings.min_duration_s:g} seconds.")
    with os_errors("taking a recording in"):
        written = _written(file)
        sha256 = sha256_of(file)
        if _written(file) != written:
            raise UnreadableError("The file is still being copied.", "Wait, then run again.")
        earlier = sessions(study)
        if same := [known.session_id for known in earlier if known.sha256 == sha256]:
            return Duplicate(same[0])
        if sha256 in removed(study):
            raise ConsentError(
                "Somebody in this recording has withdrawn their consent.",
                "Delete the file: the session is in the study without their speech.",
            )
        new = _as_recording(study, file, sha256, earlier)
        if reason := held(study, new.group_id, new.session_number, new.kind):
            raise ConsentError(reason)
        claim = study.recordings / f"{CLAIM}{new.session_id}"
        claim.mkdir(mode=0o700)
        write_atomically(claim / RECORD, TypeAdapter(Recording).dump_json(new, indent=1), 0o600)
        move(file, claim / original(study, new).name)
        _complete(claim)
    return Accepted(new)


def _written(path: Path) -> list[int]:
    """When a file, or each file of a folder, was last written to."""
    files = [path, *sorted(path.iterdir())] if path.is_dir() else [path]
    return [file.stat().st_mtime_ns for file in files]


def _as_recording(study: Study, file: Path, sha256: str, earlier: list[Recording]) -> Recording:
    folder = _group_folder(study, file)
    group_id = _group_id(study, folder, {r.group_id for r in earlier})
    kind = session_kind(file.name)
    taken = {r.session_number for r in earlier if (r.group_id, r.kind) == (group_id, kind)}
    number = session_number(file.name)
    if number is None or number in taken:
        beside = [f.name for f in waiting(study) if _group_folder(study, f) == folder]
        wanted = {session_number(name) or 0 for name in beside if session_kind(name) == kind}
        number = max(taken | wanted, default=0) + 1
    return Recording(
        session_id=f"{group_id}-{_LETTER[kind]}{number:02d}",
        group_id=group_id,
        session_number=number,
        kind=kind,
        sha256=sha256,
        original_name=_text(file.name),
        suffix=TRACKS if file.is_dir() else suffix(file.name),
        inbox_folder=_text(file.relative_to(study.inbox).parent.as_posix()),
    )


def _text(name: str) -> str:
    """A file system's name as text that JSON can hold."""
    return os.fsencode(name).decode(errors="replace")


def _group_id(study: Study, folder: str, in_use: set[str]) -> str:
    """The pseudonym of the group whose inbox folder this is; drawn at random for a new one.

    The name of a folder may be that of a work community, and numbers by order would tell which.
    """
    key = folded(folder).strip()
    groups = _groups(study)
    if key not in groups:
        free = [g for n in range(1, 1000) if (g := f"G{n:02d}") not in in_use | {*groups.values()}]
        groups[key] = secrets.choice([g for g in free if len(g) == len("G07")] or free)
        data = json.dumps(groups, indent=1, sort_keys=True).encode()
        write_atomically(study.groups_file, data, 0o600)
    return groups[key]


def _groups(study: Study) -> dict[str, str]:
    """The id of each group, by its inbox folder."""
    return _load(study.groups_file, dict[str, str]) if study.groups_file.exists() else {}


def _group_folder(study: Study, file: Path) -> str:
    """The folder right below the inbox that a file is in; '' for the inbox itself."""
    return next(iter(file.relative_to(study.inbox).parent.parts), "")


def _set_aside(study: Study, file: Path, lay: Path, text: str) -> Path:
    """Move ``file`` to quarantine under a name that is free; ``text`` is beside it first.

    ``lay`` is where in the inbox it is or was: there a receipt says where it is now.
    """
    group, name = _group_folder(study, lay), lay.name
    with os_errors("moving a file to quarantine"):
        folder = study.quarantine / group
        folder.mkdir(parents=True, exist_ok=True)
        ending = suffix(name)
        stem = name[: len(name) - len(ending)]
        names = chain([fitted(name, "")], (fitted(stem, f" ({n}){ending}") for n in count(2)))
        place = next(folder / each for each in names if not os.path.lexists(folder / each))
        reason = folder / fitted(place.name, REASON)
        write_atomically(reason, os.fsencode(f"{group}/{name}\n\n{text}"))
        move(file, place)
    if lay.parent.is_dir():
        receipt(study, lay, f"{text}\nNyt / now: {place.relative_to(study.root)}\n")
    return place


def _told(outcome: tuple[str, str], error: VuoroError) -> str:
    """What is wrong and what to do, in both languages, after the words that say what follows."""
    finnish, english = outcome
    return f"{finnish} {_FINNISH.get(type(error).__name__, '')}\n\n{english} {error}\n"


def _complete(claim: Path) -> None:
    """Make a claim the session that it claims."""
    sync(claim)
    claim.rename(claim.with_name(claim.name.removeprefix(CLAIM)))
    sync(claim.parent)


def _load(file: Path, kind: type[T]) -> T:
    try:
        return TypeAdapter(kind).validate_json(file.read_bytes())
    except ValidationError:
        what = f"{file.parent.name}/{file.name} is damaged."
        raise StudyError(what, "Restore it from a backup.") from None


def _reraise(error: OSError) -> None:
    raise error
