"""Sheets for people, opened again as a spreadsheet program would."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.errors import StudyError
from pipeline.storage import sheets
from pipeline.storage.borders.workbook import workbook_in
from pipeline.storage.sheets import (
    GUIDE_SHEET,
    MAX_CHARACTERS,
    Answer,
    Column,
    Link,
    Row,
    Sheet,
    workbook,
)
from pipeline.study import Study, create
from pipeline.study.private_file import new_private_file
from pipeline.texts import Text

SHEET = Sheet(
    "Vuorot - Turns",
    (
        Column("place", "Kohta / Place", 9),
        Column("text", "Teksti / Text", 60, fill_in=True),
        Column("who", "Kuka / Who", fill_in=True, choices=("Äijö, M.", '"B"')),
        Column("mood", "Sävy / Mood", fill_in=True, choices=("ilo",), free=True),
    ),
    fixed_columns=1,
)
ROWS: list[Row] = [
    {"id": "T1", "place": 1, "text": "=1+1  on   kaksi", "who": "Äijö, M."},
    {"id": "T2", "place": 2.5, "text": "", "mood": "ilo"},
    {"id": "T3", "place": Link("kuuntele", "clips/a%20b.wav"), "text": "x" * 1000},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "sheet.xlsx"
    file.write_bytes(workbook((SHEET, ROWS), guide=(Text("# Sounds"), Text("{n} rows"))))
    return file


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path / "study")


def answers(file: Path) -> dict[str, Answer]:
    return {answer.id: answer for answer in sheets.answers(file, SHEET)}


def changed(answer: Answer) -> dict[str, str]:
    return {key: now for key in answer.cells if (now := answer.filled(key)) is not None}


def filled(file: Path, **cells: object) -> dict[str, Answer]:
    """The answers after these cells (C2=…) were filled in; None empties one."""
    book = load_workbook(file)
    for at, value in cells.items():
        book[SHEET.name][at].value = value  # type: ignore[union-attr]
    book.save(file)
    return answers(file)


def page(file: Path) -> Worksheet:
    return load_workbook(file)[SHEET.name]


def test_untouched_sheet_holds_no_changes(file: Path) -> None:
    found = answers(file)
    assert [(a.id, a.number) for a in found.values()] == [("T1", 2), ("T2", 3), ("T3", 4)]
    assert found["T1"].cells == {"text": "=1+1 on kaksi", "who": "Äijö, M.", "mood": ""}
    assert all(changed(answer) == {} for answer in found.values())


def test_cells_that_were_changed(file: Path) -> None:
    found = filled(file, B2="muu", C2=None, B3=2015.0, D3=0, B4="x" * 999)
    assert changed(found["T1"]) == {"text": "muu", "who": ""}
    assert changed(found["T2"]) == {"text": "2015", "mood": "0"}
    assert changed(found["T3"]) == {"text": "x" * 999}


def test_other_spaces_are_no_change(file: Path) -> None:
    assert changed(filled(file, B2=" =1+1 on\nkaksi ", D3="ilo ")["T1"]) == {}


def test_rows_may_be_sorted_and_removed_and_columns_moved(file: Path) -> None:
    book = load_workbook(file)
    sheet = book[SHEET.name]
    assert isinstance(sheet, Worksheet)
    rows = [[cell.value for cell in row][::-1] for row in sheet.iter_rows()]
    sheet.delete_rows(1, sheet.max_row)
    rows[2][rows[0].index("Kuka / Who")] = '"B"'
    for row in (rows[0], [None], rows[2], rows[1]):
        sheet.append([*row, "oma"] if row != [None] else row)
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    book.save(file)
    found = answers(file)
    assert [(a.id, a.number) for a in found.values()] == [("T2", 3), ("T1", 4)]
    assert (changed(found["T1"]), changed(found["T2"])) == ({}, {"who": '"B"'})


def test_no_text_is_a_formula_and_every_cell_is_text_to_fill_in(file: Path) -> None:
    sheet = page(file)
    assert (sheet["B2"].data_type, sheet["B2"].value) == ("s", "=1+1  on   kaksi")
    assert sheet["B2"].number_format == "@" and sheet["A2"].number_format == "General"
    assert sheet["B3"].fill.fgColor.rgb != sheet["A3"].fill.fgColor.rgb


def test_a_header_that_stays_a_filter_over_all_and_hidden_columns(file: Path) -> None:
    sheet = page(file)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:F4")
    shown = {str(sheet[f"{c}1"].value): w.hidden for c, w in sheet.column_dimensions.items()}
    hidden = [title for title, is_hidden in shown.items() if is_hidden]
    assert hidden == ["Tunnus / Row id", "Alkuperäinen / As written"]


def test_a_link_opens_a_file(file: Path) -> None:
    cell = page(file)["A4"]
    assert cell.value == "kuuntele" and cell.hyperlink is not None
    assert cell.hyperlink.target == "clips/a%20b.wav"


def test_choices_may_hold_anything(file: Path) -> None:
    book = load_workbook(file)
    offered = {}
    for rule in page(file).data_validations.dataValidation:
        name, _, place = str(rule.formula1).partition("!")
        values = [cell.value for (cell,) in book[name.strip("'")][place.replace("$", "")]]
        offered[str(rule.sqref)] = (values, rule.showErrorMessage)
    assert offered == {"C2:C4": (["Äijö, M.", '"B"'], True), "D2:D4": (["ilo"], False)}


def test_the_guide_has_a_line_a_paragraph(file: Path) -> None:
    guide = load_workbook(file)["Ohje - Guide"]
    assert [cell.value for (cell,) in guide.iter_rows()] == [
        "Sounds", "3 rows", "Sounds", "3 rows",
    ]  # fmt: skip
    assert guide["A1"].font.b and not guide["A2"].font.b


def test_a_form_has_no_hidden_columns_and_drop_downs_for_rows_to_come(tmp_path: Path) -> None:
    form = Sheet("members", (Column("role", "role", choices=("leader",)),), form=True)
    data = workbook((form, [{"role": "leader"}]))
    rows = workbook_in(data, "The form")["members"]
    assert [row.cells for row in rows] == [{0: "role"}, {0: "leader"}]
    (tmp_path / "form.xlsx").write_bytes(data)
    (rule,) = load_workbook(tmp_path / "form.xlsx")["members"].data_validations.dataValidation
    assert str(rule.sqref) == "A2:A200"


def test_a_text_that_is_too_long_for_a_cell_is_cut_and_counts_as_untouched(tmp_path: Path) -> None:
    file = tmp_path / "long.xlsx"
    file.write_bytes(workbook((SHEET, [{"id": "T1", "text": "ä" * 40_000}])))
    answer = answers(file)["T1"]
    assert len(answer.cells["text"]) == MAX_CHARACTERS and changed(answer) == {}


def test_a_problem_says_row_and_column() -> None:
    sentence = SHEET.problem(7, "who", "choose from the list")
    assert sentence == "Row 7, Kuka / Who: choose from the list."


def test_what_is_no_such_sheet(file: Path, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no workbook with a sheet 'Toinen'"):
        sheets.answers(file, Sheet("Toinen", ()))
    (tmp_path / "b.xlsx").write_bytes(b"text")
    with pytest.raises(StudyError, match="no Excel workbook"):
        sheets.answers(tmp_path / "b.xlsx", SHEET)


def test_sheet_without_a_column_is_refused(file: Path) -> None:
    with pytest.raises(StudyError, match="lacks the column 'Kuka / Who'"):
        filled(file, C1="Joku")
    with pytest.raises(StudyError, match="lacks the column 'Tunnus / Row id'"):
        filled(file, C1="Kuka / Who", E1=None)


def test_a_column_that_is_there_twice(file: Path) -> None:
    with pytest.raises(StudyError, match="has the column 'Kuka / Who' twice"):
        filled(file, G1="Kuka / Who")


def test_a_formula_without_a_value_is_named_by_row(file: Path) -> None:
    with pytest.raises(StudyError, match="Row 3, Teksti / Text: the cell holds a formula without"):
        filled(file, B3='=UPPER("a")')


def test_what_looks_like_an_escaped_character_comes_back_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "escaped.xlsx"
    file.write_bytes(workbook((SHEET, [{"id": "T1", "text": "a_x0041_b"}])))
    answer = answers(file)["T1"]
    assert answer.cells["text"] == "a_x0041_b" and changed(answer) == {}


def test_a_hidden_column_that_was_written_over(file: Path) -> None:
    with pytest.raises(StudyError, match="Row 3 of the sheet has lost"):
        filled(file, F3="[1]")


@pytest.mark.parametrize("place", ["dataset/a.xlsx", "a.xlsx", "inbox/a.xlsx", "link/a.xlsx"])
def test_what_identifies_people_stays_out_of_the_study_but_private(
    study: Study, place: str
) -> None:
    (study.private / "link").symlink_to(study.dataset)
    root = study.private if place.startswith("link") else study.root
    with pytest.raises(StudyError, match="private/ only"):
        new_private_file(study, root / place)


def test_where_what_identifies_people_may_be(study: Study, tmp_path: Path) -> None:
    for file in (tmp_path / "a.xlsx", study.private / "a.xlsx"):
        assert new_private_file(study, file) == file
        file.touch()
        with pytest.raises(StudyError, match="already exists"):
            new_private_file(study, file)


def test_rows_and_the_guide_are_high_enough_for_their_wrapped_texts() -> None:
    sheet = Sheet("Rivit", (Column("text", "Teksti", 20), Column("n", "Nro", 5)))
    long = "sana " * 60  # 300 characters in a column of 20
    data = workbook((sheet, [{"text": long, "n": 1, "id": "a"}, {"text": "lyhyt", "id": "b"}]),
                    guide=(Text("# Ohje"), Text("sana " * 100)))  # fmt: skip
    book = load_workbook(io.BytesIO(data))
    heights = [book["Rivit"].row_dimensions[n].height for n in (2, 3)]
    assert heights[0] >= 15 * 15 and heights[1] < 30
    assert book[GUIDE_SHEET].row_dimensions[2].height >= 5 * 15
