"""How Voikko, the Finnish morphological analyser, reads a word, if the system has it.

The binding comes with the Finnish spaCy pipeline; the shared library and its dictionary
(libvoikko1 and voikko-fi in Debian) do not. Without root rights they can lie in any folder that
LD_LIBRARY_PATH and VOIKKO_DICTIONARY_PATH name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from threading import Lock

Analyser = Callable[[str], list[dict[str, str]]]

_NAME_CLASSES = frozenset({"etunimi", "sukunimi", "paikannimi", "nimi"})


@dataclass(frozen=True, slots=True)
class Readings:
    """How a word form can be read: as a name, as another word, both, or neither (unknown).

    ``bases`` are the base forms, casefolded, of its readings as a name.
    """

    bases: frozenset[str]
    other: bool

    @property
    def unknown(self) -> bool:
        return not self.bases and not self.other

    @property
    def only_name(self) -> bool:
        return bool(self.bases) and not self.other


Morphology = Callable[[str], Readings]


@cache
def finnish_morphology() -> Morphology | None:
    """Voikko's readings of Finnish word forms, ignoring case; None if it is missing."""
    analyse = _voikko()
    return None if analyse is None else of(analyse)


def of(analyse: Analyser) -> Morphology:
    """Readings by an analyser that gives CLASS and BASEFORM as Voikko does."""
    lock = Lock()  # a handle of Voikko's serves one thread at a time

    @lru_cache(maxsize=100_000)
    def readings(word: str) -> Readings:
        with lock:
            found = analyse(word.title())
        names = [a for a in found if a.get("CLASS") in _NAME_CLASSES]
        bases = frozenset(a.get("BASEFORM", word).casefold() for a in names)
        return Readings(bases, len(names) < len(found))

    return readings


def edition() -> str:
    """The version of the system's Voikko; empty where it is missing."""
    from libvoikko import Voikko

    return "" if finnish_morphology() is None else str(Voikko.getVersion())


def _voikko() -> Analyser | None:
    """The system's Voikko with its Finnish dictionary."""
    from libvoikko import Voikko, VoikkoException

    try:
        # Checked first: a Voikko that finds no library raises again when it is deleted.
        if not Voikko.listDicts():
            return None
        analyse: Analyser = Voikko("fi").analyze
    except (OSError, VoikkoException):  # no shared library; no Finnish dictionary
        return None
    return analyse
