"""Read the names of recordings, and build names that a file system accepts."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from pipeline.records import SessionKind
from pipeline.study.file_dates import Moment, latest_day_in, moment_in, moments_in, without_moments
from pipeline.study.file_parts import without_part

_INTERVIEW = (
    r"haastattel|ryhmähaast|intervju|interview|fokusryhm|fokusgrupp|focus[\s_-]?group"
    r"|gruppsamtal|ryhmäkeskustel"
)
_FG = r"(?<![^\W_])fg(?=[\s_\-.#]?\d)"  # FG1
_ABOUT_INTERVIEW = re.compile(  # a meeting before or after one
    rf"\b(?:ennen|inför|före|efter|before|after)[\s_-]+(?:the[\s_-]+)?[^\W\d_]*(?:{_INTERVIEW})"
    rf"|(?:{_INTERVIEW})[^\W\d_]*[\s_-]+(?:jälkeen|edel)"
)
_WORD = rf"(?:[^\W\d]*(?:tapaami|kokou|istun|sessio|meeting|träff|möte|{_INTERVIEW})[^\W\d]*|{_FG})"
_NUMBER = r"(?<!\d)(\d{1,2})(?!\d)"
_NO_NUMBER = re.compile(
    r"(?<!\d)\d{4}[-._ ]?\d{1,2}[-._ ]?\d{1,2}(?!\d)"  # 2015-13-12
    r"|(?<!\d)\d{1,2}([-._])\d{1,2}\1\d{2,4}(?!\d)"
    r"|(?<!\d)\d{1,2}[.:]\d{1,2}(?:[.:]\d{2})?(?!\d)\.?"  # 12.3., 18.30
    r"|\b(?:klo?|kello)\b\.?\s*\d+(?:[.:]\d+)*(?:\s*[-–]\s*\d+(?:[.:]\d+)*)?"  # klo 18, 9–11
    r"|\|\s*\d{1,2}\s*[-–]\s*\d{1,2}(?![^\W_])"  # a date, then 9–11
    r"|\d{3,}"  # years, counters of cameras, widths of pictures
)
_TRACKS = re.compile(
    r"(?:.*[\s_\-.])?(?:(?:ääni)?raidat|(?:audio[\s_-]?)?tracks|spår|audio record)"
)
_PARTS = re.compile(r"(?:.*[\s_\-.])?(?:osat|parts|delar)")
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
    Numbers of more than two digits, of parts (part 2), dates and times do not count.
    """
    return _number(name, _SESSION_NUMBERS)


def said_number(name: str) -> int | None:
    """The number of the session that a file name gives beside a word for a session."""
    return _number(name, _SESSION_NUMBERS[:2])


def _number(name: str, patterns: Iterable[str]) -> int | None:
    text = _NO_NUMBER.sub("|", without_moments(without_part(folded(stem(name)))))
    for pattern in patterns:
        if match := re.search(pattern, text):
            return int(match[1]) or None
    return None


def session_kind(name: str) -> SessionKind:
    """Whether a file name refers to a group interview or, otherwise, to a meeting.

    Words for one: haastattelu, ryhmähaast., fokusryhmä, ryhmäkeskustelu; intervju, fokusgrupp,
    gruppsamtal; interview, focus group, FG1. A meeting before or after an interview ("möte 2 inför
    intervju", "tapaaminen 3 haastattelun jälkeen") is a meeting.
    """
    text = _ABOUT_INTERVIEW.sub("|", folded(name))
    return "group_interview" if re.search(rf"{_INTERVIEW}|{_FG}", text) else "meeting"


def moment_of(name: str) -> Moment | None:
    """The date that a file name gives, and the time of day; None if it gives no date."""
    return moment_in(folded(stem(name)))


def moments_of(names: Sequence[str]) -> list[Moment | None]:
    """The dates that the names of files in one folder give, read as those of one study."""
    return moments_in([folded(stem(name)) for name in names])


def latest_day_of(name: str, last: date) -> str | None:
    """The latest date up to ``last`` of the day without a year in a file name; None without one."""
    return latest_day_in(folded(stem(name)), last)


def is_tracks_folder(name: str) -> bool:
    """Whether the files in a folder of this name are the tracks of one session, one a person.

    Such names are "3. tapaaminen raidat", "session 3.tracks", "möte 3 spår", and Zoom's "Audio
    Record".
    """
    return _TRACKS.fullmatch(folded(name)) is not None


def is_parts_folder(name: str) -> bool:
    """Whether the files in a folder of this name are the parts of one session, one after another.

    Such names are "3. tapaaminen osat", "session 3.parts" and "möte 3 delar".
    """
    return _PARTS.fullmatch(folded(name)) is not None


def suffix(name: str) -> str:
    """The suffix of a name if it looks like one; otherwise the text after the last dot is kept.

    A suffix without a letter, as in 12.3.15, does not count.
    """
    suffix = Path(name).suffix.lower()
    return suffix if re.fullmatch(r"\.(?=\d*[a-z])[a-z0-9]{1,8}", suffix) else ""


def stem(name: str) -> str:
    """A name without its suffix."""
    return name[: len(name) - len(suffix(name))]


def fitted(name: str, ending: str) -> str:
    """``name`` and ``ending`` as a valid file name: shortened if needed, but still unique."""
    encoded, room = os.fsencode(name), 255 - len(ending)
    if len(encoded) <= room:
        return name + ending
    mark = f"~{hashlib.sha256(encoded).hexdigest()[:8]}"
    return encoded[: room - len(mark)].decode(errors="ignore") + mark + ending


def folded(text: str) -> str:
    """A canonical text, equal for names that are the same on any system, in any case."""
    return unicodedata.normalize("NFC", text.casefold())


def natural(path: Path) -> tuple[list[str | int], str]:
    pieces = re.split(r"(\d+)", folded(path.as_posix().removesuffix(path.suffix)))
    return [int(piece) if piece.isdecimal() else piece for piece in pieces], str(path)
