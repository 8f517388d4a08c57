"""Dates and times of day in the names of recordings. The day goes before the month."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

_MONTH_WORDS = (
    r"jan(?:uar[iy])?|tammi(?:kuu\w*)?",
    r"feb(?:ruar[iy])?|helmi(?:kuu\w*)?",
    r"mar(?:s|ch)?|maalis(?:kuu\w*)?",
    r"apr(?:il)?|huhti(?:kuu\w*)?",
    r"ma[jy]|touko(?:kuu\w*)?",
    r"jun[ei]?|kesä(?:kuu\w*)?",
    r"jul[iy]?|heinä(?:kuu\w*)?",
    r"aug(?:ust[i]?)?|elo(?:kuu\w*)?",
    r"sept?(?:ember)?|syys(?:kuu\w*)?",
    r"o[ck]t(?:ober)?|loka(?:kuu\w*)?",
    r"nov(?:ember)?|marras(?:kuu\w*)?",
    r"dec(?:ember)?|joulu(?:kuu\w*)?",
)
_MONTHS = tuple(re.compile(rf"(?:{word})\Z") for word in _MONTH_WORDS)
_CLOCK = (
    r"(?:(?P<H>[01]\d|2[0-3])(?P<c>[.:_h\-]?)(?P<M>[0-5]\d)(?:(?P=c)(?P<S>[0-5]\d)(?:[.,]?\d{3})?)?"
    r"|(?P<h>\d)(?P<k>[.:])(?P<m>[0-5]\d)(?:(?P=k)(?P<s>[0-5]\d))?)"
    r"(?:\s*(?P<half>[ap])\.?m\.?|\s?(?:z|utc|gmt))?(?:[+\-]\d\d[:_]?\d\d)?(?![^\W_])"
)
_TIME_AFTER = re.compile(rf"(?:[t_\s,;\-]|\b(?:klo|kello|kl|at|um)\b\.?)*{_CLOCK}")
_TIME = re.compile(rf"\b(?:klo|kello|kl|at|um)\b\.?[\s_]*{_CLOCK}")
_WORD = rf"(?<![^\W\d_])(?P<mon>{'|'.join(_MONTH_WORDS)})(?![^\W\d_])"
_DATES = (
    re.compile(r"(?<!\d)(?P<d>\d{1,2})([-._]|\.\s)(?P<m>\d{1,2})\2(?P<y>\d{4})(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.\s(?P<y>\d{4})(?!\d)"),  # 12.3. 2015
    re.compile(
        r"(?<!\d)(?P<y>\d{4})[-._ ]?(?P<m>\d{2})[-._ ]?(?P<d>\d{2})(?=\d{4}(?:\d\d)?\b|\D|$)"
    ),
    re.compile(r"(?<!\d)(?P<y>\d{4})([-._])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?!\d)"),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})\.?[\s_\-.]*{_WORD}[\s_\-.,]*(?P<y>\d{{4}})(?!\d)"),
    re.compile(rf"{_WORD}[\s_\-.]*(?P<d>\d{{1,2}})[\s_\-.,]+(?P<y>\d{{4}})(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})(?=[_-]\d{4}(?:\d\d)?(?!\d))"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})([-._]|\.\s)(?P<m>\d{1,2})\2['’]?(?P<y>\d{2})(?!\d)"),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})\.?[\s_\-.]*{_WORD}[\s_\-.,]*['’]?(?P<y>\d{{2}})(?!\d)"),
    re.compile(r"(?<!\d)(?P<m>\d{2})-(?P<d>\d{2})-(?P<y>\d{4})(?!\d)"),  # 01-15-2024
    re.compile(r"(?<!\d)(?P<d>\d{1,2})\s(?P<m>\d{1,2})\s(?P<y>\d{4})(?![^\W_]|[-._]\d)"),
)
_SHORT = re.compile(  # 24-01-15, 240115
    r"(?<![\d.:\-])(\d\d)(?:([-._])(\d{1,2})\2(\d{1,2})|(\d\d)(\d\d))(?!\d|[.:_\-]\d)"
)
_DAY = re.compile(r"(?<![\d.])(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?!\d)")
LONGEST_DAYS = 2 * 366  # between recordings in one folder; if farther apart, these are not dates


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as 2015-03-12 and, where it is given, the time of day in seconds."""

    date: str
    time_s: int | None = None

    @property
    def order(self) -> str:
        """The sort key of moments, comparable with ISO 8601 dates."""
        minutes, second = divmod(self.time_s or 0, 60)
        time = f"T{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}"
        return self.date if self.time_s is None else self.date + time


