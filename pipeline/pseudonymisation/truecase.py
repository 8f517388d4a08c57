"""Capitals for talk that was written without any, so that names can be recognised by them.

A word gets a capital if it is likely a name (the language prefers it, or its nominative, with
one; or it can only be read as a name), and, as a guess, if it may be one. A guess alone masks
nothing: it only lets the named-entity recogniser and the tagger decide.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.pseudonymisation import inflection
from pipeline.pseudonymisation.knowledge import Knowledge
from pipeline.pseudonymisation.turn_text import TurnText, core, is_capitalised

# Natural logarithms: of how much more common a capital is, and of a word's share of all words.
LIKELY = 1.0
LIKELY_INFLECTED = 1.5
GUESSED = 0.0
GUESSED_IF_ALSO_A_NAME = -0.5
USUAL = -15.5
MIN_LETTERS = 3
SHORTEST_HEAD, SHORTEST_TAIL = 2, 5  # letters of the parts of a compound


def truecased(text: TurnText, known: Knowledge) -> TurnText:
    """The turn with capitals on possible names; unchanged if it already has any capital."""
    if known.frequency is None or any(is_capitalised(core(word)) for word in text.words):
        return text
    names = {
        i: core(word)
        for i, word in enumerate(text.words)
        if sum(map(str.isalpha, core(word))) >= MIN_LETTERS and core(word) not in known.no_names
    }
    likely = {i for i, name in names.items() if _is_likely(name, known)}
    guessed = {i for i, name in names.items() if _is_guess(name, known)}
    words = tuple(
        word.title() if i in likely else word.capitalize() if i in guessed else word
        for i, word in enumerate(text.words)
    )
    if any(len(a) != len(b) for a, b in zip(words, text.words, strict=True)):
        return text  # a letter whose capital is two letters would shift all that follows
    return replace(
        text,
        words=words,
        text=" ".join(words),
        restored=frozenset(likely | guessed),
        likely=frozenset(likely),
    )


def _is_likely(name: str, known: Knowledge) -> bool:
    parts = name.split("-")
    if known.lean(name) > LIKELY:
        return True
    if len(parts) > 1 and all(part.isalpha() and known.lean(part) > LIKELY for part in parts):
        return True
    if not known.is_unheard(name):
        return False
    readings = known.morphology(name) if known.morphology else None
    if readings and not readings.unknown:
        return readings.only_name
    return any(known.lean(base) > LIKELY_INFLECTED for base in inflection.possible(name))


def _is_guess(name: str, known: Knowledge) -> bool:
    readings = known.morphology(name) if known.morphology else None
    if not known.is_unheard(name):
        also_a_name = readings is not None and readings.bases
        return known.lean(name) > (GUESSED_IF_ALSO_A_NAME if also_a_name else GUESSED)
    if readings:
        return readings.unknown
    return not any(_ends_as_usual(word, known) for word in (name, *inflection.possible(name)))


def _ends_as_usual(word: str, known: Knowledge) -> bool:
    """Whether the language uses the word, or its last part as in a compound."""
    cuts = range(SHORTEST_HEAD, len(word) - SHORTEST_TAIL + 1)
    return known.is_usual(word, USUAL) or any(known.is_usual(word[cut:], USUAL) for cut in cuts)
