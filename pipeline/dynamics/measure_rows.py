"""The measures as rows of the public tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from pipeline.dynamics.floor import Meeting
from pipeline.dynamics.intervals import intervals
from pipeline.dynamics.per_person import person_dynamics
from pipeline.dynamics.per_session import session_dynamics
from pipeline.dynamics.roles import role_shares
from pipeline.dynamics.transitions import transitions
from pipeline.records import Recording
from pipeline.tables.columns import Row
from pipeline.tables.values import SHARES


def dynamics_rows(
    recording: Recording, session: Meeting, duration_s: float, roles: Mapping[str, str]
) -> dict[str, list[Row]]:
    """The session's rows of ``dynamics_session``, ``dynamics_person`` and ``transitions``.

    Session and people include the intervals of their measures (``pipeline.dynamics.intervals``).
    ``roles`` are those of the people in this session, by person id; a person without one is
    ``unknown``. Times are rounded to milliseconds, all other numbers to four digits after the
    point.
    """
    own = {
        "session_id": recording.session_id,
        "group_id": recording.group_id,
        "session_number": recording.session_number,
        "kind": recording.kind,
    }
    role_of = {person: roles.get(person, "unknown") for person in session.people}
    people = [asdict(person) for person in person_dynamics(session)]
    whole = asdict(session_dynamics(session, duration_s)) | role_shares(
        session.people, {name: [person[name] for person in people] for name in SHARES}, roles
    )
    ends, ends_of_people = intervals(session, roles)
    return {
        "dynamics_session": [own | _rounded(whole | ends)],
        "dynamics_person": [
            own | {"role": role_of[person["person_id"]]} | _rounded(person | ends_of_person)
            for person, ends_of_person in zip(people, ends_of_people, strict=True)
        ],
        "transitions": [
            own
            | {"from_person_id": t.from_person, "from_role": role_of[t.from_person]}
            | {"to_person_id": t.to_person, "to_role": role_of[t.to_person], "n": t.n}
            | _rounded({"expected": t.expected, "residual": t.residual})
            for t in transitions(session)
        ],
    }


def _rounded(row: Row) -> Row:
    return {
        name: _round(value, 3 if _is_seconds(name) else 4) if isinstance(value, float) else value
        for name, value in row.items()
    }


def _is_seconds(name: str) -> bool:
    return name.removesuffix("_low").removesuffix("_high").endswith("_s")


def _round(value: float, digits: int) -> float:
    return round(value, digits) + 0.0  # never -0.0
