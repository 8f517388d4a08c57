"""CSV as spreadsheet programs save it: with commas, semicolons or tabs, in several encodings."""

from __future__ import annotations

import codecs
import csv
import io
import re

from pipeline.errors import StudyError
from pipeline.storage.borders.text import text_in
from pipeline.storage.borders.workbook import MAX_CELLS, CellRow, Page

GUESSED = (
    "The file is not saved as UTF-8; it was read as Windows-1252. Check that ä, ö and å are right."
)

_REMEDY = "Save it again as CSV UTF-8, or as an Excel workbook (.xlsx)."
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DELIMITERS = ";\t,"


def table_in(data: bytes, subject: str) -> tuple[Page, str]:
    """The non-empty rows of a CSV file, all as text; and a sentence for the user if its encoding
    was guessed, else "".

    Raises StudyError that names the line if it is not CSV.
    """
    text, note = _decoded(data, subject)
    if text.lstrip().startswith("<"):
        raise StudyError(f"{subject} is a web page, not CSV.", "Download the file itself again.")
    if says := re.match(r"sep=(.)\r?\n", text):  # a hint for Excel
        text = "\n" + text[says.end() :]
    header = text.strip("\r\n").partition("\n")[0]
    delimiter = says[1] if says else max(_DELIMITERS, key=header.count)
    page: Page = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    n_cells = 0
    try:
        for number, cells in enumerate(reader, start=1):
            n_cells += len(cells)
            if n_cells > MAX_CELLS:
                raise StudyError(
                    f"{subject} holds more than {MAX_CELLS:,} cells.",
                    "Copy the cells that are needed into a new file.",
                )
            if found := {at: cell for at, cell in enumerate(cells) if cell.strip()}:
                page.append(CellRow(number, {**found}))
    except csv.Error:
        raise StudyError(
            f"{subject} is no valid CSV: see line {reader.line_num}.", _REMEDY
        ) from None
    return page, note


def _decoded(data: bytes, subject: str) -> tuple[str, str]:
    note = ""
    try:
        if data.startswith(_UTF_16):
            text = data.decode("utf-16")
        else:
            try:
                text = data.decode("utf-8-sig")
            except UnicodeDecodeError:
                text, note = data.decode("cp1252"), GUESSED
    except UnicodeDecodeError:
        raise StudyError(f"{subject} is saved in an unknown encoding.", _REMEDY) from None
    return text_in(text.encode("utf-8", "surrogatepass"), subject, _REMEDY), note
