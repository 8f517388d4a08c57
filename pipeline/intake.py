"""From the inbox to accepted recordings, and to quarantine what cannot be used.

private/recordings/<session_id>/original.<suffix>   the file, moved here from the inbox
                                recording.json      what it was accepted as
private/recordings/.claim-<session_id>/             an acceptance that is under way

One process at a time: whoever calls holds the study's lock.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline import audio
from pipeline.errors import (
    DamagedMediaError,
    DiskFullError,
    LanguageError,
    NoAudioError,
    NotMediaError,
    RecordingError,
    StudyError,
    TooShortError,
    TransientError,
    UnreadableError,
    VuoroError,
)
from pipeline.records import Recording, SessionKind
from pipeline.settings import IntakeSettings
from pipeline.store import file_sha256
from pipeline.study import Study

RECEIPT = ".vuoro.txt"
REASON = ".reason.txt"
RECORD = "recording.json"
CLAIM = ".claim-"
NAME_MAX_BYTES = 255

_LETTER: dict[SessionKind, str] = {"meeting": "S", "group_interview": "I"}
_NO_RECORDING = re.compile(
    r"[.]|~\$|.*(\.part|\.partial|\.filepart|\.crdownload|\.download|\.tmp|\.vuoro\.txt)$"
    r"|(session\.yaml|thumbs\.db|desktop\.ini)$"
)

_MEETING = r"tapaami|kokou|istun|sessio|meeting|träff|möte"
_INTERVIEW = r"haastattel|intervju|interview"
_WORD = rf"(?:{_MEETING}|{_INTERVIEW})[^\W\d]*"
_NUMBER = r"(?<!\d)(\d{1,2})(?!\d)"
_NO_NUMBER = re.compile(
    r"(?<!\d)\d{4}[-._ ]?\d{1,2}[-._ ]?\d{1,2}(?!\d)"  # 2015-03-12
    r"|(?<!\d)\d{1,2}[-._/]\d{1,2}[-._/]\d{2,4}(?!\d)"  # 12.3.2015
    r"|(?<!\d)\d{1,2}[.:]\d{1,2}(?!\d)\.?"  # 12.3., 18.30
    r"|\bklo?\b\.?\s*\d+"  # klo 18
    r"|\d{3,}"  # years, counters of cameras, widths of pictures
)
_SESSION_NUMBER = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_NUMBER}(?:\.|:?e|:?a|st|nd|rd|th)[\s_-]*{_WORD}",  # 3. tapaaminen, 3:e träffen
        rf"{_WORD}(?:[\s_\-.,#:]|n(?:ro|r|o)\b)*{_NUMBER}",  # tapaaminen 3, session_03
        rf"^\s*{_NUMBER}",
        rf"(?:^|[\s_\-.#]){_NUMBER}\s*$",
    )
)

_FINNISH: dict[type[VuoroError], str] = {
    NotMediaError: "Tiedosto ei ole ääni- eikä videotiedosto, tai se on tyhjä. "
    "Tarkista se laitteella, jolta se on peräisin, ja kopioi se uudelleen.",
    NoAudioError: "Tallenteessa ei ole ääntä. "
    "Vie tallenne uudelleen äänen kanssa tai käytä erillistä äänitiedostoa.",
    DamagedMediaError: "Tiedosto on vioittunut tai katkennut, eikä sen ääntä saada auki. "
    "Kopioi se uudelleen alkuperäisestä paikasta; jos se on sielläkin viallinen, vie se uudelleen.",
    TooShortError: "Tallenne on liian lyhyt. Tarkista, että se kopioitui kokonaan.",
    LanguageError: "Tämän kielen nimiä ei osata peittää, joten aineistoa ei voi julkaista. "
    "Jos kieli arvattiin väärin, aseta `language` vuoro.toml-tiedoston kohtaan [transcription].",
    DiskFullError: "Levy on täynnä. Vapauta tilaa.",
    UnreadableError: "Tiedostoa ei voi lukea tai siirtää. "
    "Tarkista käyttöoikeudet ja se, että levy tai verkkojako on kytketty.",
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """The file was moved in as this recording."""

    recording: Recording


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The same bytes were accepted before, as session ``session_id``; nothing was moved."""

    session_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The file was moved to quarantine for this reason."""

    error: RecordingError


def waiting(study: Study) -> list[Path]:
    """The recordings in the inbox, by group and name in natural order (2 before 10).

    Left out: hidden and half-copied files, receipts, links, and what programs leave behind.
    Raises TransientError where a folder cannot be read.
    """
    found = []
    with _os_errors("reading the inbox"):
        for folder, subfolders, names in os.walk(study.inbox, onerror=_reraise):
            subfolders[:] = [name for name in subfolders if not name.startswith(".")]
            files = (Path(folder, name) for name in names if not _is_no_recording(name))
            found += [file for file in files if not file.is_symlink() and file.is_file()]
    return sorted(found, key=lambda file: _natural(file.relative_to(study.inbox)))


def take(study: Study, file: Path, settings: IntakeSettings) -> Accepted | Duplicate | Refused:
    """Accept a file from the inbox or quarantine it, and leave a receipt where it was.

    Raises TransientError where the disk is at fault (the file stays, with a receipt that says
    so), StudyError if the study's own records are damaged.
    """
    try:
        outcome = accept(study, file, settings)
    except RecordingError as error:
        quarantine(study, file, error)
        return Refused(error)
    except TransientError as error:
        with suppress(TransientError):  # the same disk: the first error is the one to tell
            receipt(study, file, _in_plain_words(error, "Odottaa yhä:", "Still waiting:"))
        raise
    if isinstance(outcome, Duplicate):
        same = outcome.session_id
        text = f"Sama tallenne on jo istuntona {same}.\nThis recording is in already, as {same}.\n"
        _set_aside(study, file, text)
    else:
        taken = outcome.recording.session_id
        receipt(study, file, f"Otettu istunnoksi {taken}.\nTaken in as session {taken}.\n")
    return outcome


def accept(study: Study, file: Path, settings: IntakeSettings) -> Accepted | Duplicate:
    """Move a file from the inbox into the study as a new session.

    Killed at any moment, it loses nothing: the file is either still in the inbox or in a claim
    that ``repair`` completes (which happens here first, too).

    Raises RecordingError if the file cannot be used, TransientError if the disk is at fault (the
    file stays where it is, either way), StudyError if the study's own records are damaged.
    """
    repair(study)
    declared_s = audio.probe(file)
    if declared_s is not None and declared_s < settings.min_duration_s:
        raise TooShortError(f"The recording is shorter than {settings.min_duration_s:g} seconds.")
    with _os_errors("taking a recording in"):
        before = file.stat()
        sha256 = file_sha256(file)
        after = file.stat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise UnreadableError("The file is still being copied.", "Wait, then run again.")
        earlier = sessions(study)
        for recording in earlier:
            if recording.sha256 == sha256:
                return Duplicate(recording.session_id)
        recording = _as_recording(study, file, sha256, earlier)
        claim = study.recordings / f"{CLAIM}{recording.session_id}"
        claim.mkdir(mode=0o700, exist_ok=True)
        _write(claim / RECORD, TypeAdapter(Recording).dump_json(recording, indent=1))
        _move(file, claim / original(study, recording).name)
        _complete(claim)
    return Accepted(recording)


def repair(study: Study) -> list[Recording]:
    """Complete the acceptances that were killed midway; those that were now completed.

    Raises TransientError where the disk is at fault, StudyError if a claim's record is damaged.
    """
    completed = []
    with _os_errors("completing what was interrupted"):
        for claim in sorted(study.recordings.glob(f"{CLAIM}*")):
            recording = _read(claim / RECORD) if (claim / RECORD).exists() else None
            if recording and (claim / original(study, recording).name).exists():
                _complete(claim)
                completed.append(recording)
            else:
                shutil.rmtree(claim)  # the file itself never left the inbox
    return completed


def sessions(study: Study) -> list[Recording]:
    """All accepted recordings, by session_id.

    Raises StudyError if a record is damaged, TransientError where it cannot be read.
    """
    with _os_errors("reading the list of sessions"):
        records = sorted(study.recordings.glob(f"[!.]*/{RECORD}"))
        return [_read(record) for record in records]


def original(study: Study, recording: Recording) -> Path:
    """Where the recording's file is, as it came."""
    return study.recordings / recording.session_id / f"original{recording.suffix}"


