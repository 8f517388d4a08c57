"""What a researcher wrote about a recording, in a file beside it.

    tapaaminen.mp4.session.yaml    of one recording; tapaaminen.session.yaml will do
    session.yaml                   of all recordings in its folder

    number: 3                      1–99; in session.yaml only where it is the folder's one recording
    kind: group_interview          or: meeting
    language: fi                   of the talk, where it is not to be detected
    part: 2                        of the session with this number; for one recording only

Each may be left out. No other key is allowed: names belong in the roster.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from pipeline.errors import StudyError
from pipeline.records import SessionKind
from pipeline.records.languages import LANGUAGES
from pipeline.storage.borders.text import data_in
from pipeline.storage.borders.yaml import yaml_in
from pipeline.storage.disk import os_errors
from pipeline.study.file_names import fitted, suffix

OF_FOLDER = "session.yaml"
OF_ONE = f".{OF_FOLDER}"
MOST = 99
MAX_BYTES = 64_000
_SUBJECT = "The session.yaml beside the recording"
_REMEDY = (
    "Correct it; it may say `number: 3`, `part: 2`, `kind: meeting` or `kind: group_interview`, "
    "and `language: fi`."
)


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared about a recording; None or "" if nothing is.

    ``alone``: declared for that recording only.
    """

    number: int | None = None
    kind: SessionKind | None = None
    language: str = ""
    alone: bool = True
    part: int | None = None


def declared(file: Path) -> Declared:
    """What the file beside a recording declares; its own file takes precedence over the folder's.

    Raises StudyError if a declaration is not allowed, TransientError if it cannot be read.
    """
    with os_errors("reading a session.yaml"):
        beside = next(iter(about(file)), None)
    if beside is None:
        return Declared()
    return _parsed(data_in(beside, _SUBJECT, MAX_BYTES), alone=beside.name != OF_FOLDER)


def about(file: Path) -> list[Path]:
    """The files beside a recording that are about it, in order of precedence."""
    of_folder = file.with_name(OF_FOLDER)
    return [each for each in (of_one(file), of_folder) if each is not None and each.is_file()]


def of_one(file: Path) -> Path | None:
    """The file that is about this recording only; None if there is none."""
    stem = file.stem if suffix(file.name) else file.name
    found = (file.with_name(fitted(name, OF_ONE)) for name in (file.name, stem))
    return next((each for each in found if each.is_file()), None)


def _parsed(data: bytes, *, alone: bool) -> Declared:
    found = yaml_in(data, _SUBJECT, _REMEDY)
    if found is None:
        return Declared()
    if not isinstance(found, dict):
        raise _wrong("must hold lines like `number: 3`")
    if not found.keys() <= {"number", "kind", "language", "part"}:
        raise _wrong("may hold `number`, `kind`, `language` and `part` only")
    number, kind, part = found.get("number"), found.get("kind"), found.get("part")
    if number is not None and not (type(number) is int and 1 <= number <= MOST):
        raise _wrong(f"must give a `number` from 1 to {MOST}")
    if kind is not None and kind not in get_args(SessionKind):
        raise _wrong("must give the `kind` as meeting or group_interview")
    language = "no" if found.get("language") is False else found.get("language")  # YAML's `no`
    if language is not None and not (isinstance(language, str) and language in LANGUAGES):
        raise _wrong("must give the `language` by a code such as fi, sv or en")
    if part is not None and not (alone and type(part) is int and 1 <= part <= MOST):
        raise _wrong(f"must give a `part` from 1 to {MOST}, of one recording")
    return Declared(number, kind, language or "", alone, part)


def _wrong(what: str) -> StudyError:
    return StudyError(f"{_SUBJECT} {what}.", _REMEDY)
