"""From the inbox to accepted recordings, and to quarantine what cannot be used.

private/recordings/<session_id>/original.<suffix>   the file, moved here from the inbox
                                recording.json      what it was accepted as
private/recordings/.claim-<session_id>/             an acceptance that is under way

One process at a time: whoever calls holds the study's lock.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from pipeline import audio
from pipeline.errors import (
    StudyError,
    TooShortError,
    TransientError,
    UnreadableError,
    VuoroError,
    from_os_error,
)
from pipeline.records import Recording, SessionKind
from pipeline.settings import IntakeSettings
from pipeline.store import file_sha256
from pipeline.study import Study

T = TypeVar("T")

RECEIPT = ".vuoro.txt"
REASON = ".reason.txt"
RECORD = "recording.json"
ORIGINAL = "original"
CLAIM = ".claim-"

_LETTER: dict[SessionKind, str] = {"meeting": "S", "group_interview": "I"}
_NO_RECORDING = re.compile(
    r"\.|~\$|(session\.yaml|thumbs\.db|desktop\.ini)$"
    r"|.*\.(part|partial|filepart|crdownload|download|tmp|vuoro\.txt)$",
    re.IGNORECASE | re.DOTALL,
)

_MEETING = r"tapaami|kokou|istun|sessio|meeting|träff|möte"
_INTERVIEW = r"haastattel|intervju|interview"
_WORD = rf"[^\W\d]*(?:{_MEETING}|{_INTERVIEW})[^\W\d]*"
_NUMBER = r"(?<!\d)(\d{1,2})(?!\d)"
_NO_NUMBER = re.compile(
    r"(?<!\d)\d{4}[-._ ]?\d{1,2}[-._ ]?\d{1,2}(?!\d)"  # 2015-03-12
    r"|(?<!\d)\d{1,2}([-._])\d{1,2}\1\d{2,4}(?!\d)"  # 12.3.2015
    r"|(?<!\d)\d{1,2}[.:]\d{1,2}(?!\d)\.?"  # 12.3., 18.30
    r"|\bklo?\b\.?\s*\d+(?:[.:]\d+)?"  # klo 18
    r"|\d{3,}"  # years, counters of cameras, widths of pictures
)
_SESSION_NUMBERS = (
    rf"{_NUMBER}(?:\.|:?e|:?a|st|nd|rd|th)[\s_-]*{_WORD}",  # 3. tapaaminen, 3:e träffen
    rf"{_WORD}(?:[\s_\-.,#:]|n(?:ro|r|o)\b)*{_NUMBER}",  # tapaaminen 3, session_03
    rf"^\s*{_NUMBER}",
    rf"(?:^|[\s_\-.#]){_NUMBER}\s*$",
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
    "UnreadableError": "Tiedostoa ei voi lukea tai siirtää, tai se on vielä kopioitumassa. "
    "Tarkista käyttöoikeudet ja se, että levy tai verkkojako on kytketty.",
}
_REFUSED = ("Tallennetta ei voi käyttää.", "This recording cannot be used.")
_WAITS = ("Odottaa yhä.", "Still waiting.")


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

    Left out: hidden and half-copied files, receipts, links, and what programs leave behind.
    Raises TransientError where a folder cannot be read.
    """
    found = []
    with _os_errors("reading the inbox"):
        for folder, subfolders, names in os.walk(study.inbox, onerror=_reraise):
            subfolders[:] = [name for name in subfolders if not name.startswith(".")]
            files = (Path(folder, name) for name in names if not _NO_RECORDING.match(name))
            found += [file for file in files if not file.is_symlink() and file.is_file()]
    return sorted(found, key=lambda file: _natural(file.relative_to(study.inbox)))


def accept(study: Study, file: Path, settings: IntakeSettings) -> Accepted | Duplicate:
    """Move a file from the inbox into the study as a new session, and leave a receipt.

    Killed at any moment, it loses nothing: the file is in the inbox still, or in a claim that
    ``repair`` completes. Raises RecordingError if the file cannot be used (``quarantine`` is
    next), TransientError if the disk is at fault (the file stays, and a receipt says why),
    StudyError if the study's own records are damaged.
    """
    repair(study)
    try:
        outcome = _accept(study, file, settings)
    except TransientError as error:
        with suppress(TransientError):  # it is the same disk: the first error is the one to tell
            receipt(study, file, _told(_WAITS, error))
        raise
    if isinstance(outcome, Duplicate):
        text = f"Sama kuin / the same as: {outcome.session_id}\n"
        _set_aside(study, file, _group_folder(study, file), file.name, text)
    else:
        with suppress(TransientError):
            text = f"Otettu istunnoksi / taken in as session: {outcome.recording.session_id}\n"
            receipt(study, file, text)
    return outcome


