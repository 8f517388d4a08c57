"""Identify each voice of a group's sessions from the roster, human decisions and the voices.

``update`` recognises people again if any of these changed, and writes the group's register. Until
then a session's result stays the same, in whatever order the sessions are processed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

from pipeline.people import decisions, register
from pipeline.people.anchors import anchor, place
from pipeline.people.decisions import NEW, UNKNOWN
from pipeline.people.recognise import Heard, Recognised, new_key, recognise
from pipeline.people.register import Founder, Known, Register, RegisteredVoice
from pipeline.people.roster import on_disk as rosters
from pipeline.people.roster.members import EVERY_SESSION
from pipeline.people.roster.seed import person_id
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.records import Diarisation, SessionKind
from pipeline.records.ids import (
    is_unnamed,
    number_of_unnamed,
    session_name,
    unknown_person_id,
    unnamed_person_id,
)
from pipeline.storage.digests import digest
from pipeline.storage.disk import file_sha256, os_errors
from pipeline.study import Study, locks

VERSION = 1  # increment whenever the same voices and decisions would give other people
Embedding = tuple[float, ...]
Place = tuple[str, str]  # a session and a label of it


@dataclass(frozen=True, slots=True)
class Session:
    """A diarised session of the group; ``digest`` is that of its diarisation."""

    session_id: str
    session_number: int
    kind: SessionKind
    digest: str
    read: Callable[[], Diarisation]

    @property
    def name(self) -> str:
        """The session within its group, as rosters call it: S03, I01."""
        return session_name(self.session_number, self.kind)


@dataclass(frozen=True, slots=True)
class Member:
    """A person named by the group's roster: the fields that help to recognise them."""

    person_id: str
    role: str
    absent: frozenset[str]
    sample: Path | None

    def attends(self, session: Session) -> bool:
        """Whether, as far as known, they are in the session."""
        return not {session.name, EVERY_SESSION} & self.absent


def members(study: Study, group_id: str) -> list[Member]:
    """The members of a group's roster, except those who have withdrawn; [] without a roster.

    Raises StudyError if the roster or the key cannot be used, TransientError if one cannot be read.
    """
    roster = rosters.load(study, group_id)
    if roster is None:
        return []
    table = EntityTable.load(study)
    return [
        Member(
            pseudonym,
            member.role,
            frozenset(member.absent),
            study.voices / member.voice_sample if member.voice_sample else None,
        )
        for member in roster.members
        if member.name and (pseudonym := person_id(table, member)) is not None
    ]


def current(
    study: Study,
    group_id: str,
    sessions: Sequence[Session],
    voice_model: str,
    unreadable: Collection[str] = (),
) -> Register | None:
    """The group's register, if it was computed from these sessions and present knowledge.

    ``voice_model`` is the sha256 of the model of the voice prints. Sessions with ``unreadable``
    records count as unchanged: people in the others keep their identities.
    """
    found = register.load(study, group_id)
    diarised = _digests(sessions)
    ids = [*diarised, *(found.sessions.keys() & {*unreadable})]
    known = knowledge(study, group_id, ids, voice_model)
    return found if found.holds(diarised, known, unreadable) else None


def update(
    study: Study,
    group_id: str,
    sessions: Sequence[Session],
    voice_model: str,
    voice_of: Callable[[Path], Embedding],
    unreadable: Collection[str] = (),
) -> Register:
    """The group's register, recomputed if needed; ``voice_of`` gives the print of a sample.

    Holds the study's lock meanwhile. Raises StudyError if a roster, the key or the register
    cannot be used, RecordingError if a voice sample cannot, TransientError.
    """
    with locks.names(study):
        if (found := current(study, group_id, sessions, voice_model, unreadable)) is not None:
            return found
        listed = members(study, group_id)
        samples = {m.person_id: voice_of(m.sample) for m in listed if m.sample}
        before = register.load(study, group_id)
        made = _Recognition(study, before, sessions, listed, samples, voice_model).register()
        known = knowledge(study, group_id, _digests(sessions), voice_model)
        made = replace(made, knowledge=known)
        register.save(study, made)
    return made


