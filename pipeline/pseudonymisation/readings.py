"""Every nominative that a word can be an inflected form of, where no tagger gives its case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.pseudonymisation.inflection import take_apart
from pipeline.pseudonymisation.tagging import CLITIC_ONLY

CASES = ("Gen", "Par", "Ine", "Ela", "Ill", "Ade", "Abl", "All", "Ess", "Tra", CLITIC_ONLY)

_POSSESSIVE = re.compile(
    r"(?P<form>.{3,}?)(?P<suffix>(?:ni|si|mme|nne|nsa|nsä)(?:kin|kaan|kään|ko|kö)?"
    r"|(?<=ss[aä]|st[aä]|ll[aä]|lt[aä])[aä]n|(?<=lle)en)"
)
_SPOKEN = re.compile(r"(?P<form>.{3,}?)(?:(?P<local>s|st|l|lt)|(?P<clitic>ki|ks))")
_PLURAL = re.compile(
    r"(?P<stem>.{3,})(?P<suffix>i(?:ssa|ssä|sta|stä|lla|llä|lta|ltä|lle|na|nä|ksi|hin|in|en)"
    r"|(?<=[oö])j(?:a|ä|en)|iden)"
)
_LOCAL = {"s": "Ine", "st": "Ela", "l": "Ade", "lt": "Abl"}
_SHORTEST_SPOKEN = 5  # letters: 'Kuopios' for 'Kuopiossa'


@dataclass(frozen=True, slots=True)
class Reading:
    """A casefolded nominative, its ending as said, and the case of that ending."""

    nominative: str
    suffix: str
    case: str


@lru_cache(maxsize=100_000)
def readings(word: str) -> tuple[Reading, ...]:
    """How a word can be read: first as it is, then without an ending, each nominative once.

    Finnish cases, possessives and clitics, also as shortened in speech; -s and 's of Swedish and
    English. 'Liitossamme' → 'liitossamme', …, 'liitto' with 'ssamme'.
    """
    found = [Reading(word.casefold(), "", ""), *_of_form(word, "")]
    if possessive := _POSSESSIVE.fullmatch(word):
        form, suffix = possessive["form"], possessive["suffix"]
        found += [Reading(form.casefold(), suffix, ""), *_of_form(form, suffix)]
    if len(word) >= _SHORTEST_SPOKEN and (spoken := _SPOKEN.fullmatch(word)):
        case = _LOCAL.get(spoken["local"] or "", CLITIC_ONLY)
        suffix = spoken["local"] or spoken["clitic"]
        # 'Jyväskyläs' has the stem of 'Jyväskylän'; -s is the genitive of Swedish, too
        stem = take_apart(f"{spoken['form']}n", "Gen").nominatives
        found += [Reading(name, suffix, case) for name in (spoken["form"].casefold(), *stem)]
    return tuple({(r.nominative, r.suffix): r for r in reversed(found)}.values())[::-1]


def nominatives(word: str) -> frozenset[str]:
    """All nominatives that a word can be an inflected form of, except its own form."""
    return frozenset(r.nominative for r in readings(word) if r.suffix)


def plurals(stem: str) -> list[str]:
    """Possible nominative plurals of an inflected plural with this stem, with or without its -i.

    'nuorten ystävi(llä)' → 'nuorten ystävät', 'seuro(issa)' → 'seurat', among others.
    """
    stem = stem.removesuffix("i")
    ends = {"o": "oa", "ö": "öä", "e": "ei"}.get(stem[-1:])
    return [f"{stem[:-1]}{v}t" for v in ends] if ends else [f"{stem}{v}t" for v in ("", *"aäei")]


def _of_form(form: str, after: str) -> list[Reading]:
    taken = [(take_apart(form, case), case) for case in CASES]
    found = [
        Reading(name, parts.suffix + after, case)
        for parts, case in taken
        if parts.suffix
        for name in parts.nominatives
    ]
    if plural := _PLURAL.fullmatch(form.casefold()):
        suffix = plural["suffix"] + after
        found += [Reading(name, suffix, "Plural") for name in plurals(plural["stem"])]
    return found
