"""XLSX: one workbook, one sheet per table and the dictionary; same tables, same bytes."""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.exports.source import Source, Target
from pipeline.tables import dictionary
from pipeline.tables.columns import Column
from pipeline.tables.people_tables import PEOPLE

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

MAX_ROWS = 1_048_576  # of a sheet, the header included
MAX_CHARACTERS = 32_767  # of a cell
DICTIONARY = "dictionary"
NUMBER_WIDTH, WORD_WIDTH, TEXT_WIDTH = 12, 20, 80  # of columns, in characters
_MADE = datetime(1980, 1, 1)  # the earliest that a zip file can store
_PROPERTIES = "docProps/core.xml"
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # in XML
_NOT_TEXT = ("=", "#")  # a text with this start would be taken for a formula or an error


def targets(sources: Sequence[Source]) -> Iterator[Target]:
    """One workbook of all tables."""
    if sources:
        yield Target("dataset.xlsx", tuple(sources), partial(_write, sources))


def _write(sources: Sequence[Source], file: Path) -> list[str]:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    notes: list[str] = []
    for source in sources:
        name = source.table.name
        if source.n_rows >= MAX_ROWS:
            notes.append(
                f"The table {name} has {source.n_rows} rows, more than a sheet of Excel can hold, "
                "and was left out of dataset.xlsx; take its CSV."
            )
            continue
        columns = [column.name for column in source.table.columns]
        rows = (row.values() for part in source.parts() for row in part.to_pylist())
        widths = [_width(column) for column in source.table.columns]
        cut = _fill(book.create_sheet(name), columns, rows, widths)
        if cut:
            notes.append(f"{cut} texts of {name} are longer than a cell can be; dataset.xlsx cuts.")
    entries = dictionary(_own_columns(sources))
    _fill(
        book.create_sheet(DICTIONARY),
        list(entries[0]),
        (entry.values() for entry in entries),
        [TEXT_WIDTH if name.startswith("description") else WORD_WIDTH for name in entries[0]],
    )
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / file.name
        book.save(saved)
        book.properties.created = book.properties.modified = _MADE
        _without_times(saved, file, _as_xml(book.properties))
    return notes


def _width(column: Column) -> int:
    """The width of a column, in characters."""
    if column.name in ("text", "flags", "models"):
        return TEXT_WIDTH
    return max(WORD_WIDTH if "string" in column.type else NUMBER_WIDTH, len(column.name) + 2)


def _fill(
    sheet: Any,  # openpyxl's stubs lack the widths of a write-only sheet
    columns: list[str],
    rows: Iterable[Iterable[Any]],
    widths: Sequence[int],
) -> int:
    """Write a sheet; return the number of texts that were cut."""
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "A2"
    for position, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.append([_text(sheet, column, bold=True) for column in columns])
    n_cut = 0
    for row in rows:
        values = list(row)
        n_cut += sum(isinstance(value, str) and len(value) > MAX_CHARACTERS for value in values)
        sheet.append([_shown(sheet, value) for value in values])
    return n_cut


def _shown(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    value = _ILLEGAL.sub("", value)[:MAX_CHARACTERS]
    return _text(sheet, value) if value.startswith(_NOT_TEXT) else value


def _text(sheet: WriteOnlyWorksheet, value: str, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _own_columns(sources: Sequence[Source]) -> tuple[Column, ...]:
    of_people = (s.table.columns for s in sources if s.table.name == PEOPLE.name)
    return next(of_people, PEOPLE.columns)[len(PEOPLE.columns) :]


def _as_xml(properties: Any) -> bytes:
    from openpyxl.xml.functions import tostring

    xml: bytes = tostring(properties.to_tree())
    return xml


def _without_times(saved: Path, file: Path, properties: bytes) -> None:
    """Rewrite a zip file with one time for all its entries, and other properties."""
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(file, "w") as new:
        for info in old.infolist():
            plain = zipfile.ZipInfo(info.filename, _MADE.timetuple()[:6])
            plain.compress_type = zipfile.ZIP_DEFLATED
            plain.file_size = info.file_size
            with old.open(info) as source, new.open(plain, "w") as target:
                if info.filename == _PROPERTIES:
                    target.write(properties)
                else:
                    shutil.copyfileobj(source, target)
