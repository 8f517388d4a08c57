"""The workbook in which names are reviewed: rows out, answers in. It holds real names."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.disk import os_errors
from pipeline.errors import StudyError
from pipeline.review.guide import GUIDE
from pipeline.review.names import Row
from pipeline.review.words import CATEGORIES, QUEUES, TYPES, VERDICTS, pseudonym

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

NAMES_SHEET = "Nimet - Names"
GUIDE_SHEET = "Ohje - Guide"
LISTS_SHEET = "Luettelot - Lists"
MAX_VARIANTS = 12

# what a column is called here: its header in the sheet, and its width in characters
COLUMNS: Mapping[str, tuple[str, int]] = {
    "queue": ("Jono / Queue", 20),
    "pseudonym": ("Nimike / Pseudonym", 17),
    "variants": ("Muodot / Variants", 30),
    "count": ("Kerrat / Count", 8),
    "n_sessions": ("Istuntoja / Sessions", 10),
    "excerpt_1": ("Esimerkki 1 / Excerpt 1", 42),
    "excerpt_2": ("Esimerkki 2 / Excerpt 2", 42),
    "excerpt_3": ("Esimerkki 3 / Excerpt 3", 42),
    "decision": ("Päätös / Decision", 20),
    "type": ("Tyyppi / Type", 22),
    "merge": ("Yhdistä / Merge into", 17),
    "split": ("Erota / Split off", 20),
    "category": ("Luokka / Category", 22),
    "note": ("Muistiinpano / Note", 30),
    "detectors": ("Löysi / Found by", 22),
    "id": ("Tunnus / Row id", 12),
    "written": ("Alkuperäinen / As written", 12),
}
TO_FILL_IN = ("decision", "type", "merge", "split", "category", "note")
REMEMBERED = ("decision", "type", "category", "note")
HIDDEN = ("id", "written")
FIXED_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in row ``number`` of a sheet that came back: the cells as text, by column.

    ``written`` is what stood in the cells to fill in when the sheet was made.
    """

    number: int
    id: str
    cells: Mapping[str, str]
    written: Mapping[str, str]

    def filled(self, column: str) -> str | None:
        """The text of a cell that somebody has changed; None where nobody has."""
        now, before = self.cells[column], self.written.get(column, "")
        return None if now == before else now


def title(column: str) -> str:
    """The header of a column, as a person knows it."""
    return COLUMNS[column][0]


def as_workbook(rows: Sequence[Row]) -> bytes:
    """The rows as an xlsx file: the sheet to work on, the guide, and the lists to choose from."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = NAMES_SHEET
    _fill(sheet, [{c: title(c) for c in COLUMNS}, *map(_cells, rows)])
    _dress(sheet, len(rows) + 1)
    _write_guide(book.create_sheet(GUIDE_SHEET), len(rows))
    _offer_lists(book, sheet, len(rows) + 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def answers(file: Path) -> list[Answer]:
    """What was filled in, row by row; columns may have been moved, and rows sorted or removed.

    Raises StudyError if the file is no such workbook, TransientError where it cannot be read.
    """
    with os_errors("reading the sheet"):
        data = file.read_bytes()
    table = list(_values(data))
    header = [str(value or "").strip() for value in table[0]] if table else []
    if missing := [title(c) for c in (*TO_FILL_IN, *HIDDEN) if title(c) not in header]:
        raise StudyError(
            f"The sheet lacks the column '{missing[0]}'.", "Write a new sheet and fill in that one."
        )
    where = {column: header.index(title(column)) for column in (*TO_FILL_IN, *HIDDEN)}
    found = []
    for number, values in enumerate(table[1:], start=2):
        cells = {c: _text(values[i]) if i < len(values) else "" for c, i in where.items()}
        if any(cells.values()):
            written = _remembered(cells.pop("written"), number)
            found.append(Answer(number, cells.pop("id"), cells, written))
    return found


def _cells(row: Row) -> dict[str, object]:
    variants = [f"{said} ×{count}" if count > 1 else said for said, count in row.variants]
    more = len(variants) - MAX_VARIANTS
    entity = row.entity
    decision = VERDICTS.get(entity.verdict, "") if entity else ""
    shown: dict[str, object] = {
        "queue": f"{list(QUEUES).index(row.queue) + 1} {QUEUES[row.queue]}",
        "pseudonym": pseudonym(entity.id) if entity else "uusi / new",
        "variants": "; ".join(variants[:MAX_VARIANTS]) + (f"; … (+{more})" if more > 0 else ""),
        "count": row.count,
        "n_sessions": row.n_sessions,
        **{f"excerpt_{i}": text for i, text in enumerate(row.excerpts, start=1)},
        "decision": decision,
        "type": TYPES[row.type],
        "category": entity.category if entity else "",
        "note": entity.note if entity else "",
        "detectors": ", ".join(row.detectors),
        "id": row.id,
    }
    kept = {column: _text(shown[column]) for column in REMEMBERED}
    return {**shown, "written": json.dumps(kept, ensure_ascii=False)}


def _fill(sheet: Worksheet, rows: Sequence[Mapping[str, object]]) -> None:
    """Write cells as text, whatever they begin with: nothing that was said becomes a formula."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    for number, row in enumerate(rows, start=1):
        for column, key in enumerate(COLUMNS, start=1):
            value = row.get(key, "")
            if value == "":
                continue
            cell = sheet.cell(number, column)
            if isinstance(value, int):
                cell.value = value
            else:
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", str(value))
                cell.data_type = "s"


