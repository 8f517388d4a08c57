"""People who speak in the data set without having consented, as far as known.

A recording that is not in the data set yet waits (``roster.consent``). This is about sessions that
existed before their roster: people leave those by withdrawing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.dataset import files
from pipeline.dataset.group_rows import Met, met
from pipeline.errors import DatasetError, VuoroError
from pipeline.people.roster.members import Consent, Member, Roster
from pipeline.people.roster.on_disk import load_all, usable
from pipeline.people.roster.seed import person_id
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.records.ids import group_of, session_name
from pipeline.study import Study, tombstones

Voices = Mapping[str, frozenset[str]]  # people of the data set, by session

_STATES: Mapping[Consent | None, str] = {
    "no": "has not consented",
    "withdrawn": "has withdrawn consent",
    None: "has no consent recorded",
}


@dataclass(frozen=True, slots=True)
class Unconsented:
    """A member of a group's roster without consent, and the talk that is, or may be, theirs.

    ``member`` is the position in the roster, ``person_id`` None until the roster is read in.
    ``speaks_in`` are the sessions in which they are identified. In those of ``may_speak_in``,
    unidentified voices may be theirs. No voice can be assigned any more to a person who has left
    the study (``is_nameless``).
    """

    group_id: str
    member: int
    person_id: str | None
    consent: Consent | None
    speaks_in: tuple[str, ...]
    may_speak_in: Voices
    is_nameless: bool = False

    @property
    def who(self) -> str:
        """How messages refer to the person: never by name."""
        position = f"member {self.member} of {self.group_id}"
        return f"{self.person_id} ({position})" if self.person_id else position

    @property
    def state(self) -> str:
        """Their missing consent, as the roster states it."""
        return _STATES[self.consent]

    @property
    def sessions(self) -> tuple[str, ...]:
        """The sessions in which they speak or may speak, in order."""
        return tuple(sorted({*self.speaks_in, *self.may_speak_in}))

    @property
    def sentence(self) -> str:
        """The person, where they speak, and what to do."""
        parts = []
        if self.speaks_in:
            parts.append(
                f"{self.who} {self.state} and speaks in {', '.join(self.speaks_in)}. Remove the "
                f"talk with `vuoro withdraw {self.person_id}`, or correct the roster."
            )
        if self.may_speak_in:
            remedy = (
                "Say whose the voices are with `vuoro review people`, list the sessions under "
                "`absent` if the person was not there, or correct the roster."
            )
            if self.is_nameless:
                remedy = (
                    "Remove the voice that is theirs with `vuoro withdraw`, then list the sessions "
                    "under `absent`."
                )
            where = ", ".join(self.may_speak_in)
            parts.append(f"{self.who} {self.state} and may speak in {where}. {remedy}")
        return " ".join(parts)

    @property
    def talk(self) -> Voices:
        """The people whose rows in the data set are, or may be, this person's, by session."""
        known = frozenset(filter(None, [self.person_id]))
        return {**dict.fromkeys(self.speaks_in, known), **self.may_speak_in}


@dataclass(frozen=True, slots=True)
class Consents:
    """What prevents use of the data set: people, and rosters that cannot be read."""

    people: tuple[Unconsented, ...]
    unusable: tuple[VuoroError, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything in sentences without names."""
        return (*(each.sentence for each in self.people), *map(str, self.unusable))


def consents(study: Study, group_id: str | None = None) -> Consents:
    """The people whose consent is missing in the data set; in all groups, or in one.

    Raises StudyError if the key cannot be used, TransientError if something cannot be read.
    """
    rosters, wrong = usable(study)
    found = [
        each
        for roster in rosters
        if group_id in (None, roster.group)
        for each in _of_group(study, roster)
    ]
    unusable = [error for group, error in wrong.items() if group_id in (None, group)]
    return Consents(tuple(found), tuple(unusable))


def groups_without_consent(study: Study) -> frozenset[str]:
    """The groups with a member who has not consented, wherever that member speaks.

    Raises StudyError if a roster cannot be used, TransientError.
    """
    rosters = load_all(study)
    return frozenset(r.group for r in rosters if any(m.consent != "yes" for m in r.members))


def _of_group(study: Study, roster: Roster) -> Iterator[Unconsented]:
    if all(member.consent == "yes" for member in roster.members):
        return
    sessions = [*_sessions(study, roster.group)]
    table = EntityTable.load(study)
    left = {tombstone.person_id for tombstone in tombstones.load(study) if tombstone.sessions}
    for position, member in enumerate(roster.members, start=1):
        if member.consent == "yes":
            continue
        id = person_id(table, member)
        known = tuple(s.session["session_id"] for s in sessions if id in s.heard)
        voices = {} if id in left else _may_be(member, sessions, is_known=bool(known))
        maybe = {session: found for session, found in voices.items() if session not in known}
        if known or maybe:
            state = (member.consent, known, maybe, not member.name)
            yield Unconsented(roster.group, position, id, *state)


def _may_be(member: Member, sessions: Sequence[Met], *, is_known: bool) -> Voices:
    """The voices that may be a member's, by session.

    These are the voices that no roster names; if the member's voice is known from another session,
    the unidentified ones.
    """
    found = {}
    for each in sessions:
        session = each.session
        if not member.attends(session_name(session["session_number"], session["kind"])):
            continue
        nameless = f"{session['session_id'] if is_known else session['group_id']}-"
        voices = frozenset(voice for voice in each.heard if voice.startswith(nameless))
        if voices:
            found[session["session_id"]] = voices
    return found


def _sessions(study: Study, group_id: str) -> Iterator[Met]:
    """The sessions of a group that the data set holds."""
    for file in files.files(study.dataset, "sessions"):
        if group_of(file.stem) == group_id:
            try:
                yield met(file)[0]
            except DatasetError:  # damaged: it is recomputed, and nothing is released meanwhile
                continue