def leave_session(
    study: Study, group_id: str, session_id: str, digests: tuple[str, str], person: str
) -> None:
    """Store a session's entry without a person who withdraws, beside the existing one.

    ``digests`` are of its diarisation with the person and without. Raises as ``update``.
    """
    before, after = digests
    with locks.names(study):
        found = register.load(study, group_id)
        states = found.sessions.get(session_id, {})
        if before not in states:
            return
        left = tuple(e for e in states[before] if e.known.person_id != person)
        sessions = found.sessions | {session_id: {before: states[before], after: left}}
        register.save(study, replace(found, sessions=sessions))


def forget(
    study: Study, group_id: str, sessions: Sequence[Session], voice_model: str, person: str
) -> None:
    """Remove a person who has withdrawn, and the decisions about them. Others stay as they are.

    ``sessions`` are those of the group without the person. Raises as ``update``.
    """
    with locks.names(study):
        found = register.load(study, group_id)
        decisions.forget(study, person, found.voices_of(person))
        now = _digests(sessions)
        left = replace(
            found,
            knowledge=knowledge(study, group_id, now, voice_model),
            sessions={
                session_id: {
                    digest: tuple(_without(person, entries))
                    for digest, entries in states.items()
                    if digest == now.get(session_id, digest)
                }
                for session_id, states in found.sessions.items()
            },
            earlier={name: tuple(_without(person, e)) for name, e in found.earlier.items()},
            founders={who: f for who, f in found.founders.items() if who != person},
        )
        if left != found:
            register.save(study, left)


def _without(person: str, entries: Sequence[RegisteredVoice]) -> Iterator[RegisteredVoice]:
    for entry in entries:
        if entry.known.person_id != person:
            yield replace(entry, proposed=None) if entry.proposed == person else entry


def knowledge(study: Study, group_id: str, session_ids: Iterable[str], voice_model: str) -> str:
    """A digest of everything that decides who is who in a group, except the sessions."""
    listed = [
        (m.person_id, m.role, sorted(m.absent), _sha256(m.sample) if m.sample else "")
        for m in members(study, group_id)
    ]
    decided = decisions.digest_of(study, session_ids)
    return digest([VERSION, voice_model, listed, decided])


def _sha256(sample: Path) -> str:
    with os_errors("reading a voice sample"):
        return file_sha256(sample) if sample.is_file() else ""


def _digests(sessions: Sequence[Session]) -> dict[str, str]:
    return {session.session_id: session.digest for session in sessions}


