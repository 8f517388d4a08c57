"""What the name of a recording says, and names that a file system accepts."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from pathlib import Path

from pipeline.records import SessionKind

_INTERVIEW = r"haastattel|intervju|interview"
_WORD = rf"[^\W\d]*(?:tapaami|kokou|istun|sessio|meeting|träff|möte|{_INTERVIEW})[^\W\d]*"
_NUMBER = r"(?<!\d)(\d{1,2})(?!\d)"
_NO_NUMBER = re.compile(
    r"(?<!\d)\d{4}[-._ ]?\d{1,2}[-._ ]?\d{1,2}(?!\d)"  # 2015-03-12
    r"|(?<!\d)\d{1,2}([-._])\d{1,2}\1\d{2,4}(?!\d)"  # 12.3.2015
    r"|(?<!\d)\d{1,2}[.:]\d{1,2}(?!\d)\.?"  # 12.3., 18.30
    r"|\bklo?\b\.?\s*\d+(?:[.:]\d+)?"  # klo 18
    r"|\d{3,}"  # years, counters of cameras, widths of pictures
)
_TRACKS = re.compile(
    r"(?:.*[\s_\-.])?(?:(?:ääni)?raidat|(?:audio[\s_-]?)?tracks|spår|audio record)"
)
_SESSION_NUMBERS = (
    rf"{_NUMBER}(?:\.|:?e|:?a|st|nd|rd|th)[\s_-]*{_WORD}",  # 3. tapaaminen, 3:e träffen
    rf"{_WORD}(?:[\s_\-.,#:]|n(?:ro|r|o)\b)*{_NUMBER}",  # tapaaminen 3, session_03
    rf"^\s*{_NUMBER}",
    rf"(?:^|[\s_\-.#]){_NUMBER}\s*$",
)


def session_number(name: str) -> int | None:
    """The number of the session that a file name gives, 1–99; None if it gives none.

    In order of preference: a number before (3. tapaaminen, 3rd meeting) or after (session_03,
    möte nr 3) a word for a session; one at the start; one at the end, after a space, _, -, . or #.
    Numbers of more than two digits, dates and times are none.
    """
    text = _NO_NUMBER.sub("|", folded(Path(name).stem))
    for pattern in _SESSION_NUMBERS:
        if match := re.search(pattern, text):
            return int(match[1]) or None
    return None


def session_kind(name: str) -> SessionKind:
    """Whether a file name speaks of an interview (haastattelu, intervju) or, else, of a meeting."""
    return "group_interview" if re.search(_INTERVIEW, folded(name)) else "meeting"


def is_tracks_folder(name: str) -> bool:
    """Whether the files in a folder of this name are the tracks of one session, one a person.

    So are named "3. tapaaminen raidat", "session 3.tracks", "möte 3 spår", and "Audio Record",
    which is what Zoom calls it.
    """
    return _TRACKS.fullmatch(folded(name)) is not None


def suffix(name: str) -> str:
    """The suffix of a name if it looks like one; else what follows the last dot is the name's."""
    suffix = Path(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ""


def fitted(name: str, ending: str) -> str:
    """``name`` and ``ending`` as a name that a file may have: shortened, but no other's name."""
    encoded, room = os.fsencode(name), 255 - len(ending)
    if len(encoded) <= room:
        return name + ending
    mark = f"~{hashlib.sha256(encoded).hexdigest()[:8]}"
    return encoded[: room - len(mark)].decode(errors="ignore") + mark + ending


def folded(text: str) -> str:
    """The same text for what is the same name on any system, in any case."""
    return unicodedata.normalize("NFC", text.casefold())


def natural(path: Path) -> tuple[list[str | int], str]:
    pieces = re.split(r"(\d+)", folded(path.as_posix().removesuffix(path.suffix)))
    return [int(piece) if piece.isdecimal() else piece for piece in pieces], str(path)
