"""Check that the people of a group, and their attendance, agree with the group's turns. Pure.

Each function gives one sentence for each problem. None quotes text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.dataset.consistency import ROUNDING_S
from pipeline.tables.columns import Row, in_rows
from pipeline.tables.people_tables import ATTENDANCE, PEOPLE

TALK = ("session_id", "person_id", "kind", "duration_s", "pause_s")
"""The columns of turns that are needed here."""
_OF_SESSION = ("group_id", "session_number", "kind")
_IF_PRESENT = ("identified_by", "n_turns", "speech_s")  # never null for a person present
_ONLY_PRESENT = (*_IF_PRESENT, "similarity", "margin")


@dataclass(slots=True)
class _Talk:
    """What turns say about one person; ``sessions`` are those with a row of that person."""

    sessions: set[str]
    n_turns: int = 0
    speech_s: float = 0.0

    def add(self, turn: Row) -> None:
        self.sessions.add(turn["session_id"])
        self.n_turns += turn["kind"] == "turn"
        self.speech_s += turn["duration_s"] - turn["pause_s"]

    def wrong(self, row: Row) -> Iterator[str]:
        if row["n_turns"] != self.n_turns:
            yield "n_turns"
        if abs(row["speech_s"] - self.speech_s) > ROUNDING_S:
            yield "speech_s"


def people_problems(people: Sequence[Row], turns: Sequence[Row]) -> Iterator[str]:
    """How the people of a group contradict its turns; only ``TALK`` of those is needed."""
    talk: dict[object, _Talk] = {row["person_id"]: _Talk(set()) for row in people}
    for turn in turns:
        if turn["person_id"] in talk:
            talk[turn["person_id"]].add(turn)
    for row in people:
        known = talk[row["person_id"]]
        counted = [*(["n_sessions"] if row["n_sessions"] != len(known.sessions) else [])]
        for column in (*counted, *known.wrong(row)):
            yield f"{column} is not that of turns: {PEOPLE.row_name(row)}"


def attendance_problems(
    attendance: Sequence[Row],
    people: Sequence[Row],
    sessions: Mapping[str, Row],
    turns: Sequence[Row],
) -> Iterator[str]:
    """How the attendance of a group contradicts its people, sessions and turns."""
    talk: dict[tuple[str, str], _Talk] = {}
    for turn in turns:
        key = turn["session_id"], turn["person_id"]
        talk.setdefault(key, _Talk(set())).add(turn)
    yield from _who_is_missing(attendance, people, sessions, set(talk))
    for row in attendance:
        name = ATTENDANCE.row_name(row)
        session = sessions.get(row["session_id"])
        if session and unlike_session(session, [row]):
            yield f"it is not as in sessions: {name}"
        known = talk.get((row["session_id"], row["person_id"]))
        if row["present"] != (known is not None):
            yield f"present is not as in turns: {name}"
        elif known is None:
            if any(row[column] is not None for column in _ONLY_PRESENT):
                yield f"a person who was absent has values of one who was present: {name}"
        elif any(row[column] is None for column in _IF_PRESENT):
            yield f"a person who was present has no values: {name}"
        else:
            for column in known.wrong(row):
                yield f"{column} is not that of turns: {name}"


def unlike_session(session: Row, rows: Sequence[Row]) -> list[Row]:
    """The rows that contradict their session's row of ``sessions``."""
    return [
        row
        for row in rows
        if any(row[column] != session[column] for column in _OF_SESSION if column in row)
    ]


def _who_is_missing(
    attendance: Sequence[Row],
    people: Sequence[Row],
    sessions: Mapping[str, Row],
    talked: set[tuple[str, str]],
) -> Iterator[str]:
    """Each known person has a row in each session; an unknown one only where they talk."""
    known = [person["person_id"] for person in people if person["identity"] != "unknown"]
    wanted = talked | {(session, person) for session in sessions for person in known}
    missing = sorted(wanted - {(row["session_id"], row["person_id"]) for row in attendance})
    if missing:
        first = {"session_id": missing[0][0], "person_id": missing[0][1]}
        yield f"a row is missing: {in_rows(ATTENDANCE.row_name(first), len(missing))}"
