"""The possible people of a group's voices: how the sheet names them, and what a cell means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.people import register
from pipeline.people.decisions import NEW, UNKNOWN
from pipeline.people.roster import on_disk as rosters
from pipeline.people.roster.members import Member
from pipeline.people.roster.seed import person_id
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.records.ids import number_of_unnamed
from pipeline.review.titles import plain
from pipeline.study import Study
from pipeline.texts import both

SHOWN: Mapping[str, str] = {NEW: both("new person"), UNKNOWN: both("unknown")}
_MORE: Mapping[str, str] = {"uusi": NEW, "new": NEW, "tuntematon": UNKNOWN}


@dataclass(frozen=True, slots=True)
class Group:
    """The people of a group: the members of its roster by pseudonym, and the others known.

    Real names inside. A person who has withdrawn cannot be chosen.
    """

    group_id: str
    members: Mapping[str, Member]
    unnamed: tuple[str, ...]

    @classmethod
    def of(cls, study: Study, group_id: str, table: EntityTable) -> Group:
        """Return the group as the study knows it now; ``table`` holds the names of its rosters.

        Raises StudyError if the roster or the register cannot be used, TransientError.
        """
        roster = rosters.load(study, group_id)
        members = {
            pseudonym: member
            for member in (roster.members if roster else ())
            if member.name and (pseudonym := person_id(table, member)) is not None
        }
        known = register.load(study, group_id)
        met = {e.known.person_id for session in known.sessions for e in known.latest(session)}
        numbered = [person for person in met if person.startswith(f"{group_id}-P")]
        return cls(group_id, members, tuple(sorted(numbered, key=number_of_unnamed)))

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the choices as shown: members, others known, new, unknown."""
        return tuple(map(self.shown, (*self.members, *self.unnamed, *SHOWN)))

    def shown(self, person: str) -> str:
        """Return how the sheet shows a person: 'Maija Meikäläinen (H07)', 'G07-P2'."""
        member = self.members.get(person)
        return f"{member.name} ({person})" if member else SHOWN.get(person, person)

    def person(self, cell: str) -> str | None:
        """Return the person that a cell means; None if no person of the group is called so."""
        meant = {
            **_MORE,
            **{part: p for p, shown in SHOWN.items() for part in (shown, *shown.split(" / "))},
            **{plain(name): p for p, m in self.members.items() for name in (m.name, *m.aliases)},
            **{plain(p): p for p in (*self.members, *self.unnamed)},
            **{plain(self.shown(p)): p for p in self.members},
        }
        return meant.get(plain(cell))
