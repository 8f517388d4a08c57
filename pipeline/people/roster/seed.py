"""Add the names in the rosters to the study's table before they are said, with pseudonyms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.people.roster.members import Member, Named, Roster
from pipeline.people.roster.on_disk import usable
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.pseudonymisation.key.own import protect
from pipeline.records import EntityType
from pipeline.records.ids import person_id_of
from pipeline.study import Study, locks


@dataclass(frozen=True, slots=True)
class Seed:
    """The names of one person, organisation or place; ``less_sure`` may be another's too."""

    type: EntityType
    names: tuple[str, ...]
    less_sure: tuple[str, ...] = ()
    category: str = ""


def seed(study: Study) -> EntityTable:
    """The study's table of names with those of its rosters added; existing entries stay.

    A roster that cannot be used adds no names: the sessions of its group report it. Holds the
    study's lock meanwhile. Raises StudyError if the key cannot be used, TransientError if it cannot
    be read or written.
    """
    with locks.names(study):
        protect(study)
        found = EntityTable.load(study)
        table = found
        for each in seeds(usable(study)[0]):
            table = table.seed(each.type, each.names, each.less_sure, each.category)
        if table != found:
            table.save(study)
    return table


def seeds(rosters: Iterable[Roster]) -> Iterator[Seed]:
    """One for each member, organisation, place and project.

    A first name alone is a member's only if no other member of the study has it. A project is
    an organisation of the category ``project``.
    """
    listed = list(rosters)
    first_names = Counter(first for r in listed for m in r.members if (first := _first(m)))
    for roster in listed:
        for member in roster.members:
            first = _first(member)
            if member.name:
                less_sure = (first,) if first_names[first] == 1 else ()
                yield Seed("person", (member.name, *member.aliases), less_sure)
        for organisation in roster.organisations:
            yield _seed("organisation", organisation)
        for name in dict.fromkeys(m.organisation for m in roster.members if m.organisation):
            yield Seed("organisation", (name,))
        for project in roster.projects:
            yield _seed("organisation", project, "project")
        for place in roster.places:
            yield _seed("place", place)


def _seed(type: EntityType, named: Named, category: str = "") -> Seed:
    names = (named.name, *named.aliases)
    return Seed(type, names, category=named.category or category)


def person_id(table: EntityTable, member: Member) -> str | None:
    """The pseudonym of a member, with the number used in mentions; None before seeding.

    For ``[Henkilö 7]`` it is H07.
    """
    if member.person_id:
        return member.person_id
    entity = table.by_name.get(("person", member.name.casefold()))
    return person_id_of(entity.number) if entity is not None and member.name else None


def _first(member: Member) -> str:
    """The first name of a member who has several names, casefolded."""
    first, *others = member.name.casefold().split() or [""]
    return first if others else ""