def repair(study: Study) -> list[Recording]:
    """Complete the acceptances that were killed midway; returns those recordings.

    ``accept`` does so first. Raises StudyError if a claim's record is damaged, TransientError.
    """
    completed = []
    with _os_errors("completing what was interrupted"):
        for claim in sorted(study.recordings.glob(f"{CLAIM}*")):
            if any(claim.glob(f"{ORIGINAL}*")):
                completed.append(_load(claim / RECORD, Recording))
                _complete(claim)
            else:
                shutil.rmtree(claim)  # the file never left the inbox, or is in quarantine
    return completed


def sessions(study: Study) -> list[Recording]:
    """All accepted recordings, by session_id.

    Raises StudyError if a record is damaged, TransientError where it cannot be read.
    """
    with _os_errors("reading the list of sessions"):
        records = study.recordings.glob(f"[!.]*/{RECORD}")
        return [_load(record, Recording) for record in sorted(records)]


def recording(study: Study, session_id: str) -> Recording:
    """The accepted recording of a session.

    Raises StudyError if there is none or its record is damaged, TransientError.
    """
    for known in sessions(study):
        if known.session_id == session_id:
            return known
    raise StudyError(f"There is no session {session_id}.", "`vuoro status` lists them.")


def original(study: Study, recording: Recording) -> Path:
    """Where the recording's file is, as it came."""
    return study.recordings / recording.session_id / f"{ORIGINAL}{recording.suffix}"


def quarantine(study: Study, file: Path, error: VuoroError) -> Path:
    """Move a file from the inbox to quarantine/<group>/; returns its new place.

    The reason stands beside it, a receipt stays in the inbox. Raises TransientError.
    """
    return _set_aside(study, file, _group_folder(study, file), file.name, _told(_REFUSED, error))


def quarantine_session(study: Study, session_id: str, error: VuoroError) -> Path:
    """Move an accepted file that proved useless to quarantine/<group_id>/, as ``quarantine`` does.

    The session is gone then, and its number free. Raises StudyError or TransientError.
    """
    session = recording(study, session_id)
    with _os_errors("moving a session to quarantine"):
        claim = study.recordings / f"{CLAIM}{session_id}"
        original(study, session).parent.rename(claim)  # if killed from here on, `repair` undoes it
        file = claim / original(study, session).name
        text = _told(_REFUSED, error)
        place = _set_aside(study, file, session.group_id, session.original_name, text)
        shutil.rmtree(claim)
    return place


def receipt(study: Study, file: Path, text: str) -> None:
    """Write ``text``, under the file's name, to <name>.vuoro.txt where the file is or was.

    Raises TransientError.
    """
    with _os_errors("writing a receipt"):
        place = file.with_name(_fitted(file.name, RECEIPT))
        _write(place, f"{file.relative_to(study.inbox)}\n\n{text}", mode=0o644)


def session_number(name: str) -> int | None:
    """The number of the session that a file name gives, 1–99; None if it gives none.

    In order of preference: a number before (3. tapaaminen, 3rd meeting) or after (kokous 3,
    session_03, möte nr 3) a word for a session; a number of at most two digits at the start;
    one at the end, after a space, _ or -. Dates, times and longer numbers are none.
    """
    text = _NO_NUMBER.sub("|", _folded(Path(name).stem))
    for pattern in _SESSION_NUMBERS:
        if match := re.search(pattern, text):
            return int(match[1]) or None
    return None


def session_kind(name: str) -> SessionKind:
    """Whether a file name speaks of an interview (haastattelu, intervju) or, else, of a meeting."""
    return "group_interview" if re.search(_INTERVIEW, _folded(name)) else "meeting"


def _accept(study: Study, file: Path, settings: IntakeSettings) -> Accepted | Duplicate:
    declared_s = audio.probe(file)
    if declared_s is not None and declared_s < settings.min_duration_s:
        raise TooShortError(f"The recording is shorter than {settings.min_duration_s:g} seconds.")
    with _os_errors("taking a recording in"):
        written = file.stat().st_mtime_ns
        sha256 = file_sha256(file)
        if file.stat().st_mtime_ns != written:
            raise UnreadableError("The file is still being copied.", "Wait, then run again.")
        earlier = sessions(study)
        for same in (known for known in earlier if known.sha256 == sha256):
            return Duplicate(same.session_id)
        new = _as_recording(study, file, sha256, earlier)
        claim = study.recordings / f"{CLAIM}{new.session_id}"
        claim.mkdir(mode=0o700)
        _write(claim / RECORD, TypeAdapter(Recording).dump_json(new, indent=1).decode())
        _move(file, claim / original(study, new).name)
        _complete(claim)
    return Accepted(new)


