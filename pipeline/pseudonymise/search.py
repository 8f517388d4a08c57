"""Where the names of a study stand in the talk of any of its sessions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.pseudonymise.text import core
from pipeline.records import EntityType


@dataclass(frozen=True, slots=True)
class Hit:
    """Words ``first``–``last`` of a turn, both inclusive, are a name of the study."""

    first: int
    last: int
    entity: tuple[EntityType, int]
    suffix: str
    detector: str


class Names:
    """The names of a study, ready to be looked for."""

    def __init__(self, names: Mapping[tuple[EntityType, str], tuple[EntityType, int]]) -> None:
        """``names`` are nominatives, casefolded, by type, with the entity of each."""
        self._phrases = {tuple(name.split()): id for (_, name), id in names.items()}
        self._longest = max(map(len, self._phrases), default=0)

    def find(self, words: Sequence[str]) -> Iterator[Hit]:
        """Where they stand in the words of a turn, the longest first, none twice."""
        plain = [core(word).casefold() for word in words]
        taken: set[int] = set()
        for length in range(self._longest, 0, -1):
            for first in range(len(plain) - length + 1):
                place = range(first, first + length)
                id = self._phrases.get(tuple(plain[first : first + length]))
                if id is not None and taken.isdisjoint(place):
                    taken.update(place)
                    yield Hit(first, first + length - 1, id, "", "study")
