"""Sheets that people fill in with any spreadsheet program: xlsx out, answers in.

A sheet is declared by its columns; its rows are mappings from a column's key to the cell's value.
There are two kinds. A sheet of *answers* shows results, a row each: people change cells in the
columns to fill in, and only changed cells count, wherever the rows and columns have been moved.
Each row keeps its original content from when the sheet was written, so that an old sheet does not
undo later decisions. A *form* is a table that people write themselves, with any number of rows.

No text ever becomes a formula, whatever it begins with.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pipeline.errors import StudyError
from pipeline.storage.borders.archive import MAX_BYTES
from pipeline.storage.borders.text import clean, data_in
from pipeline.storage.borders.workbook import Broken, CellRow, workbook_in
from pipeline.texts import LANGUAGES, Text, both

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

FORMAT = ".xlsx"
IN_NAMES = " - "  # between the languages: a sheet's name must not contain a /
GUIDE_SHEET, LISTS_SHEET = both("Guide", IN_NAMES), both("Lists", IN_NAMES)
GUIDE_WIDTH = 110
MAX_CHARACTERS = 32_767  # of a cell, in any spreadsheet program
MAX_HEIGHT, LINE_HEIGHT = 409.0, 15.0  # points; the first is the maximum of a row
FORM_ROWS = 200  # rows of a form that have drop-downs
_SUBJECT = "The sheet"
_LIKE_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # what a spreadsheet reads as one character
_MAX_KEPT = 300  # characters of a cell that are kept as written; a longer text is kept as a digest


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in rows and answers, its header, and its width in characters.

    In a sheet of answers, people ``fill_in`` the yellow columns; no others are read. ``choices``
    are offered as a drop-down; other values are not allowed unless the column is ``free``. A
    ``hidden`` column is read back, too. A ``given`` column is written by vuoro in its own rows and
    filled in by people in rows that they add.
    """

    key: str
    title: str
    width: int = 18
    fill_in: bool = False
    choices: tuple[str, ...] = ()
    free: bool = False
    hidden: bool = False
    given: bool = False


_ID = Column("id", both("Row id"), 12, hidden=True)
_WRITTEN = Column("written", both("As written"), 12, hidden=True)


@dataclass(frozen=True)
class Sheet:
    """A sheet of answers, or a ``form``. The first ``fixed_columns`` stay visible when scrolling.

    A row of a sheet of answers has a hidden ``id`` that says what it is about.
    """

    name: str
    columns: tuple[Column, ...]
    fixed_columns: int = 0
    form: bool = False

    @cached_property
    def all_columns(self) -> tuple[Column, ...]:
        """The columns, including those in which vuoro keeps data of each row."""
        return self.columns if self.form else (*self.columns, _ID, _WRITTEN)

    @cached_property
    def to_fill_in(self) -> tuple[str, ...]:
        """The keys of the columns that people fill in."""
        return tuple(column.key for column in self.columns if column.fill_in)

    def title(self, key: str) -> str:
        """The header of a column, as people see it."""
        return next(column.title for column in self.all_columns if column.key == key)

    def problem(self, number: int, key: str, allowed: str) -> str:
        """A sentence about a wrong cell in row ``number``: what is ``allowed`` there."""
        return f"Row {number}, {self.title(key)}: {allowed}."


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that opens a file; ``target`` is an address relative to the workbook's folder."""

    text: str
    target: str


Value = str | int | float | Link | None
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Answer:
    """Row ``number`` of a returned sheet: the cells as text, by column.

    ``cells`` are those to fill in, ``written`` their original content. A row that a person added
    has no ``id``; its cells include the ``given`` columns.
    """

    number: int
    id: str
    cells: Mapping[str, str]
    written: Mapping[str, str]

    def filled(self, column: str) -> str | None:
        """The text of a cell that a person has changed; None if it is unchanged."""
        now, before = self.cells[column], self.written.get(column, "")
        return None if now == before else now

    def is_stale(
        self, column: str, now: str, means: Callable[[str], object] = lambda cell: cell
    ) -> bool:
        """Whether a later decision differs from the sheet's cell: applying it would undo that.

        ``now`` is what a new sheet would show there; ``means`` maps equivalent cells to one value.
        """
        known = (self.cells[column], self.written.get(column, ""))
        shown = text(now)
        return _kept(shown) not in known and means(shown) not in map(means, known)


