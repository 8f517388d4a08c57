"""All the text that a Parquet file holds, row by row and in its metadata."""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.release.places import Passage, Place, Shown, Unreadable
from pipeline.tables import TABLES

_TURN_ID = re.compile(r"[A-Z]\d+-[A-Z]\d+-T\d+")
_ARROW_SCHEMA = b"ARROW:schema"
_OWN = {t.name: {c.name: c for c in t.columns} for t in TABLES.values()}


def read(file: Path) -> tuple[pa.Table, pq.FileMetaData]:
    """The rows and the metadata of a file.

    Raises Unreadable if it is damaged or no Parquet file.
    """
    try:
        parquet = pq.ParquetFile(pa.BufferReader(file.read_bytes()))
        table = parquet.read(use_threads=False)
    except (pa.ArrowException, OSError, ValueError):
        raise Unreadable("it is damaged, or no Parquet file") from None
    if len(set(table.column_names)) < table.num_columns:
        raise Unreadable("two of its columns have the same name")
    return table, parquet.metadata


def passages(file: Path, shown_file: str, shown: Shown) -> Iterator[Passage]:
    """Every text in the rows, the metadata of the file and of its columns, and their names.

    The words of one turn are one passage. Raises Unreadable.
    """
    table, metadata = read(file)
    yield from _metadata(table, metadata, shown_file, shown)
    rows = [_row_name(row) for row in table.to_pylist()]
    languages = table["language"].to_pylist() if "language" in table.column_names else None
    for number, name in enumerate(table.column_names, start=1):
        values = table.column(number - 1).to_pylist()
        column = column_name(name, number, shown)
        if name == "word" and "turn_id" in table.column_names:
            yield from _words(rows, values, _languages(file), Place(shown_file, column))
            continue
        own = _OWN.get(file.parent.name, {}).get(name)
        kind: Any = "talk" if own is not None and name == "text" else "text"
        for row, value in enumerate(values):
            place = Place(shown_file, f"{column}, {rows[row] or f'row {row + 1}'}")
            for text in strings(value):
                if own is None or text not in own.values:
                    language = languages[row] if languages and kind == "talk" else None
                    yield Passage(place, text, kind, language)


def strings(value: Any) -> Iterator[str]:
    """Yield every text within a value, dates as ISO 8601. Raises Unreadable for other types."""
    match value:
        case None | bool() | int() | float() | Decimal() | time() | timedelta():
            return
        case str():
            yield value
        case bytes():
            yield value.decode("utf-8", errors="replace")
        case date():  # datetime, too
            yield value.isoformat()
        case Mapping():
            yield from strings([*value.keys(), *value.values()])
        case list() | tuple():
            for item in value:
                yield from strings(item)
        case _:
            raise Unreadable("it has values of a type that cannot be read")


def _words(
    rows: list[str], words: list[Any], languages: Mapping[str, str | None], column: Place
) -> Iterator[Passage]:
    turns: defaultdict[str, list[str]] = defaultdict(list)
    for row, word in zip(rows, words, strict=True):
        turns[row].extend(strings(word))
    for row, said in turns.items():
        place = Place(column.file, f"{column.part}, {row or 'rows without a turn'}")
        yield Passage(place, " ".join(said), "talk", languages.get(row))


def _languages(words_file: Path) -> dict[str, str | None]:
    """Return the language of each turn, from the turns file of the same session as these words."""
    turns_file = words_file.parent.parent / "turns" / words_file.name
    if not turns_file.is_file():
        return {}
    rows = read(turns_file)[0].to_pylist()
    return {_row_name(row): row.get("language") for row in rows}


def _metadata(
    table: pa.Table, metadata: pq.FileMetaData, shown_file: str, shown: Shown
) -> Iterator[Passage]:
    own = _OWN.get(shown_file.rpartition("/")[0].rpartition("/")[2], {})
    yield Passage(Place(shown_file, "metadata, created by"), metadata.created_by or "")
    both = {**(metadata.metadata or {}), **(table.schema.metadata or {})}
    yield from _entries(both, shown_file, "metadata", shown)
    for number, field in enumerate(table.schema, start=1):
        column = column_name(field.name, number, shown)
        declared = own[field.name].field() if field.name in own else None
        if declared is None:
            yield Passage(Place(shown_file, f"name of {column}"), field.name, "label")
            yield Passage(Place(shown_file, f"type of {column}"), str(field.type))
        known = _decoded(declared.metadata) if declared is not None else {}
        rest = {k: v for k, v in _decoded(field.metadata).items() if known.get(k) != v}
        yield from _entries(rest, shown_file, f"metadata of {column}", shown)


def _entries(
    entries: Mapping[Any, Any] | None, shown_file: str, part: str, shown: Shown
) -> Iterator[Passage]:
    for number, (key, value) in enumerate(_decoded(entries).items(), start=1):
        name = shown(key)
        place = Place(shown_file, f"{part}, {name if name == key else f'entry {number} {name}'}")
        yield Passage(place, key, "label")
        yield Passage(place, value)


def _decoded(entries: Mapping[Any, Any] | None) -> dict[str, str]:
    """Return entries as text; the Arrow schema, whose strings are in the fields, is decoded."""
    found: dict[str, str] = {}
    for key, value in (entries or {}).items():
        if key == _ARROW_SCHEMA:
            found |= _embedded_schema(value)
        else:
            found[_text(key)] = _text(value)
    return found


def _embedded_schema(value: bytes) -> dict[str, str]:
    """Return the entries of the schema that Arrow keeps in a Parquet file beside Parquet's own."""
    try:
        embedded = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(value)))
    except (pa.ArrowException, ValueError, OSError):
        raise Unreadable("its Arrow schema is damaged") from None
    found = _decoded(embedded.metadata)
    for field in embedded:
        if not any(field.equals(own, check_metadata=True) for own in _declared(field.name)):
            found |= {f"{field.name} {k}": v for k, v in _decoded(field.metadata).items()}
            found[field.name] = str(field.type)
    return found


@cache
def _declared(name: str) -> tuple[pa.Field, ...]:
    """Return the columns of this name as the tables declare them."""
    return tuple(columns[name].field() for columns in _OWN.values() if name in columns)


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value


def column_name(name: str, number: int, shown: Shown) -> str:
    """Return the name of a column in a place."""
    seen = shown(name)
    return f"column {name}" if seen == name else f"column {number} {seen}"


def _row_name(row: Mapping[str, Any]) -> str:
    """Return the turn of a row, or '' if it has none that may be shown."""
    turn_id = row.get("turn_id")
    return f"turn {turn_id}" if turn_id and _TURN_ID.fullmatch(str(turn_id)) else ""
