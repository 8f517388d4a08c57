"""Pictures of who takes the floor after whom: as a network and as a matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.reports.plots.captions import word
from pipeline.reports.plots.style import (
    BLACK,
    DIVERGING,
    GREY,
    PALE,
    ROLE_COLOURS,
    empty,
    in_order_of_role,
    new_axes,
    role_legend,
    rows_axis,
    styled,
)
from pipeline.texts import Language

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.figure import Figure

RESIDUAL_LIMIT = 3.0  # beyond it, the colour is constant
WIDEST_PT = 5.0


@styled
def transition_network(transitions: pd.DataFrame, language: Language = "fi") -> Figure:
    """People on a circle, an arrow wherever the floor went from one to another.

    The width of an arrow shows how often that happened; its colour is the residual, and it is
    dashed where that is below 0. ``transitions``: rows of the table of one session.
    """
    people = _people(transitions)
    if len(people) < 2:
        return empty("title_network", language)
    figure, axes = new_axes("title_network", language, 4.4)
    angles = np.pi / 2 - 2 * np.pi * np.arange(len(people)) / len(people)
    places = dict(
        zip((p for p, _ in people), zip(np.cos(angles), np.sin(angles), strict=True), strict=True)
    )
    most = int(transitions.n.max())
    for row in transitions[transitions.n > 0].sort_values("n").to_dict("records"):
        ends = places[row["from_person_id"]], places[row["to_person_id"]]
        _arrow(axes, *ends, row["residual"], width=WIDEST_PT * row["n"] / most)
    for (person, role), angle in zip(people, angles, strict=True):
        x, y = places[person]
        axes.plot(x, y, "o", color=ROLE_COLOURS[role], markersize=13, markeredgecolor=BLACK)
        side = "center" if abs(x) < 0.2 else "left" if x > 0 else "right"
        axes.text(1.14 * np.cos(angle), 1.14 * np.sin(angle), person, ha=side, va="center")
    axes.set(xlim=(-1.75, 1.75), ylim=(-1.25, 1.25), aspect="equal")
    axes.set_axis_off()
    role_legend(axes, (role for _, role in people), language, loc="lower left")
    _residual_bar(figure, axes, _arrow_colours(), language)
    return figure


@styled
def transition_matrix(transitions: pd.DataFrame, language: Language = "fi") -> Figure:
    """The same as numbers: how often the floor went from a row's person to a column's.

    ``transitions``: rows of the table of one session. Colour is the residual.
    """
    from matplotlib import colormaps

    people = [person for person, _ in _people(transitions)]
    if len(people) < 2:
        return empty("title_network", language)
    figure, axes = new_axes("title_network", language, 1.5 + 0.28 * len(people))
    n, residual = (_matrix(transitions, column, people) for column in ("n", "residual"))
    edges = np.arange(len(people) + 1) - 0.5
    axes.set_facecolor(PALE)  # a person does not follow themselves
    axes.pcolormesh(
        edges, edges, np.ma.masked_invalid(residual),
        cmap=DIVERGING, vmin=-RESIDUAL_LIMIT, vmax=RESIDUAL_LIMIT, edgecolors="white", lw=1,
    )  # fmt: skip
    for row, column in np.argwhere(~np.isnan(n)):
        dark = abs(residual[row, column]) > 0.75 * RESIDUAL_LIMIT
        axes.text(
            column, row, f"{n[row, column]:.0f}",
            ha="center", va="center", color="white" if dark else BLACK,
        )  # fmt: skip
    rows_axis(axes, people)
    axes.set_xticks(range(len(people)), people, rotation=45, ha="right", rotation_mode="anchor")
    axes.tick_params(length=0)
    axes.set_ylabel(word("from", language))
    axes.set_xlabel(word("to", language))
    axes.spines[:].set_visible(False)
    _residual_bar(figure, axes, colormaps[DIVERGING], language)
    return figure


def _people(transitions: pd.DataFrame) -> list[tuple[str, str]]:
    """All people among whom the floor could go, with their role, in order of role."""
    return in_order_of_role(
        [
            *zip(transitions.from_person_id, transitions.from_role, strict=True),
            *zip(transitions.to_person_id, transitions.to_role, strict=True),
        ]
    )


def _matrix(transitions: pd.DataFrame, column: str, people: list[str]) -> Any:
    """A column of the table by who yields the floor (down) and who takes it (across)."""
    grid = transitions.pivot(index="from_person_id", columns="to_person_id", values=column)
    return grid.reindex(index=people, columns=people).to_numpy(float)


def _arrow(axes: Axes, start: Any, end: Any, residual: float, width: float) -> None:
    from matplotlib.patches import FancyArrowPatch

    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            connectionstyle="arc3,rad=0.14",
            arrowstyle=f"-|>,head_length={2.5 + 0.8 * width},head_width={1.2 + 0.5 * width}",
            shrinkA=7,
            shrinkB=8,
            linewidth=max(0.4, width),
            linestyle="-" if not residual < 0 else (0, (4, 1.5)),
            color=_arrow_colours()(0.5 if residual != residual else _scale()(residual)),
        )
    )


def _arrow_colours() -> Colormap:
    """As ``DIVERGING``, but grey in the middle, where white would not be seen."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("arrows", ["#5e3c99", "#bdbdbd", "#e66101"])


def _scale() -> Normalize:
    from matplotlib.colors import Normalize

    return Normalize(-RESIDUAL_LIMIT, RESIDUAL_LIMIT)


def _residual_bar(figure: Figure, axes: Axes, colours: Colormap, language: Language) -> None:
    from matplotlib.cm import ScalarMappable

    steps = colours.resampled(31)  # more than 50 would give a picture of dots
    bar = figure.colorbar(
        ScalarMappable(_scale(), steps), ax=axes, shrink=0.6, aspect=15, extend="both"
    )
    bar.set_label(word("residual", language))
    bar.outline.set_edgecolor(GREY)
