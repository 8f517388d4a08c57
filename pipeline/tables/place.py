"""Columns that give the session of a row: the same in every table that has them."""

from __future__ import annotations

from pipeline.tables.columns import Column, count
from pipeline.tables.values import SESSION_KINDS

SESSION_ID = Column(
    "session_id", "string", "The session.", "Istunnon tunnus.", references="sessions.session_id"
)
GROUP_ID = Column(
    "group_id",
    "string",
    "The group that met.",
    "Ryhmä, joka kokoontui.",
    references="sessions.group_id",
)
SESSION_NUMBER = count(
    "session_number",
    "Which session of the group, from 1.",
    "Monesko ryhmän istunto, alkaen 1:stä.",
    minimum=1,
)
KIND = Column(
    "kind",
    "string",
    "Meeting or group interview.",
    "Tapaaminen (meeting) vai ryhmähaastattelu (group_interview).",
    values=SESSION_KINDS,
)