def _dress(sheet: Worksheet, last: int) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    top = Alignment(wrap_text=True, vertical="top")
    decide = PatternFill("solid", start_color="FFF7DC")
    head, head_decide = (PatternFill("solid", start_color=c) for c in ("DCE6F1", "FFE699"))
    for position, (key, (_, width)) in enumerate(COLUMNS.items(), start=1):
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = width
        sheet.column_dimensions[letter].hidden = key in HIDDEN
        for number in range(1, last + 1):
            cell = sheet.cell(number, position)
            cell.alignment = top
            if key in TO_FILL_IN:
                cell.fill = head_decide if number == 1 else decide
                cell.number_format = "@"
        header = sheet.cell(1, position)
        header.font = Font(bold=True)
        if key not in TO_FILL_IN:
            header.fill = head
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = f"{get_column_letter(FIXED_COLUMNS + 1)}2"
    # the hidden columns are in the range, so that sorting moves them with their rows
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{last}"


def _offer_lists(book: Workbook, sheet: Worksheet, last: int) -> None:
    """Drop-down lists; those of decisions and types allow nothing else, categories are free."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    lists = book.create_sheet(LISTS_SHEET)
    lists.sheet_state = "hidden"
    offered = {"decision": [*VERDICTS.values()], "type": [*TYPES.values()], "category": CATEGORIES}
    for position, (column, values) in enumerate(offered.items(), start=1):
        letter = get_column_letter(position)
        for number, value in enumerate(values, start=1):
            lists.cell(number, position, value)
        rule = DataValidation(
            type="list",
            formula1=f"'{LISTS_SHEET}'!${letter}$1:${letter}${len(values)}",
            allow_blank=True,
            showErrorMessage=column != "category",
            errorTitle=title(column),
            error="Valitse luettelosta. / Choose from the list.",
        )
        at = get_column_letter(list(COLUMNS).index(column) + 1)
        if last > 1:
            rule.add(f"{at}2:{at}{last}")
            sheet.add_data_validation(rule)


def _write_guide(sheet: Worksheet, n_rows: int) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.column_dimensions["A"].width = 110
    paragraphs = GUIDE.format(n_rows=n_rows).strip().split("\n\n")
    for number, paragraph in enumerate(paragraphs, start=1):
        line = " ".join(paragraph.split())
        cell = sheet.cell(number, 1, line.removeprefix("# "))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if line.startswith("# "):
            cell.font = Font(bold=True, size=13)


def _values(data: bytes) -> Iterator[tuple[Any, ...]]:
    """The cells of the sheet of names, row by row."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(data), data_only=True)
        sheet = book[NAMES_SHEET]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError):
        raise StudyError(
            f"The file is no workbook with a sheet '{NAMES_SHEET}'.",
            "Save the sheet as an Excel workbook (.xlsx) under its own name, then try again.",
        ) from None
    return iter(sheet.iter_rows(values_only=True))


def _text(value: object) -> str:
    """A cell's text; a number without the .0 that a spreadsheet may give it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(str(value).split())


def _remembered(cell: str, number: int) -> Mapping[str, str]:
    try:
        written = json.loads(cell or "{}")
        return {str(column): str(text) for column, text in written.items()}
    except (ValueError, AttributeError):
        raise StudyError(
            f"Row {number} of the sheet has lost what vuoro keeps in its hidden columns.",
            "Undo what was done to the hidden columns, or write a new sheet.",
        ) from None
