"""Organisations by the ends of their names: '… -liitto', '… ry', 'Mallilan yliopiston kirjasto'."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.pseudonymisation.knowledge import Knowledge
from pipeline.pseudonymisation.lexicon import LEGAL_FORMS, organisation_words
from pipeline.pseudonymisation.tagging import TaggedTurn
from pipeline.pseudonymisation.turn_text import Finding, core, is_capitalised

MAX_LEFT = 5
MAX_LEFT_WITHOUT_CAPITALS = 3
MAX_INSIDE = 4  # words between a name and the head that it belongs to

_INSIDE_NAME = frozenset({"NOUN", "PROPN", "ADJ", "CCONJ", "NUM", "X", "VERB"})
_APART = re.compile(r"[-–−][^\W\d].*")


@dataclass(frozen=True, slots=True)
class _Forms:
    """Casefolded words that end an organisation's name, and first parts that do not name one."""

    compound: re.Pattern[str]
    free: re.Pattern[str]
    generic: Collection[str]
    genitive: bool


@cache
def _forms(language: str | None) -> _Forms | None:
    words = organisation_words(language)
    if words is None:
        return None
    return _Forms(
        re.compile(rf"(?P<modifier>.+?)-?(?:{words.compound_heads}){words.ending}"),
        re.compile(rf"(?:{words.free_heads}){words.ending}"),
        words.generic_modifiers,
        words.owner_in_genitive,
    )


def find(turn: TaggedTurn, found: Sequence[Finding], known: Knowledge) -> Iterator[Finding]:
    """Organisations whose last word gives them away, with the words before that belong to it.

    ``found`` are the names that other detectors found: an ending that means little alone
    ('yliopisto') turns a name before it into an organisation.
    """
    forms = _forms(known.language)
    if forms is None:
        return
    named = {word for finding in found for word in finding.words}
    for last, word in enumerate(turn.text.words):
        first = _first_word(turn, last, core(word).casefold(), named, forms, known)
        if first is not None:
            named.update(range(first, last + 1))
            yield Finding(first, last, "organisation", "organisation_ending")


def _first_word(
    turn: TaggedTurn, last: int, name: str, named: set[int], forms: _Forms, known: Knowledge
) -> int | None:
    """First word of the organisation whose name ends here; None where none ends."""
    if last and name.split(":")[0] in LEGAL_FORMS:
        return _leftmost(turn, last, known)
    compound = forms.compound.fullmatch(name)
    free = forms.free.fullmatch(name)
    apart = last > 0 and _APART.fullmatch(turn.text.words[last])
    if apart and (free or forms.compound.fullmatch(f"x{name}")):
        return _leftmost(turn, last, known)
    first = _run_start(turn, last, named)
    if not (compound or free):
        return None
    owned = not forms.genitive or turn.tags[last - 1].case == "Gen"
    if first == last or not (compound or owned):
        owner = _owner(turn, last, named)
        first = last if owner is None else owner
    by_itself = compound is not None and compound["modifier"] not in forms.generic
    return first if by_itself or first < last or last in named else None


def _run_start(turn: TaggedTurn, last: int, named: set[int]) -> int:
    """First of the named words directly before this one, without a break."""
    first = last
    while first and first - 1 in named and not turn.text.ends_phrase(first - 1):
        first -= 1
    return first


def _owner(turn: TaggedTurn, last: int, named: set[int]) -> int | None:
    """First word of a name in the genitive to which this word belongs across other words.

    'Mallilan yliopiston | oikeustieteen | laitos', 'Suomen | islamilainen | puolue'.
    """
    for word in range(last - 1, max(-1, last - 2 - MAX_INSIDE), -1):
        if turn.text.ends_phrase(word):
            return None
        tags = turn.tags[word]
        if word in named:
            return _run_start(turn, word, named) if tags.case == "Gen" else None
        if not (tags.pos in ("ADJ", "CCONJ") or (tags.pos == "NOUN" and tags.case == "Gen")):
            return None
    return None


def _leftmost(turn: TaggedTurn, position: int, known: Knowledge) -> int:
    """First word of the organisation whose last part is here ('… -liitto', '… ry').

    Goes left through possible parts of a name to the farthest capital; without a capital only the
    preceding word is taken, and a few more in a turn that has no capitals.
    """
    capitals = any(
        is_capitalised(core(word)) and i not in turn.text.restored
        for i, word in enumerate(turn.text.words)
    )
    reach = MAX_LEFT if capitals else MAX_LEFT_WITHOUT_CAPITALS
    first = position - 1
    for word in range(position - 1, max(-1, position - 1 - reach), -1):
        name = core(turn.text.words[word])
        if turn.text.ends_phrase(word) or turn.tags[word].pos not in _INSIDE_NAME:
            break
        if name.casefold() in known.no_names:
            continue
        if is_capitalised(name) or not (capitals or turn.tags[word].pos in ("VERB", "CCONJ")):
            first = word
    return first
