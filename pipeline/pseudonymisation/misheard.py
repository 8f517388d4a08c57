"""What a Finnish speech recogniser confuses in a name that it does not know."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.pseudonymisation.knowledge import Knowledge

SHORTEST = 5  # letters; shorter names differ by one sound too often

_SOFT_C = re.compile(r"c(?=[eiyäö])")
_PAIRS = (("ck", "k"), ("ph", "f"), ("th", "t"), ("qu", "k"), ("x", "ks"), ("ts", "s"))
_LETTERS = str.maketrans("bdgqcvwfzåäöéèüšž", "ptkkkvvvsoaoeeyss")
_REPEATED = re.compile(r"(.)\1+")


def squeezed(name: str) -> str:
    """The name without spaces, hyphens and points, which a recogniser sets arbitrarily."""
    return "".join(filter(str.isalnum, name))


@lru_cache(maxsize=200_000)
def sound(name: str) -> str:
    """A casefolded name without the differences that are not distinct in Finnish speech.

    Voiced and voiceless (b/p, d/t, g/k, v/f/w), short and long, s/z/c, a/ä and o/ö are the same.
    """
    name = _SOFT_C.sub("s", squeezed(name))
    for written, spoken in _PAIRS:
        name = name.replace(written, spoken)
    return _REPEATED.sub(r"\1", name.translate(_LETTERS))


@lru_cache(maxsize=100_000)
def is_garbled(name: str) -> bool:
    """Whether a word of this casefolded name is not used in Finnish, as a name or otherwise."""
    known = Knowledge.of("fi")
    return any(
        known.is_unheard(part) and (known.morphology is None or known.morphology(part).unknown)
        for word in name.split()
        for part in (word.split("-") if "-" in word else [word])
    )
