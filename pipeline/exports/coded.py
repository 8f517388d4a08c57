"""A table as statistics programs expect it: numbers instead of words, and labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.exports.labels import names, value_labels, variable_label
from pipeline.exports.source import Source, Target
from pipeline.tables.columns import Column
from pipeline.texts import LANGUAGES, Language

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Coded:
    """A table with its labels, by the names of its columns in the frame."""

    frame: pd.DataFrame
    variable_labels: dict[Any, str]
    value_labels: dict[Any, dict[int | float, str]]


Write = Callable[[Source, Language, Path], list[str]]


def targets(sources: Sequence[Source], suffix: str, write: Write) -> Iterator[Target]:
    """One file per table and language."""
    for language in LANGUAGES:
        for source in sources:
            place = f"{language}/{source.table.name}{suffix}"
            yield Target(place, (source,), partial(write, source, language))


def coded(source: Source, language: Language, longest_name: int, longest_label: int) -> Coded:
    """The whole table; names and labels of columns have at most so many bytes.

    A column with few possible values (a role, a kind, yes or no) is a number with labels.
    """
    import pandas as pd

    rows = source.whole()
    called = names(source.table.columns, longest_name)
    columns = {c.name: c for c in source.table.columns}
    return Coded(
        pd.DataFrame({called[name]: _series(rows[name], columns[name]) for name in called}),
        {called[n]: variable_label(c, language, longest_label) for n, c in columns.items()},
        {called[n]: found for n, c in columns.items() if (found := value_labels(c, language))},
    )


def _series(values: Any, column: Column) -> pd.Series[Any]:
    import pandas as pd

    listed = values.to_pylist()
    if column.type == "bool":
        return pd.Series([None if v is None else int(v) for v in listed], dtype="Int32")
    if column.type == "string" and column.values:
        code = {value: number for number, value in enumerate(column.values, start=1)}
        return pd.Series([code.get(value) for value in listed], dtype="Int32")
    if column.type == "int32":
        return pd.Series(listed, dtype="Int32")
    if column.type == "float64":
        return pd.Series(listed, dtype="float64")
    return pd.Series(listed, dtype="object")
