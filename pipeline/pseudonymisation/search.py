"""Find the names of a study in the talk of any of its sessions.

Uses only words, no tagger, so it also finds them in talk without capitals and punctuation. A name
is searched for as a phrase, in every inflection, however its parts are separated, and in forms that
a recogniser may have made of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.pseudonymisation.contexts import is_of_somebody, is_somebody
from pipeline.pseudonymisation.knowledge import Knowledge
from pipeline.pseudonymisation.lexicon import LEGAL_FORMS
from pipeline.pseudonymisation.link import Id, Key, is_common
from pipeline.pseudonymisation.misheard import SHORTEST, is_garbled, sound, squeezed
from pipeline.pseudonymisation.readings import Reading, readings
from pipeline.pseudonymisation.turn_text import core, is_capitalised

SHORTEST_IN_LOWER_CASE = 3  # letters
SHORTEST_APART = 8  # letters of a one-word name that is found as several words: 'marja leena'
SHORTEST_HEAD = 10  # letters of an organisation's last word that identifies it alone
USUAL = -12.7  # natural logarithm of the share of all words: one in 330,000
LEANS_SMALL = -1.0  # natural logarithm: a capital at the start of a sentence then means nothing

_CASES_OF_PLACES = frozenset({"Ine", "Ela", "Ill"})
_ENDS_SENTENCE = (".", "?", "!", "…", ":")


@dataclass(frozen=True, slots=True)
class Hit:
    """Words ``first``–``last`` of a turn, both inclusive, are a name of the study."""

    first: int
    last: int
    entity: Id
    suffix: str
    detector: str


@dataclass(frozen=True, slots=True)
class _Name:
    """A name of an entity; ``given`` if it is in the table, else it is part of one that is.

    ``turned``: the surname comes first, and in the genitive.
    """

    words: tuple[str, ...]
    entity: Id
    squeezed: str
    given: bool = True
    turned: bool = False


@dataclass(frozen=True, slots=True)
class _Match:
    """A name in words ``first``–``last``, with the reading of the last; exact, or by its sound."""

    first: int
    last: int
    name: _Name
    reading: Reading
    exact: bool


@dataclass(frozen=True, slots=True)
class _Begun:
    """The first words of a name, squeezed, and the case of the inflected ones."""

    said: str = ""
    case: str = ""


def _rank(match: _Match) -> tuple[bool, bool, bool, bool, int, Id, str]:
    """Exact before by sound, given before part, uninflected before inflected.

    The rest only breaks ties, so that the same talk always gives the same hits.
    """
    type = match.name.entity[0]
    return (
        not match.exact,
        not match.name.given,
        (type == "place") != (match.reading.case in _CASES_OF_PLACES),
        type != "person",
        len(match.reading.suffix),
        match.name.entity,
        match.reading.suffix,
    )


class Names:
    """The names of a study, prepared for searching."""

    def __init__(self, names: Mapping[Key, Id], *, left: Collection[str] = ()) -> None:
        """``names`` are nominatives, casefolded, by type, with the entity of each.

        ``left`` are casefolded words that people have decided are no names.
        """
        self._left = frozenset(left)
        self._by_sound: defaultdict[str, list[_Name]] = defaultdict(list)
        self._beginnings: set[str] = set()
        for name in dict.fromkeys([*_given(names), *_parts(names)]):
            if spoken := sound(name.squeezed):
                self._by_sound[spoken].append(name)
                self._beginnings.update(spoken[:end] for end in range(1, len(spoken)))

    def find(self, words: Sequence[str]) -> Iterator[Hit]:
        """Where they occur in the words of a turn, in order; the longest from each word on.

        Words may carry punctuation.
        """
        turn = _Turn(words)
        first = 0
        while first < len(words):
            match = self._longest(turn, first)
            if match is None:
                first += 1
                continue
            last, suffix = turn.with_legal_form(match)
            yield Hit(first, last, match.name.entity, suffix, "study")
            first = last + 1

    def _longest(self, turn: _Turn, first: int) -> _Match | None:
        """The longest name that begins with this word."""
        longest = None
        begun = [_Begun()]
        for last in range(first, len(turn.words)):
            matches = (m for b in begun for m in self._matches(turn, first, last, b))
            longest = min(matches, key=_rank, default=longest)
            begun = list({b: None for old in begun for b in self._longer(old, turn.words[last])})
            if not begun or turn.ends_phrase(last):
                break
        return longest

    def _longer(self, begun: _Begun, word: str) -> Iterator[_Begun]:
        """The part of a name said with one more word; its words agree in case, if inflected."""
        for candidate in _sounded(word):
            case = candidate.reading.case
            if case and begun.case not in ("", case):
                continue
            said = begun.said + squeezed(candidate.reading.nominative)
            if (sound(said) if begun.said else candidate.sound) in self._beginnings:
                yield _Begun(said, case or begun.case)

    def _matches(self, turn: _Turn, first: int, last: int, begun: _Begun) -> Iterator[_Match]:
        """The names begun earlier that end with this word."""
        for candidate in _sounded(turn.words[last]):
            reading = candidate.reading
            said = begun.said + squeezed(reading.nominative)
            for name in self._by_sound.get(sound(said) if begun.said else candidate.sound, ()):
                cases = ("", "Gen") if name.turned else ("", reading.case)
                match = _Match(first, last, name, reading, said == name.squeezed)
                if begun.case in cases and self._is_sure(turn, match):
                    yield match

    def _is_sure(self, turn: _Turn, match: _Match) -> bool:
        if match.name.entity[0] in ("contact", "identifier"):
            return match.exact
        letters = len(match.name.squeezed)
        words = turn.small[match.first : match.last + 1]
        if len(words) > 1:
            apart = len(match.name.words) == 1 and letters < SHORTEST_APART
            return not apart and (match.exact or any(map(is_garbled, words)))
        if words[0] in self._left:
            return False
        if not match.exact:
            return letters >= SHORTEST and is_garbled(words[0])
        return len(match.name.words) > 1 or turn.tells_name(match)


class _Turn:
    """A turn's words without punctuation, and what their form and neighbours show."""

    def __init__(self, words: Sequence[str]) -> None:
        self._said = words
        self.words = [core(word) for word in words]
        self.small = [word.casefold() for word in self.words]

    def ends_phrase(self, word: int) -> bool:
        return self._said[word].endswith((*_ENDS_SENTENCE, ",", ";"))

    def with_legal_form(self, match: _Match) -> tuple[int, str]:
        """Last word and ending of a name, with the 'ry' after an organisation."""
        after = match.last + 1
        if match.name.entity[0] == "organisation" and after < len(self.small):
            form, _, ending = self.small[after].partition(":")
            if form in LEGAL_FORMS and not self.ends_phrase(match.last):
                return after, ending
        return match.last, match.reading.suffix

    def tells_name(self, match: _Match) -> bool:
        """Whether a word that can be a name is one here: 'tuuli' usually means wind."""
        word, at = self.words[match.first], match.first
        short = len(squeezed(word)) < SHORTEST_IN_LOWER_CASE
        if not short and not _is_homograph(word.casefold(), match.name.squeezed):
            return True
        if is_capitalised(word):
            plain = not match.reading.suffix or Knowledge.of("fi").lean(word) > LEANS_SMALL
            return plain or not self._starts_sentence(at)
        return not short and self._stands_like_name(at, match)

    def _starts_sentence(self, at: int) -> bool:
        return at == 0 or self._said[at - 1].endswith(_ENDS_SENTENCE)

    def _stands_like_name(self, at: int, match: _Match) -> bool:
        before = self.small[at - 1] if at else ""
        after = self.small[at + 1] if at + 1 < len(self.small) else ""
        if match.name.entity[0] == "organisation" and after.partition(":")[0] in LEGAL_FORMS:
            return True
        if match.reading.case == "Gen":
            return is_of_somebody(after)
        return not match.reading.suffix and is_somebody(before, after)


