"""The page of a group: its sessions over time, meetings and interviews separately."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.reports import plots
from pipeline.reports.data import records, rows, sessions_of
from pipeline.reports.page import Page, Section, Table
from pipeline.reports.phrases import text
from pipeline.reports.plots.captions import clock
from pipeline.reports.session_page import flags_told, how_made
from pipeline.reports.values import compared, comparison_table, definitions_table, shown
from pipeline.tables.columns import Row
from pipeline.texts import Language

if TYPE_CHECKING:
    import pandas as pd

KINDS = {"meeting": "meetings_section", "group_interview": "interviews_section"}
OVER_SESSIONS = ("gini_speech", "fto_median_s", "overlap_share")


def group_page(dataset: Path, group_id: str, language: Language) -> Page:
    """What the data set says of a group.

    Raises DatasetError if a file of it is damaged, TransientError if one cannot be read.
    """
    own = sessions_of(dataset, group_id)
    sessions = rows(dataset, "sessions", own)
    people = rows(dataset, "dynamics_person", own)
    attendance = rows(dataset, "attendance", [group_id])
    dynamics = rows(dataset, "dynamics_session")  # of all groups, to compare with
    sections = [
        Section(
            text("attendance", language),
            text("attendance_told", language),
            [plots.attendance(attendance, language)],
        )
    ]
    for kind in KINDS:
        if (sessions.kind == kind).any():
            sections += _sections(kind, group_id, (sessions, people, dynamics), language)
    sections += [
        Section(
            text("definitions", language),
            tables=[definitions_table(("fto_mean_s", *compared(dynamics)), language)],
        ),
        how_made(records(sessions), language),
    ]
    return Page(
        text("group_title", language, group_id=group_id),
        text("made_from", language),
        language,
        _facts(sessions, people, language),
        sections,
    )


def _facts(sessions: pd.DataFrame, people: pd.DataFrame, language: Language) -> dict[str, str]:
    n_interviews = int((sessions.kind == "group_interview").sum())
    hours, minutes = divmod(round(float(sessions.duration_s.sum()) / 60), 60)
    facts = {
        "meetings": str(len(sessions) - n_interviews),
        "interviews": str(n_interviews),
        "hours": f"{hours}:{minutes:02}",
        "n_people": str(people.person_id.nunique()),
        "n_turns": str(sessions.n_turns.sum()),
    }
    return {text(name, language): value for name, value in facts.items()}


def _sections(
    kind: str,
    group_id: str,
    frames: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    language: Language,
) -> list[Section]:
    """The group's sessions of one kind, and how they compare with the other groups'."""
    sessions, people, dynamics = (frame[frame.kind == kind] for frame in frames)
    own = dynamics[dynamics.group_id == group_id]
    figures = [
        plots.time_use(sessions, language),
        plots.shares_over_sessions(people, language),
    ]
    if (people.role != "unknown").any():
        figures += [plots.role_shares(people, language), plots.overlaps_by_role(people, language)]
    table = _sessions_table(sessions, own, language)
    return [
        Section(text(KINDS[kind], language), figures=figures, tables=[table]),
        _comparison(group_id, dynamics, language),
    ]


def _comparison(group_id: str, dynamics: pd.DataFrame, language: Language) -> Section:
    over = OVER_SESSIONS if dynamics.session_number.nunique() > 1 else ()
    others = dynamics.group_id.nunique() > 1
    return Section(
        text("comparison", language),
        text("comparison_told" if others else "no_others", language),
        [plots.measure_over_sessions(dynamics, measure, language, group_id) for measure in over],
        [comparison_table(dynamics, language)] if others else [],
        level=3,
    )


def _sessions_table(sessions: pd.DataFrame, dynamics: pd.DataFrame, language: Language) -> Table:
    measured = {row["session_id"]: row for row in records(dynamics)}

    def row(session: Row) -> list[str]:
        measures = measured[session["session_id"]]
        return [
            session["session_id"],
            flags_told(session["flags"], language),
            clock(session["duration_s"]),
            str(session["n_people"]),
            str(session["n_turns"]),
            *(shown(name, measures[name], language) for name in OVER_SESSIONS),
        ]

    head = ("session", "flags", "duration", "n_people", "n_turns", *OVER_SESSIONS)
    return Table(
        [text(name, language) for name in head],
        [row(session) for session in records(sessions.sort_values("session_number"))],
        n_text=2,
    )
