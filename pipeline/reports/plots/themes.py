"""Pictures of what is talked about: codes if there are any, else words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.reports.plots.captions import heading, word
from pipeline.reports.plots.style import (
    BLUE,
    ROW_IN,
    empty,
    new_axes,
    new_figure,
    number_axis,
    number_grid,
    parts_of,
    rows_axis,
    styled,
)
from pipeline.texts import Language

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

WORD_ROWS_ACROSS = 3


@styled
def code_shares(
    codings: pd.DataFrame, turns: pd.DataFrame, by: str, language: Language = "fi"
) -> Figure:
    """The share of turns that have a code, by ``by``, a column of ``turns`` such as ``role``.

    ``codings``: a row for each code that a coder put on a turn: ``turn_id``, ``code``. A code that
    several coders put on a turn counts once.
    """
    coded = codings[["turn_id", "code"]].drop_duplicates().merge(turns[["turn_id", by]])
    if coded.empty:
        return empty("title_codes", language)
    parts = parts_of(turns, by)
    names = [name for name, _ in parts]
    n_turns = [part.turn_id.nunique() for _, part in parts]
    n_coded = coded.groupby(["code", by]).size().unstack(fill_value=0)
    n_coded.columns = n_coded.columns.astype(str)
    shares = n_coded.reindex(columns=names, fill_value=0) / n_turns
    figure, axes = new_axes("title_codes", language, 0.8 + ROW_IN * len(shares))
    number_grid(axes, shares.to_numpy(float), language)
    axes.set_xticks(range(len(names)), [word(name, language) for name in names])
    rows_axis(axes, [str(code) for code in shares.index])
    return figure


@styled
def frequent_words(
    words: pd.DataFrame, by: str, most: int = 12, language: Language = "fi"
) -> Figure:
    """The most frequent words, by ``by``, a column of ``words`` such as ``role``.

    ``words``: a row for each word said: ``word``, and ``by``.
    """
    if words.empty:
        return empty("title_words", language)
    parts = [(name, part.word.value_counts()) for name, part in parts_of(words, by)]
    across = min(WORD_ROWS_ACROSS, len(parts))
    down = -(-len(parts) // across)
    figure = new_figure(0.5 + down * (0.5 + 0.16 * most))
    all_axes = figure.subplots(down, across, squeeze=False).ravel()
    for axes in all_axes[len(parts) :]:
        axes.set_visible(False)
    for axes, (name, counts) in zip(all_axes, parts, strict=False):
        # ties in alphabetical order, so that the picture is the same each time
        top = counts.sort_index().sort_values(ascending=False, kind="stable").head(most)
        axes.barh(range(len(top)), top.to_numpy(), 0.7, color=BLUE)
        rows_axis(axes, list(top.index))
        axes.set_title(heading(name, language), fontweight="normal")
        number_axis(axes.xaxis, language, 0)
        axes.set_xlabel(word("occurrences", language))
    figure.suptitle(word("title_words", language), x=0.01, ha="left", weight="bold", size=9)
    return figure