@dataclass(frozen=True, slots=True)
class _Sounded:
    reading: Reading
    sound: str


@lru_cache(maxsize=100_000)
def _sounded(word: str) -> tuple[_Sounded, ...]:
    return tuple(_Sounded(reading, sound(reading.nominative)) for reading in readings(word))


@lru_cache(maxsize=100_000)
def _is_homograph(word: str, name: str) -> bool:
    """Whether this casefolded form is, or derives from, a word that is common without a capital."""
    known = Knowledge.of("fi")
    if is_common(word, USUAL):
        return True
    return (
        known.is_unheard(word)
        and is_common(name, USUAL)
        and known.morphology is not None
        and known.morphology(word).other
    )


def _given(names: Mapping[Key, Id]) -> Iterator[_Name]:
    for (type, name), id in names.items():
        words = tuple(name.split())
        yield _Name(words, id, squeezed(name))
        if type == "person" and len(words) > 1:
            turned = (words[-1], *words[:-1])
            yield _Name(turned, id, squeezed("".join(turned)), turned=True)


def _parts(names: Mapping[Key, Id]) -> Iterator[_Name]:
    """First names, surnames and distinctive last words that only one entity has."""
    owners: defaultdict[Key, set[Id]] = defaultdict(set)
    for (type, name), id in names.items():
        words = name.split() or [""]
        if type == "person":
            for word in (words[0], words[-1]):
                owners[type, word].add(id)
        elif type == "organisation" and _tells_alone(words[-1]):
            owners[type, words[-1]].add(id)
    for (type, word), ids in owners.items():
        if word and len(ids) == 1 and (type, word) not in names:
            yield _Name((word,), next(iter(ids)), squeezed(word), given=False)


def _tells_alone(head: str) -> bool:
    """Whether an organisation's last word identifies it: 'työpajayhdistys', but not 'yhdistys'."""
    return len(head) >= SHORTEST_HEAD and not is_common(head)
