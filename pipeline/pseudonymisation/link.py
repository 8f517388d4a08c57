"""Which entity a new name certainly belongs to.

Evidence of several kinds, strongest first: the same name in another spelling; a longer or shorter
form of it, or its initials; a nickname or what a recogniser made of it. The first kind that points
to any entity decides, and only if it points to a single one: two pseudonyms for one entity do less
harm than one for two. Spelling distance is not used, as it would merge Aimo and Aino.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from pipeline.pseudonymisation.acronyms import is_acronym
from pipeline.pseudonymisation.inflection import without_legal_form
from pipeline.pseudonymisation.knowledge import Knowledge
from pipeline.pseudonymisation.misheard import SHORTEST, is_garbled, sound, squeezed
from pipeline.pseudonymisation.nicknames import is_nickname
from pipeline.pseudonymisation.readings import nominatives, plurals, readings
from pipeline.pseudonymisation.tagging import RARE
from pipeline.records import EntityType

Id = tuple[EntityType, int]
Key = tuple[EntityType, str]
Evidence = Callable[[str, str], bool]  # symmetric: whether two casefolded names are one entity's

COMMON = -14.0  # natural logarithm of the share of all words: one in 1.2 million
USUAL = -12.5  # natural logarithm: a rarer name's genitive looks like another rare name
RARER = 2.4  # natural logarithm: how much rarer a name's genitive is than the name
# No name ends in these; but 'Julian' may not be Julia's, nor 'Marissa' in Mari, 'Danielle' to Dani.
_SURELY_INFLECTED = re.compile(r".{3,}[aouyäö]lle|.{4,}(?:lta|ltä|ssä|stä|seen)")
_ENDINGS_AFTER_N = ("in", "ille", "ia", "illa", "ista", "ilta")
_VOWELS = frozenset("aeiouyäöå")
_SHORTEST_ALONE = 3  # letters
_HEADS = ("liitto", "yhdistys", "seura", "säätiö", "keskus", "järjestö", "förbund", "förening")
_HEAD_FOLLOWS = 5  # fewest letters of 'sininauha' to be short for 'sininauhaliitto'
_EITHER_TYPE: Mapping[EntityType, EntityType] = {"organisation": "place", "place": "organisation"}


def linked(key: Key, known: Mapping[Key, Id]) -> Id | None:
    """The entity, among those of the ``known`` names, whose name this certainly is; else None.

    Names of another type count only where an organisation and a place have the same name.
    """
    type, name = key
    if not name:
        return None
    same_type = {other: id for (kind, other), id in known.items() if kind == type and other}
    for evidence in _EVIDENCE[type]:
        ids = {id for other, id in same_type.items() if evidence(name, other)}
        if type == "person" and " " in name:
            ids -= {id for other, id in same_type.items() if _are_two_people(name, other)}
        if ids:
            return ids.pop() if len(ids) == 1 else None
    return known.get((_EITHER_TYPE[type], name)) if type in _EITHER_TYPE else None


def is_common(word: str, least: float = COMMON) -> bool:
    """Whether this casefolded word is common in Finnish, mostly without a capital."""
    known = Knowledge.of("fi")
    return known.frequency is not None and known.frequency(word) > least and known.lean(word) < 1


def _is_written_alike(one: str, other: str) -> bool:
    """'marja-leena' and 'marjaleena', 'ehyt ry' and 'ehyt', 'miikan' and 'miika'."""
    one, other = without_legal_form(one), without_legal_form(other)
    if squeezed(one) == squeezed(other):
        return True
    return _is_form(one, other) or _is_form(other, one)


@lru_cache(maxsize=100_000)
def _forms(word: str) -> frozenset[str]:
    """The nominatives of a word that is certainly inflected."""
    if _SURELY_INFLECTED.fullmatch(word):
        return nominatives(word)
    if not word.endswith("n") or _is_declined(word):
        return frozenset()
    rarer = {name: _usage(name) - _usage(word) for name in _of_genitive(word)}
    if max(rarer.values(), default=0) < RARER:
        return frozenset()
    return frozenset(
        name
        for name, by in rarer.items()
        # given names keep their vowel ('Kirstin': Kirsten is not Kirsti's)
        if by > RARER / 2 and _usage(name) > USUAL and (name[-1] == word[-2] or name[-3:] == "nen")
    )


def _is_declined(name: str) -> bool:
    """Whether it has inflected forms: 'Julianin' exists: Julian is a name; 'Miikanin' does not."""
    return any(_usage(name + ending) > RARE for ending in _ENDINGS_AFTER_N)


def _usage(name: str) -> float:
    """How common the word is as a name, a natural logarithm."""
    frequency = Knowledge.of("fi").frequency
    return RARE if frequency is None else max(RARE, frequency(name.title()))


def _of_genitive(word: str) -> frozenset[str]:
    if word[-2:-1] not in _VOWELS:
        return frozenset()  # 'Johann' is not a genitive of Johan
    return frozenset(r.nominative for r in readings(word) if r.case == "Gen")


def _is_form(one: str, other: str) -> bool:
    """Whether the last word of one is the other's, inflected."""
    *before, last = one.split()
    *also_before, name = other.split()
    return before == also_before and name in _forms(last)


