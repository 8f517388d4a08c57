"""CSV for spreadsheets: as ``delimited``, with an apostrophe before a text that begins a formula.

A spreadsheet that opens a CSV file takes a text that begins with =, +, - or @ for a formula and
executes it (OWASP, *CSV injection*).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.exports.delimited import targets_of
from pipeline.exports.source import Source, Target

_FORMULA = r"^([=+\-@\t\r\n＝＋－＠])"  # including full-width signs


def targets(sources: Sequence[Source]) -> Iterator[Target]:
    """One file per table, in which a spreadsheet finds no formula."""
    return targets_of(sources, _no_formulas)


def _no_formulas(part: pa.Table) -> pa.Table:
    for position, field in enumerate(part.schema):
        if pa.types.is_string(field.type):
            safe = pc.replace_substring_regex(part[field.name], _FORMULA, r"'\1")
            part = part.set_column(position, field, safe)
    return part
