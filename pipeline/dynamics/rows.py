"""The measures as rows of the public tables."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pipeline.dynamics.floor import Meeting
from pipeline.dynamics.measures import session_dynamics
from pipeline.dynamics.people import person_dynamics
from pipeline.dynamics.transitions import transitions

Row = dict[str, Any]


def dynamics_rows(session_id: str, session: Meeting, duration_s: float) -> dict[str, list[Row]]:
    """The session's rows of ``dynamics_session``, ``dynamics_person`` and ``transitions``.

    Times are rounded to milliseconds, all other numbers to four digits after the point.
    """
    own = {"session_id": session_id}
    return {
        "dynamics_session": [own | _rounded(asdict(session_dynamics(session, duration_s)))],
        "dynamics_person": [own | _rounded(asdict(p)) for p in person_dynamics(session)],
        "transitions": [
            own
            | {"from_person_id": t.from_person, "to_person_id": t.to_person, "n": t.n}
            | _rounded({"expected": t.expected, "residual": t.residual})
            for t in transitions(session)
        ],
    }


def _rounded(row: Row) -> Row:
    return {
        name: _round(value, 3 if name.endswith("_s") else 4) if isinstance(value, float) else value
        for name, value in row.items()
    }


def _round(value: float, digits: int) -> float:
    return round(value, digits) + 0.0  # never -0.0
