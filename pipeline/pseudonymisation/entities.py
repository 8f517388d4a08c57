"""Who and what the talk of a study names: each entity with all its names and one pseudonym.

The machine only adds entities and names. What people decide about them is kept separately, decision
after decision, and applied to what was found: so it survives every rerun and every new model. All
of it is in the study's key, ``private/names.key``.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from random import Random
from secrets import SystemRandom, token_hex
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from pipeline.errors import StudyError
from pipeline.pseudonymisation.key import KeyFile, find_secret
from pipeline.pseudonymisation.key.own import note, own_header
from pipeline.pseudonymisation.link import linked
from pipeline.records import EntityType
from pipeline.storage.digests import digest
from pipeline.study import Study, locks

Id = tuple[EntityType, int]  # what the pseudonym shows
Key = tuple[EntityType, str]  # identifies a name: its type and its nominative, casefolded
Said = Mapping[Key, Iterable[str]]  # the names of a session, and the forms in which each was said
Verdict = Literal["open", "name", "no_name", "keep"]
Origin = Literal["talk", "roster", "person"]
Action = Literal["name", "no_name", "keep", "merge", "split", "retype", "category", "note", "add"]

SMALLEST_RANGE = 99
NUMBERS_PER_ENTITY = 4


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, an organisation, a place…, with every name it goes by.

    ``names`` are nominatives, casefolded; ``mistaken`` those that were found as of another type;
    ``forms`` all that was said for it. ``verdict`` is
    ``open`` until a person has decided: ``name`` and ``open`` are masked; ``keep`` (a name that
    identifies no one) and ``no_name`` are not. ``category`` replaces it in a coarser release.
    """

    type: EntityType
    number: int
    names: tuple[str, ...]
    forms: tuple[str, ...] = ()
    origin: Origin = "talk"
    verdict: Verdict = "open"
    category: str = ""
    note: str = ""
    mistaken: tuple[Key, ...] = ()

    @property
    def id(self) -> Id:
        return self.type, self.number

    @property
    def is_masked(self) -> bool:
        return self.verdict in ("open", "name")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about an entity, and when (``at``, ISO 8601).

    ``other`` is the entity that a ``merge`` goes into, or that a ``split``, ``retype`` or ``add``
    makes; ``names`` those that a split takes out, or that are added; ``text`` is the category or
    the note.
    """

    at: str
    by: str
    action: Action
    entity: Id
    other: Id | None = None
    names: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class EntityTable:
    """All entities of a study as found, and the decisions about them. Holds real names.

    A number reveals nothing about when or how often a name was said, and is never given twice
    within a type.
    """

    entities: tuple[Entity, ...] = ()
    decisions: tuple[Decision, ...] = ()
    audit_key: str = ""  # for the audit log's digests and the draw of numbers; hexadecimal

    @cached_property
    def _judged(self) -> _Judged:
        return _Judged(self.entities, self.decisions)

    @property
    def judged(self) -> list[Entity]:
        """The entities as they stand after the decisions, by type and number."""
        return [entity for _, entity in sorted(self._judged.entities.items())]

    def entity(self, id: Id) -> Entity | None:
        """The entity that this pseudonym stands for after the decisions."""
        return self._judged.entities.get(self._judged.now(id))

    def is_merged(self, id: Id) -> bool:
        """Whether people have merged this entity into another one."""
        return self._judged.is_merged(id)

    @cached_property
    def by_name(self) -> dict[Key, Entity]:
        """The entity of each name, under the types in which it was found and that it has now."""
        judged = self._judged
        known = {(e.type, name): e for e in self.judged for name in e.names}
        found = {key: judged.entities.get(judged.now(id)) for key, id in judged.home.items()}
        return known | {key: entity for key, entity in found.items() if entity is not None}

    @cached_property
    def naming(self) -> str:
        """One digest of all that decides which names are replaced, and by which pseudonym."""
        known = [(key, entity.id, entity.verdict) for key, entity in sorted(self.by_name.items())]
        judged = [(entity.id, entity.verdict, entity.names) for entity in self.judged]
        return digest([known, judged])

    def knows(self, said: Said) -> bool:
        """Whether every name of a session, in every form, is in the table."""
        known = self.by_name
        return all(key in known and {*said[key]} <= {*known[key].forms} for key in said)

    def add(
        self, said: Said, *, origin: Origin = "talk", random: Random | None = None
    ) -> EntityTable:
        """The table with all names of a session.

        A name that certainly belongs to an entity (``link.linked``) joins it; any other is a new
        entity, whose number follows from its name and the secret of the table.
        """
        audit_key = self.audit_key or token_hex(32)
        entities = {entity.id: entity for entity in self.entities}
        known = {key: entity.id for key, entity in self.by_name.items()}
        count = Counter(key[0] for key in [*entities, *(said.keys() - known.keys())])
        # fuller names first: 'Virtanen' may belong to one that comes with it
        for key in sorted(said, key=lambda key: (-len(key[1].split()), key)):
            id = known.get(key) or linked(key, known)
            if id is None:
                draw = random or _by_name(audit_key, key)
                id = key[0], _free_number(key[0], count[key[0]], entities, self.decisions, draw)
            entity = entities.get(id) or Entity(*id, names=(), origin=origin)
            forms = tuple(sorted({*entity.forms, *said[key]}))
            entity = replace(entity, forms=forms)
            if key not in known and key[0] != id[0]:
                entity = replace(entity, mistaken=(*entity.mistaken, key))
            elif key not in known:
                entity = replace(entity, names=tuple(dict.fromkeys((*entity.names, key[1]))))
            entities[id], known[key] = entity, id
        return replace(
            self,
            entities=tuple(entities[id] for id in sorted(entities)),
            audit_key=audit_key,
        )

    def seed(
        self,
        type: EntityType,
        names: Sequence[str],
        less_sure: Sequence[str] = (),
        category: str = "",
        random: Random | None = None,
    ) -> EntityTable:
        """The table in which one entity of this type has these names, given in a roster.

        A known name among ``names`` decides which entity it is; the ``less_sure`` (a first name
        alone) do not. A name that another entity has stays with that. Names are nominatives,
        in any case.
        """
        known = self.by_name
        audit_key = self.audit_key or token_hex(32)
        sure, others = ([name.casefold() for name in part] for part in (names, less_sure))
        entities = {entity.id: entity for entity in self.entities}
        homes = (known[type, name].id for name in sure if (type, name) in known)
        id = next((home for home in homes if home in entities), None)
        free = dict.fromkeys(name for name in (*sure, *others) if (type, name) not in known)
        if id is None and not free:  # people have moved them elsewhere
            return self
        if id is None:
            n_after = sum(entity.type == type for entity in self.judged) + 1
            random = random or _by_name(audit_key, (type, names[0].casefold()))
            id = type, _free_number(type, n_after, entities, self.decisions, random)
        entity = entities.get(id) or Entity(*id, names=())
        category = entity.category or category
        names = (*entity.names, *free)
        entities[id] = replace(entity, names=names, origin="roster", category=category)
        return replace(
            self,
            entities=tuple(entities[id] for id in sorted(entities)),
            audit_key=audit_key,
        )

    def decide(self, decision: Decision, random: Random | None = None) -> EntityTable:
        """The table with one more decision; a split, retype or add gets its new number here.

        Raises ValueError if the entity, or the one to merge into, is not in the table.
        """
        if decision.action != "add" and self.entity(decision.entity) is None:
            raise ValueError("no such entity")
        if decision.action == "merge" and self.entity(decision.other or decision.entity) is None:
            raise ValueError("no such entity to merge into")
        if decision.action in ("split", "retype", "add"):
            type = (decision.other or decision.entity)[0]
            entities = {entity.id: entity for entity in self.entities}
            n_after = sum(other == type for other, _ in entities) + 1
            random = random or SystemRandom()
            number = _free_number(type, n_after, entities, self.decisions, random)
            decision = replace(decision, other=(type, number))
        return replace(self, decisions=(*self.decisions, decision))

    @classmethod
    def load(cls, study: Study) -> EntityTable:
        """The table of a study; an empty one if there is none yet.

        Raises StudyError if the key is locked, damaged, missing, older than it was or another
        study's, UnreadableError if it cannot be read.
        """
        if own_header(study) is None:
            return cls()
        try:
            info = study.key_file.stat()
        except OSError:
            return _loaded(study.key_file)
        return _cached(study.key_file, info.st_mtime_ns, info.st_size, info.st_ino)

    def save(self, study: Study) -> None:
        """Write the table; the caller holds the study's lock.

        Raises as ``load`` does, and TransientError where it cannot be written.
        """
        own_header(study)
        data = TypeAdapter(EntityTable).dump_json(self)
        note(study, KeyFile(study.key_file, find_secret(study.key_file)).write(data))

    @classmethod
    def update(cls, study: Study, said: Said, *, origin: Origin = "talk") -> EntityTable:
        """Add a session's names to the table of its study; return the new table.

        Holds the lock of the study meanwhile, so that two sessions never draw at the same time.

        Raises StudyError if the table is locked or damaged, TransientError if it cannot be read
        or written.
        """
        with locks.names(study):
            table = cls.load(study)
            grown = table if table.knows(said) else table.add(said, origin=origin)
            if grown != table:
                grown.save(study)
        return grown


class _Judged:
    """Entities after the decisions; ``home`` is the current entity of each name as found."""

    def __init__(self, found: Iterable[Entity], decisions: Iterable[Decision]) -> None:
        self.entities = {entity.id: entity for entity in found}
        self.home: dict[Key, Id] = {
            (entity.type, name): entity.id for entity in found for name in entity.names
        } | {key: entity.id for entity in found for key in entity.mistaken}
        self._gone: dict[Id, Id] = {}
        self._merged: set[Id] = set()
        for decision in decisions:
            self._lay(decision)

    def now(self, id: Id) -> Id:
        while id in self._gone:
            id = self._gone[id]
        return id

    def is_merged(self, id: Id) -> bool:
        while id in self._gone and id not in self._merged:
            id = self._gone[id]
        return id in self._merged

    def _lay(self, decision: Decision) -> None:
        id = self.now(decision.entity)
        entity = self.entities.get(id)
        match decision.action:
            case "add":
                if decision.other is not None:
                    self._join(
                        Entity(*decision.other, decision.names, origin="person", verdict="name")
                    )
            case _ if entity is None:
                return
            case "name" | "no_name" | "keep":
                self.entities[id] = replace(entity, verdict=decision.action)
            case "category":
                self.entities[id] = replace(entity, category=decision.text)
            case "note":
                self.entities[id] = replace(entity, note=decision.text)
            case "split":
                self._split(entity, decision)
            case "merge" | "retype":
                other = self.now(decision.other or id)
                if other != id:
                    del self.entities[id]
                    self._gone[id] = other
                    if decision.action == "merge":
                        self._merged.add(id)
                    self._join(replace(entity, type=other[0], number=other[1]))

    def _join(self, entity: Entity) -> None:
        """Add an entity, or its names to the existing one with its id."""
        there = self.entities.get(entity.id)
        if there is not None:
            entity = replace(
                there,
                names=tuple(dict.fromkeys((*there.names, *entity.names))),
                forms=tuple(sorted({*there.forms, *entity.forms})),
                mistaken=tuple(dict.fromkeys((*there.mistaken, *entity.mistaken))),
                verdict=there.verdict if there.verdict != "open" else entity.verdict,
            )
        self.entities[entity.id] = entity

    def _split(self, entity: Entity, decision: Decision) -> None:
        if decision.other is None:
            return
        out = [name for name in entity.names if name in decision.names]
        left = tuple(name for name in entity.names if name not in out)
        stays = tuple(key for key in entity.mistaken if key[1] not in out)
        goes = tuple(key for key in entity.mistaken if key[1] in out)
        self.entities[entity.id] = replace(entity, names=left, mistaken=stays)
        number = decision.other[1]
        self._join(replace(entity, number=number, names=tuple(out), mistaken=goes))
        for key, id in list(self.home.items()):
            if key[1] in out and self.now(id) == entity.id:
                self.home[key] = decision.other


def _by_name(secret: str, key: Key) -> Random:
    """What draws the number of a name: the same on every machine that works on the study, and
    revealing nothing without the study's key."""
    return Random(hmac.digest(bytes.fromhex(secret), "\n".join(key).encode(), "sha256"))


