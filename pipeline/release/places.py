"""A place in a release, the text there, and what is wrong with it.

Nothing here that is shown to people holds a name: places are given by shown names (see
``needles.Needles.shown``), and a finding says which pseudonym it should have been.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["talk", "text", "label"]
Check = Literal[
    "validity",
    "readable",
    "names",
    "pseudonyms",
    "dates",
    "voice_prints",
    "detectors",
    "reviewed",
    "small_cells",
    "consent",
]
Shown = Callable[[str], str]  # how a name of a file or column may be shown


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """``file`` is relative to the release; ``part`` is where in it, e.g. ``text, turn G01-…``."""

    file: str
    part: str = ""

    def __str__(self) -> str:
        return f"{self.file}: {self.part}" if self.part else self.file

    def within(self, part: str) -> Place:
        """A place further inside."""
        return Place(self.file, f"{self.part}, {part}" if self.part else part)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text and its place.

    ``talk`` is running text of a turn in ``language``; ``label`` is a name given to a file, folder,
    column or entry; ``text`` is anything else.
    """

    place: Place
    text: str
    kind: Kind = "text"
    language: str | None = None


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """A reason to refuse a release, and its place. ``what`` is in plain words, without names."""

    check: Check
    place: Place
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


class Unreadable(Exception):
    """A file that cannot be opened, so that its contents are unknown; ``what`` says why.

    Caught where the files are read, and reported as a finding.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Listing:
    """Findings by check, each place and sentence once."""

    def __init__(self) -> None:
        self._found: dict[Finding, None] = {}

    def add(self, check: Check, place: Place, what: str) -> None:
        self._found[Finding(check, place, what)] = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(sorted(self._found))