def quarantine(study: Study, file: Path, error: VuoroError) -> Path:
    """Move a file from the inbox to quarantine/<group>/, with the reason beside it; its new place.

    A receipt stays in the inbox. Nothing is overwritten. Raises TransientError.
    """
    start = ("Tallennetta ei voi käyttää.", "This recording cannot be used.")
    return _set_aside(study, file, _in_plain_words(error, *start))


def receipt(study: Study, file: Path, text: str) -> None:
    """Write ``text``, under the file's name, to <name>.vuoro.txt where the file is or was.

    Raises TransientError.
    """
    with _os_errors("writing a receipt"):
        content = f"{file.relative_to(study.inbox)}\n\n{text}"
        _write(_sibling(file, RECEIPT), os.fsencode(content), mode=0o644)


def session_number(name: str) -> int | None:
    """The number of the session that a file name gives, 1–99; None if it gives none.

    In order of preference: a number before (3. tapaaminen, 3rd meeting) or after (kokous 3,
    session_03, möte nr 3) a word for a session; a number of at most two digits at the start;
    one at the end, after a space, _ or -. Dates, times and longer numbers are none.
    """
    text = _NO_NUMBER.sub("|", _folded(Path(name).stem))
    for pattern in _SESSION_NUMBER:
        if match := pattern.search(text):
            return int(match[1]) or None
    return None


