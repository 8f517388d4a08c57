"""Pictures of who talks how much: of a session, and over the sessions of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.reports.plots.captions import heading, percent, word
from pipeline.reports.plots.style import (
    BLACK,
    BLUE,
    GREY,
    PALE,
    ROLE_COLOURS,
    ROLE_HATCHES,
    ROW_IN,
    SERIES_COLOURS,
    SERIES_LINES,
    SERIES_MARKERS,
    empty,
    in_order_of_role,
    new_axes,
    number_axis,
    number_grid,
    percent_axis,
    role_legend,
    rows_axis,
    sessions_in_order,
    styled,
)
from pipeline.tables.values import ROLES
from pipeline.texts import Language

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HERE: dict[str, Any] = {"marker": "o", "markersize": 7, "color": BLUE, "linestyle": "none"}
AWAY: dict[str, Any] = HERE | {"color": GREY, "markerfacecolor": "white", "markersize": 5}


@styled
def speaking_shares(people: pd.DataFrame, language: Language = "fi") -> Figure:
    """Each person's share of the talking time of one session, with its interval.

    ``people``: the session's rows of ``dynamics_person``.
    """
    people = people.dropna(subset="speaking_share").sort_values(
        ["speaking_share", "person_id"], ascending=[False, True]
    )
    if people.empty:
        return empty("title_shares", language)
    figure, axes = new_axes("title_shares", language, 1.1 + ROW_IN * len(people))
    rows_axis(axes, list(people.person_id))
    low, high = _interval(people, "speaking_share")
    end = people.speaking_share.to_numpy(float) + np.nan_to_num(high)
    for row, (share, role) in enumerate(zip(people.speaking_share, people.role, strict=True)):
        axes.barh(
            row, share, 0.7,
            color=ROLE_COLOURS[role], hatch=ROLE_HATCHES[role], edgecolor="white",
        )  # fmt: skip
        axes.annotate(
            percent(share, language), (end[row], row), (4, 0),
            textcoords="offset points", va="center",
        )  # fmt: skip
    axes.errorbar(
        people.speaking_share, range(len(people)), xerr=[low, high],
        fmt="none", ecolor=BLACK, elinewidth=0.8, capsize=2,
    )  # fmt: skip
    percent_axis(axes.xaxis, language)
    axes.set_xlim(0, end.max() * 1.12)
    axes.set_xlabel(word("speaking_share", language))
    role_legend(figure, people.role, language, loc="outside lower center", ncols=5)
    return figure


@styled
def shares_over_sessions(people: pd.DataFrame, language: Language = "fi") -> Figure:
    """Each person's share of the talking time in each session of a group, as a grid of numbers.

    ``people``: rows of ``dynamics_person``. A person who did not talk in a session has no number.
    """
    people = people.dropna(subset="speaking_share")
    if people.empty:
        return empty("title_shares_over", language)
    grid = people.pivot(index="person_id", columns="session_id", values="speaking_share")
    order = [p for p, _ in _people_by_role(people)]
    grid = grid.reindex(index=order, columns=sessions_in_order(people))
    figure, axes = new_axes("title_shares_over", language, 0.8 + ROW_IN * len(grid))
    number_grid(axes, grid.to_numpy(float), language)
    _session_columns(axes, list(grid.columns))
    rows_axis(axes, order)
    return figure


@styled
def attendance(attendance: pd.DataFrame, language: Language = "fi") -> Figure:
    """Who was in which session of a group: a filled circle present, an empty one absent.

    ``attendance``: the group's rows of the table.
    """
    if attendance.empty:
        return empty("title_attendance", language)
    people, sessions = _people_by_role(attendance), sessions_in_order(attendance)
    figure, axes = new_axes("title_attendance", language, 0.9 + ROW_IN * len(people))
    rows = {person: row for row, (person, _) in enumerate(people)}
    columns = {session: column for column, session in enumerate(sessions)}
    for present, how in ((True, HERE), (False, AWAY)):
        these = attendance[attendance.present == present]
        axes.plot(
            [columns[session] for session in these.session_id],
            [rows[person] for person in these.person_id],
            label=word("here" if present else "absent", language),
            **how,
        )
    axes.hlines(range(len(people)), -0.5, len(sessions) - 0.5, color=PALE, lw=0.6, zorder=0)
    rows_axis(axes, [_with_role(person, role, language) for person, role in people])
    _session_columns(axes, sessions)
    axes.set_xlim(-0.5, len(sessions) - 0.5)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    figure.legend(loc="outside lower center", ncols=2)
    return figure


@styled
def role_shares(people: pd.DataFrame, language: Language = "fi") -> Figure:
    """How the talking time divides among the roles, over session number; the mean of several
    groups.

    ``people``: rows of ``dynamics_person`` of one kind of sessions.
    """
    people = people.dropna(subset="speaking_share")
    if people.empty:
        return empty("title_role_shares", language)
    sessions = people.pivot_table(
        index=["session_number", "session_id"],
        columns="role",
        values="speaking_share",
        aggfunc="sum",
        fill_value=0.0,
    )
    means = sessions.groupby("session_number").mean()
    figure, axes = new_axes("title_role_shares", language, 2.6)
    reached = np.zeros(len(means))
    for role in (role for role in ROLES if role in means):
        share = means[role].to_numpy()
        axes.bar(
            means.index, share, 0.7, bottom=reached,
            color=ROLE_COLOURS[role], hatch=ROLE_HATCHES[role], edgecolor="white",
        )  # fmt: skip
        for x, middle, part in zip(means.index, reached + share / 2, share, strict=True):
            if part >= 0.06:
                axes.text(
                    x, middle, percent(part, language), ha="center", va="center",
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
                )  # fmt: skip
        reached += share
    _session_numbers(axes, means.index.to_numpy(), language)
    axes.set_ylim(0, 1)
    percent_axis(axes.yaxis, language)
    axes.set_ylabel(word("speaking_share", language))
    role_legend(axes, means.columns, language, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


@styled
def measure_over_sessions(
    sessions: pd.DataFrame,
    measure: str,
    language: Language = "fi",
    highlight: str | None = None,
) -> Figure:
    """A measure over session number with its interval, one line per group.

    ``sessions``: rows of ``dynamics_session`` of one kind; ``measure``: one of its columns. The
    other groups than ``highlight``, where one is given, are in grey.
    """
    sessions = sessions.dropna(subset=measure)
    if sessions.empty:
        return empty(measure, language)
    figure, axes = new_axes("", language, 2.4)
    groups = sorted(set(sessions.group_id))
    for place, group in enumerate(groups):
        own = sessions[sessions.group_id == group].sort_values("session_number")
        beside = (place - (len(groups) - 1) / 2) * min(0.08, 0.6 / len(groups))
        in_grey = highlight not in (None, group)
        errors = list(_interval(own, measure)) if f"{measure}_low" in own else None
        axes.errorbar(
            own.session_number + beside,
            own[measure],
            yerr=errors,
            label=group,
            color=GREY if in_grey else SERIES_COLOURS[place % len(SERIES_COLOURS)],
            marker=SERIES_MARKERS[place % len(SERIES_MARKERS)],
            linestyle=SERIES_LINES[place // len(SERIES_COLOURS) % len(SERIES_LINES)],
            alpha=0.6 if in_grey else 1,
            zorder=2 if in_grey else 3,
            markersize=4,
            elinewidth=0.8,
            capsize=2,
        )
    _session_numbers(axes, sessions.session_number.to_numpy(), language)
    axes.set_title(heading(measure, language))
    axes.grid(axis="y")
    if measure.endswith("_share"):
        percent_axis(axes.yaxis, language)
    else:
        number_axis(axes.yaxis, language)
    axes.legend(title=word("group", language), loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _with_role(person: str, role: str, language: Language) -> str:
    return person if role == "unknown" else f"{person}, {word(role, language)}"


def _interval(rows: pd.DataFrame, measure: str) -> tuple[Any, Any]:
    """How far the interval reaches below and above the measure; NaN where there is none."""
    low = (rows[measure] - rows[f"{measure}_low"]).clip(lower=0)
    high = (rows[f"{measure}_high"] - rows[measure]).clip(lower=0)
    return low.to_numpy(float), high.to_numpy(float)


def _people_by_role(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Each person once, in the role of their last meeting (or interview, if in no meeting)."""
    latest = rows.sort_values(["kind", "session_number"]).groupby("person_id").role.last()
    return in_order_of_role(zip(latest.index, latest, strict=True))


def _session_columns(axes: Axes, sessions: list[str]) -> None:
    """Sessions along the top; without the group if all belong to one."""
    groups = {session.partition("-")[0] for session in sessions}
    names = [s.partition("-")[2] for s in sessions] if len(groups) == 1 else sessions
    axes.set_xticks(range(len(names)), names, rotation=0 if len(names) <= 12 else 90)


def _session_numbers(axes: Axes, numbers: Any, language: Language) -> None:
    axes.set_xticks(sorted(set(numbers)))
    axes.set_xlim(min(numbers) - 0.6, max(numbers) + 0.6)
    axes.set_xlabel(word("session_number", language))
