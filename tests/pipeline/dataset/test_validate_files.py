"""Files that are damaged, missing, in the wrong place or of another structure are found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from example_dataset import RECORDINGS, make_dataset, session_tables

from pipeline.dataset import files
from pipeline.dataset.validate import Problem, validate
from pipeline.stages import publish
from pipeline.tables import TABLES

S01 = "G01-S01.parquet"
FIRST = "G01-S01-T00001000"


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make_dataset(tmp_path / "dataset")


def change_columns(file: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(change(pq.read_table(file)), file)


def as_text(table: pa.Table, column: str) -> pa.Table:
    place = table.column_names.index(column)
    return table.set_column(place, column, table[column].cast(pa.string()))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda t: as_text(t, "start_s"), "the column start_s is of type string, not float64"),
        (lambda t: t.drop_columns(["kind"]), "the column kind is missing"),
        (
            lambda t: t.append_column("name", pa.array(["x"] * t.num_rows)),
            "there is an unexpected column 'name'",
        ),
        (
            lambda t: t.replace_schema_metadata(
                t.schema.metadata | {b"vuoro.schema_version": b"1"}
            ),
            "the schema version is not 4, which this vuoro reads",
        ),
        (lambda t: t.replace_schema_metadata({}), "the footer gives no schema version"),
    ],
)
def test_planted_error_of_structure_is_found(
    dataset: Path, change: Callable[[pa.Table], pa.Table], expected: str
) -> None:
    change_columns(dataset / "turns" / S01, change)
    assert Problem("turns", S01, expected) in validate(dataset)


def test_one_error_of_structure_does_not_hide_others_or_make_new_ones(dataset: Path) -> None:
    change_columns(dataset / "turns" / S01, lambda table: table.drop_columns(["kind"]))
    sure = pa.array([2.0, 0.8, 0.8, 0.8])
    change_columns(
        dataset / "words" / "G01-S02.parquet", lambda table: table.set_column(5, "confidence", sure)
    )
    assert [problem.message for problem in validate(dataset)] == [
        "the column kind is missing",
        "confidence is above 1 in G01-S02-T00000500 1",
    ]


@pytest.mark.parametrize("table", TABLES)
def test_damaged_file_is_found(dataset: Path, table: str) -> None:
    file = next((dataset / table).iterdir())
    file.write_bytes(file.read_bytes()[:-20])
    assert Problem(table, file.name, "the file is damaged") in validate(dataset)


@pytest.mark.parametrize("table", files.SESSION_TABLES)
def test_missing_file_of_a_session_is_found(dataset: Path, table: str) -> None:
    (dataset / table / S01).unlink()
    assert Problem(table, S01, "the file is missing") in validate(dataset)


def test_missing_people_are_found(dataset: Path) -> None:
    shutil.rmtree(dataset / "people")
    assert any("person_id refers to nothing" in problem.message for problem in validate(dataset))


def test_copied_file_is_found(dataset: Path) -> None:
    for table in files.SESSION_TABLES:
        shutil.copy(dataset / table / S01, dataset / table / "G01-S03.parquet")
    shutil.copy(dataset / "people" / "G01.parquet", dataset / "people" / "G02.parquet")
    found = {(problem.table, problem.file, problem.message) for problem in validate(dataset)}
    copy = "G01-S03.parquet"
    session = "the file does not hold the one session that it is named after"
    assert ("sessions", copy, session) in found
    turns = f"session_id is not what the file is named after: {FIRST} and 3 more"
    assert ("turns", copy, turns) in found
    people = "group_id is not what the file is named after: G01 H03 and 3 more"
    assert ("people", "G02.parquet", people) in found


def test_own_columns_that_differ_between_groups_are_found(dataset: Path) -> None:
    other = dataset / "people" / "G02.parquet"
    shutil.copy(dataset / "people" / "G01.parquet", other)
    change_columns(other, lambda table: table.drop_columns(["x_ala"]))
    message = "its own columns are not those of other files"
    assert Problem("people", "G02.parquet", message) in validate(dataset)


def test_one_group_is_held_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for group_id in ("G01", "G02", "G010"):
        recording = replace(RECORDINGS["G01-S02"], session_id=f"{group_id}-S02", group_id=group_id)
        publish.publish_session(tmp_path, session_tables("G01-S02", recording=recording), group_id)
    publish.publish_people(tmp_path)
    read: list[str] = []
    load = files.read
    monkeypatch.setattr(files, "read", lambda file: read.append(file.stem[:4]) or load(file))
    assert validate(tmp_path) == []
    assert [group for group, _ in groupby(stem.rstrip("-") for stem in read)] == [
        "G01", "G010", "G02",
    ]  # fmt: skip


def test_files_of_different_runs_are_found(dataset: Path) -> None:
    change_columns(
        dataset / "turns" / S01,
        lambda t: t.replace_schema_metadata(t.schema.metadata | {b"vuoro.source": b"older"}),
    )
    message = "the files of the session do not come from the same run"
    assert validate(dataset) == [Problem("sessions", S01, message)]
