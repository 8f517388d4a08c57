"""How all pictures look: sizes for an article's page, colours safe for colour-blind readers.

The colours are those of Okabe & Ito (2008). Whatever colour shows, a hatch, a marker, a dash or a
number also shows, so that nothing is lost in a grey print.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

import numpy as np

from pipeline.reports.plots.captions import heading, number, percent, word
from pipeline.tables.values import ROLES
from pipeline.texts import Language

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

BLACK, GREY, PALE = "#000000", "#767676", "#e8e8e8"
ORANGE, SKY, GREEN = "#E69F00", "#56B4E9", "#009E73"
BLUE, VERMILLION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"

ROLE_COLOURS = {
    "leader": BLUE,
    "facilitator": ORANGE,
    "participant": SKY,
    "interviewer": PURPLE,
    "unknown": "#B0B0B0",
}
ROLE_HATCHES = {
    "leader": "",
    "facilitator": "////",
    "participant": "",
    "interviewer": "xxxx",
    "unknown": "\\\\\\\\",
}

# one per group, where several are in one picture
SERIES_COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK)
SERIES_MARKERS = "os^DvPX*"
SERIES_LINES = ("-", "--", "-.", ":")

DIVERGING = "PuOr_r"  # purple below, white at, orange above what is expected
SEQUENTIAL = "Blues"

WIDTH_IN = 6.3  # 160 mm, the text of an A4 page
ROW_IN = 0.24

STYLE: Any = {  # its keys are typed by matplotlib as one literal of hundreds
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica"],
    "font.size": 8,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": PALE,
    "hatch.linewidth": 0.5,
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "lines.linewidth": 1.2,
    "svg.fonttype": "none",
    "svg.hashsalt": "vuoro",
    "pdf.fonttype": 42,
    "savefig.dpi": 300,
}

P = ParamSpec("P")


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw in this style, regardless of the user's own, and leave that unchanged."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        from matplotlib import rc_context

        with rc_context(STYLE):
            figure = draw(*args, **kwargs)
            figure.draw_without_rendering()  # ticks are created when first drawn
            return figure

    return drawn


def new_figure(height_in: float, width_in: float = WIDTH_IN) -> Figure:
    """An empty figure that fits labels automatically, outside pyplot's memory."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width_in, height_in), layout="constrained")


def new_axes(title: str, language: Language, height_in: float) -> tuple[Figure, Axes]:
    """A figure of one picture with this title."""
    figure = new_figure(height_in)
    axes = figure.add_subplot(title=word(title, language))
    return figure, axes


def empty(title: str, language: Language) -> Figure:
    """What is shown instead of a picture without data."""
    figure, axes = new_axes(title, language, 0.8)
    axes.set_title(heading(title, language))
    axes.set_axis_off()
    axes.text(0, 0.5, f"{word('nothing', language)}.", color=GREY)
    return figure


def in_order_of_role(people: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(person, role) once each, leaders first, then by id."""
    return sorted(set(people), key=lambda pair: (ROLES.index(pair[1]), pair[0]))


def parts_of(rows: pd.DataFrame, by: str) -> list[tuple[str, pd.DataFrame]]:
    """(value, its rows) for each value of the column ``by`` in order, roles as in ``ROLES``."""
    parts = [(str(value), part) for value, part in rows.groupby(by)]
    return sorted(parts, key=lambda part: ROLES.index(part[0])) if by == "role" else parts


def sessions_in_order(rows: pd.DataFrame) -> list[str]:
    """Every ``session_id`` once: by group, meetings before interviews, then by number."""
    ordered = rows.sort_values(
        ["group_id", "kind", "session_number"], ascending=[True, False, True]
    )
    return list(dict.fromkeys(ordered.session_id))


def role_legend(where: Figure | Axes, roles: Iterable[str], language: Language, **how: Any) -> None:
    """A legend of the roles that occur, in the order of ``ROLES``."""
    where.legend(handles=role_patches(roles, language), **how)


def role_patches(roles: Iterable[str], language: Language) -> list[Patch]:
    """The symbols of the legend for them."""
    from matplotlib.patches import Patch

    there = set(roles)
    return [
        Patch(
            facecolor=ROLE_COLOURS[role],
            hatch=ROLE_HATCHES[role],
            edgecolor="white",
            label=word(role, language),
        )
        for role in ROLES
        if role in there
    ]


def number_axis(axis: Any, language: Language, digits: int | None = None) -> None:
    """Numbers along an axis with the language's decimal sign; of whole ones, none twice."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    def shown(value: float, _: int | None) -> str:
        wanted = digits
        if wanted is None:
            wanted = _digits(value)
        return number(value, wanted, language)

    if digits == 0:
        axis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axis.set_major_formatter(FuncFormatter(shown))


def percent_axis(axis: Any, language: Language) -> None:
    """Shares along an axis as per cent."""
    from matplotlib.ticker import FuncFormatter

    def shown(share: float, _: int | None) -> str:
        return percent(share, language, _digits(100 * share))

    axis.set_major_formatter(FuncFormatter(shown))


def number_grid(axes: Axes, shares: Any, language: Language) -> None:
    """Shares as numbers in a grid of colours; cells without a share stay empty."""
    shares = np.ma.masked_invalid(shares)
    most = max(float(shares.max()), 0.2)
    edges = [np.arange(size + 1) - 0.5 for size in shares.shape]
    axes.pcolormesh(
        edges[1], edges[0], shares, cmap=SEQUENTIAL, vmin=0, vmax=most, edgecolors="white", lw=1
    )
    for row, column in np.argwhere(~np.ma.getmaskarray(shares)):
        share = float(shares[row, column])
        colour = "white" if share > 0.6 * most else BLACK
        axes.text(column, row, percent(share, language), color=colour, ha="center", va="center")
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _digits(value: float) -> int:
    """How many decimals the value needs, three at most."""
    return next((digits for digits in range(3) if abs(round(value, digits) - value) < 1e-9), 3)


def rows_axis(axes: Axes, names: Sequence[str]) -> None:
    """Names down the left side, the first at the top."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
