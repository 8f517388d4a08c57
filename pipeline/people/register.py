"""The people of a group as last recognised: one private file a group.

private/people/<group_id>.json    mode 0600; holds voice prints

People without a roster are numbered as they appear, G07-P1, G07-P2 …, and a number is never
given twice. When a session is processed again, its people keep their numbers, by when they talked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.people.anchors import Anchor
from pipeline.records import IdentifiedBy
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.storage.json_files import adapter, read_json
from pipeline.study import Study, marks


@dataclass(frozen=True, slots=True)
class Known:
    """The person of a speaker label in a session; see ``records.Person``."""

    label: str
    person_id: str
    role: str
    by: IdentifiedBy
    similarity: float | None
    margin: float | None


@dataclass(frozen=True, slots=True)
class RegisteredVoice:
    """A speaker label of a session, and the voice by which it is known.

    ``proposed`` is the likeliest known person if the label is not certainly one of them.
    """

    known: Known
    proposed: str | None
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Founder:
    """The session and label in which a numbered person first appeared."""

    session_id: str
    label: str


@dataclass(frozen=True, slots=True)
class Register:
    """The people of a group.

    ``sessions`` holds the labels of each session by the digest of their diarisation: one, or two
    while a person is being withdrawn from the session. ``earlier`` holds those of sessions that
    wait to be diarised again. ``founders`` are by the person's id; ``numbered`` is the highest
    number given; ``knowledge`` is a digest of the other inputs of the register.
    """

    group_id: str
    knowledge: str = ""
    numbered: int = 0
    sessions: dict[str, dict[str, tuple[RegisteredVoice, ...]]] = field(default_factory=dict)
    earlier: dict[str, tuple[RegisteredVoice, ...]] = field(default_factory=dict)
    founders: dict[str, Founder] = field(default_factory=dict)

    def holds(
        self, diarised: Mapping[str, str], knowledge: str, unreadable: Collection[str] = ()
    ) -> bool:
        """Whether it was computed from these diarisations, by session, and this knowledge.

        Sessions with ``unreadable`` records count as unchanged: no person is renumbered.
        """
        return (
            self.knowledge == knowledge
            and self.sessions.keys() - {*unreadable} == diarised.keys()
            and all(digest in self.sessions[session] for session, digest in diarised.items())
        )

    def known(self, session_id: str, digest: str) -> tuple[Known, ...]:
        """The people of a session, in order of label; ``digest`` is that of its diarisation."""
        return tuple(entry.known for entry in self.sessions[session_id][digest])

    def voices_of(self, person_id: str) -> list[tuple[str, Anchor]]:
        """The voices of a person, each with its session."""
        states = [(name, e) for name, by in self.sessions.items() for e in by.values()]
        return [
            (session_id, entry.anchor)
            for session_id, entries in [*states, *self.earlier.items()]
            for entry in entries
            if entry.known.person_id == person_id
        ]

    def latest(self, session_id: str) -> tuple[RegisteredVoice, ...]:
        """The labels of a session as they are now, or before it is diarised again."""
        found = [*self.sessions.get(session_id, {}).values()]
        return found[-1] if found else self.earlier.get(session_id, ())


def load(study: Study, group_id: str) -> Register:
    """The register of a group; an empty one if it has none yet.

    Raises StudyError if it is damaged, TransientError if it cannot be read.
    """
    found = read_json(_file(study, group_id), Register) or Register(group_id)
    marks.require(study, _file(study, group_id), found.numbered)
    return found


def save(study: Study, register: Register) -> None:
    """Write a register, replacing the previous one. Raises TransientError."""
    file = _file(study, register.group_id)
    with marks.moving(study, file, register.numbered), os_errors("writing who is in a group"):
        study.people.mkdir(mode=0o700, exist_ok=True)
        data = adapter(Register).dump_json(register, indent=1)
        write_atomically(file, data, 0o600)


def _file(study: Study, group_id: str) -> Path:
    return study.people / f"{group_id}.json"
