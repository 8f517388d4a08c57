"""A picture of a session from beginning to end: who holds the floor when."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.reports.plots.captions import clock, word
from pipeline.reports.plots.style import (
    BLACK,
    PALE,
    ROLE_COLOURS,
    empty,
    in_order_of_role,
    new_figure,
    role_patches,
    styled,
)
from pipeline.texts import Language

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_STRIPS = 4
SHORTEST_STRIP_S = 600.0
TICKS_S, MOST_TICKS = (5, 10, 30, 60, 120, 300, 600), 9
TURN_HEIGHT = 0.8
RESPONSE: dict[str, Any] = {
    "marker": "|", "markersize": 4, "markeredgewidth": 0.7, "color": BLACK, "linestyle": "none",
}  # fmt: skip


@styled
def timeline(turns: pd.DataFrame, roles: Mapping[str, str], language: Language = "fi") -> Figure:
    """Turns as bars, minimal responses as strokes, and below them simultaneous turns.

    ``turns``: rows of the table of one session; ``roles``: person_id → role. A session longer
    than ten minutes is shown in strips below one another.
    """
    if turns.empty:
        return empty("title_timeline", language)
    people = in_order_of_role((person, roles[person]) for person in turns.person_id)
    end_s = float(turns.end_s.max())
    strip_s = max(SHORTEST_STRIP_S, 300.0 * math.ceil(end_s / MOST_STRIPS / 300.0))
    n_strips = math.ceil(end_s / strip_s)
    length_s = strip_s if n_strips > 1 else end_s
    figure = new_figure(0.8 + n_strips * (0.45 + 0.125 * len(people)))
    strips = figure.subplots(n_strips, 1, squeeze=False)[:, 0]
    at_once = _at_once(turns)
    for number, axes in enumerate(strips):
        start_s = number * strip_s
        _strip(axes, turns, people, at_once, (start_s, start_s + length_s), language)
    strips[0].set_title(word("title_timeline", language))
    strips[-1].set_xlabel(word("time", language))
    _legend(figure, [role for _, role in people], language)
    return figure


def _strip(
    axes: Axes,
    turns: pd.DataFrame,
    people: list[tuple[str, str]],
    at_once: list[tuple[float, float]],
    stretch: tuple[float, float],
    language: Language,
) -> None:
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    shown = turns[(turns.end_s > stretch[0]) & (turns.start_s < stretch[1])]
    for row, (person, role) in enumerate(people):
        own = shown[shown.person_id == person]
        held, answered = own[own.kind == "turn"], own[own.kind == "minimal_response"]
        axes.broken_barh(
            list(zip(held.start_s, held.duration_s, strict=True)),
            (row - TURN_HEIGHT / 2, TURN_HEIGHT),
            facecolor=ROLE_COLOURS[role],
            edgecolor="white",
            linewidth=0.2,
        )
        axes.plot(answered.start_s, [row] * len(answered), **RESPONSE)
    axes.broken_barh(
        [(start_s, end_s - start_s) for start_s, end_s in at_once],
        (len(people) - TURN_HEIGHT / 2, TURN_HEIGHT),
        facecolor=BLACK,
    )
    names = [*(person for person, _ in people), word("at_once", language)]
    axes.set_yticks(range(len(names)), names, fontsize=6)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(*stretch)
    step_s = next((s for s in TICKS_S if s * MOST_TICKS >= stretch[1] - stretch[0]), TICKS_S[-1])
    axes.xaxis.set_major_locator(MultipleLocator(step_s))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: clock(seconds)))
    axes.tick_params(axis="y", length=0)
    axes.hlines(range(len(people)), *stretch, color=PALE, linewidth=0.5, zorder=0)
    axes.spines["left"].set_visible(False)


def _at_once(turns: pd.DataFrame) -> list[tuple[float, float]]:
    """When two or more turns run at once; minimal responses are visible as such."""
    full = turns[turns.kind == "turn"]
    edges = sorted([*((s, 1) for s in full.start_s), *((e, -1) for e in full.end_s)])
    found, running, since = [], 0, 0.0
    for time_s, change in edges:
        if running >= 2 and time_s > since:
            found.append((since, time_s))
        running += change
        since = time_s
    return found


def _legend(figure: Figure, roles: list[str], language: Language) -> None:
    from matplotlib.lines import Line2D

    response = Line2D([], [], label=word("minimal_response", language), **RESPONSE)
    figure.legend(
        handles=[*role_patches(roles, language), response], loc="outside lower center", ncols=6
    )