def _free_number(
    type: EntityType,
    n_after: int,
    entities: Iterable[Id],
    decisions: Iterable[Decision],
    random: Random,
) -> int:
    """A number from 1 to four times that of the entities of the type afterwards, at least 99."""
    made = {decision.other for decision in decisions if decision.other is not None}
    taken = {number for other, number in {*entities, *made} if other == type}
    highest = max(SMALLEST_RANGE, NUMBERS_PER_ENTITY * n_after, 2 * len(taken))
    return random.choice([n for n in range(1, highest + 1) if n not in taken])


@lru_cache(maxsize=4)
def _cached(file: Path, *_version: int) -> EntityTable:
    return _loaded(file)


def _loaded(file: Path) -> EntityTable:
    data = KeyFile(file, find_secret(file)).read()
    try:
        table = EntityTable() if data is None else TypeAdapter(EntityTable).validate_json(data)
    except ValidationError:
        raise _damaged() from None
    given = Counter(entity.id for entity in table.entities)
    if any(count > 1 for count in given.values()):
        raise _damaged()
    return table


def _damaged() -> StudyError:
    return StudyError(
        "The study's key, private/names.key, holds no table of names; it was left as it is.",
        "Put back a copy: `vuoro key restore` takes the one that vuoro keeps, or yours.",
    )
