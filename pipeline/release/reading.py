"""All the text in a file of a release, for every kind of file.

A kind that is not listed here cannot be read, and what cannot be read is not released.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.release import office, parquet
from pipeline.release.places import Passage, Place, Shown, Unreadable

WORDS_AROUND = 3  # before and after an end of line
_EMBEDDED = re.compile(r"data:[\w.+/-]*;base64,")


def passages(file: Path, shown_file: str, shown: Shown) -> Iterator[Passage]:
    """Every text in a file with its place.

    Raises Unreadable if the file is damaged or of a kind that cannot be read, OSError if it cannot
    be opened.
    """
    if file.suffix.lower() == ".parquet":
        return parquet.passages(file, shown_file, shown)
    return _passages(file.name, file.read_bytes(), Place(shown_file), shown)


def _passages(name: str, data: bytes, place: Place, shown: Shown) -> Iterator[Passage]:
    """Yield every text in a file, or in a file within a file, by the kind that its name says."""
    suffix = f".{PurePosixPath(name).name.rpartition('.')[2].lower()}"  # '.rels' is all suffix
    if suffix in _TEXT or name == "mimetype":  # of OpenDocument
        yield from lines(data, place)
    elif suffix in _XML:
        yield from lines(data, place)  # as written, comments and attributes included
        yield from office.paragraphs(data, place)
    elif suffix in _ZIPPED:
        yield from office.zipped(data, place, shown, _passages)
        if suffix == ".xlsx":
            yield from office.cells(data, place, shown)
    elif suffix == ".json":
        yield from values(loaded(data), place, shown)
    elif suffix == ".jsonl":
        for number, line in enumerate(data.splitlines(), start=1):
            if line.strip():
                yield from values(loaded(line), place.within(f"line {number}"), shown)
    elif suffix == ".ipynb":
        yield from _notebook(loaded(data), place, shown)
    else:
        raise Unreadable("this kind of file cannot be read, so its contents are unknown")


def lines(data: bytes, place: Place) -> Iterator[Passage]:
    """Yield a text line by line, and what surrounds each end of line: a name may be cut there.

    Raises Unreadable if it is not UTF-8, or has a file embedded.
    """
    before = ""
    for number, line in enumerate(_decoded(data).splitlines(), start=1):
        yield Passage(place.within(f"line {number}"), _without_files(line))
        if before and line.strip():
            around = [*before.split()[-WORDS_AROUND:], *line.split()[:WORDS_AROUND]]
            yield Passage(place.within(f"lines {number - 1} and {number}"), " ".join(around))
        before = line.strip()


def values(value: Any, place: Place, shown: Shown) -> Iterator[Passage]:
    """Yield every key and text below a value of a JSON file; a list of texts is one text."""
    if isinstance(value, Mapping):
        for number, (key, item) in enumerate(value.items(), start=1):
            seen = shown(str(key))
            below = place.within(seen if seen == key else f"entry {number} {seen}")
            yield Passage(below, str(key), "label")
            yield from values(item, below, shown)
    elif isinstance(value, list) and all(isinstance(item, str) for item in value):
        yield Passage(place, _without_files("\n".join(value)))
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from values(item, place.within(str(number)), shown)
    elif isinstance(value, str):
        yield Passage(place, _without_files(value))


def loaded(data: bytes) -> Any:
    """Return what a JSON file holds. Raises Unreadable if it is not JSON."""
    try:
        return json.loads(_decoded(data))
    except (ValueError, RecursionError):
        raise Unreadable("it is damaged, or no JSON") from None


def is_readable_output(media_type: str) -> bool:
    """Whether a notebook's output of this media type is text."""
    return media_type.startswith("text/") or media_type.endswith(("json", "+xml", "javascript"))


def _notebook(notebook: Any, place: Place, shown: Shown) -> Iterator[Passage]:
    """Yield cell by cell: the source, the output, and the metadata."""
    try:
        cells = [(cell, cell.get("outputs", [])) for cell in notebook["cells"]]
        for cell, outputs in cells:
            attached = [bundle for bundle in cell.get("attachments", {}).values()]
            for bundle in [*attached, *(output.get("data", {}) for output in outputs)]:
                if not all(map(is_readable_output, bundle)):
                    raise Unreadable("a picture or other file in a notebook cannot be read")
    except (AttributeError, KeyError, TypeError):
        raise Unreadable("it is no Jupyter notebook") from None
    for number, (cell, outputs) in enumerate(cells, start=1):
        within = place.within(f"cell {number}")
        yield from values({k: v for k, v in cell.items() if k != "outputs"}, within, shown)
        for nth, output in enumerate(outputs, start=1):
            yield from values(output, within.within(f"output {nth}"), shown)
    yield from values({k: v for k, v in notebook.items() if k != "cells"}, place, shown)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("it is no text in UTF-8") from None


def _without_files(text: str) -> str:
    if "\0" in text or _EMBEDDED.search(text):
        raise Unreadable("a picture or other file embedded in it cannot be read")
    return text


_TEXT = frozenset(
    {".csv", ".tsv", ".txt", ".md", ".log", ".html", ".htm", ".vtt", ".srt", ".textgrid"}
    | {".yaml", ".yml", ".toml", ".py", ".r", ".rmd", ".qmd", ".sps", ".do", ".sql"}
)
_XML = frozenset({".xml", ".eaf", ".qde", ".qdc", ".svg", ".rels", ".vml"})
_ZIPPED = frozenset({".xlsx", ".docx", ".ods", ".odt", ".qdpx", ".zip"})
