"""Which rows a person should judge first: where the machine is likeliest to be wrong.

Among what is masked: names that are also common words, or that look like something else. Among what
is not: words that look like a name, and phrases that may identify a person without any name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Literal

from pipeline.pseudonymisation import inflection
from pipeline.pseudonymisation.entities import Entity
from pipeline.pseudonymisation.knowledge import Knowledge
from pipeline.pseudonymisation.lexicon import organisation_words
from pipeline.pseudonymisation.turn_text import TurnText, core, is_capitalised
from pipeline.records import EntityType
from pipeline.review.names.ambiguous import HINTS, HOMOGRAPHS, OF_NOBODY

Queue = Literal[
    "capital",
    "homograph",
    "organisation",
    "digits",
    "title",
    "only",
    "doubtful",
    "other",
    "judged",
]
Hidden = Mapping[int, EntityType]  # the words of a turn that belong to an entity, by position

NEAR = 5  # words
ONLY_REACH = 5  # words from 'ainoa' to the place
CLEARLY_A_NAME = 1.0  # natural logarithm: nearly three times as usual with a capital
LOOKS = frozenset({"capital", "truecase", "usual_capital", "proper_noun", "acronym", "morphology"})

_ROMAN_NUMERAL = re.compile(r"[IVX]+")
_NUMBER = re.compile(r"\d{2,}(?:[:-]?[^\W\d]+|-\w+)?")
_YEAR = re.compile(r"(?:1[89]|20)\d\d(?::?[^\W\d]+)?")


@dataclass(frozen=True, slots=True)
class Left:
    """Words ``first``–``last`` of a turn, both inclusive, unmasked and possibly identifying."""

    queue: Queue
    first: int
    last: int


def queue_of(entity: Entity, detectors: Collection[str], count: int, known: Knowledge) -> Queue:
    """Return the queue in which an entity waits for a verdict; ``count`` is its mentions."""
    if entity.verdict != "open":
        return "judged"
    named = entity.type in ("person", "place", "organisation")
    words = [name for name in entity.names if " " not in name]
    acronym = "acronym" in detectors
    if named and not acronym and any(_is_usual(word, known) for word in words):
        return "homograph"
    if entity.type in ("person", "place") and any(
        _ends_as_organisation(name, known.language) for name in entity.names
    ):
        return "organisation"
    if named and any(map(str.isdigit, chain.from_iterable(entity.names))):
        return "digits"
    if named and count == 1 and len(detectors) == 1 and LOOKS.issuperset(detectors):
        return "doubtful"
    return "other"


def left(text: TurnText, hidden: Hidden, known: Knowledge, *, capitals: bool) -> Iterator[Left]:
    """Yield what a person should see of a turn's unmasked words; words may be in several.

    ``capitals`` is whether the transcript has any: without, a homograph is shown as it is.
    """
    yield from _names(text, hidden, known, capitals)
    yield from _organisations(text, hidden, known)
    yield from _digits(text, hidden)
    yield from _titles(text, hidden, known.language)
    yield from _only(text, hidden, known.language)


def _names(text: TurnText, hidden: Hidden, known: Knowledge, capitals: bool) -> Iterator[Left]:
    for position, word in enumerate(text.words):
        name = core(word)
        if position in hidden or sum(map(str.isalpha, name)) < 2:
            continue
        if name.casefold() in known.no_names or known.is_shouted(name):
            continue
        if (is_capitalised(name) or not capitals) and _is_homograph(name, known):
            yield Left("homograph", position, position)
        elif is_capitalised(name) and not _ROMAN_NUMERAL.fullmatch(name):
            opens = text.starts_sentence(position) and name[0].isupper()
            if not opens or _opens_as_name(name, known):
                yield Left("capital", position, position)


def _opens_as_name(name: str, known: Knowledge) -> bool:
    """Whether a word that opens a sentence is likelier a name than a common word."""
    if known.frequency is None:
        return False
    if known.is_unheard(name):
        return any(known.lean(base) > CLEARLY_A_NAME for base in inflection.possible(name))
    return known.lean(name) > CLEARLY_A_NAME


def _organisations(text: TurnText, hidden: Hidden, known: Knowledge) -> Iterator[Left]:
    """Yield compounds that end like names of organisations and are rare in the language."""
    for position, word in enumerate(text.words):
        name = core(word).casefold()
        if position in hidden or not known.is_unheard(name):
            continue
        if _ends_as_organisation(name, known.language):
            yield Left("organisation", position, position)


def _digits(text: TurnText, hidden: Hidden) -> Iterator[Left]:
    """Yield numbers beside a place or an organisation, with the word that they count."""
    for position, word in enumerate(text.words):
        number = core(word)
        near = _near(hidden, position, ("place", "organisation"))
        if position in hidden or not near or not _NUMBER.fullmatch(number):
            continue
        behind = not _YEAR.fullmatch(number) and not text.ends_phrase(position)
        first, last = (position, position + 1) if behind else (position - 1, position)
        if first < 0 or last >= len(text.words) or not {first, last}.isdisjoint(hidden):
            continue
        counted = core(text.words[last if behind else first]).casefold()
        if any(map(str.isalpha, counted)) and not OF_NOBODY.match(counted):
            yield Left("digits", first, last)


def _titles(text: TurnText, hidden: Hidden, language: str | None) -> Iterator[Left]:
    """Yield rare posts beside a name of any kind."""
    hints = HINTS.get(language or "")
    for position, word in enumerate(text.words):
        if hints is None or position in hidden or not hints.title.fullmatch(core(word).casefold()):
            continue
        if _near(hidden, position, ("person", "place", "organisation")):
            yield Left("title", position, position)


def _only(text: TurnText, hidden: Hidden, language: str | None) -> Iterator[Left]:
    """Yield 'ainoa psykologi Mallilassa', the unmasked part: at least two words."""
    hints = HINTS.get(language or "")
    for first, word in enumerate(text.words):
        if hints is None or first in hidden or not hints.only.fullmatch(core(word).casefold()):
            continue
        last = None
        for ahead in range(first + 1, min(first + 1 + ONLY_REACH, len(text.words))):
            if text.words[ahead - 1][-1:] in (".", "?", "!"):
                break
            if ahead in hidden:
                last = ahead - 1 if hidden[ahead] in ("place", "organisation") else None
                break
            name = core(text.words[ahead]).casefold()
            if name not in hints.no_places and hints.place.fullmatch(name):
                follows = hints.place_follows and ahead + 1 < len(text.words)
                last = ahead + (follows and ahead + 1 not in hidden)
                break
        if last is None:
            continue
        if last > first:
            yield Left("only", first, last)
        elif first and first - 1 not in hidden:
            yield Left("only", first - 1, last)


def _near(hidden: Hidden, position: int, types: Collection[EntityType]) -> bool:
    return any(hidden.get(place) in types for place in range(position - NEAR, position + NEAR + 1))


def _is_homograph(name: str, known: Knowledge) -> bool:
    """Whether this is a given name that is also a common word; inflected, not one like 'hiljaa'."""
    if name.casefold() in HOMOGRAPHS:
        return True
    return known.lean(name) > -CLEARLY_A_NAME and not HOMOGRAPHS.isdisjoint(
        inflection.possible(name)
    )


def _is_usual(name: str, known: Knowledge) -> bool:
    """Whether a name is also a common word: to people or in the language."""
    if known.language == "fi" and name in HOMOGRAPHS:
        return True
    return known.frequency is not None and not known.is_unheard(name) and known.lean(name) < 0


@cache
def _organisation_forms(language: str | None) -> tuple[re.Pattern[str], frozenset[str]] | None:
    words = organisation_words(language)
    if words is None:
        return None
    heads = rf"(?:{words.compound_heads}|{words.free_heads})"
    form = re.compile(rf"(?P<modifier>\w{{3,}}?)-?{heads}{words.ending}")
    return form, words.generic_modifiers


def _ends_as_organisation(name: str, language: str | None) -> bool:
    """Whether a casefolded name ends in a compound whose last part is an organisation's.

    Alone, a compound with a generic first part ('ammattiliitto') names none.
    """
    forms = _organisation_forms(language)
    before, _, last = name.rpartition(" ")
    match = forms[0].fullmatch(last) if forms else None
    return bool(forms and match and (before or match["modifier"] not in forms[1]))
