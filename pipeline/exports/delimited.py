"""CSV: comma, decimal point, UTF-8 with a byte-order mark; text in quotes, what is missing not.

Statistics programs read that without being told anything. Excel, where it expects semicolons and
decimal commas, does not: the workbook is for it.

A spreadsheet that opens a CSV file takes a text that begins with =, +, - or @ for a formula, and
carries it out. ``for_spreadsheets`` puts an apostrophe before such a text (OWASP, *CSV injection*);
statistics programs get the texts as they are.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.exports.source import Source, Target

_FORMULA = r"^([=+\-@\t\r\n＝＋－＠])"  # full-width signs, too


def targets(sources: Sequence[Source]) -> Iterator[Target]:
    """A file a table, with texts as they are."""
    for source in sources:
        yield Target(f"{source.table.name}.csv", (source,), partial(_write, source, _as_it_is))


def for_spreadsheets(sources: Sequence[Source]) -> Iterator[Target]:
    """A file a table, in which a spreadsheet finds no formula."""
    for source in sources:
        yield Target(f"{source.table.name}.csv", (source,), partial(_write, source, _no_formulas))


def _as_it_is(part: pa.Table) -> pa.Table:
    return part


def _no_formulas(part: pa.Table) -> pa.Table:
    for position, field in enumerate(part.schema):
        if pa.types.is_string(field.type):
            safe = pc.replace_substring_regex(part[field.name], _FORMULA, r"'\1")
            part = part.set_column(position, field, safe)
    return part


def _write(source: Source, made: Callable[[pa.Table], pa.Table], file: Path) -> list[str]:
    from pyarrow import csv

    with file.open("wb") as stream:
        stream.write(codecs.BOM_UTF8)
        writer: csv.CSVWriter | None = None
        for part in source.parts():
            writer = writer or csv.CSVWriter(stream, part.schema)
            writer.write_table(made(part))
        if writer is not None:
            writer.close()
    return []
