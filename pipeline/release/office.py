"""All the text in XML, in compressed folders of XML (office documents, REFI-QDA), in workbooks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, time
from xml.etree import ElementTree

from pipeline.release.places import Passage, Place, Shown, Unreadable
from pipeline.storage.borders.archive import BROKEN

Opened = Callable[[str, bytes, Place, Shown], Iterator[Passage]]

MAX_BYTES = 500_000_000  # of one file in a compressed one; more counts as an attack
_DECLARES = (b"<!DOCTYPE", b"<!ENTITY")  # entities can hide text, and blow up
_PARAGRAPHS = ("}p", "}si")  # of Word and OpenDocument; a shared text of Excel


def paragraphs(data: bytes, place: Place) -> Iterator[Passage]:
    """Yield the paragraphs of an office document, where a word may be cut into several elements.

    Raises Unreadable if it is damaged, or declares entities.
    """
    if any(mark in data for mark in _DECLARES):
        raise Unreadable("it declares a document type, which may hide text")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError:
        raise Unreadable("it is damaged, or no XML") from None
    found = (element for element in root.iter() if element.tag.endswith(_PARAGRAPHS))
    for number, element in enumerate(found, start=1):
        within = place.within(f"paragraph {number}")
        yield Passage(within, "".join(element.itertext()))


def zipped(data: bytes, place: Place, shown: Shown, opened: Opened) -> Iterator[Passage]:
    """Yield every text in the files of a compressed one, as ``opened`` reads them, and their names.

    Raises Unreadable if it is damaged or locked, or one of its files cannot be read.
    """
    name = "its comment"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield Passage(place.within(name), archive.comment.decode(errors="replace"))
            for number, info in enumerate(archive.infolist(), start=1):
                seen = shown(info.filename)
                name = seen if seen == info.filename else f"file {number} {seen}"
                yield Passage(place.within(f"name of {name}"), info.filename, "label")
                remark = info.comment.decode(errors="replace")
                yield Passage(place.within(f"comment on {name}"), remark)
                if info.file_size > MAX_BYTES:
                    raise Unreadable("it holds a file that is too large to be looked into")
                if not info.is_dir():
                    member = archive.read(info)
                    yield from opened(info.filename, member, place.within(name), shown)
    except Unreadable as error:
        raise Unreadable(f"{name} in it: {error.what}") from None
    except BROKEN:
        raise Unreadable("it is damaged or locked, so that it cannot be opened") from None


def cells(data: bytes, place: Place, shown: Shown) -> Iterator[Passage]:
    """The cells of a workbook, hidden sheets and columns included. Raises Unreadable."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # a stray cell would add millions of empty ones
        sheets = [(sheet.title, list(sheet.iter_rows())) for sheet in book.worksheets]
    except (InvalidFileException, TypeError, AttributeError, SyntaxError, *BROKEN):
        raise Unreadable("it is damaged, or no workbook") from None
    for number, (title, rows) in enumerate(sheets, start=1):
        seen = shown(title)
        sheet_name = seen if seen == title else f"sheet {number} {seen}"
        yield Passage(place.within(f"name of {sheet_name}"), title, "label")
        for row in rows:
            for cell in row:
                if isinstance(cell.value, str | date | time):
                    within = place.within(f"{sheet_name}, {cell.coordinate}")
                    value = cell.value
                    yield Passage(within, value if isinstance(value, str) else value.isoformat())
