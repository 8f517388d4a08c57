"""Draw the picture of the README from the study that `vuoro demo` makes.

    python docs/picture.py data/demo-study docs/images/turns.png

Its top shows the inbox, its middle five rows of the table, its bottom the session over time.
"""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SESSION = "G67-S01"  # the synthesised group: no real person is quoted
FILES = ("inbox/ryhma-1/tapaaminen-1.m4a", "inbox/ryhma-1/tapaaminen-2.ogg")
COLUMNS = {
    "turn_id": "turn_id",
    "person_id": "person_id",
    "kind": "kind",
    "start_s": "start_s",
    "duration_s": "duration_s",
    "offset_from_previous_s": "offset_s",
    "text": "text",
}
WIDTHS = (0.155, 0.075, 0.135, 0.065, 0.085, 0.07, 0.415)
BLUE, GREY, PALE = "#1f4e79", "#555555", "#e8eef4"


def main(study: Path, out: Path) -> None:
    from matplotlib.figure import Figure

    turns = pd.read_parquet(study / "dataset" / "turns").query("session_id == @SESSION")
    figure = Figure(figsize=(10, 4.6), dpi=160, facecolor="white")
    grid = figure.add_gridspec(3, 1, height_ratios=(0.55, 2.0, 1.25), hspace=0.32)
    grid.update(left=0.025, right=0.975, top=0.98, bottom=0.09)
    _inbox(figure.add_subplot(grid[0]))
    _rows(figure.add_subplot(grid[1]), turns)
    _course(figure.add_subplot(grid[2]), turns)
    figure.savefig(out)


def _inbox(axes: Axes) -> None:
    axes.set_axis_off()
    for number, name in enumerate(FILES):
        axes.text(0.0 + 0.36 * number, 0.5, name, family="monospace", size=10, color=GREY)
    axes.annotate(
        "vuoro run", (1.0, 0.62), (0.8, 0.62), va="center", size=11, weight="bold", color=BLUE,
        arrowprops={"arrowstyle": "-|>", "color": BLUE},
    )  # fmt: skip


def _rows(axes: Axes, turns: pd.DataFrame) -> None:
    from matplotlib.transforms import Bbox

    axes.set_axis_off()
    shown = turns[[*COLUMNS]].head(5)
    cells = [[_cell(value) for value in row] for row in shown.itertuples(index=False)]
    table = axes.table(
        cells, colLabels=[*COLUMNS.values()], colWidths=WIDTHS, cellLoc="left", bbox=Bbox.unit()
    )
    table.auto_set_font_size(False)
    table.set_fontsize(8.5)
    for (row, _), cell in table.get_celld().items():
        cell.set_edgecolor("#d0d7de")
        cell.set_linewidth(0.6)
        cell.PAD = 0.03
        if row == 0:
            cell.set_facecolor(PALE)
            cell.get_text().set_fontweight("bold")
            cell.set_text_props(ha="left")


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.2f}"
    return shorten(str(value), 62, placeholder=" …")


def _course(axes: Axes, turns: pd.DataFrame) -> None:
    people = sorted(turns.person_id.unique())
    for row, person in enumerate(people):
        own = turns[turns.person_id == person]
        held, answered = own[own.kind == "turn"], own[own.kind == "minimal_response"]
        bars = list(zip(held.start_s, held.duration_s, strict=True))
        axes.broken_barh(bars, (row - 0.36, 0.72), facecolor=BLUE if row % 2 else "#c8722c")
        axes.plot(answered.start_s, [row] * len(answered), "|", color="black", markersize=9)
        axes.text(-5.8, row, person, size=9, va="center")
    axes.set_yticks([])
    axes.set_ylim(len(people) - 0.4, -0.6)
    axes.set_xlim(-6, float(turns.end_s.max()) + 0.5)  # room for the names
    axes.set_xlabel("seconds; | a minimal response", size=8.5, labelpad=1)
    axes.tick_params(labelsize=8.5, length=0)
    for side in ("left", "top", "right"):
        axes.spines[side].set_visible(False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