class _Recognition:
    """One pass over a group: identify the voices, then give every person an id."""

    def __init__(
        self,
        study: Study,
        before: Register,
        sessions: Sequence[Session],
        listed: Sequence[Member],
        samples: Mapping[str, Embedding],
        voice_model: str,
    ) -> None:
        order = sorted(sessions, key=lambda s: (s.kind != "meeting", s.session_number))
        self._sessions = {session.session_id: session for session in order}
        self._talk = {session.session_id: session.read() for session in order}
        self._study, self._before, self._voice_model = study, before, voice_model
        self._roles = {member.person_id: member.role for member in listed}
        self._listed, self._samples = listed, samples
        self._was = dict(self._placed())
        self._decided = {
            session_id: decisions.told(study, session_id, talk, voice_model)
            for session_id, talk in self._talk.items()
        }

    def register(self) -> Register:
        """The register of the group, without its ``knowledge``."""
        evidence = [self._evidence(session) for session in self._sessions.values()]
        found = {
            (session_id, each.label): each
            for session_id, recognised in recognise(evidence, self._samples).items()
            for each in recognised
        }
        for session in evidence:  # a human's decision about a label too short for a voice
            for label, key in session.told.items():
                place_ = session.session_id, label
                found.setdefault(place_, Recognised(label, key, "human"))
        called = self._called(found)
        sessions = {
            s.session_id: {s.digest: tuple(self._entries(s.session_id, found, called))}
            for s in self._sessions.values()
        }
        founders = {who: Founder(*key.split("/", 1)) for key, who in called.items() if "/" in key}
        known = {*self._before.sessions, *self._before.earlier} - sessions.keys()
        gone = {name for name in known if (self._study.recordings / name).is_dir()}
        met = {w: f for w, f in self._before.founders.items() if f.session_id in gone}
        return Register(
            self._before.group_id,
            numbered=max([self._before.numbered, *(number_of_unnamed(who) for who in founders)]),
            sessions=sessions,
            earlier={session_id: self._before.latest(session_id) for session_id in sorted(gone)},
            founders=dict(sorted({**met, **founders}.items())),
        )

    def _placed(self) -> Iterator[tuple[Place, RegisteredVoice]]:
        """The entry that each label had before, found by when it talked."""
        for session_id, talk in self._talk.items():
            entries = sorted(self._before.latest(session_id), key=lambda e: e.anchor.speech_s)
            labels = place([entry.anchor for entry in entries], talk, self._voice_model)
            for entry, label in zip(entries, labels, strict=True):
                if label is not None:
                    yield (session_id, label), entry

    def _evidence(self, session: Session) -> Heard:
        decided = self._decided[session.session_id]
        return Heard(
            session.session_id,
            self._talk[session.session_id].voice_prints,
            {label: self._key(session.session_id, label, who) for label, who in decided.items()},
            frozenset(m.person_id for m in self._listed if not m.attends(session)),
        )

    def _key(self, session_id: str, label: str, who: str) -> str | None:
        """The key in ``recognise`` of the person to whom a human assigned this label."""
        if who == UNKNOWN:
            return None
        if who == NEW:
            return new_key(session_id, label)
        if (founder := self._founder_now(who)) is None:
            return who
        named = self._decided[founder.session_id].get(founder.label, NEW)
        # the person who first appeared as this label may have been named since
        return new_key(founder.session_id, founder.label) if named in (NEW, who) else named

    def _founder_now(self, person: str) -> Founder | None:
        """The present label in which a numbered person first appeared; None if it is gone."""
        founder = self._before.founders.get(person)
        for (session_id, label), entry in self._was.items():
            if founder == Founder(session_id, entry.known.label):
                return Founder(session_id, label)
        return None

    def _called(self, found: Mapping[Place, Recognised]) -> dict[str, str]:
        """The id of each person by key: a member's, their previous number, or the next one."""
        keys = dict.fromkeys(each.key for each in found.values() if each.key is not None)
        called = {key: key for key in keys if "/" not in key}
        for _, key, had in sorted(self._claims(found), reverse=True):
            if key not in called and had not in called.values():
                called[key] = had
        number = self._before.numbered
        for key in keys:
            if key not in called:
                number += 1
                called[key] = unnamed_person_id(self._before.group_id, number)
        return called

    def _claims(self, found: Mapping[Place, Recognised]) -> Iterator[tuple[float, str, str]]:
        """The numbers that people had, each with how long they talked under it, in seconds.

        A person with the label in which a number first appeared comes before all others.
        """
        talked_s: defaultdict[tuple[str, str], float] = defaultdict(float)
        for place_, each in found.items():
            entry = self._was.get(place_)
            if entry is None or each.key is None or not self._is_numbered(entry.known.person_id):
                continue
            founder = self._before.founders.get(entry.known.person_id)
            own = each.key == new_key(*place_)
            first = own and founder == Founder(place_[0], entry.known.label)
            talked_s[each.key, entry.known.person_id] += inf if first else entry.anchor.speech_s
        yield from ((seconds, key, had) for (key, had), seconds in talked_s.items())

    def _is_numbered(self, person: str) -> bool:
        return is_unnamed(person, self._before.group_id)

    def _entries(
        self, session_id: str, found: Mapping[Place, Recognised], called: Mapping[str, str]
    ) -> Iterator[RegisteredVoice]:
        talk = self._talk[session_id]
        for number, label in enumerate(sorted({s.label for s in talk.regular}), start=1):
            each = found.get((session_id, label))
            if each is None or each.key is None:
                who = unknown_person_id(session_id, number)
            else:
                who = called[each.key]
            known = Known(
                label,
                who,
                self._roles.get(who, "unknown"),
                each.by if each else "unknown",
                _rounded(each.similarity if each else None),
                _rounded(each.margin if each else None),
            )
            proposed = called.get(each.proposed or "") if each else None
            yield RegisteredVoice(known, proposed, anchor(talk, label, self._voice_model))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
