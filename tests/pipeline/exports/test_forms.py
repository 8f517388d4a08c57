"""Every form, read back by a program of its own kind, is what the Parquet files are."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyreadstat
import pytest
import rdata
from example_dataset import make_dataset
from openpyxl import load_workbook

from pipeline.dataset import files
from pipeline.exports.forms import FORMS
from pipeline.exports.write import export
from pipeline.tables import TABLES

Row = dict[str, Any]

# By hand: codes are numbered in the order of the declaration.
CODES = {
    "kind": {"meeting": 1, "group_interview": 2, "turn": 1, "minimal_response": 2},
    "role": {"leader": 1, "facilitator": 2, "participant": 3, "interviewer": 4, "unknown": 5},
    "identity": {"roster": 1, "voice": 2, "unknown": 3},
    "consent": {"yes": 1, "no": 2, "unknown": 3},
    "identified_by": {"human": 1, "voice": 2, "new": 3, "unknown": 4},
}
CODES |= {"from_role": CODES["role"], "to_role": CODES["role"]}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_dataset(tmp_path_factory.mktemp("study") / "dataset")


@pytest.fixture(scope="module")
def exports(dataset: Path) -> Path:
    assert export(dataset, dataset.parent / "exports", FORMS) == []
    return dataset.parent / "exports"


def published(dataset: Path, name: str) -> list[Row]:
    """The rows as Parquet has them, lists as text."""
    return [
        {k: ("; ".join(v) or None) if isinstance(v, list) else v for k, v in row.items()}
        for file in files.files(dataset, name)
        for row in files.read(file).to_pylist()
    ]


def coded(rows: list[Row]) -> list[list[Any]]:
    """The values, with numbers for words and for yes and no."""

    def code(name: str, value: Any) -> Any:
        if isinstance(value, bool):
            return int(value)
        return CODES.get(name, {}).get(value, value) if isinstance(value, str) else value

    return [[code(name, value) for name, value in row.items()] for row in rows]


def values(frame: pd.DataFrame) -> list[list[Any]]:
    return [list(row.values()) for row in shown(frame)]


def shown(frame: pd.DataFrame) -> list[Row]:
    """The rows of a data frame; what is missing is None, and so is an empty text."""
    return [
        {str(k): None if pd.isna(v) or v == "" else v for k, v in row.items()}
        for row in frame.to_dict("records")
    ]


@pytest.mark.parametrize("name", TABLES)
def test_csv_read_by_pandas(dataset: Path, exports: Path, name: str) -> None:
    digest = {"settings_digest": str}  # 5e771265 might be a number
    frame = pd.read_csv(exports / "csv" / f"{name}.csv", dtype=digest)
    assert shown(frame) == published(dataset, name)


@pytest.mark.parametrize("name", TABLES)
def test_csv_read_by_duckdb(dataset: Path, exports: Path, name: str) -> None:
    types = "header=true, types={'settings_digest': 'VARCHAR'}" if name == "sessions" else ""
    query = f"FROM read_csv('{exports}/csv/{name}.csv', {types or 'header=true'})"
    cursor = duckdb.connect().execute(query)
    columns = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    assert rows == published(dataset, name)


def test_csv_tells_what_is_missing_from_what_is_empty(exports: Path) -> None:
    data = (exports / "csv" / "people.csv").read_bytes()
    assert data.startswith(b'\xef\xbb\xbf"person_id",')
    assert (
        '"H07","G01","leader","roster","yes",2,2,9.45,"järjestö",12' in data.decode().splitlines()
    )
    assert '"H11","G01","participant","voice","unknown",2,1,2.55,,' in data.decode().splitlines()
    attendance = (exports / "csv" / "attendance.csv").read_text("utf-8-sig")
    assert '"facilitator",false,,,,,' in attendance


@pytest.mark.parametrize("name", TABLES)
def test_xlsx_read_by_openpyxl(dataset: Path, exports: Path, name: str) -> None:
    book = load_workbook(exports / "xlsx" / "dataset.xlsx")
    header, *rows = book[name].iter_rows(values_only=True)
    assert [dict(zip(header, row, strict=True)) for row in rows] == published(dataset, name)


def test_xlsx_has_the_dictionary_with_the_studys_own_columns_and_frozen_headers(
    exports: Path, dataset: Path
) -> None:
    book = load_workbook(exports / "xlsx" / "dataset.xlsx")
    assert book.sheetnames == [*TABLES, "dictionary"]
    assert {sheet.freeze_panes for sheet in book.worksheets} == {"A2"}
    header, *rows = book["dictionary"].iter_rows(values_only=True)
    published = list(csv.reader((dataset / "dictionary.csv").open(encoding="utf-8-sig")))
    assert [list(header), *([value or "" for value in row] for row in rows)] == published
    assert ("people", "x_ala") in {(row[0], row[1]) for row in rows}


READERS: dict[str, Callable[..., Any]] = {"sav": pyreadstat.read_sav, "dta": pyreadstat.read_dta}


@pytest.mark.parametrize("language", ["fi", "en"])
@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("name", TABLES)
def test_spss_and_stata_read_by_pyreadstat(
    dataset: Path, exports: Path, name: str, form: str, language: str
) -> None:
    frame, _ = READERS[form](exports / form / language / f"{name}.{form}")
    assert values(frame) == coded(published(dataset, name))


@pytest.mark.parametrize("name", TABLES)
def test_stata_read_by_pandas(dataset: Path, exports: Path, name: str) -> None:
    frame = pd.read_stata(exports / "dta" / "en" / f"{name}.dta", convert_categoricals=False)
    assert values(frame) == coded(published(dataset, name))


@pytest.mark.parametrize("form", READERS)
def test_variables_and_values_are_labelled_in_both_languages(exports: Path, form: str) -> None:
    _, fi = READERS[form](exports / form / "fi" / f"people.{form}")
    _, en = READERS[form](exports / form / "en" / f"people.{form}")
    assert fi.variable_value_labels["role"] == {
        1: "vetäjä", 2: "fasilitaattori", 3: "osallistuja", 4: "haastattelija", 5: "ei tiedossa",
    }  # fmt: skip
    assert en.variable_value_labels["identity"] == {1: "from the roster", 2: "by voice",
                                                    3: "unknown"}  # fmt: skip
    assert fi.column_names_to_labels["group_id"] == "Henkilön ryhmä."
    assert en.column_names_to_labels["group_id"] == "The person's group."
    assert fi.column_names_to_labels["speech_s"].endswith("ilman taukoja. [s]")
    long = en.column_names_to_labels["identity"]
    assert long.endswith(
        "of one session alone." if form == "sav" else "group's roster; told from the…"
    )
    _, attendance = READERS[form](exports / form / "fi" / f"attendance.{form}")
    assert attendance.variable_value_labels["present"] == {0: "ei", 1: "kyllä"}


@pytest.mark.parametrize("name", TABLES)
def test_rds_read_by_rdata(dataset: Path, exports: Path, name: str) -> None:
    frame = rdata.read_rds(exports / "rds" / f"{name}.rds")
    assert shown(frame) == published(dataset, name)
    assert [*frame.index] == [str(number) for number in range(1, len(frame) + 1)]


def test_rds_has_the_types_of_the_declaration_also_where_all_is_missing(exports: Path) -> None:
    frames = {name: rdata.read_rds(exports / "rds" / f"{name}.rds") for name in TABLES}
    assert frames["sessions"].interviewer.isna().all()
    types = {"string": "string", "list<string>": "string", "int32": "Int32", "bool": "boolean",
             "float64": "float64"}  # fmt: skip
    for name, table in TABLES.items():
        for column in table.columns:
            assert frames[name][column.name].dtype == types[column.type], column.name
