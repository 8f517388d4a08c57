"""RDS: R, one data.frame a table. Words are text, yes and no are logical, what is missing is NA."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from pipeline.exports.source import Source, Target, not_written
from pipeline.tables.columns import ColumnType

_TYPES: dict[ColumnType, str] = {
    "string": "object",
    "list<string>": "object",
    "int32": "Int32",
    "float64": "float64",
    "bool": "boolean",
}


def targets(sources: Sequence[Source]) -> Iterator[Target]:
    """A file a table."""
    for source in sources:
        yield Target(f"{source.table.name}.rds", (source,), partial(_write, source))


def _write(source: Source, file: Path) -> list[str]:
    import pandas as pd
    import pyreadr
    from pyreadr.custom_errors import LibrdataError

    rows = source.whole()
    columns = {
        column.name: pd.Series(rows[column.name].to_pylist(), dtype=_TYPES[column.type])
        for column in source.table.columns
    }
    plain = file.with_suffix(".plain")
    try:
        pyreadr.write_rds(str(plain), pd.DataFrame(columns))
    except LibrdataError:  # which does not say why
        raise not_written() from None
    with (
        plain.open("rb") as uncompressed,
        file.open("wb") as stream,
        gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as compressed,
    ):
        shutil.copyfileobj(uncompressed, compressed)
    plain.unlink()
    return []
