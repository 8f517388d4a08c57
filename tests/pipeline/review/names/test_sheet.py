"""The workbook itself, opened again as a person or a spreadsheet would."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.errors import StudyError
from pipeline.pseudonymisation.entities import Entity
from pipeline.review.names.candidates import NameRow
from pipeline.review.names.sheet import SHEET, answers, as_workbook

ENTITY = Entity("person", 7, ("pekka",), verdict="keep", category="kollega", note="=1+1")
ROWS = [
    NameRow(
        "new nikula", "capital", "person", None, (("Nikula", 2),), 2, 1, ("G01-S01: «Nikula»",)
    ),
    NameRow(
        "person 7",
        "judged",
        "person",
        ENTITY,
        tuple((f"Pekka{i}", 20 - i) for i in range(14)),
        40,
        3,
        ("=cmd|' /C calc'!A0 «Pekka»", "G01-S02: «Pek\x07ka»"),
        ("capital", "entity"),
    ),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "names.xlsx"
    file.write_bytes(as_workbook(ROWS))
    return file


def opened(file: Path) -> tuple[Workbook, Worksheet]:
    book = load_workbook(file)
    return book, book[SHEET.name]


def column(sheet: Worksheet, name: str) -> int:
    return [cell.value for cell in sheet[1]].index(SHEET.title(name)) + 1


def shown(sheet: Worksheet, row: int) -> dict[str, object]:
    return {str(cell.value): sheet.cell(row, i).value for i, cell in enumerate(sheet[1], start=1)}


def test_a_row_shows_what_is_known(file: Path) -> None:
    _, sheet = opened(file)
    new, known = shown(sheet, 2), shown(sheet, 3)
    assert new["Jono / Queue"] == "1 iso kirjain jäi / capital left"
    assert new["Peitetunnus / Pseudonym"] == "uusi / new"
    assert (new["Muodot / Variants"], new["Kerrat / Count"]) == ("Nikula ×2", 2)
    assert new["Päätös / Decision"] is None and new["Tyyppi / Type"] == "henkilö / person"
    assert known["Peitetunnus / Pseudonym"] == "Henkilö 7"
    assert known["Päätös / Decision"] == "jätä / keep"
    assert known["Luokka / Category"] == "kollega"
    assert known["Löysi / Found by"] == "capital, entity"
    assert str(known["Muodot / Variants"]).endswith("; … (+2)")


def test_nothing_that_was_said_becomes_a_formula(file: Path) -> None:
    _, sheet = opened(file)
    formulas = [
        cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    ]
    assert formulas == []
    assert str(sheet.cell(3, column(sheet, "excerpt_1")).value).startswith("=cmd|")
    assert sheet.cell(3, column(sheet, "excerpt_2")).value == "G01-S02: «Pekka»"


def test_the_sheet_is_ready_to_work_in(file: Path) -> None:
    book, sheet = opened(file)
    assert book.sheetnames == [SHEET.name, "Ohje - Guide", "Luettelot - Lists"]
    assert book["Luettelot - Lists"].sheet_state == "hidden"
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref == "A1:Q3"
    hidden = [letter for letter, width in sheet.column_dimensions.items() if width.hidden]
    assert {str(sheet[f"{letter}1"].value) for letter in hidden} == {
        SHEET.title("id"),
        SHEET.title("written"),
    }
    excerpt = sheet.cell(2, column(sheet, "excerpt_1"))
    assert excerpt.alignment.wrap_text
    assert sheet.column_dimensions[excerpt.column_letter].width == 42


def test_decisions_are_chosen_from_lists_and_categories_are_free(file: Path) -> None:
    book, sheet = opened(file)
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    offered = {}
    for cells, rule in rules.items():
        name, _, place = str(rule.formula1).partition("!")
        values = [cell.value for (cell,) in book[name.strip("'")][place.replace("$", "")]]
        offered[str(sheet[f"{cells[0]}1"].value)] = (cells[1:3], rule.showErrorMessage, values)
    assert offered["Päätös / Decision"] == (
        "2:",
        True,
        ["peitä / mask", "jätä / keep", "ei nimi / not a name"],
    )
    assert offered["Tyyppi / Type"][1:] == (
        True,
        [
            *("henkilö / person", "organisaatio / organisation", "paikka / place"),
            *("yhteystieto / contact", "tunniste / identifier"),
        ],
    )
    assert offered["Luokka / Category"][1] is False
    assert "keskisuuri kaupunki" in offered["Luokka / Category"][2]


def test_the_guide_is_in_finnish_first_and_says_how_many(file: Path) -> None:
    guide = [str(cell.value) for (cell,) in opened(file)[0]["Ohje - Guide"].iter_rows()]
    assert guide[0] == "Nimien tarkistus" and "2 riviä" in guide[1]
    assert guide.index("Reviewing names") > guide.index("Nimien tarkistus")
    assert not any("{" in line for line in guide)


def test_a_sheet_that_nobody_filled_in_says_nothing(file: Path) -> None:
    found = answers(file)
    assert [(answer.number, answer.id) for answer in found] == [(2, "new nikula"), (3, "person 7")]
    assert all(answer.filled(c) is None for answer in found for c in answer.cells)


def test_only_changed_cells_count_wherever_the_rows_are(file: Path) -> None:
    book, sheet = opened(file)
    sheet.cell(3, column(sheet, "note")).value = 2015.0
    sheet.cell(3, column(sheet, "category")).value = None
    sheet.insert_cols(1)
    sheet.insert_rows(2, 3)
    book.save(file)
    answer = next(answer for answer in answers(file) if answer.id == "person 7")
    assert answer.number == 6
    changed = {c: answer.filled(c) for c in answer.cells if answer.filled(c) is not None}
    assert changed == {"note": "2015", "category": ""}


@pytest.mark.parametrize("data", [b"", b"Jono;Nimike\r\n", b"PK\x05\x06" + bytes(18)])
def test_file_that_is_no_workbook_is_refused_without_its_name(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "Pekka.xlsx"
    file.write_bytes(data)
    with pytest.raises(StudyError, match="no Excel workbook") as caught:
        answers(file)
    assert "Pekka" not in str(caught.value)


def test_workbook_without_a_sheet_of_names_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    Workbook().save(out)
    (tmp_path / "other.xlsx").write_bytes(out.getvalue())
    with pytest.raises(StudyError, match="no workbook with a sheet"):
        answers(tmp_path / "other.xlsx")


def test_a_column_that_was_removed(file: Path) -> None:
    book, sheet = opened(file)
    sheet.delete_cols(column(sheet, "merge"))
    book.save(file)
    with pytest.raises(StudyError, match="lacks the column 'Yhdistä / Merge into'"):
        answers(file)


def test_a_hidden_column_that_was_written_over(file: Path) -> None:
    book, sheet = opened(file)
    sheet.cell(3, column(sheet, "written")).value = "peitä"
    book.save(file)
    with pytest.raises(StudyError, match="Row 3 of the sheet has lost"):
        answers(file)
