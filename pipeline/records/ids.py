"""The grammar of ids: groups, sessions."""

from __future__ import annotations


def group_of(session_id: str) -> str:
    """The group whose session this is: G07 of G07-S02."""
    return session_id.rpartition("-")[0]
