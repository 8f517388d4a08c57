"""What may be requested of a run through Prefect's server: nothing, or sessions by their ids.

Anything on the server may come from others than us. So a run's study and settings are those of the
process that carries it out, which knows the flows itself: no path, setting, entry point, pull step
or command is taken from the server. What is left, a list of ids, is checked where it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.errors import StudyError
from pipeline.study import Study
from pipeline.study.accepted import ids

INBOX, REBUILD, SESSIONS = "inbox", "nightly rebuild", "sessions"

_NOTHING: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
_IDS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "session_ids": {
            "type": "array",
            "title": "session_ids",
            "items": {"type": "string", "pattern": "^G[0-9]{2,9}-[SI][0-9]{2,9}$"},
            "minItems": 1,
        }
    },
    "required": ["session_ids"],
    "additionalProperties": False,
}
SCHEMAS = {INBOX: _NOTHING, REBUILD: _NOTHING, SESSIONS: _IDS}  # JSON Schema, by deployment


def is_allowed(deployment: str, parameters: Mapping[str, Any]) -> bool:
    """Whether a run of this deployment may have these parameters."""
    from prefect.utilities.schema_tools.validation import is_valid

    return is_valid({**parameters}, SCHEMAS[deployment])


def parameters_of(
    deployment: str, asked: Mapping[str, Any], study: Study, hand_out: int
) -> dict[str, Any]:
    """Return the arguments of the flow of a deployment, for this study.

    Raises StudyError for a request that no run of ours ever gets.
    """
    if not is_allowed(deployment, asked):
        raise StudyError(
            "This run was refused: its parameters are none that vuoro takes.",
            "Start it without parameters.",
        )
    root = str(study.root)
    if deployment == REBUILD:
        return {"study": root}
    if deployment == INBOX:
        return {"study": root, "hand_out": hand_out}
    known = {*ids(study)}
    wanted = [id for id in dict.fromkeys(asked["session_ids"]) if id in known]
    if not wanted:
        raise StudyError("This run was refused: none of its sessions is in the study.")
    return {"study": root, "session_ids": wanted}
