"""The stored cells of an Excel workbook (.xlsx), row by row, whatever program wrote it.

Both forms are read, Transitional and Strict. Hidden rows are read like others. In a column, the
value of merged cells applies to all of them. A formula counts by the value that is stored with it;
a cell that cannot be interpreted holds a ``Broken`` that says why.
"""

from __future__ import annotations

import math
import posixpath
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

from pipeline.errors import StudyError
from pipeline.storage.borders.archive import MAX_TEXT, Archive, Element

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384  # of a sheet, in any spreadsheet program
MAX_CELLS = 200_000  # with something in them
MAX_CHARACTERS = 20_000_000  # of all cells together
MAX_FORMAT = 255  # characters

_XLSX = "Save it as an Excel workbook (.xlsx), then try again."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = {
    "xl/workbook.bin": "an Excel workbook of the binary kind (.xlsb)",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint file",
    "Index/Document.iwa": "a Numbers, Pages or Keynote document",
}
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"
_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_RANGE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6}):[A-Z]{1,3}([1-9]\d{0,6})")
_KINDS = {"inlineStr", "s", "str", "e", "b", "d", "n"}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that cannot be interpreted, and ``why``: the words after "the cell holds"."""

    why: str


_Kind = Literal["number", "date", "duration"]
Value = str | int | float | bool | datetime | date | time | timedelta | Broken


@dataclass(slots=True)
class CellRow:
    """A non-empty row: its number in the sheet, and its cells by column, from 0."""

    number: int
    cells: dict[int, Value] = field(default_factory=dict)


Page = list[CellRow]


def workbook_in(data: bytes, subject: str) -> dict[str, Page]:
    """The non-empty rows of every sheet of a workbook, by the sheet's name, in order.

    Raises StudyError that says what the file is instead, or that it is damaged or too large.
    """
    if data.startswith(_OLE):
        raise StudyError(
            f"{subject} has a password."
            if _ENCRYPTED in data
            else f"{subject} is an Excel workbook of the old kind (.xls).",
            f"{'Remove the password. ' if _ENCRYPTED in data else ''}{_XLSX}",
        )
    if not data.startswith(b"PK"):
        raise StudyError(f"{subject} is no Excel workbook (.xlsx).", _XLSX)
    archive = Archive(data, subject)
    if archive.text("mimetype").startswith(_OPEN_DOCUMENT):
        raise StudyError(f"{subject} is a LibreOffice document (OpenDocument).", _XLSX)
    for name, what in _OTHERS.items():
        if name in archive.names:
            raise StudyError(f"{subject} is {what}.", _XLSX)
    return _Workbook(archive, subject).pages()


class _Workbook:
    """A partly read workbook."""

    def __init__(self, archive: Archive, subject: str) -> None:
        self._archive, self._subject = archive, subject
        self._cells = self._characters = 0
        self._texts: list[str] = []
        self._kinds: list[_Kind] = []  # of numbers, by a cell's style
        self._epoch_1904 = False

    def pages(self) -> dict[str, Page]:
        main = next(iter(self._related("", "officeDocument").values()), None)
        if main not in self._archive.names:
            raise StudyError(f"{self._subject} is no Excel workbook (.xlsx).", _XLSX)
        sheets: list[tuple[str, str]] = []
        for element in self._archive.elements(main):
            if element.begins and element.name == "sheet":
                sheets.append(
                    (element.attributes.get("name", ""), element.attributes.get("id", ""))
                )
            elif element.begins and element.name == "workbookPr":
                self._epoch_1904 = element.attributes.get("date1904") in ("1", "true")
        for part in self._related(main, "sharedStrings").values():
            self._texts = [*self._shared_texts(part)]
        for part in self._related(main, "styles").values():
            self._kinds = [*self._styles(part)]
        parts = self._related(main, "worksheet")
        return {name: self._page(parts[id]) for name, id in sheets if id in parts}

    def _related(self, part: str, kind: str) -> dict[str, str]:
        """The parts of a kind to which a part refers, by the id that it gives them."""
        folder, name = posixpath.split(part)
        found = {}
        for element in self._archive.elements(posixpath.join(folder, "_rels", f"{name}.rels")):
            of = element.attributes
            if element.name == "Relationship" and of.get("Type", "").endswith(f"/{kind}"):
                target = posixpath.normpath(posixpath.join("/", folder, of.get("Target", "")))
                found[of.get("Id", "")] = target.lstrip("/")
        return found

    def _shared_texts(self, part: str) -> Iterator[str]:
        texts: list[str] = []
        for element in self._visible(part):
            if element.begins:
                if element.name == "si":
                    texts = []
            elif element.name == "t":
                texts.append(element.text or "")
            elif element.name == "si":
                yield "".join(texts)

    def _styles(self, part: str) -> Iterator[_Kind]:
        """What numbers mean in each style of cells."""
        from openpyxl.styles.numbers import BUILTIN_FORMATS

        kinds = {str(number): _kind(code) for number, code in BUILTIN_FORMATS.items()}
        in_cells = False
        for element in self._archive.elements(part):
            of = element.attributes
            if element.name == "cellXfs":
                in_cells = element.begins
            elif element.begins and element.name == "numFmt":
                kinds[of.get("numFmtId", "")] = _kind(of.get("formatCode", ""))
            elif element.begins and element.name == "xf" and in_cells:
                yield kinds.get(of.get("numFmtId", ""), "number")

    def _visible(self, part: str) -> Iterator[Element]:
        """The elements of a part without the phonetic readings of East Asian texts."""
        spoken = False
        for element in self._archive.elements(part):
            if element.name == "rPh":
                spoken = element.begins
            elif not spoken:
                yield element

    def _page(self, part: str) -> Page:
        rows: dict[int, CellRow] = {}
        merged: list[str] = []
        row, cell = CellRow(0), _Cell(self)
        for element in self._visible(part):
            if not element.begins:
                if element.name == "c" and (value := cell.value()) is not None:
                    self._count(value)
                    rows.setdefault(row.number, row).cells[cell.column] = value
                elif element.name in ("v", "t", "f"):
                    cell.take(element.name, element.text or "")
            elif element.name == "row":
                row = self._row(element, row.number + 1, rows)
                cell.column = -1
            elif element.name == "c":
                cell.begin(element)
            elif element.name == "mergeCell":
                merged.append(element.attributes.get("ref", ""))
        page = [rows[number] for number in sorted(rows)]
        self._fill_merged(page, merged)
        return page

    def _row(self, element: Element, following: int, rows: dict[int, CellRow]) -> CellRow:
        given = element.attributes.get("r", str(following))
        number = int(given) if given.isdecimal() and len(given) < 9 else 0
        if not 0 < number <= MAX_ROWS:
            raise self.damaged()
        return rows.get(number) or CellRow(number)

    def _count(self, value: Value) -> None:
        self._cells += 1
        self._characters += len(value) if isinstance(value, str) else 0
        if self._cells > MAX_CELLS or self._characters > MAX_CHARACTERS:
            raise StudyError(
                f"{self._subject} holds more than {MAX_CELLS:,} cells, or far too much text.",
                "Copy the cells that are needed into a new workbook.",
            )

    def _fill_merged(self, page: Page, merged: list[str]) -> None:
        """Give rows further down the value of a cell that is merged over them."""
        numbers = [row.number for row in page]
        for ref in merged:
            match = _RANGE.fullmatch(ref)
            if match is None:
                continue
            column, top = _column(match[1]), int(match[2])
            first = bisect_left(numbers, top)
            if not 0 < first < len(page) or numbers[first] != top:  # the first row has the headers
                continue
            value = page[first].cells.get(column)
            if value is None:
                continue
            for row in page[first + 1 : bisect_right(numbers, int(match[3]))]:
                self._count(value)
                row.cells.setdefault(column, value)

    def shared_text(self, number: str) -> str:
        try:
            return self._texts[int(number)]
        except (ValueError, IndexError):
            raise self.damaged() from None

    def number(self, text: str, style: str) -> Value:
        """The value of a number in a cell of this style: a number, date, time or duration."""
        from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

        try:
            value = float(text)
        except ValueError:
            raise self.damaged() from None
        if not math.isfinite(value):
            return Broken("a number that is too large")
        known = style.isdecimal() and len(style) < 9 and int(style) < len(self._kinds)
        kind = self._kinds[int(style)] if known else "number"
        if kind == "number":
            return int(value) if value.is_integer() and abs(value) < 1e15 else value
        epoch = CALENDAR_MAC_1904 if self._epoch_1904 else CALENDAR_WINDOWS_1900
        try:
            if value < 0:
                raise ValueError
            found: Value = from_excel(value, epoch, timedelta=kind == "duration")
        except (ValueError, OverflowError, TypeError):
            return Broken("a date that does not exist")
        return found

    def damaged(self) -> StudyError:
        return StudyError(f"{self._subject} is damaged: a cell of it cannot be read.", _XLSX)


class _Cell:
    """The cell being read."""

    def __init__(self, book: _Workbook) -> None:
        self._book = book
        self.column = -1
        self._kind = self._style = ""
        self._found: dict[str, str] = {}

    def begin(self, element: Element) -> None:
        of = element.attributes
        self._kind, self._style, self._found = of.get("t", "n"), of.get("s", "0"), {}
        if "r" in of:
            place = _PLACE.fullmatch(of["r"])
            if place is None:
                raise self._book.damaged()
            self.column = _column(place[1])
        else:
            self.column += 1
        if self.column >= MAX_COLUMNS:
            raise self._book.damaged()

    def take(self, name: str, text: str) -> None:
        whole = self._found.get(name, "") + text
        self._found[name] = whole[:MAX_TEXT]

    def value(self) -> Value | None:
        """Its value; None if it is empty or blank."""
        found = self._value()
        return None if isinstance(found, str) and not found.strip() else found

    def _value(self) -> Value | None:
        stored = self._found.get("v", "")
        match self._kind:
            case "inlineStr":
                return _unescaped(self._found.get("t", stored))
            case "s" if stored:
                return _unescaped(self._book.shared_text(stored))
            case "str" if "v" in self._found:
                return _unescaped(stored)
            case "e":
                return Broken("an error of a formula")
            case "b" if stored:
                return stored.strip() in ("1", "true")
            case "d" if stored:
                return _moment(stored)
            case "n" if stored.strip():
                return self._book.number(stored, self._style)
            case _ if self._kind not in _KINDS:
                raise self._book.damaged()
        return Broken("a formula without its value") if "f" in self._found else None


def _kind(format: str) -> _Kind:
    """What numbers mean that are shown in this format."""
    from openpyxl.styles.numbers import is_date_format, is_timedelta_format

    if not is_date_format(format[:MAX_FORMAT]):
        return "number"
    return "duration" if is_timedelta_format(format[:MAX_FORMAT]) else "date"


def _moment(text: str) -> Value:
    """A date, a time or both, in ISO 8601."""
    for kind in (date, datetime, time):
        try:
            return kind.fromisoformat(text.strip())
        except ValueError:
            continue
    return Broken("a date that does not exist")


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _unescaped(text: str) -> str:
    """A text with the characters that XML cannot hold, which programs write as _x000D_."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
