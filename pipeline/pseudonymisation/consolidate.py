"""Evidence of a whole session about its names: keys, types, and mentions in other turns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.pseudonymisation import inflection
from pipeline.pseudonymisation.inflection import Form
from pipeline.pseudonymisation.knowledge import Knowledge
from pipeline.pseudonymisation.merge import TYPE_PRIORITY, merge
from pipeline.pseudonymisation.tagging import TaggedTurn
from pipeline.pseudonymisation.turn_text import Finding, core, is_capitalised
from pipeline.records import EntityType, Mention

MIN_LETTERS = 4
_CASES_OF_PLACES = frozenset({"Ine", "Ill"})


@dataclass(frozen=True, slots=True)
class Name:
    """A found name: its words before the last, casefolded, and the last one analysed."""

    turn: TaggedTurn
    finding: Finding
    before: tuple[str, ...]
    last: str
    form: Form

    @classmethod
    def of(cls, turn: TaggedTurn, finding: Finding) -> Name:
        words = [core(turn.text.words[word]) for word in finding.words]
        return cls(
            turn,
            finding,
            tuple(word.casefold() for word in words[:-1]),
            words[-1],
            inflection.take_apart(words[-1], turn.tags[finding.last].case),
        )


class _Keys:
    """The canonical form of each name, from the session itself."""

    def __init__(self, found: Iterable[Name], known: Knowledge) -> None:
        self._known = known
        self._spoken = {name.form.nominatives[0] for name in found if not name.form.suffix}

    def of(self, name: Name) -> str:
        last = self.of_word(name.last, name.form)
        return inflection.without_legal_form(" ".join((*name.before, last)))

    def of_word(self, word: str, form: Form) -> str:
        return inflection.nominative(word, form, self._spoken, self._known)


def mentions(
    turns: Sequence[TaggedTurn],
    found: Sequence[Sequence[Finding]],
    contacts: Sequence[Sequence[Finding]],
    known: Knowledge,
) -> list[Mention]:
    """The mentions of a session, from what was found turn by turn, in order of turn and word.

    ``found`` and ``contacts`` are parallel to ``turns`` and share no word. A name found in one
    turn is searched for in all.
    """
    first = [Name.of(turn, f) for turn, fs in zip(turns, found, strict=True) for f in merge(fs)]
    keys = _Keys(first, known)
    register = _Register(first, keys, known)
    everything = [
        Name.of(turn, finding)
        for turn, names_here, taken in zip(turns, found, contacts, strict=True)
        for finding in merge(
            [*names_here, *register.elsewhere(turn, _words(names_here), _words(taken))]
        )
    ]
    types = _types(everything, keys)
    listed = [_mention(name, keys.of(name), types) for name in everything]
    listed += [_contact(turn, f) for turn, fs in zip(turns, contacts, strict=True) for f in fs]
    return sorted(listed, key=lambda mention: (mention.turn, mention.first_word))


class _Register:
    """The names of a session, to be found again where nothing else indicates them."""

    def __init__(self, found: Sequence[Name], keys: _Keys, known: Knowledge) -> None:
        self._known = known
        self._words: set[str] = set()
        self._phrases: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
        for name in found:
            last = keys.of_word(name.last, name.form)
            if name.before:
                self._phrases[name.before[0]].add((*name.before, last))
            if not name.before or name.finding.type in ("person", None):
                self._words.update((*name.before, name.last.casefold(), last))

    def elsewhere(self, turn: TaggedTurn, found: set[int], contacts: set[int]) -> Iterator[Finding]:
        """Where the session's names occur in this turn, apart from words already found."""
        forms = [
            inflection.take_apart(core(word), tags.case)
            for word, tags in zip(turn.text.words, turn.tags, strict=True)
        ]
        for position in range(len(forms)):
            if position not in found | contacts and self._is_name(turn, forms, position):
                yield Finding(position, position, None, "session")
            for last in self._ends(turn, forms, position):
                words = set(range(position, last + 1))
                if not words & contacts and not words <= found:
                    yield Finding(position, last, None, "session")

    def _is_name(self, turn: TaggedTurn, forms: Sequence[Form], position: int) -> bool:
        name = core(turn.text.words[position])
        like_name = is_capitalised(name) or turn.tags[position].pos == "PROPN"
        if len(name) < MIN_LETTERS or not like_name or self._known.is_common(name):
            return False
        return not self._words.isdisjoint((name.casefold(), *forms[position].nominatives))

    def _ends(self, turn: TaggedTurn, forms: Sequence[Form], position: int) -> Iterator[int]:
        """Last words of the session's longer names that begin at this position."""
        for phrase in self._phrases.get(core(turn.text.words[position]).casefold(), ()):
            last = position + len(phrase) - 1
            said = [core(word) for word in turn.text.words[position : last + 1]]
            if (
                len(said) == len(phrase)
                and any(map(is_capitalised, said))
                and all(a.casefold() == b for a, b in zip(said[:-1], phrase, strict=False))
                and phrase[-1] in (said[-1].casefold(), *forms[last].nominatives)
            ):
                yield last


def _types(found: Iterable[Name], keys: _Keys) -> dict[str, EntityType]:
    """The type that the detectors give most often to each key."""
    votes: defaultdict[str, Counter[EntityType]] = defaultdict(Counter)
    for name in found:
        if name.finding.type:
            votes[keys.of(name)][name.finding.type] += 1
    return {
        key: min(count, key=lambda type: (-count[type], TYPE_PRIORITY.index(type)))
        for key, count in votes.items()
    }


def _guess(name: Name) -> EntityType:
    """The type of a name to which no detector gave one."""
    if "acronym" in name.finding.detector:
        return "organisation"
    return "place" if name.turn.tags[name.finding.last].case in _CASES_OF_PLACES else "person"


def _mention(name: Name, key: str, types: dict[str, EntityType]) -> Mention:
    finding = name.finding
    return Mention(
        turn=name.turn.text.turn,
        first_word=finding.first,
        last_word=finding.last,
        type=finding.type or types.get(key) or _guess(name),
        entity=key,
        suffix=name.form.suffix,
        detectors=tuple(finding.detector.split("+")),
    )


def _contact(turn: TaggedTurn, finding: Finding) -> Mention:
    said = " ".join(core(turn.text.words[word]) for word in finding.words).casefold()
    return Mention(
        turn=turn.text.turn,
        first_word=finding.first,
        last_word=finding.last,
        type=finding.type or "identifier",
        entity=said,
        suffix="",
        detectors=tuple(finding.detector.split("+")),
    )


def _words(findings: Iterable[Finding]) -> set[int]:
    return {word for finding in findings for word in finding.words}