def _as_recording(study: Study, file: Path, sha256: str, earlier: list[Recording]) -> Recording:
    folder = _group_folder(study, file)
    group_id = _group_id(study, folder, {r.group_id for r in earlier})
    kind = session_kind(file.name)
    taken = {r.session_number for r in earlier if (r.group_id, r.kind) == (group_id, kind)}
    number = session_number(file.name)
    if number is None or number in taken:
        others = [f.name for f in waiting(study) if _group_folder(study, f) == folder]
        wanted = {session_number(name) or 0 for name in others if session_kind(name) == kind}
        number = max(taken | wanted, default=0) + 1
    return Recording(
        session_id=f"{group_id}-{_LETTER[kind]}{number:02d}",
        group_id=group_id,
        session_number=number,
        kind=kind,
        sha256=sha256,
        original_name=os.fsencode(file.name).decode(errors="replace"),
        suffix=_suffix(file.name),
    )


def _group_id(study: Study, folder: str, in_use: set[str]) -> str:
    """The pseudonym of the group whose inbox folder this is; drawn at random for a new one.

    The name of a folder may be that of a work community, and numbers by order would tell which.
    """
    key = _folded(folder).strip()
    groups = _load(study.groups_file, dict[str, str]) if study.groups_file.exists() else {}
    if key not in groups:
        in_use = in_use | set(groups.values())
        free = [group for n in range(1, 1000) if (group := f"G{n:02d}") not in in_use]
        groups[key] = secrets.choice([group for group in free if len(group) == 3] or free)
        _write(study.groups_file, json.dumps(groups, indent=1, sort_keys=True))
    return groups[key]


def _group_folder(study: Study, file: Path) -> str:
    """The folder right below the inbox that a file is in; '' for the inbox itself."""
    return next(iter(file.relative_to(study.inbox).parent.parts), "")


def _set_aside(study: Study, file: Path, group: str, name: str, text: str) -> Path:
    """Move ``file`` to quarantine under a name that is free; ``text`` is beside it first."""
    with _os_errors("moving a file to quarantine"):
        folder = study.quarantine / group
        folder.mkdir(parents=True, exist_ok=True)
        stem, suffix = name[: len(name) - len(_suffix(name))], _suffix(name)
        names = chain([name], (_fitted(stem, f" ({n}){suffix}") for n in count(2)))
        place = next(folder / each for each in names if not os.path.lexists(folder / each))
        _write(folder / _fitted(place.name, REASON), f"{group}/{name}\n\n{text}")
        _move(file, place)
    if file.is_relative_to(study.inbox):
        receipt(study, file, f"{text}\nNyt / now: {place.relative_to(study.root)}\n")
    return place


def _told(outcome: tuple[str, str], error: VuoroError) -> str:
    """What is wrong and what to do, in both languages, after the words that say what follows."""
    finnish, english = outcome
    return f"{finnish} {_FINNISH.get(type(error).__name__, '')}\n\n{english} {error}\n"


def _suffix(name: str) -> str:
    """The suffix of a name if it looks like one; else what follows the last dot is the name's."""
    suffix = Path(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ""


def _fitted(name: str, ending: str) -> str:
    """``name`` and ``ending`` as a name that a file may have: shortened, but no other's name."""
    encoded, room = os.fsencode(name), 255 - len(ending)
    if len(encoded) <= room:
        return name + ending
    mark = f"~{hashlib.sha256(encoded).hexdigest()[:8]}"
    return encoded[: room - len(mark)].decode(errors="ignore") + mark + ending


def _folded(text: str) -> str:
    """The same text for what is the same name on any system, in any case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _natural(path: Path) -> tuple[list[str | int], str]:
    pieces = re.split(r"(\d+)", _folded("/".join(path.parts)))
    return [int(piece) if piece.isdecimal() else piece for piece in pieces], str(path)


def _move(source: Path, target: Path) -> None:
    """Move a file; from another file system by a copy that is verified before the file goes."""
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        part = target.with_name(".incoming.part")
        shutil.copyfile(source, part)
        _sync(part)
        if file_sha256(part) != file_sha256(source):
            raise UnreadableError("The file changed while it was copied.") from None
        part.rename(target)
        _sync(target.parent)
        source.unlink()


def _complete(claim: Path) -> None:
    """Make a claim the session that it claims."""
    _sync(claim)
    claim.rename(claim.with_name(claim.name.removeprefix(CLAIM)))
    _sync(claim.parent)


def _write(file: Path, text: str, mode: int = 0o600) -> None:
    """Put ``text`` in the place of the file, by one rename."""
    part = file.with_name(".writing.part")
    part.write_bytes(os.fsencode(text))
    part.chmod(mode)
    _sync(part)
    part.replace(file)


def _load(file: Path, kind: type[T]) -> T:
    try:
        return TypeAdapter(kind).validate_json(file.read_bytes())
    except ValidationError:
        place = f"private/…/{file.parent.name}/{file.name}"
        raise StudyError(f"{place} is damaged.", "Restore it from a backup.") from None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reraise(error: OSError) -> None:
    raise error


@contextmanager
def _os_errors(doing: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise from_os_error(error, doing) from None
