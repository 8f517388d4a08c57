"""Read from a recording's folded name whether it is a part, chapter or copy of a session."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.study.file_dates import without_moments

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_PART_WORD = r"(?:osan?|del(?:en)?|part|pt|teil|partie)"
_OF = r"[\s_\-]*\(?(?:of|av|von)[\s_\-]*(?P<of>\d{1,2})(?!\d)\)?"
_WORDS = {  # numbers as words
    **dict.fromkeys(("yksi", "ensimmäinen", "ett", "första", "one", "first"), 1),
    **dict.fromkeys(("kaksi", "toinen", "två", "andra", "two", "second"), 2),
    **dict.fromkeys(("kolme", "kolmas", "tre", "tredje", "three", "third"), 3),
}
_WORD = "|".join(_WORDS)
_PARTS = (
    re.compile(
        rf"(?<![^\W_]){_PART_WORD}[\s_\-.#]*(?:(?:nro|nr|no)[\s_.]*)?"
        rf"(?P<number>\d{{1,2}}|i{{1,3}}|iv|v|[a-d]|{_WORD})(?:{_OF}|(?![^\W_]))"
    ),  # part 2, osa II, del 1 av 2
    re.compile(rf"(?<![^\W_])(?P<number>\d{{1,2}}){_OF}"),  # 1 of 2
    re.compile(
        r"(?<![^\W_])(?P<number>\d{1,2})(?:\.|:?a|:?e|st|nd|rd|th)[\s_\-]*"
        rf"{_PART_WORD}(?![^\W_])"
    ),  # 2. osa, 2nd part
    re.compile(
        rf"(?<![^\W_])(?P<number>{_WORD})[\s_\-]*(?:{_PART_WORD}|puolisko|halvan|half)(?![^\W_])"
    ),  # toinen osa, second half
    re.compile(r"\((?P<number>\d)[\-_∕](?P<of>\d)\)"),  # (1_2): no file may be called (1/2)
    re.compile(
        r"(?<![^\W_])(?:jatko\w{0,2}|jatkuu|forts(?:ättning\w*)?|cont(?:d|inued)?)(?![^\W_])"
    ),
)
_LETTER = re.compile(  # meeting 3a and 3b, meeting 3-1 and 3-2
    r"(?:(?<=\d)[\s_\-]?(?P<letter>[a-d])|(?<=[^\W\d_])[\s_\-.#]*(?<!\d)\d{1,2}[-_](?P<digit>\d{1,2}))"
    r"[\s_\-.|]*\Z"
)
_SPLIT = re.compile(
    r"(?P<base>.*\w)[-_](?P<number>0\d{2,3})"
)  # what a recorder split: zoom0001-0002
_GOPRO = re.compile(r"(?:gopr|g[xhlp](?P<chapter>\d{2}))(?P<video>\d{4})(?P<rest>.*)", re.DOTALL)
_COUNTER = re.compile(
    r"(?P<base>(?:mvi|img|dsc|dscf|dscn|mov|mah|m2u|m4h|sam|dji|cimg|pict|clip|zoom|vid|c|p)?[-_]?)"
    r"(?P<number>\d{4,5}|(?<=p)\d{7}|(?<=zoom_)\d{1,2})",
)
_SIZE = re.compile(r"\d{3,4}x\d{3,4}")
_CONFLICT = (
    re.compile(r"[._\- ]sync-conflict-\d{8}-\d{6}(?:-\w+)?"),
    re.compile(r"[._\- ]*\([^()]*(?:conflict|ristiriit|motstrid|konflikt)[^()]*\)"),
    re.compile(r"[._\- ]*\[[^\[\]]*(?:conflict|ristiriit|konflikt)[^\[\]]*\]"),
    re.compile(r"[._\- ]conflict-\d{8}[-_]?\d{6}"),
    re.compile(r"_[\w\-@.]+_[a-z]{3}-\d{2}-\d{6}-\d{4}_conflict"),  # Synology
    re.compile(r"-(?:desktop|laptop|win|pc)-[a-z0-9]{4,}(?:-\d+)?\Z"),
)
_COPY = (
    re.compile(r"[\s_\-–]+(?:copy|kopio|kopia|kopie|kopi|koopia)(?:[\s_]*\(?\d{1,2}\)?)?\Z"),
    re.compile(r"\s*\(\d{1,2}\)\Z"),
    re.compile(r"[._]conflict(?:ed)?\d{0,2}\Z"),
    re.compile(r"\A(?:copy of|kopio(?:\s+tiedostosta)?|kopia av|kopie von)\s+"),
    re.compile(r"(?<=\d)[\s]\d\Z"),  # meeting 1 2, as a cloud names the second meeting 1
    re.compile(r"-[\w\-]*(?:macbook|imac|kone|dator|laptop|\bpc)[\w\-]*\Z"),
)

Style = Literal["part", "letter", "chapter", "split", "counter"]


@dataclass(frozen=True, slots=True)
class Part:
    """The place of a file among those of one ``base``; ``of``: how many there are, if it says so.

    The name of a ``part`` says that there are others; that of a camera's ``chapter`` that it began
    with the first. A ``letter`` or ``split`` has a meaning only beside others, and a ``counter``
    counts everything that a camera recorded.
    """

    style: Style
    base: str
    number: int
    of: int | None = None


def part_in(stem: str) -> Part | None:
    """The place among other files that a folded stem gives; None if it gives none."""
    if found := _part(stem):
        said = found.groupdict()
        number, of = said.get("number") or "2", said.get("of")  # "continued" is the second
        return Part("part", base_of(without_part(stem)), _value(number), int(of) if of else None)
    if found := _GOPRO.fullmatch(stem):
        base = f"gopro {found['video']}{found['rest']}"
        return Part("chapter", base, int(found["chapter"] or 0))
    if found := _COUNTER.fullmatch(stem):
        return Part("counter", found["base"], int(found["number"]))
    if found := _SPLIT.fullmatch(stem):
        return Part("split", base_of(found["base"]), int(found["number"]))
    if found := _LETTER.search(without_moments(stem)):
        group = "letter" if found["letter"] else "digit"
        base = without_moments(stem)[: found.start(group)]
        return Part("letter", base_of(base), _value(found[group]))
    return None


def without_part(stem: str) -> str:
    """The folded stem without its part label (part 2, 2. osa, del 2 av 3)."""
    found = _part(stem)
    return f"{stem[: found.start()]} {stem[found.end() :]}" if found else stem


def base_of(stem: str) -> str:
    """The common part of names of one session's files, without times, sizes and punctuation."""
    return " ".join(re.split(r"[\s_\-.,()\[\]#|]+", _SIZE.sub("", without_moments(stem)))).strip()


def original_of(stem: str) -> tuple[str, bool] | None:
    """The file of which the name says it is a copy, and whether that is certain; None if of none.

    Certain are copies that clouds leave when two machines changed one file. Others count only
    beside the original: meeting 1 (2), meeting 1 - copy, meeting 1-ANNANKONE.
    """
    for sure, patterns in ((True, _CONFLICT), (False, _COPY)):
        for pattern in patterns:
            if found := pattern.search(stem):
                return stem[: found.start()] + stem[found.end() :], sure
    return None


def _part(stem: str) -> re.Match[str] | None:
    return next(filter(None, (pattern.search(stem) for pattern in _PARTS)), None)


def _value(number: str) -> int:
    """2, ii, two and b as a number."""
    if number.isdecimal():
        return int(number)
    return _WORDS.get(number) or _ROMAN.get(number) or ord(number) - ord("a") + 1
