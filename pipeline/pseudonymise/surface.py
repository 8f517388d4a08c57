"""Names by how they look: proper-noun tags, capitals, usual spelling, organisations' endings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.pseudonymise.lexicon import (
    COMPOUND_HEADS,
    FREE_HEADS,
    GENERIC_MODIFIERS,
    LEGAL_FORMS,
    no_names,
)
from pipeline.pseudonymise.names import PACKAGES, RARE, Frequency, TaggedTurn, finnish_frequency
from pipeline.pseudonymise.text import Finding, core, is_capitalised

USUALLY_CAPITAL = 1.0  # natural logarithm: written with a capital nearly three times as often
USUALLY_SMALL = -1.0
EVERYDAY = -9.5  # natural logarithm of the share of all words: one in 13,000
MAX_LEFT = 5

_ENDING = (
    "(?:n|t|a|ä|ta|tä|on|ön|an|än|ssa|ssä|sta|stä|lla|llä|lta|ltä|lle|na|nä|ksi|een|iin|ja|jä)?"
)
_COMPOUND = re.compile(rf"(?P<modifier>.+?)-?(?:{COMPOUND_HEADS}){_ENDING}")
_FREE = re.compile(rf"(?:{FREE_HEADS}){_ENDING}")
_APART = re.compile(r"[-–]\w.*")
_ACRONYM = re.compile(r"[A-ZÅÄÖ&]{2,}(?::?[a-zåäö]{1,6})?|[a-zåäö&]{2,6}:[a-zåäö]{1,6}")
_NOMINAL = frozenset({"NOUN", "PROPN", "ADJ", "NUM", "X"})
_INSIDE_NAME = frozenset({"NOUN", "PROPN", "ADJ", "CCONJ", "NUM", "X", "VERB"})


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of the session's language.

    ``tagged`` says whether the tags are of this language; ``frequency`` is how usual a word form
    is (known for Finnish only); ``no_names`` are casefolded words that are never names.
    """

    tagged: bool
    frequency: Frequency | None
    no_names: frozenset[str]

    @property
    def finnish(self) -> bool:
        return self.frequency is not None

    @classmethod
    def of(cls, language: str | None) -> Knowledge:
        frequency = finnish_frequency() if language == "fi" else None
        return cls(language in PACKAGES, frequency, no_names(language))

    def is_common(self, word: str) -> bool:
        """Whether this is an everyday word, which a capital does not make a name."""
        if word.casefold() in self.no_names:
            return True
        return self.frequency is not None and self.frequency(word.casefold()) > EVERYDAY

    def lean(self, word: str) -> float:
        """By how much the language prefers this word with a capital (log ratio); 0 if unknown."""
        if self.frequency is None:
            return 0.0
        small = word.casefold()
        capital = max(self.frequency(small.capitalize()), self.frequency(small.title()))
        return max(capital, RARE) - max(self.frequency(small), RARE)


def find(turn: TaggedTurn, known: Knowledge) -> list[Finding]:
    """Words that look like a name, neighbours joined, and organisations by their last word."""
    reasons = [_reason(turn, word, known) for word in range(len(turn.text.words))]
    runs = _runs(turn, reasons)
    return [*runs, *_organisations(turn, reasons, known)] if known.finnish else [*runs]


def _reason(turn: TaggedTurn, word: int, known: Knowledge) -> str | None:
    """The detector that takes this word for a name by itself."""
    name = core(turn.text.words[word])
    letters = sum(map(str.isalpha, name))
    if letters < 2 or name.casefold().split(":")[0] in known.no_names:
        return None
    if _ACRONYM.fullmatch(name):
        return "acronym"
    if any(part[:1].isupper() for part in name.split("-")[1:]):
        return "capital"
    if name[0].isupper() and not turn.text.starts_sentence(word):
        return "capital"
    lean = known.lean(name)
    if known.tagged and turn.tags[word].pos == "PROPN" and lean > USUALLY_SMALL:
        return "proper_noun"
    # A verb that often opens a sentence ('Katso') is often written with a capital, too.
    opening_verb = name[0].isupper() and turn.tags[word].pos not in _NOMINAL
    return "usual_capital" if lean > USUALLY_CAPITAL and not opening_verb else None


def _runs(turn: TaggedTurn, reasons: list[str | None]) -> Iterator[Finding]:
    """Neighbouring names with no punctuation between them, as one finding for each detector."""
    run: list[int] = []
    for word, reason in enumerate((*reasons, None)):
        if reason or (run and word < len(reasons) and _APART.fullmatch(turn.text.words[word])):
            run.append(word)
        if run and (run[-1] != word or turn.text.ends_phrase(word)):
            for detector in sorted({r for r in (reasons[member] for member in run) if r}):
                yield Finding(run[0], run[-1], None, detector)
            run = []


def _organisations(
    turn: TaggedTurn, reasons: list[str | None], known: Knowledge
) -> Iterator[Finding]:
    """Names that end like an organisation's: '… -liitto', '… ry', 'Mallilan yliopisto'."""
    for last, word in enumerate(turn.text.words):
        first = _first_word(turn, last, core(word).casefold(), reasons, known)
        if first is not None:
            yield Finding(first, last, "organisation", "organisation_ending")


def _first_word(
    turn: TaggedTurn, last: int, name: str, reasons: list[str | None], known: Knowledge
) -> int | None:
    """First word of the organisation whose name ends here; None where none ends."""
    compound = _COMPOUND.fullmatch(name)
    free = _FREE.fullmatch(name)
    if last and name.split(":")[0] in LEGAL_FORMS:
        return _leftmost(turn, last, known)
    if last and turn.text.words[last].startswith("-") and (free or _COMPOUND.fullmatch(f"x{name}")):
        return _leftmost(turn, last, known)
    if not (compound or free):
        return None
    first = last
    while first and reasons[first - 1] and not turn.text.ends_phrase(first - 1):
        first -= 1
    if compound is not None:
        named = first < last or compound["modifier"] not in GENERIC_MODIFIERS
    else:
        named = first < last and turn.tags[last - 1].case == "Gen"
    return first if named or reasons[last] else None


def _leftmost(turn: TaggedTurn, position: int, known: Knowledge) -> int:
    """First word of the organisation whose last part stands here ('… -liitto', '… ry').

    Goes left through what can be part of a name to the farthest capital; without a capital the
    word before is all that is taken.
    """
    first = position - 1
    for word in range(position - 1, max(-1, position - 1 - MAX_LEFT), -1):
        name = core(turn.text.words[word])
        if turn.text.ends_phrase(word) or turn.tags[word].pos not in _INSIDE_NAME:
            break
        if is_capitalised(name) and name.casefold() not in known.no_names:
            first = word
    return first
