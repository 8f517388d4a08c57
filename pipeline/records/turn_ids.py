"""The grammar of turn ids: ``G07-S01-T00012340``, the session and the start in milliseconds.

People may leave out the zeros: ``G07-S01-T12340``, or ``T12340`` where the session is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.errors import StudyError
from pipeline.records.ids import session_id_meant

_SHORT = re.compile(r"[Tt]0*(\d{1,9})")


def turn_ids(session_id: str, starts_s: Sequence[float]) -> list[str]:
    """The id of each turn of a session by its start, in the order given.

    Turns that start in the same millisecond take the next free ones.
    """
    ids = [""] * len(starts_s)
    taken = -1
    for position in sorted(range(len(starts_s)), key=lambda i: round(starts_s[i] * 1000)):
        taken = max(round(starts_s[position] * 1000), taken + 1)
        ids[position] = f"{session_id}-T{taken:08d}"
    return ids


def short(turn_id: str) -> str:
    """The short id of a turn within its session: ``T12340``."""
    return f"T{int(turn_id.rpartition('-T')[2])}"


def is_short(given: str) -> bool:
    """Return whether this is a turn without its session: ``T12340``."""
    return _SHORT.fullmatch(given) is not None


def session_and_turn(given: str) -> tuple[str, str | None]:
    """The session and the turn id, or None, that a user gave: ``G07-S01`` or a turn of it.

    Case and leading zeros make no difference.

    Raises StudyError if the turn is written in another form.
    """
    session_id, dash, turn = given.rpartition("-")
    if not dash or turn[:1] not in ("T", "t"):
        return session_id_meant(given), None
    session_id = session_id_meant(session_id)
    return session_id, turn_id(session_id, turn)


def turn_id(session_id: str, given: str) -> str:
    """The full id of a turn of a session, from a short one with zeros or without.

    Raises StudyError if it is not one.
    """
    found = _SHORT.fullmatch(given)
    if found is None:
        raise StudyError(
            f"'{given}' is not a turn.", f"Take it from `vuoro show {session_id}`, e.g. T12340."
        )
    return f"{session_id}-T{int(found[1]):08d}"