def _is_misheard(one: str, other: str) -> bool:
    """Whether these sound alike and only one of them is a known name or word."""
    return (
        min(len(squeezed(one)), len(squeezed(other))) >= SHORTEST
        and sound(one) == sound(other)
        and is_garbled(one) != is_garbled(other)
    )


# People


def _is_full_name(one: str, other: str) -> bool:
    """Two full names, one with more words, turned around, with a nickname or misheard."""
    short, long = sorted((one.split(), other.split()), key=len)
    return len(short) > 1 and any(
        _all_found(a, b, _is_beside_same) and any(map(_is_written_alike, a, b))
        for a, b in [(short, long), *_turned(short, long)]
    )


def _is_beside_same(word: str, name: str) -> bool:
    """Whether two words are one person's, given another name in common."""
    return (
        _is_written_alike(word, name)
        or is_nickname(word, name)
        # 'peka' alone says little; beside the same surname it is Pekka
        or (sound(word) == sound(name) and is_garbled(word) != is_garbled(name))
    )


def _is_first_name(one: str, other: str) -> bool:
    """A first name alone, and a full name."""
    short, long = sorted((one.split(), other.split()), key=len)
    return len(short) == 1 and any(_is_written_alike(short[0], word) for word in long[:-1])


def _is_last_name(one: str, other: str) -> bool:
    """A surname alone, and a full name, in either order."""
    short, long = sorted((one.split(), other.split()), key=len)
    return len(short) == 1 < len(long) and (
        _is_written_alike(short[0], long[-1]) or short[0] in _of_genitive(long[0])
    )


def _is_called(one: str, other: str) -> bool:
    """A nickname, or a surname misheard, alone."""
    short, long = sorted((one.split(), other.split()), key=len)
    if len(short) > 1:
        return False
    surname = len(long) > 1 or _is_surname(short[0])
    return any(is_nickname(short[0], word) for word in long) or (
        surname and _is_misheard(short[0], long[-1])
    )


def _is_surname(name: str) -> bool:
    """By form: a first name alone that sounds like another may be a rare one, such as Miikael."""
    return name.endswith("nen")


def _all_found(short: list[str], long: list[str], alike: Evidence) -> bool:
    """Whether each word is in the longer name, in the same order, with its first and last."""
    ends = alike(short[0], long[0]) and alike(short[-1], long[-1])
    return ends and all(any(alike(word, name) for name in long) for word in short[1:-1])


def _turned(short: list[str], long: list[str]) -> Iterable[tuple[list[str], list[str]]]:
    """Either name turned around, if its first word can be a surname's genitive: 'Niemen Sari'."""
    for names, others in ((short, long), (long, short)):
        if others[-1] == names[0] or others[-1] in _of_genitive(names[0]):
            turned = [*names[1:], others[-1]]
            yield sorted((turned, others), key=len)[0], sorted((turned, others), key=len)[1]


def _are_two_people(one: str, other: str) -> bool:
    """Whether two full names differ, so that they are different people's."""
    return " " in other and not (_is_written_alike(one, other) or _is_full_name(one, other))


# Organisations


def _is_inflected_alike(one: str, other: str) -> bool:
    """'suomen punaisen risti' and 'suomen punainen risti'; 'nuorten ystävi' and '… ystävät'."""
    return _is_written_alike(one, other) or _agree(one, other) or _agree(other, one)


def _agree(one: str, other: str) -> bool:
    words, names = one.split(), other.split()
    return (
        len(words) == len(names) > 1
        and all(a == b or b in _of_genitive(a) for a, b in zip(words[:-1], names, strict=False))
        and (words[-1] == names[-1] or names[-1] in plurals(words[-1]))
    )


def _is_part_of_organisation(one: str, other: str) -> bool:
    """The end of a longer name, its beginning without the head, or its initials."""
    short, long = sorted((without_legal_form(one), without_legal_form(other)), key=len)
    if is_acronym(short, long):
        return True
    if " " not in short and (is_common(short) or len(short) < _SHORTEST_ALONE):
        return False
    words, rest = short.split(), long.split()
    ends = len(words) < len(rest) and words == rest[-len(words) :]
    headless = any(
        squeezed(long) == squeezed(short) + head and len(short) >= _HEAD_FOLLOWS for head in _HEADS
    )
    return ends or headless


def _is_same_number(one: str, other: str) -> bool:
    return re.sub(r"[\s-]", "", one) == re.sub(r"[\s-]", "", other)


_EVIDENCE: Mapping[EntityType, tuple[Evidence, ...]] = {
    "person": (_is_written_alike, _is_full_name, _is_first_name, _is_last_name, _is_called),
    "organisation": (_is_inflected_alike, _is_part_of_organisation, _is_misheard),
    "place": (_is_written_alike, _is_misheard),
    "contact": (_is_same_number,),
    "identifier": (_is_same_number,),
}
