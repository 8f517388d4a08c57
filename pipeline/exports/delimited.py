"""CSV: comma, decimal point, UTF-8 with a byte-order mark; text in quotes, missing values without.

Statistics programs read that without any options. Excel does not where it expects semicolons and
decimal commas: the workbook is for it.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa

from pipeline.exports.source import Source, Target

Change = Callable[[pa.Table], pa.Table]


def targets(sources: Sequence[Source]) -> Iterator[Target]:
    """One file per table, with texts unchanged."""
    return targets_of(sources, lambda part: part)


def targets_of(sources: Sequence[Source], change: Change) -> Iterator[Target]:
    """One file per table; ``change`` is applied to its rows."""
    for source in sources:
        yield Target(f"{source.table.name}.csv", (source,), partial(_write, source, change))


def _write(source: Source, change: Change, file: Path) -> list[str]:
    from pyarrow import csv

    with file.open("wb") as stream:
        stream.write(codecs.BOM_UTF8)
        writer: csv.CSVWriter | None = None
        for part in source.parts():
            writer = writer or csv.CSVWriter(stream, part.schema)
            writer.write_table(change(part))
        if writer is not None:
            writer.close()
    return []