def workbook(
    *tables: tuple[Sheet, Sequence[Row]], guide: Sequence[Text] = (), opens_at: int = 0
) -> bytes:
    """An xlsx file of sheets with their rows, a guide, and the lists that drop-downs offer.

    A text longer than ``MAX_CHARACTERS`` is cut. The paragraphs of ``guide`` are written in each
    language; headings begin with #, and ``{n}`` is the number of rows of the first sheet, which
    ``opens_at`` the row of this index.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet, rows in tables:
        page = book.create_sheet(sheet.name)
        _fill(page, sheet, rows)
        _dress(page, sheet, len(rows) + 1)
    if opens_at:
        _open_at(book.worksheets[0], opens_at + 2)
    if guide:
        _write_guide(book.create_sheet(GUIDE_SHEET), guide, len(tables[0][1]))
    _offer_choices(book, {sheet: len(rows) + 1 for sheet, rows in tables})
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def answers(file: Path, sheet: Sheet) -> list[Answer]:
    """The answers filled in, row by row; columns may have been moved, and rows sorted or removed.

    Empty rows are left out. Raises StudyError if the file is not a workbook with that sheet or
    lacks a required column, TransientError if it cannot be read.
    """
    page = workbook_in(data_in(file, _SUBJECT, MAX_BYTES), _SUBJECT).get(sheet.name)
    if page is None:
        raise StudyError(
            f"The file is no workbook with a sheet '{sheet.name}'.",
            "Choose the sheet that vuoro wrote, saved as an Excel workbook (.xlsx).",
        )
    header, *rows = page or [CellRow(1)]
    where = _places({at: text(title) for at, title in header.cells.items()}, sheet)
    found = ((row.number, _texts(row, where, sheet)) for row in rows)
    given = [column.key for column in sheet.columns if column.given]
    return [_answer(number, cells, given) for number, cells in found if any(cells.values())]


def _texts(row: CellRow, where: Mapping[str, int], sheet: Sheet) -> dict[str, str]:
    """The texts of a row, by the keys of the columns that are read."""
    found = {key: row.cells.get(at) for key, at in where.items()}
    for key, value in found.items():
        if isinstance(value, Broken):
            what = sheet.problem(row.number, key, f"the cell holds {value.why}")
            raise StudyError(what, "Type in the cell what it is to say, then save the sheet.")
    return {key: text(value) for key, value in found.items()}


def text(value: object) -> str:
    """A cell's text; a number without the .0 that a spreadsheet may give it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else clean(str(value))


def address(file: Path, folder: Path) -> str:
    """The address of a file relative to a workbook's folder; absolute if on another drive."""
    try:
        return quote(Path(os.path.relpath(file, folder)).as_posix())
    except ValueError:
        return file.as_uri()


def _fill(page: Worksheet, sheet: Sheet, rows: Sequence[Row]) -> None:
    for position, column in enumerate(sheet.all_columns, start=1):
        _put(page.cell(1, position), column.title)
    for number, row in enumerate(rows, start=2):
        whole = row if sheet.form else {**row, _WRITTEN.key: _as_written(sheet, row)}
        for position, column in enumerate(sheet.all_columns, start=1):
            _put(page.cell(number, position), whole.get(column.key))


def _put(cell: Any, value: Value) -> None:
    if isinstance(value, Link):
        cell.hyperlink = value.target
        cell.style = "Hyperlink"
    shown = _shown(value)
    cell.value = _LIKE_ESCAPED.sub("_x005F_", shown) if isinstance(shown, str) else shown
    if isinstance(cell.value, str):
        cell.data_type = "s"  # a text is never a formula


