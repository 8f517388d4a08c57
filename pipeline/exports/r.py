"""RDS: R, one data.frame per table. Words are text, yes and no are logical, missing values NA.

The bytes are those of *R Internals*, "Serialization Formats": version 2, which every R since 2.3.0
reads, in XDR, compressed. A missing decimal number is NaN; `is.na()` is true for it.
"""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.exports.source import Source, Target
from pipeline.tables.columns import ColumnType

_HEADER = b"X\n" + struct.pack(">3i", 2, 0x20300, 0x20300)  # the version, and R's: writer, readers
# What an object is, with flags: a data.frame is a list that has attributes and a class.
_SYMBOL, _CHARACTERS, _LOGICAL, _INTEGER, _REAL, _TEXTS = 1, 9, 10, 13, 14, 16
_DATA_FRAME = 19 | 0x100 | 0x200
_ATTRIBUTE, _NO_MORE = 2 | 0x400, 254
_ASCII, _UTF_8 = 0x40000, 0x8000
_MISSING = -(2**31)  # for integers and logicals
_MISSING_TEXT = struct.pack(">2i", _CHARACTERS, -1)
_NUMBERS: dict[ColumnType, tuple[int, str, float]] = {
    "int32": (_INTEGER, ">i4", _MISSING),
    "float64": (_REAL, ">f8", float("nan")),
    "bool": (_LOGICAL, ">i4", _MISSING),
}


def targets(sources: Sequence[Source]) -> Iterator[Target]:
    """One file per table."""
    for source in sources:
        yield Target(f"{source.table.name}.rds", (source,), partial(_write, source))


def _write(source: Source, file: Path) -> list[str]:
    with (
        file.open("wb") as stream,
        gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as compressed,
    ):
        compressed.writelines(_data_frame(source))
    return []


def _data_frame(source: Source) -> Iterator[bytes]:
    rows, columns = source.whole(), source.table.columns
    yield _HEADER + struct.pack(">2i", _DATA_FRAME, len(columns))
    for column in columns:
        values = rows[column.name].to_pylist()
        yield _texts(values) if column.type not in _NUMBERS else _numbers(values, column.type)
    yield _attribute("datalabel", [""])
    yield _attribute("names", [column.name for column in columns])
    yield _attribute("var.labels", [""] * len(columns))
    yield _attribute("class", ["data.frame"])
    yield _attribute("row.names", map(str, range(1, len(rows) + 1)))
    yield struct.pack(">i", _NO_MORE)


def _numbers(values: Sequence[Any], type: ColumnType) -> bytes:
    import numpy as np

    kind, form, missing = _NUMBERS[type]
    numbers = np.array([missing if value is None else value for value in values], form)
    return struct.pack(">2i", kind, len(values)) + numbers.tobytes()


def _texts(texts: Iterable[str | None]) -> bytes:
    parts = [_MISSING_TEXT if text is None else _characters(text) for text in texts]
    return struct.pack(">2i", _TEXTS, len(parts)) + b"".join(parts)


def _characters(text: str) -> bytes:
    encoded = text.replace("\0", "").encode()  # R reads no file with a NUL in a text
    flags = _CHARACTERS | (_ASCII if text.isascii() else _UTF_8)
    return struct.pack(">2i", flags, len(encoded)) + encoded


def _attribute(name: str, texts: Iterable[str]) -> bytes:
    return struct.pack(">2i", _ATTRIBUTE, _SYMBOL) + _characters(name) + _texts(texts)
