"""Acronyms of organisations: 'mll' for 'mannerheimin lastensuojeluliitto'."""

from __future__ import annotations

from functools import lru_cache

from pipeline.pseudonymisation.knowledge import Knowledge

SHORTEST, LONGEST = 3, 7  # letters
_SHORTEST_PART = 4  # letters of a compound's part, so that mere endings do not count
_USED = -16.0  # natural logarithm; parts of compounds are also used alone
_LITTLE = frozenset(["ja", "och", "and", "of", "the", "ry", "rf", "oy", "ab"])


def is_acronym(short: str, name: str) -> bool:
    """Whether these letters are the initials of the name's words, all casefolded.

    A compound may also give those of its parts; 'ja' and 'ry' may give none.
    """
    if not (SHORTEST <= len(short) <= LONGEST and short.isalpha() and short[0] == name[:1]):
        return False
    if len(name) < len(short) * 2 or len(name.split()) > len(short) + 2:
        return False
    left = {short}
    for word in name.replace("-", " ").split():
        left = {
            rest[len(used) :]
            for rest in left
            for used in (*_initials(word), *([""] if word in _LITTLE else []))
            if rest.startswith(used)
        }
    return "" in left


@lru_cache(maxsize=10_000)
def _initials(word: str) -> frozenset[str]:
    """Initials of a word and of any of its parts: 'lastensuojeluliitto' → l, ls, ll, lsl."""
    found = {word[0]}
    for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        if _is_word(word[:cut]) and (_is_word(word[cut:]) or len(_initials(word[cut:])) > 1):
            later = _initials(word[cut:])
            found |= {word[0] + rest for rest in later}
            found |= {word[0] + rest[1:] for rest in later}
    return frozenset(found)


def _is_word(part: str) -> bool:
    frequency = Knowledge.of("fi").frequency
    return frequency is not None and frequency(part) > _USED