def moment_in(text: str) -> Moment | None:
    """The first date that a folded name gives, with its time of day; None if it gives none.

    Written 2015-03-12, 20150312, 2015-3-12, 12.3.2015, 12.3.15, 12-mar-2015 or maaliskuun 12 2015;
    150312_0930 as recorders write it; 03-12-2015 only if unambiguous. The time follows
    (0930, 09.30.14, klo 9.30, at 9.30.14 pm), or stands elsewhere after klo, kl or at.
    """
    return next((moment for _, _, moment in _moments(text)), None)


def moments_in(texts: Sequence[str]) -> list[Moment | None]:
    """The dates of names that belong together, None for a name without a date.

    The position of a two-digit year is chosen to bring the dates closest together: 24-01-08 and
    24-01-15 are in January 2024. So are 240108 and 240115; six digits alone are a date only beside
    others.
    """
    readings = [
        [moment_in(_with_year(text, whole)) for text in texts]
        for whole in ("{0}", "20{1}-{2}-{3}", "{1}.{2}.20{3}")
    ]
    return min(readings, key=_spread)


def _with_year(text: str, form: str) -> str:
    """The text with its first six-digit date in this form, if it has no complete date."""
    moment = moment_in(text)
    if moment and moment.date[:4] in text:
        return text
    return _SHORT.sub(lambda found: form.format(found[0], *_given(found)), text, count=1)


def _given(found: re.Match[str]) -> list[str]:
    return [digits for digits in found.group(1, 3, 4, 5, 6) if digits]


def _spread(reading: Sequence[Moment | None]) -> tuple[int, int]:
    """How many names give no date, and the days between the first date and the last."""
    days = [date.fromisoformat(moment.date).toordinal() for moment in reading if moment]
    span = max(days) - min(days) if days else 0
    return (len(reading) - len(days) if span <= LONGEST_DAYS else len(reading), span)


def latest_day_in(text: str, last: date) -> str | None:
    """The date of a day without its year (12.3.): the latest that is not after ``last``."""
    for found in _DAY.finditer(text):
        for year in (last.year, last.year - 1):
            day = _date_of(year, int(found["m"]), int(found["d"]))
            if day and day <= last.isoformat():
                return day
    return None


def without_moments(text: str) -> str:
    """The text with each date, with its time of day, replaced by |."""
    for start, end, _ in sorted(_moments(text), reverse=True, key=lambda found: found[:2]):
        text = f"{text[:start]}|{text[end:]}"
    return _TIME.sub("|", text)


def _moments(text: str) -> Iterator[tuple[int, int, Moment]]:
    """Every date with its time and position; none lies within another."""
    taken: list[tuple[int, int]] = []
    for pattern in _DATES:
        for found in pattern.finditer(text):
            day = _date(found)
            if day is None or any(
                found.start() < end and start < found.end() for start, end in taken
            ):
                continue
            time = _TIME_AFTER.match(text, found.end())
            end = time.end() if time else found.end()
            taken.append((found.start(), end))
            clock = time or _TIME.search(text)
            yield found.start(), end, Moment(day, _seconds(clock) if clock else None)


def _date(found: re.Match[str]) -> str | None:
    parts = found.groupdict()
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    if "mon" in parts:
        month = next((n for n, word in enumerate(_MONTHS, 1) if word.match(parts["mon"])), 0)
    else:
        month = int(parts["m"])
    return _date_of(year, month, int(parts["d"])) if 1900 <= year <= 2100 else None


def _date_of(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _seconds(found: re.Match[str]) -> int:
    hour = int(found["H"] or found["h"])
    minute, second = int(found["M"] or found["m"]), int(found["S"] or found["s"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    return hour * 3600 + minute * 60 + second
