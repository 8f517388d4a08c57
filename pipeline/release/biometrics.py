"""Voice prints: whatever is named or shaped like one. Biometric, never released."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.release import parquet
from pipeline.release.places import Place, Shown
from pipeline.release.reading import loaded

MIN_NUMBERS = 64  # speaker embeddings have 128 to 512
_CALLED = re.compile(r"voice|print|embedding|x_?vector|d_?vector|äänij|aanij|röst", re.IGNORECASE)


def voice_prints(file: Path, shown_file: str, shown: Shown) -> Iterator[Place]:
    """Yield the columns and entries of a file that hold voice prints or are named as if they did.

    In tables: a list of 64 numbers or more, as many bytes, or as many columns that differ by
    number only. In JSON, where drawings are long lists too: by name only. Raises Unreadable.
    """
    place = Place(shown_file)
    suffix = file.suffix.lower()
    if suffix == ".parquet":
        yield from _in_parquet(file, place, shown)
    elif suffix in (".json", ".ipynb"):
        yield from _in_json(loaded(file.read_bytes()), place)
    elif suffix in (".csv", ".tsv"):
        head = file.read_text("utf-8-sig", errors="replace").partition("\n")[0]
        yield from _in_names(
            next(csv.reader([head.replace("\t", ",").replace(";", ",")]), []), place
        )


def _in_parquet(file: Path, place: Place, shown: Shown) -> Iterator[Place]:
    table, metadata = parquet.read(file)
    for number, field in enumerate(table.schema, start=1):
        if any(map(_is_vector, table.column(number - 1).to_pylist())):
            yield place.within(parquet.column_name(field.name, number, shown))
    yield from _in_names([f.name for f in table.schema], place)
    entries = [metadata.metadata, *(field.metadata for field in table.schema)]
    for key in (key.decode("utf-8", "replace") for some in entries for key in some or {}):
        if _CALLED.search(key):
            yield place.within("metadata")


def _in_names(names: Iterable[str], place: Place) -> Iterator[Place]:
    names = list(names)
    for number, name in enumerate(names, start=1):
        if _CALLED.search(name):
            yield place.within(f"column {number}")
    numbered = Counter(re.sub(r"\d+", "", name) for name in names if re.search(r"\d", name))
    if any(count >= MIN_NUMBERS for count in numbered.values()):
        yield place.within("a series of columns")


def _in_json(value: Any, place: Place) -> Iterator[Place]:
    if isinstance(value, Mapping):
        for number, (key, item) in enumerate(value.items(), start=1):
            if _CALLED.search(str(key)) and _is_vector(item, minimum=2):
                yield place.within(f"entry {number}")
            yield from _in_json(item, place.within(str(number)))
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from _in_json(item, place.within(str(number)))


def _is_vector(value: Any, minimum: int = MIN_NUMBERS) -> bool:
    """Whether a value is, or holds, so many numbers in a row."""
    if isinstance(value, Mapping):
        return any(_is_vector(item, minimum) for item in value.values())
    if isinstance(value, bytes):
        return len(value) >= minimum
    if not isinstance(value, list | tuple):
        return False
    numbers = sum(isinstance(item, int | float) for item in value)
    return numbers >= minimum or any(_is_vector(item, minimum) for item in value)
