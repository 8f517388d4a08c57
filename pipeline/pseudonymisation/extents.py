"""Words beside a name that belong to it, though they do not look like it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.pseudonymisation.tagging import TaggedTurn
from pipeline.pseudonymisation.turn_text import Finding, TurnText

_HYPHENED_END = re.compile(r"[-–−][^\W\d].*")
_HYPHENED_START = re.compile(r"[^\W\d][\w-]*[-–−],?")
_AND = frozenset({"ja", "sekä", "tai", "och", "and"})
_INITIAL = re.compile(r"[A-ZÅÄÖ]\.?")
_ROMAN_NUMERAL = re.compile(r"[IVX]+[.,;:!?]*")
_PARTICLE = re.compile(
    r"von|af|van|der|den|de|du|da|di|la|le|el|al|bin|of|the|and|&|och|för|[A-ZÅÄÖ]\.?"
)
_CASE_ENDING = re.compile(r"(?:n|a|ä|ta|tä|ssa|ssä|sta|stä|lla|llä|lta|ltä|lle|hen|een)[.,;:!?]*")
MAX_PARTICLES = 3


def find(turn: TaggedTurn, found: Sequence[Finding]) -> Iterator[Finding]:
    """The names in ``found`` extended by the words that belong to them.

    'Formula 1 -talli', 'Paavali II', 'EY: n', 'Maija S. Peltola', 'Ursula von der Leyen',
    'sosiaali- ja terveysministeriö', 'Itäinen Suomenlahti' where a sentence begins.
    """
    named = {word for finding in found for word in finding.words}
    for word in sorted(named):
        last = _end(turn.text, word, named)
        first = _start(turn, word, named)
        if first < word or last > word:
            yield Finding(first, last, None, "extent")


def _end(text: TurnText, word: int, named: set[int]) -> int:
    """Last word of the name that has this word in it."""
    ahead = word + 1
    if ahead >= len(text.words) or ahead in named:
        return word
    if text.words[word].endswith(":") and _CASE_ENDING.fullmatch(text.words[ahead]):
        return ahead
    if text.ends_phrase(word):
        return word
    if _matches(_HYPHENED_END, text, ahead) or _matches(_ROMAN_NUMERAL, text, ahead):
        return ahead
    if text.words[ahead].isdigit() and _matches(_HYPHENED_END, text, ahead + 1):
        return ahead + 1
    while ahead - word <= MAX_PARTICLES and _matches(_PARTICLE, text, ahead):
        ahead += 1
    return ahead if ahead in named else word


def _start(turn: TaggedTurn, word: int, named: set[int]) -> int:
    """First word of the name that has this word in it."""
    text, before = turn.text, word - 1
    if before < 0 or before in named:
        return word
    if text.words[word][:1].isupper():
        opening = text.starts_sentence(before) and text.words[before][:1].isupper()
        if _INITIAL.fullmatch(text.words[before]) or (opening and turn.tags[before].pos == "ADJ"):
            return before
    if before and text.words[before] in _AND and _HYPHENED_START.fullmatch(text.words[before - 1]):
        first = before - 1
        while first and _HYPHENED_START.fullmatch(text.words[first - 1]):
            first -= 1
        return first
    return word


def _matches(form: re.Pattern[str], text: TurnText, word: int) -> bool:
    return word < len(text.words) and form.fullmatch(text.words[word]) is not None
