"""Names found by their form: proper-noun tags, capitals, usual spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.pseudonymisation.knowledge import Knowledge
from pipeline.pseudonymisation.tagging import TaggedTurn
from pipeline.pseudonymisation.turn_text import Finding, TurnText, core

USUALLY_CAPITAL = 1.0  # natural logarithm: written with a capital nearly three times as often
ALWAYS_CAPITAL = 1.5
USUALLY_SMALL = -1.0

_ACRONYM = re.compile(r"[A-ZÅÄÖ&]{2,}(?::?[a-zåäö]{1,6})?|[a-zåäö&]{2,6}:[a-zåäö]{1,6}")
_ROMAN_NUMERAL = re.compile(r"[IVX]+")
_NOMINAL = frozenset({"NOUN", "PROPN", "ADJ", "NUM", "X"})


def find(turn: TaggedTurn, known: Knowledge) -> list[Finding]:
    """Words that look like a name, neighbours joined."""
    reasons = [list(_reasons(turn, word, known)) for word in range(len(turn.text.words))]
    return list(_runs(turn, reasons))


def _reasons(turn: TaggedTurn, word: int, known: Knowledge) -> Iterator[str]:
    """The detectors that take this word alone for a name."""
    name = core(turn.text.words[word])
    letters = sum(map(str.isalpha, name))
    if letters < 2 or name.casefold().split(":")[0] in known.no_names:
        return
    if known.is_shouted(name):
        return
    if _ACRONYM.fullmatch(name) and not _ROMAN_NUMERAL.fullmatch(name):
        yield "acronym"
    if word in turn.text.likely:
        yield "truecase"
    if word not in turn.text.restored and _has_telling_capital(turn.text, word, name):
        yield "capital"
    lean, tags = known.lean(name), turn.tags[word]
    if known.tagged and tags.pos == "PROPN" and lean > USUALLY_SMALL:
        yield "proper_noun"
    if name[0].isupper() and known.morphology and known.morphology(name).only_name:
        yield "morphology"
    if name[0].islower():
        usual = lean > ALWAYS_CAPITAL
    else:  # a verb that often opens a sentence ('Katso') often has a capital, too
        usual = lean > USUALLY_CAPITAL and tags.pos in _NOMINAL
    if usual:
        yield "usual_capital"


def _has_telling_capital(text: TurnText, word: int, name: str) -> bool:
    """Whether the word has a capital that is not due to the start of a sentence."""
    if _ROMAN_NUMERAL.fullmatch(name):
        return False
    inside = "/" not in name and any(map(str.isupper, name[1:]))
    return inside or (name[0].isupper() and not text.starts_sentence(word))


def _runs(turn: TaggedTurn, reasons: list[list[str]]) -> Iterator[Finding]:
    """Neighbouring names with no punctuation between them, as one finding for each detector."""
    run: list[int] = []
    for word, because in enumerate((*reasons, [])):
        if because:
            run.append(word)
        if run and (run[-1] != word or turn.text.ends_phrase(word)):
            for detector in sorted({reason for member in run for reason in reasons[member]}):
                yield Finding(run[0], run[-1], None, detector)
            run = []
