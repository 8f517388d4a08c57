"""What columns with few values may hold, in the order in which they are numbered and shown."""

from __future__ import annotations

SESSION_KINDS = ("meeting", "group_interview")
TURN_KINDS = ("turn", "minimal_response")
ROLES = ("leader", "facilitator", "participant", "interviewer", "unknown")
IDENTITIES = ("roster", "voice", "unknown")
CONSENTS = ("yes", "no", "unknown")
IDENTIFIED_BY = ("human", "voice", "new", "unknown")
EDITS = ("text", "speaker", "split", "merged", "kind", "added")


ROLES_WITH_SHARES = ("leader", "facilitator", "interviewer")


SHARES = ("speaking_share", "turn_share")