def _shown(value: Value) -> str | float | None:
    """The content of a cell with this value."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, Link):
        value = value.text
    if isinstance(value, str):
        return ILLEGAL_CHARACTERS_RE.sub("", value)[:MAX_CHARACTERS] or None
    return value


def _as_written(sheet: Sheet, row: Row) -> str:
    written = {key: text(_shown(row.get(key))) for key in sheet.to_fill_in}
    kept = {key: _kept(shown) for key, shown in written.items() if shown}
    return json.dumps(kept, ensure_ascii=False)


def _kept(shown: str) -> str:
    """A text as kept in a hidden column; a long one is shortened to fit."""
    if len(shown) <= _MAX_KEPT:
        return shown
    return f"sha256:{hashlib.sha256(shown.encode()).hexdigest()}"


def _dress(page: Worksheet, sheet: Sheet, last: int) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    top, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
    yellow = PatternFill("solid", start_color="FFF7DC")
    head, yellow_head = (PatternFill("solid", start_color=c) for c in ("DCE6F1", "FFE699"))
    for position, column in enumerate(sheet.all_columns, start=1):
        letter = get_column_letter(position)
        page.column_dimensions[letter].width = column.width
        page.column_dimensions[letter].hidden = column.hidden
        for number in range(2, last + 1):
            cell = page.cell(number, position)
            cell.alignment = top
            if column.fill_in or column.given:
                cell.number_format = "@"  # a typed time stays as typed
            if column.fill_in:
                cell.fill = yellow
        header = page.cell(1, position)
        header.font, header.alignment = bold, top
        header.fill = yellow_head if column.fill_in else head
    page.row_dimensions[1].height = 32
    shown = [(at, c.width) for at, c in enumerate(sheet.all_columns, start=1) if not c.hidden]
    for number in range(2, last + 1):
        cells = [(page.cell(number, at).value, width) for at, width in shown]
        page.row_dimensions[number].height = _height(cells)
    page.freeze_panes = f"{get_column_letter(sheet.fixed_columns + 1)}2"
    # the range includes the hidden columns, so that sorting moves them with their rows
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.all_columns))}{last}"


def _height(cells: Sequence[tuple[object, int]]) -> float:
    """The height of a row (points) that fits wrapped texts of these widths (characters).

    LibreOffice keeps rows of a workbook at one line unless they have a height.
    """
    shown = [(str(value), width) for value, width in cells if value is not None]
    lines = max((_n_lines(text, width) for text, width in shown), default=1)
    return min(MAX_HEIGHT, LINE_HEIGHT * lines + 3)


def _n_lines(shown: str, width: int) -> int:
    """Lines of a text in a column ``width`` characters wide, a little too many rather than few."""
    return sum(1 + int(len(line) / (0.95 * width)) for line in shown.split("\n"))


def _open_at(page: Worksheet, number: int) -> None:
    """Make a page open with row ``number`` selected, below the fixed rows."""
    pane = page.sheet_view.pane
    if pane is not None and pane.topLeftCell is not None:
        pane.topLeftCell = f"{pane.topLeftCell.rstrip('0123456789')}{number}"
    for selection in page.sheet_view.selection:
        selection.activeCell = selection.sqref = f"A{number}"


def _offer_choices(book: Workbook, last_rows: Mapping[Sheet, int]) -> None:
    """Add drop-downs, each from a column of a hidden sheet, where any text fits."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    offered = [
        (sheet, position, column)
        for sheet in last_rows
        for position, column in enumerate(sheet.columns, start=1)
        if column.choices
    ]
    if not offered:
        return
    lists = book.create_sheet(LISTS_SHEET)
    lists.sheet_state = "hidden"
    for place, (sheet, position, column) in enumerate(offered, start=1):
        for number, choice in enumerate(column.choices, start=1):
            _put(lists.cell(number, place), choice)
        letter = get_column_letter(place)
        rule = DataValidation(
            type="list",
            formula1=f"'{LISTS_SHEET}'!${letter}$1:${letter}${len(column.choices)}",
            allow_blank=True,
            showErrorMessage=not column.free,
            errorTitle=column.title[:32],  # a longer one makes Excel repair the file
            error=both("Choose from the list."),
        )
        last = max(last_rows[sheet], FORM_ROWS) if sheet.form else last_rows[sheet]
        if last > 1:
            at = get_column_letter(position)
            rule.add(f"{at}2:{at}{last}")
            book[sheet.name].add_data_validation(rule)


def _write_guide(page: Worksheet, guide: Sequence[Text], n_rows: int) -> None:
    from openpyxl.styles import Alignment, Font

    page.column_dimensions["A"].width = GUIDE_WIDTH
    lines = (text.filled(n=n_rows).to(language) for language in LANGUAGES for text in guide)
    for number, line in enumerate(lines, start=1):
        cell = page.cell(number, 1)
        _put(cell, line.removeprefix("# "))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        page.row_dimensions[number].height = _height([(line, GUIDE_WIDTH)]) + LINE_HEIGHT / 2
        if line.startswith("# "):
            cell.font = Font(bold=True, size=13)


def _places(header: Mapping[int, str], sheet: Sheet) -> dict[str, int]:
    """The present positions of the columns that are read."""
    wanted = {c.title: c.key for c in sheet.all_columns if c.fill_in or c.hidden or c.given}
    found: dict[str, int] = {}
    for at, title in sorted(header.items()):
        if title in wanted and found.setdefault(wanted[title], at) != at:
            raise StudyError(
                f"The sheet has the column '{title}' twice.", "Remove the one that you added."
            )
    if missing := [title for title, key in wanted.items() if key not in found]:
        raise StudyError(
            f"The sheet lacks the column '{missing[0]}'.", "Write a new sheet and fill in that one."
        )
    return found


def _answer(number: int, row: dict[str, str], given: Sequence[str]) -> Answer:
    kept = _read_kept(row.pop(_WRITTEN.key), number)
    id = row.pop(_ID.key)
    if id:
        row = {key: now for key, now in row.items() if key not in given}
    # a text kept as a digest is that of the cell, if the cell still matches it
    same = {key: now for key, now in row.items() if key in kept and kept[key] == _kept(now)}
    return Answer(number, id, row, {**kept, **same})


def _read_kept(cell: str, number: int) -> Mapping[str, str]:
    try:
        return {str(column): str(kept) for column, kept in json.loads(cell or "{}").items()}
    except (ValueError, AttributeError, RecursionError):
        raise StudyError(
            f"Row {number} of the sheet has lost what vuoro keeps in its hidden columns.",
            "Undo what was done to the hidden columns, or write a new sheet.",
        ) from None
