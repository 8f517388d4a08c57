"""Withdrawals: what is kept so that a person stays removed, and nothing of what they said.

private/withdrawn.json    [{person_id, withdrawn_at, state, sessions: {session_id: sha256}}]
The sha256 is that of the replaced recording, to recognise the file if it comes again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.errors import StudyError
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.storage.json_files import adapter, read_json
from pipeline.study import Study, marks


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One withdrawal; ``withdrawn_at`` is ISO 8601."""

    person_id: str
    withdrawn_at: str
    state: Literal["under way", "done"]
    sessions: dict[str, str]


def load(study: Study) -> list[Tombstone]:
    """All withdrawals of a study, in the order in which they started.

    Raises StudyError if the list is damaged, UnreadableError if it cannot be read.
    """
    found = read_json(study.withdrawn_file, list[Tombstone]) or []
    marks.require(study, study.withdrawn_file, len(found))
    return found


def put(study: Study, tombstone: Tombstone) -> None:
    """Write a withdrawal, replacing one in progress for the same person.

    Raises StudyError or TransientError.
    """
    others = [
        t for t in load(study) if (t.person_id, t.state) != (tombstone.person_id, "under way")
    ]
    data = adapter(list[Tombstone]).dump_json([*others, tombstone], indent=1)
    moving = marks.moving(study, study.withdrawn_file, len(others) + 1)
    with moving, os_errors("writing the list of withdrawals"):
        write_atomically(study.withdrawn_file, data, mode=0o600)


def removed(study: Study) -> frozenset[str]:
    """The sha256 of every recording that was replaced. Raises as ``load``."""
    return frozenset(sha256 for t in load(study) for sha256 in t.sessions.values())


def refuse_half_done(study: Study) -> None:
    """Raise StudyError if a withdrawal was interrupted: no result may be made from half of it."""
    for tombstone in load(study):
        if tombstone.state == "under way":
            raise StudyError(
                f"The withdrawal of {tombstone.person_id} was interrupted.",
                f"Run `vuoro withdraw {tombstone.person_id}` again; it goes on from there.",
            )
