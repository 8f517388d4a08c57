"""The rows of the review of names: every entity mentioned, and every possible further one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from pipeline.pseudonymisation import inflection
from pipeline.pseudonymisation.apply import form
from pipeline.pseudonymisation.entities import Entity, EntityTable, Id
from pipeline.pseudonymisation.knowledge import Knowledge
from pipeline.pseudonymisation.turn_text import TurnText, core, is_capitalised
from pipeline.records import EntityType
from pipeline.review.names.queues import Hidden, Queue, left, queue_of
from pipeline.review.names.transcripts import SessionTalk, all_masked, excerpt, places
from pipeline.texts import both

EXCERPTS = 3
MIN_CAPITALISED = 0.01  # of the words; with fewer, the transcript has no capitals
NEW = "new"
_LEFT = both("left")  # before an excerpt: not masked there
ORDER: tuple[Queue, ...] = get_args(Queue)
_SUGGESTED: Mapping[Queue, EntityType] = {
    "capital": "person",
    "homograph": "person",
    "organisation": "organisation",
}

Known = Callable[[str | None], Knowledge]


@dataclass(frozen=True, slots=True)
class NameRow:
    """One entity, or a possible one, for a person to judge. Real names inside.

    ``id`` is ``person 7``; for a possible entity, ``new`` and its forms, joined by ``|``, and
    ``type`` is a suggestion. ``variants`` are the forms said, the commonest first, with how often;
    ``count`` is their sum. ``excerpts`` are from different sessions where possible.
    """

    id: str
    queue: Queue
    type: EntityType
    entity: Entity | None
    variants: tuple[tuple[str, int], ...]
    count: int
    n_sessions: int
    excerpts: tuple[str, ...]
    detectors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    """Where one entity, form or phrase was seen: (form, session, excerpt) in order."""

    forms: Counter[str] = field(default_factory=Counter)
    sessions: dict[str, list[str]] = field(default_factory=dict)
    detectors: set[str] = field(default_factory=set)

    def see(self, said: str, session_id: str, shown: str, detectors: Iterable[str] = ()) -> None:
        self.forms[said] += 1
        here = self.sessions.setdefault(session_id, [])
        if len(here) < EXCERPTS:
            here.append(f"{session_id}: {shown}")
        self.detectors.update(detectors)

    def join(self, other: _Seen) -> None:
        self.forms.update(other.forms)
        for session_id, shown in other.sessions.items():
            self.sessions.setdefault(session_id, []).extend(shown)

    @property
    def excerpts(self) -> tuple[str, ...]:
        """Up to three: the first of each session, then the second of each…"""
        rounds = range(max(map(len, self.sessions.values()), default=0))
        all_ = [e[i] for i in rounds for e in self.sessions.values() if i < len(e)]
        return tuple(dict.fromkeys(all_))[:EXCERPTS]

    @property
    def variants(self) -> tuple[tuple[str, int], ...]:
        return tuple(sorted(self.forms.items(), key=lambda item: (-item[1], item[0])))


def rows(
    talks: Sequence[SessionTalk], table: EntityTable, known: Known = Knowledge.of
) -> list[NameRow]:
    """Return all rows, by queue (the likeliest wrong first), then the most frequent first.

    ``known`` returns the knowledge of a language. Raises StudyError if a name is not in the table.
    """
    survey = _Survey(table)
    for talk in talks:
        survey.look(talk, known(talk.conversation.language))
    knowledge = known(_language(talks))
    found = [*survey.entity_rows(knowledge), *survey.new_rows()]
    return sorted(found, key=lambda row: (ORDER.index(row.queue), -row.count, row.id))


class _Survey:
    """The occurrences of each entity, and what was not masked, over all sessions."""

    def __init__(self, table: EntityTable) -> None:
        self._table = table
        self._everything = all_masked(table)
        self._entities: defaultdict[Id, _Seen] = defaultdict(_Seen)
        self._left: defaultdict[Queue, defaultdict[str, _Seen]] = defaultdict(
            lambda: defaultdict(_Seen)
        )
        self._names = {name: entity.id for (_, name), entity in table.by_name.items()}
        self._left_of: defaultdict[Id, _Seen] = defaultdict(_Seen)

    def look(self, talk: SessionTalk, known: Knowledge) -> None:
        """Add one session."""
        hidden: defaultdict[int, dict[int, EntityType]] = defaultdict(dict)
        for place in places(talk, self._everything):
            span = range(place.first_word, place.last_word + 1)
            hidden[place.turn].update(dict.fromkeys(span, place.type))
            words = TurnText.of(place.turn, talk.conversation.turns[place.turn].words).words
            shown = excerpt(words, place.first_word, place.last_word)
            seen = self._entities[place.type, place.number]
            seen.see(form(talk.conversation, place), talk.session_id, shown, place.detectors)
        capitals = _has_capitals(talk)
        for number, turn in enumerate(talk.conversation.turns):
            text = TurnText.of(number, turn.words)
            self._look_at_left(talk.session_id, text, hidden[number], known, capitals)

    def _look_at_left(
        self, session_id: str, text: TurnText, hidden: Hidden, known: Knowledge, capitals: bool
    ) -> None:
        for position, word in enumerate(text.words):
            name = core(word)
            home = self._names.get(name.casefold())
            if home and position not in hidden:
                shown = f"({_LEFT}) {excerpt(text.words, position, position)}"
                self._left_of[home].see(name, session_id, shown)
        for one in left(text, hidden, known, capitals=capitals):
            said = " ".join(core(word) for word in text.words[one.first : one.last + 1])
            if said.casefold() not in self._names:
                shown = excerpt(text.words, one.first, one.last)
                self._left[one.queue][said.casefold()].see(said, session_id, shown)

    def entity_rows(self, known: Knowledge) -> Iterator[NameRow]:
        """Yield a row for each entity that is mentioned."""
        for entity in self._table.judged:
            seen = self._entities.get(entity.id)
            if seen is None:
                continue
            count = seen.forms.total()
            queue = queue_of(entity, seen.detectors, count, known)
            excerpts = seen.excerpts
            if overlooked := self._left_of.get(entity.id):
                excerpts = (*excerpts[: EXCERPTS - 1], overlooked.excerpts[0])
                queue = queue if queue == "judged" else "homograph"
            yield NameRow(
                id=f"{entity.type} {entity.number}",
                queue=queue,
                type=entity.type,
                entity=entity,
                variants=seen.variants,
                count=count,
                n_sessions=len(seen.sessions),
                excerpts=excerpts,
                detectors=tuple(sorted(seen.detectors)),
            )

    def new_rows(self) -> Iterator[NameRow]:
        """Yield a row for each word or phrase that may be an entity, its forms together."""
        done: set[str] = set()
        for queue in ORDER:
            phrases = {p: seen for p, seen in self._left[queue].items() if p not in done}
            done.update(phrases)
            for forms in by_base(phrases):
                seen = _Seen()
                for phrase in forms:
                    seen.join(phrases[phrase])
                yield NameRow(
                    id=f"{NEW} {'|'.join(forms)}",
                    queue=queue,
                    type=_SUGGESTED.get(queue, "identifier"),
                    entity=None,
                    variants=seen.variants,
                    count=seen.forms.total(),
                    n_sessions=len(seen.sessions),
                    excerpts=seen.excerpts,
                )


def by_base(phrases: Iterable[str]) -> list[list[str]]:
    """Return casefolded phrases, the inflected forms of one word together, base form first.

    Forms belong together if one of them can be the nominative of the others; a phrase of several
    words stands alone.
    """
    known = {*phrases}
    groups: dict[str, list[str]] = {}
    for phrase in sorted(known, key=lambda p: (len(p), p)):
        bases = (
            [] if " " in phrase else sorted(inflection.possible(phrase) & groups.keys(), key=len)
        )
        groups.setdefault(min(bases, default=phrase), []).append(phrase)
    return [*groups.values()]


def _has_capitals(talk: SessionTalk) -> bool:
    words = [core(word.text.strip()) for turn in talk.conversation.turns for word in turn.words]
    return sum(map(is_capitalised, words)) >= MIN_CAPITALISED * len(words)


def _language(talks: Sequence[SessionTalk]) -> str | None:
    """Return the language of most sessions: entities belong to the study, not to a session."""
    count = Counter(talk.conversation.language for talk in talks)
    return max(count, key=lambda language: (count[language], language or ""), default=None)
