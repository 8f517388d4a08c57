"""Pictures of how people take turns: offsets, lengths, overlaps, and how the time is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.reports.plots.captions import heading, number, word
from pipeline.reports.plots.style import (
    BLACK,
    BLUE,
    GREY,
    PALE,
    ROLE_COLOURS,
    ROLE_HATCHES,
    ROW_IN,
    SKY,
    VERMILLION,
    empty,
    new_axes,
    new_figure,
    number_axis,
    parts_of,
    rows_axis,
    sessions_in_order,
    styled,
)
from pipeline.tables.values import ROLES
from pipeline.texts import Language

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

OFFSETS_S = (-2.0, 4.0)  # the range that is shown; the count beyond is stated
OFFSET_STEP_S = 0.2
OVERLAPS = (
    "n_interruptions_successful",
    "n_interruptions_unsuccessful",
    "n_interrupted_successfully",
    "n_interrupted_unsuccessfully",
    "n_overlaps_cooperative",
)


@styled
def offset_distribution(
    turns: pd.DataFrame, by: str | None = None, language: Language = "fi"
) -> Figure:
    """How long it takes until the next person has the floor: a histogram with its median.

    ``turns``: rows of the table; ``by``: a column that the floor's new holder is sorted by, such
    as ``role`` or ``session_number``, one picture each.
    """
    turns = turns[turns.previous_person_id != turns.person_id]
    bins = np.arange(OFFSETS_S[0], OFFSETS_S[1] + OFFSET_STEP_S / 2, OFFSET_STEP_S)
    return _histograms(
        turns, "offset_from_previous_s", by, bins, "offset", "title_offsets", language
    )


@styled
def turn_lengths(turns: pd.DataFrame, by: str | None = None, language: Language = "fi") -> Figure:
    """How long turns are, pauses included, on a logarithmic scale, with the median.

    ``turns``: rows of the table, minimal responses left out; ``by`` as in ``offset_distribution``.
    """
    turns = turns[turns.kind == "turn"]
    bins = np.geomspace(0.25, 512, 34)
    return _histograms(turns, "duration_s", by, bins, "turn_length", "title_lengths", language)


@styled
def overlaps_by_role(people: pd.DataFrame, language: Language = "fi") -> Figure:
    """How often people of each role interrupt, are interrupted and overlap, per 100 turns.

    ``people``: rows of ``dynamics_person``.
    """
    sums = people.groupby("role")[["n_turns", *OVERLAPS]].sum()
    sums = sums[sums.n_turns > 0]
    if sums.empty:
        return empty("title_overlaps", language)
    roles = [role for role in ROLES if role in sums.index]
    figure, axes = new_axes("title_overlaps", language, 2.6)
    width = 0.8 / len(roles)
    for place, role in enumerate(roles):
        rates = 100 * sums.loc[role].to_numpy(float) / float(sums.n_turns[role])
        axes.bar(
            np.arange(len(OVERLAPS)) + (place - (len(roles) - 1) / 2) * width, rates[1:], width,
            color=ROLE_COLOURS[role], hatch=ROLE_HATCHES[role], edgecolor="white",
            label=word(role, language),
        )  # fmt: skip
    axes.set_xticks(range(len(OVERLAPS)), [word(name, language) for name in OVERLAPS])
    axes.tick_params(axis="x", length=0, labelsize=7)
    number_axis(axes.yaxis, language)
    axes.set_ylabel(word("per_100_turns", language))
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


@styled
def time_use(sessions: pd.DataFrame, language: Language = "fi") -> Figure:
    """How many minutes of each session one person talks, several talk, and no one talks.

    ``sessions``: rows of the table.
    """
    if sessions.empty:
        return empty("title_time_use", language)
    sessions = sessions.set_index("session_id").loc[sessions_in_order(sessions)]
    figure, axes = new_axes("title_time_use", language, 1.1 + ROW_IN * len(sessions))
    reached = np.zeros(len(sessions))
    for name, seconds, colour, hatch in (
        ("talk", sessions.speech_s - sessions.overlap_s, BLUE, ""),
        ("overlap", sessions.overlap_s, VERMILLION, "////"),
        ("silence", sessions.silence_s, PALE, ""),
    ):
        minutes = seconds.to_numpy(float) / 60
        axes.barh(
            range(len(sessions)), minutes, 0.75,
            left=reached, label=word(name, language), color=colour, hatch=hatch,
            edgecolor="white", linewidth=0.3,
        )  # fmt: skip
        reached += minutes
    rows_axis(axes, list(sessions.index))
    number_axis(axes.xaxis, language)
    axes.set_xlabel(word("minutes", language))
    figure.legend(loc="outside lower center", ncols=3)
    return figure


def _histograms(
    rows: pd.DataFrame,
    column: str,
    by: str | None,
    bins: Any,
    axis_name: str,
    title: str,
    language: Language,
) -> Figure:
    """A histogram of ``column`` for each value of ``by``, below one another on one scale."""
    rows = rows.dropna(subset=column)
    if rows.empty:
        return empty(title, language)
    parts = [(name, part[column].to_numpy(float)) for name, part in _parts(rows, by)]
    figure = new_figure(0.9 + (1.7 if len(parts) == 1 else 1.0 * len(parts)))
    all_axes = figure.subplots(len(parts), 1, sharex=True, squeeze=False)[:, 0]
    logarithmic = bins[0] > 0
    for axes, (name, values) in zip(all_axes, parts, strict=True):
        axes.hist(values, bins, color=SKY, edgecolor="white", linewidth=0.5)
        median = float(np.median(values))
        axes.axvline(median, color=BLACK)
        if not logarithmic:
            axes.axvline(0, color=GREY, linewidth=0.6, linestyle=":")
        beyond = int(((values < bins[0]) | (values > bins[-1])).sum())
        notes = [
            heading(name, language) if by else "",
            f"n = {len(values)}",
            f"{word('median', language)} {number(median, 2, language)} s",
            f"{word('outside', language)} {beyond}" if beyond else "",
        ]
        axes.text(
            0.99, 0.97, "\n".join(filter(None, notes)),
            transform=axes.transAxes, ha="right", va="top",
        )  # fmt: skip
        number_axis(axes.yaxis, language, 0)
    if logarithmic:
        all_axes[-1].set_xscale("log")
        all_axes[-1].set_xticks([0.3, 1, 3, 10, 30, 100, 300])
        all_axes[-1].minorticks_off()
    number_axis(all_axes[-1].xaxis, language)
    all_axes[-1].set_xlim(bins[0], bins[-1])
    all_axes[0].set_title(word(title, language))
    all_axes[-1].set_xlabel(word(axis_name, language))
    figure.supylabel(word("turns", language), fontsize=8)
    return figure


def _parts(rows: pd.DataFrame, by: str | None) -> list[tuple[str, pd.DataFrame]]:
    return [("", rows)] if by is None else parts_of(rows, by)
