"""Measures as text: value, interval, and what the data dictionary says they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.reports.page import Table
from pipeline.reports.phrases import NONE, text
from pipeline.reports.plots.captions import heading, number, percent
from pipeline.tables.session_table import DYNAMICS_SESSION, REPORTED
from pipeline.texts import Language

if TYPE_CHECKING:
    import pandas as pd

COMPARED = (
    *("gini_speech", "entropy_speech", "leader_speaking_share", "fto_median_s"),
    *("turn_median_s", "overlap_share", "silence_share"),
)
NO_BREAK = "\u00a0"

_COLUMNS = {column.name: column for column in DYNAMICS_SESSION.columns}


def shown(measure: str, value: Any, language: Language) -> str:
    """A value formatted for its column's unit; – where it is missing."""
    if value is None or math.isnan(value):
        return NONE
    if measure.endswith("_share"):
        return percent(value, language)
    if measure.startswith("n_") or measure == "speech_rate":
        return number(value, 0, language)
    return number(value, 2, language)


def with_interval(measure: str, row: Mapping[str, Any], language: Language) -> str:
    """A value with its interval in brackets, where it has one."""
    value = shown(measure, row[measure], language)
    ends = [row.get(f"{measure}_{end}") for end in ("low", "high")]
    if any(end is None or math.isnan(end) for end in ends):
        return value
    low, high = (shown(measure, end, language) for end in ends)
    return f"{value} ({low} … {high})".replace(" ", NO_BREAK)


def measures_table(row: Mapping[str, Any], language: Language) -> Table:
    """The measures that a session has, with their definitions."""
    there = [m for m in REPORTED if not _missing(row[m])]
    return Table(
        [text(name, language) for name in ("measure", "value", "definition")],
        [
            [heading(m, language), with_interval(m, row, language), definition(m, language)]
            for m in there
        ],
        n_text=3,
    )


def definitions_table(measures: Sequence[str], language: Language) -> Table:
    """The definitions of the measures."""
    return Table(
        [text(name, language) for name in ("measure", "definition")],
        [[heading(m, language), definition(m, language)] for m in measures],
        n_text=2,
    )


def definition(measure: str, language: Language) -> str:
    """What the data dictionary says of a column of ``dynamics_session``."""
    return _COLUMNS[measure].description(language)


def compared(dynamics: pd.DataFrame) -> list[str]:
    """The measures by which groups can be compared: those that any session has."""
    return [measure for measure in COMPARED if dynamics[measure].notna().any()]


def comparison_table(dynamics: pd.DataFrame, language: Language) -> Table:
    """The means of each group over its sessions."""
    measures = compared(dynamics)
    groups = dynamics.groupby("group_id")
    means = groups[measures].mean()
    counts = groups.size()
    return Table(
        [text(name, language) for name in ("group", "n_sessions", *measures)],
        [
            [
                str(group),
                str(counts[group]),
                *(shown(measure, means[measure][group], language) for measure in measures),
            ]
            for group in means.index
        ],
    )


def _missing(value: Any) -> bool:
    return value is None or math.isnan(value)