def session_kind(name: str) -> SessionKind:
    """Whether a file name speaks of an interview (haastattelu, intervju) or, else, of a meeting."""
    return "group_interview" if re.search(_INTERVIEW, _folded(name)) else "meeting"


def _as_recording(study: Study, file: Path, sha256: str, earlier: list[Recording]) -> Recording:
    group_id = _group_id(study, _group_folder(study, file), {r.group_id for r in earlier})
    kind = session_kind(file.name)
    taken = {r.session_number for r in earlier if (r.group_id, r.kind) == (group_id, kind)}
    wanted = session_number(file.name)
    number = wanted if wanted and wanted not in taken else max(taken, default=0) + 1
    suffix = file.suffix.lower()
    return Recording(
        session_id=f"{group_id}-{_LETTER[kind]}{number:02d}",
        group_id=group_id,
        session_number=number,
        kind=kind,
        sha256=sha256,
        original_name=os.fsencode(file.name).decode(errors="replace"),
        suffix=suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else "",
    )


def _group_id(study: Study, folder: str, in_use: set[str]) -> str:
    """The pseudonym of the group whose inbox folder this is; drawn at random for a new one.

    The name of a folder may be that of a work community, and numbers by order would tell which.
    """
    key = _folded(folder).strip()
    groups: dict[str, str] = {}
    if study.groups_file.exists():
        try:
            groups = TypeAdapter(dict[str, str]).validate_json(study.groups_file.read_bytes())
        except ValidationError:
            raise StudyError(
                "The list of groups (private/groups.json) is damaged.", "Restore it from a backup."
            ) from None
    if key not in groups:
        in_use = in_use | set(groups.values())
        ranges = (range(1, 100), range(100, 1000))
        free = [[f"G{n:02d}" for n in numbers if f"G{n:02d}" not in in_use] for numbers in ranges]
        groups[key] = secrets.choice(free[0] or free[1])
        _write(study.groups_file, json.dumps(groups, indent=1, sort_keys=True).encode())
    return groups[key]
