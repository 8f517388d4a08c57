"""The values of columns with few values, in the order in which they are numbered and shown."""

from __future__ import annotations

from pipeline.texts import Text

SESSION_KINDS = ("meeting", "group_interview")
TURN_KINDS = ("turn", "minimal_response")
ROLES = ("leader", "facilitator", "participant", "interviewer", "unknown")
IDENTITIES = ("roster", "voice", "unknown")
CONSENTS = ("yes", "no", "unknown")
IDENTIFIED_BY = ("human", "voice", "new", "unknown")
EDITS = ("text", "speaker", "split", "merged", "kind", "added")

ROLES_WITH_SHARES = ("leader", "facilitator", "interviewer")
SHARES = ("speaking_share", "turn_share")

CALLED: dict[str, Text] = {
    "meeting": Text("meeting"),
    "group_interview": Text("group interview"),
    "turn": Text("turn"),
    "minimal_response": Text("minimal response"),
    "leader": Text("leader"),
    "facilitator": Text("facilitator"),
    "participant": Text("participant"),
    "interviewer": Text("interviewer"),
    "unknown": Text("unknown"),
    "yes": Text("yes"),
    "no": Text("no"),
    "withdrawn": Text("withdrawn"),
    "roster": Text("from the roster"),
    "voice": Text("by voice"),
    "human": Text("a human said so"),
    "new": Text("new"),
}
