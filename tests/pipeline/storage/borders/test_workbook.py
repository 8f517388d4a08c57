"""Workbooks from other programs, strange and hostile ones: read as they are, or one sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import Workbook

from pipeline.errors import StudyError
from pipeline.storage.borders.table import GUESSED, table_in
from pipeline.storage.borders.workbook import Broken, workbook_in

SHEET = "xl/worksheets/sheet1.xml"
STRICT = (
    (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
     b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
    (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
     b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
)  # fmt: skip


def saved(*rows: list[object], change: Callable[[Workbook], object] = lambda book: None) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    change(book)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def rewritten(data: bytes, changed: Callable[[str, bytes], bytes | None]) -> bytes:
    """The same workbook with its parts changed; one of which None is made is left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            if (part := changed(name, old.read(name))) is not None:
                new.writestr(name, part)
    return out.getvalue()


def with_sheet(xml: bytes) -> bytes:
    whole = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + xml
    return rewritten(saved(["name"]), lambda name, part: whole if name == SHEET else part)


def cells(data: bytes) -> list[dict[int, object]]:
    (page,) = workbook_in(data, "It").values()
    return [{**row.cells} for row in page]


def test_every_kind_of_value() -> None:
    moment = datetime(2015, 3, 12, 18, 30)
    row = ["äiti", 3, 2.5, True, moment, time(9, 5), timedelta(hours=30), "", "  ", None, "x"]
    assert cells(saved(["a"], row))[1] == {
        **{0: "äiti", 1: 3, 2: 2.5, 3: True, 4: moment, 5: time(9, 5), 6: timedelta(hours=30)},
        10: "x",
    }


def test_shared_texts_in_runs_with_escapes_and_readings() -> None:
    parts = {
        SHEET: b'<worksheet><sheetData><row><c t="s"><v>0</v></c></row></sheetData></worksheet>',
        "docProps/app.xml": b"<sst><si><r><t>Ai</t></r><r><t>no_x000D_</t></r><rPh><t>kana</t>"
        b"</rPh></si></sst>",
        "xl/_rels/workbook.xml.rels": b'<a><Relationship Id="rId1" Type="x/worksheet" '
        b'Target="/xl/worksheets/sheet1.xml"/><Relationship Id="t" Type="x/sharedStrings" '
        b'Target="../docProps/app.xml"/></a>',
    }
    assert cells(rewritten(saved(["a"]), lambda name, part: parts.get(name, part))) == [
        {0: "Aino\r"}
    ]


def test_strict_open_xml_is_read() -> None:
    def strict(name: str, part: bytes) -> bytes:
        for before, after in STRICT:
            part = part.replace(before, after)
        return part

    assert cells(rewritten(saved(["name"], ["Aino"]), strict)) == [{0: "name"}, {0: "Aino"}]


def test_a_stray_cell_in_the_last_row_costs_nothing() -> None:
    page = workbook_in(
        with_sheet(
            b'<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
            b'<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>'
        ),
        "It",
    )
    assert [(row.number, row.cells) for row in page["Sheet"]] == [
        (1, {0: 1}),
        (1_048_576, {16_383: 2}),
    ]


