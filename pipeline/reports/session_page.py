"""The page of one session."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.records.languages import name_of
from pipeline.reports import plots
from pipeline.reports.data import records, rows
from pipeline.reports.page import Page, Section, Table
from pipeline.reports.phrases import NONE, text
from pipeline.reports.plots.captions import clock
from pipeline.reports.values import measures_table, shown, with_interval
from pipeline.tables.columns import Row
from pipeline.tables.flags import flag_of, remarks
from pipeline.texts import Language


def session_page(dataset: Path, session_id: str, language: Language) -> Page:
    """What the data set says of a session.

    Raises DatasetError if a file of it is damaged, TransientError if one cannot be read.
    """
    session = records(rows(dataset, "sessions", [session_id]))[0]
    return Page(
        text("session_title", language, session_id=session_id),
        text("made_from", language),
        language,
        _facts(session, language),
        [
            *_to_know(session, language),
            *_sections(dataset, session, language),
            how_made([session], language),
        ],
    )


def flags_told(flags: Iterable[str], language: Language) -> str:
    """The flags of a session in short."""
    said = (flag_of(flag).what.to(language) for flag in flags)
    return ", ".join(said) or NONE


def how_made(sessions: list[Row], language: Language) -> Section:
    """Where the figures come from, and what their intervals are."""
    models = sorted({model for session in sessions for model in session["models"]})
    settings = sorted({session["settings_digest"] for session in sessions})
    return Section(
        text("how_made", language),
        text("how_made_told", language),
        tables=[
            Table(
                (),
                [
                    [text("models", language), ", ".join(models)],
                    [text("settings", language), ", ".join(settings)],
                ],
                n_text=2,
            )
        ],
    )


def _facts(session: Row, language: Language) -> dict[str, str]:
    facts = {
        "group": session["group_id"],
        "kind": text(session["kind"], language),
        "duration": f"{clock(session['duration_s'])} min",
        "language": _language_named(session["language"], language),
        "n_people": str(session["n_people"]),
        "n_turns": str(session["n_turns"]),
        "n_minimal_responses": str(session["n_minimal_responses"]),
    }
    return {text(name, language): value for name, value in facts.items()}


def _language_named(code: str | None, language: Language) -> str:
    return name_of(code).to(language) if code else NONE


def _to_know(session: Row, language: Language) -> list[Section]:
    """Each flag in one row: what is wrong, and what to do."""
    flags = [[each.what(language), each.do(language)] for each in remarks(session)]
    head = [text(name, language) for name in ("matter", "to_do")]
    return (
        [Section(text("to_know", language), tables=[Table(head, flags, n_text=2)])] if flags else []
    )


def _sections(dataset: Path, session: Row, language: Language) -> list[Section]:
    own = [session["session_id"]]
    turns, people, transitions = (
        rows(dataset, name, own) for name in ("turns", "dynamics_person", "transitions")
    )
    if turns.empty:
        return [Section(text("who_talks", language), text("no_talk", language))]
    measures = records(rows(dataset, "dynamics_session", own))[0]
    roles = dict(zip(people.person_id, people.role, strict=True))
    sections = [
        Section(
            text("who_talks", language),
            figures=[plots.speaking_shares(people, language)],
            tables=[_people_table(records(people), language)],
        ),
        Section(
            text("course", language),
            text("course_told", language),
            [plots.timeline(turns, roles, language)],
        ),
    ]
    if transitions.n.sum() > 0:
        sections += [
            Section(
                text("who_follows", language),
                text("follows_told", language),
                [
                    plots.transition_network(transitions, language),
                    plots.transition_matrix(transitions, language),
                ],
            ),
            Section(
                text("turn_taking", language),
                figures=[
                    plots.offset_distribution(turns, language=language),
                    plots.turn_lengths(turns, language=language),
                    plots.overlaps_by_role(people, language),
                ],
            ),
        ]
    return [
        *sections,
        Section(
            text("measures", language),
            text("measures_told", language),
            tables=[measures_table(measures, language)],
        ),
    ]


def _people_table(people: list[Row], language: Language) -> Table:
    def row(person: Row) -> list[str]:
        return [
            person["person_id"],
            text(person["role"], language),
            with_interval("speaking_share", person, language),
            shown("n_turns", person["n_turns"], language),
            shown("turn_median_s", person["turn_median_s"], language),
            f"{person['n_interruptions_successful']}",
            f"{person['n_interrupted_successfully']}",
            f"{person['n_minimal_responses_given']}",
            f"{person['n_minimal_responses_received']}",
        ]

    ordered = sorted(people, key=lambda person: (-person["speech_s"], person["person_id"]))
    head = (
        *("person", "role", "speaking_share", "n_turns", "turn_median_s"),
        *("interrupts", "interrupted", "given", "received"),
    )
    return Table([text(name, language) for name in head], [row(p) for p in ordered], n_text=2)