def test_formulas_errors_and_impossible_dates_are_told_apart() -> None:
    def formulas(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet["A2"] = '=PROPER("aino")'
        sheet["B2"] = "#N/A"
        sheet["C2"] = -1
        sheet["C2"].number_format = "d.m.yyyy"

    assert cells(saved(["a", "b", "c"], change=formulas))[1] == {
        0: Broken("a formula without its value"),
        1: Broken("an error of a formula"),
        2: Broken("a date that does not exist"),
    }


def test_merged_cells_go_for_all_rows_but_not_for_headers_or_other_columns() -> None:
    def merge(book: Workbook) -> None:
        for ref in ("A1:A2", "B2:B4", "C2:D2"):
            book.worksheets[0].merge_cells(ref)

    rows = [["name", "group", "c", "d"], [None, "Tupa", "x"], ["Väinö"], ["Åke"]]
    assert cells(saved(*rows, change=merge)) == [
        {0: "name", 1: "group", 2: "c", 3: "d"},
        {1: "Tupa", 2: "x"},
        {0: "Väinö", 1: "Tupa"},
        {0: "Åke", 1: "Tupa"},
    ]


def test_dates_of_the_other_epoch_and_in_iso() -> None:
    data = with_sheet(
        b'<sheetData><row><c t="d"><v>2015-03-12</v></c><c t="d"><v>no date</v></c></row>'
        b"</sheetData></worksheet>"
    )
    assert cells(data) == [{0: date(2015, 3, 12), 1: Broken("a date that does not exist")}]


def zip_of(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            # written in 1980: what a test is called by holds these bytes
            archive.writestr(zipfile.ZipInfo(name.replace("__", "/")), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "It is no Excel workbook (.xlsx)."),
        (b"name;role", "It is no Excel workbook (.xlsx)."),
        (OLE, "It is an Excel workbook of the old kind (.xls)."),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "It has a password."),
        (zip_of(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "It is a LibreOffice"),
        (zip_of(word__document=b""), "It is no Excel workbook (.xlsx)."),
        (zip_of(a=b"b")[:-30], "It is damaged: it cannot be opened whole."),
        (with_sheet(b"<sheetData><row><c r='A0'"), "It is damaged: it cannot be opened whole."),
        (with_sheet(b"<sheetData><row><c r='A0'><v>1</v></c>"), "It is damaged: a cell of it"),
        (with_sheet(b"<sheetData><row r='9999999'>"), "It is damaged: a cell of it"),
        (with_sheet(b"<sheetData><row><c t='s'><v>77</v></c>"), "It is damaged: a cell of it"),
    ],
)
def test_file_that_is_no_workbook_is_called_what_it_is(data: bytes, sentence: str) -> None:
    with pytest.raises(StudyError) as raised:
        workbook_in(data, "It")
    assert raised.value.what.startswith(sentence) and raised.value.remedy


@pytest.mark.parametrize(
    ("limit", "xml", "sentence"),
    [
        ("archive.MAX_TEXT", b"<sheetData><row><c><is><t>" + b" " * 40_000, "one cell"),
        ("archive.MAX_TEXT", b"<sheetData>" + b" " * 40_000_000, "one cell"),
        ("archive.MAX_ELEMENTS", b"<sheetData>" + b"<a/>" * 2_000, "far more than fits"),
        ("archive.MAX_EXPANDED", b'<a b="' + b"a" * 2_000_000, "far more than fits"),
        ("workbook.MAX_CELLS", b"<sheetData>" + b"<row><c><v>1</v></c></row>" * 2_000, "cells"),
    ],
)
def test_bombs_are_bounded(
    monkeypatch: pytest.MonkeyPatch, limit: str, xml: bytes, sentence: str
) -> None:
    if limit != "archive.MAX_TEXT":
        monkeypatch.setattr(f"pipeline.storage.borders.{limit}", 1_000)
    with pytest.raises(StudyError, match=sentence):
        workbook_in(with_sheet(xml), "It")


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    data = rewritten(saved(["a"]), lambda name, part: bomb if name == SHEET else part)
    with pytest.raises(StudyError, match="damaged"):
        workbook_in(data, "It")


@pytest.mark.parametrize(
    ("encoding", "mark", "guessed"),
    [("utf-8", b"", ""), ("utf-8", b"\xef\xbb\xbf", ""), ("utf-16", b"", ""),
     ("cp1252", b"", GUESSED)],
)  # fmt: skip
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_of_any_program(delimiter: str, encoding: str, mark: bytes, guessed: str) -> None:
    text = f"name{delimiter}role\r\n\r\nÅke{delimiter}\r\n".encode(encoding)
    page, note = table_in(mark + text, "It")
    assert [(row.number, row.cells) for row in page] == [
        (1, {0: "name", 1: "role"}),
        (3, {0: "Åke"}),
    ]
    assert note == guessed


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'name;role\n"Aino', "is no valid CSV: see line 2"),
        (b"name\n\x81\x8d", "unknown encoding"),
        (b"name\0", "a character in line 1 that is no text"),
        (b";" * 300_000, "more than 200,000 cells"),
    ],
)
def test_what_is_no_csv(data: bytes, sentence: str) -> None:
    with pytest.raises(StudyError, match=sentence):
        table_in(data, "It")
