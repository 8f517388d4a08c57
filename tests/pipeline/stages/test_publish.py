"""From the records of a session to files, and from the files to what a reader sees."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from example_dataset import (
    BACKGROUND,
    CASTS,
    EXPECTED,
    conversation,
    make_dataset,
    masked_turn,
    publish_dataset,
    session_tables,
    tables_of,
    turn,
)

from pipeline import __version__
from pipeline.dataset import files
from pipeline.dataset.validate import validate
from pipeline.errors import DatasetError, DiskFullError
from pipeline.records import Cast, MaskedConversation, Person
from pipeline.stages import publish
from pipeline.tables import TABLES


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make_dataset(tmp_path / "dataset")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def times(folder: Path) -> dict[Path, int]:
    return {file: file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file()}


def footer(file: Path) -> dict[str, str]:
    return {k.decode(): v.decode() for k, v in pq.read_metadata(file).metadata.items()}


def tables_with(cast: Cast, masked: MaskedConversation) -> dict[str, list[dict[str, Any]]]:
    tables = session_tables("G01-S01", cast=cast, masked=masked)
    return {name: table.to_pylist() for name, table in tables.items()}


# --- rows -----------------------------------------------------------------------------------


def rows(dataset: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a table, file by file."""
    return [row for file in files.files(dataset, name) for row in files.read(file).to_pylist()]


@pytest.mark.parametrize("name", TABLES)
def test_rows_are_those_counted_by_hand(dataset: Path, name: str) -> None:
    counted = EXPECTED[name]
    made = [{column: row[column] for column in counted[0]} for row in rows(dataset, name)]
    assert made == counted


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_counted_by_hand_but_resampled_intervals(name: str) -> None:
    resampled = {c for c in TABLES[name].schema().names if c.endswith(("_low", "_high"))}
    own = {c for c in EXPECTED[name][0] if c.startswith("x_")}
    assert set(EXPECTED[name][0]) - own == set(TABLES[name].schema().names) - resampled


@pytest.mark.parametrize("name", files.SESSION_TABLES)
def test_tables_have_the_declared_schema(name: str) -> None:
    made = tables_of("G01-S01")[name].replace_schema_metadata(None)
    assert made.schema.equals(TABLES[name].schema(), check_metadata=True)


@pytest.mark.parametrize("name", TABLES)
def test_files_have_the_declared_columns(dataset: Path, name: str) -> None:
    for file in files.files(dataset, name):
        table = files.read(file)
        assert table.column_names[: len(TABLES[name].schema())] == TABLES[name].schema().names
        assert TABLES[name].structure_problems(table) == []


def test_ids_of_turns_that_start_together_stay_apart() -> None:
    starts = (1.0, 1.0, 1.001, 1.0015)
    turns = tuple(masked_turn(turn("SPEAKER_00", start, 5.0)) for start in starts)
    made = tables_with(CASTS["G01-S01"], MaskedConversation(turns, ()))["turns"]
    assert [row["turn_id"][-4:] for row in made] == ["1000", "1001", "1002", "1003"]


def test_turns_are_numbered_by_their_start() -> None:
    turns = tuple(masked_turn(turn("SPEAKER_00", start, 9.0)) for start in (3.0, 1.0, 2.0))
    made = tables_with(CASTS["G01-S01"], MaskedConversation(turns, ()))["turns"]
    assert [(row["turn_number"], row["start_s"]) for row in made] == [(1, 1.0), (2, 2.0), (3, 3.0)]


def test_two_labels_of_one_person_do_not_overlap_each_other() -> None:
    cast = Cast((Person("A", "H01", "leader", 1.0), Person("B", "H01", "leader", 1.0)))
    turns = (masked_turn(turn("A", 0.0, 2.0, overlap_s=1.0, overlapped_by=("B",))),)
    made = tables_with(cast, MaskedConversation(turns, ()))
    assert made["turns"][0]["overlapped_by"] == []
    assert made["sessions"][0]["n_people"] == 1


def test_rounding_keeps_a_word_and_a_pause_within_the_turn() -> None:
    whole = turn("SPEAKER_00", 1.00049, 2.00051, overlap_s=1.0006, pause_s=1.0016)
    row = tables_with(CASTS["G01-S01"], MaskedConversation((masked_turn(whole),), ()))["turns"][0]
    assert (row["start_s"], row["end_s"], row["duration_s"]) == (1.0, 2.001, 1.001)
    assert (row["overlap_s"], row["pause_s"]) == (1.001, 1.001)


def test_a_session_without_speech_is_a_session(tmp_path: Path) -> None:
    silent = replace(conversation("G01-S02"), language=None, speech_s=0, overlap_s=0, silence_s=8.5)
    tables = session_tables("G01-S02", silent, cast=Cast(()), masked=MaskedConversation((), ()))
    assert publish.publish_session(tmp_path, tables, "source")
    publish.publish_people(tmp_path)
    assert validate(tmp_path) == []
    assert len(pd.read_parquet(tmp_path / "turns")) == 0
    assert len(pd.read_parquet(tmp_path / "dynamics_session")) == 1


# --- readers --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_pyarrow_reads_a_table_as_one_data_set(dataset: Path, name: str) -> None:
    table = ds.dataset(dataset / name).to_table()
    assert sorted(table.to_pylist(), key=str) == sorted(rows(dataset, name), key=str)


@pytest.mark.parametrize("name", TABLES)
def test_pandas_reads_a_table_as_one_data_set(dataset: Path, name: str) -> None:
    frame = pd.read_parquet(dataset / name)
    made = rows(dataset, name)
    assert list(frame.columns) == list(made[0])
    for column in frame.columns:
        for value, row in zip(frame[column], made, strict=True):
            wanted = row[column]
            if wanted is None:
                assert pd.isna(value)
            else:
                assert (list(value) if isinstance(wanted, list) else value) == wanted


@pytest.mark.parametrize("name", TABLES)
def test_duckdb_reads_a_table_as_one_data_set(dataset: Path, name: str) -> None:
    order = ", ".join(TABLES[name].key)
    query = f"SELECT * FROM read_parquet('{dataset / name}/*.parquet') ORDER BY {order}"
    cursor = duckdb.connect().execute(query)
    names = [column[0] for column in cursor.description or ()]
    assert [dict(zip(names, row, strict=True)) for row in cursor.fetchall()] == rows(dataset, name)


def test_tables_join(dataset: Path) -> None:
    turns, people = pd.read_parquet(dataset / "turns"), pd.read_parquet(dataset / "people")
    roles = turns.merge(people, on="person_id")["role"].value_counts()
    assert roles.to_dict() == {"participant": 4, "leader": 2}


# --- files ----------------------------------------------------------------------------------


def test_files_of_the_data_set(dataset: Path) -> None:
    assert set(contents(dataset)) == {
        "sessions/G01-S01.parquet",
        "sessions/G01-S02.parquet",
        "people/G01.parquet",
        "attendance/G01.parquet",
        "turns/G01-S01.parquet",
        "turns/G01-S02.parquet",
        "words/G01-S01.parquet",
        "words/G01-S02.parquet",
        "dynamics_session/G01-S01.parquet",
        "dynamics_session/G01-S02.parquet",
        "dynamics_person/G01-S01.parquet",
        "dynamics_person/G01-S02.parquet",
        "transitions/G01-S01.parquet",
        "transitions/G01-S02.parquet",
        "dictionary.csv",
        "DATASHEET.md",
    }


def test_footer_tells_where_the_rows_come_from(dataset: Path) -> None:
    entries = footer(dataset / "turns" / "G01-S01.parquet")
    del entries["ARROW:schema"]
    assert entries == {
        "vuoro.table": "turns",
        "vuoro.schema_version": "4",
        "vuoro.version": __version__,
        "vuoro.source": "source of G01-S01",
        "vuoro.models": "whisper-base, pyannote-segmentation-3.0",
        "vuoro.settings_digest": "5e771265",
    }


def test_columns_are_compressed_with_zstd(dataset: Path) -> None:
    column = pq.read_metadata(dataset / "turns" / "G01-S01.parquet").row_group(0).column(0)
    assert column.compression == "ZSTD"


def test_units_are_in_the_file(dataset: Path) -> None:
    field = pq.read_schema(dataset / "words" / "G01-S01.parquet").field("start_s")
    assert field.metadata[b"unit"] == b"s"


def test_same_input_same_bytes(dataset: Path, tmp_path: Path) -> None:
    publish_dataset(tmp_path / "again")
    assert contents(tmp_path / "again") == contents(dataset)


def test_order_of_rows_given_does_not_matter(dataset: Path, tmp_path: Path) -> None:
    tables = {name: table.take(list(range(table.num_rows))[::-1]) if table.num_rows else table
              for name, table in tables_of("G01-S01").items()}  # fmt: skip
    publish.publish_session(tmp_path / "other", tables, "source of G01-S01")
    for name in ("turns", "words", "dynamics_person", "transitions"):
        one, other = (folder / name / "G01-S01.parquet" for folder in (dataset, tmp_path / "other"))
        assert one.read_bytes() == other.read_bytes()


def test_nothing_of_the_unmasked_talk_or_the_file_name_is_published(dataset: Path) -> None:
    for file in (dataset / name for name in contents(dataset)):
        shown = file.read_bytes()
        if file.suffix == ".parquet":
            table = pq.read_table(file)
            shown += json.dumps([table.to_pylist(), footer(file)], ensure_ascii=False).encode()
        assert b"Salanimi" not in shown
        assert b"private." not in shown


def test_unchanged_publish_writes_nothing(dataset: Path) -> None:
    before = times(dataset)
    assert not publish.publish_session(dataset, tables_of("G01-S01"), "source of G01-S01")
    assert not publish.publish_people(dataset, BACKGROUND)
    assert not publish.write_documentation(dataset)
    assert times(dataset) == before


def test_a_file_of_another_vuoro_is_not_up_to_date(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "__version__", "99.0")
    assert not publish.is_published(dataset, "G01-S01", "source of G01-S01")
    assert publish.publish_session(dataset, tables_of("G01-S01"), "source of G01-S01")
    assert footer(dataset / "turns" / "G01-S01.parquet")["vuoro.version"] == "99.0"


def test_new_source_is_written(dataset: Path) -> None:
    assert publish.publish_session(dataset, tables_of("G01-S01"), "another source")
    for name in ("sessions", "turns", "words", "dynamics_session"):
        entries = footer(dataset / name / "G01-S01.parquet")
        assert entries["vuoro.source"] == "another source"
    assert footer(dataset / "turns" / "G01-S02.parquet")["vuoro.source"] == "source of G01-S02"


@pytest.mark.parametrize("name", ["sessions", "turns", "words", "transitions"])
@pytest.mark.parametrize("damage", ["missing", "torn", "zeroed", "rewritten"])
def test_what_is_missing_or_damaged_is_written_anew(dataset: Path, name: str, damage: str) -> None:
    file = dataset / name / "G01-S01.parquet"
    good = file.read_bytes()
    if damage == "missing":
        file.unlink()
    elif damage == "torn":
        file.write_bytes(good[: len(good) // 2])
    elif damage == "zeroed":
        file.write_bytes(good[:40] + bytes(8) + good[48:])
    else:
        pd.read_parquet(file).to_parquet(file)
    assert not publish.is_published(dataset, "G01-S01", "source of G01-S01")
    assert publish.publish_session(dataset, tables_of("G01-S01"), "source of G01-S01")
    assert publish.is_published(dataset, "G01-S01", "source of G01-S01")
    assert file.read_bytes() == good


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(dataset)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError) as caught:
        publish.publish_session(dataset, tables_of("G01-S01"), "another source")
    assert "G01" not in str(caught.value)
    assert contents(dataset) == before


def test_sessions_file_is_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    rename = Path.replace

    def noting(self: Path, target: Path) -> Path:
        written.append(target.parent.name)
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", noting)
    publish.publish_session(tmp_path, tables_of("G01-S01"), "source")
    assert sorted(written) == sorted(files.SESSION_TABLES)
    assert written[-1] == "sessions"


def test_readers_skip_what_is_unfinished(dataset: Path) -> None:
    (dataset / "turns" / ".G01-S03.parquet.pending").write_bytes(b"PAR1 half a file")
    assert len(pd.read_parquet(dataset / "turns")) == 6
    query = f"FROM '{dataset}/turns/*.parquet'"
    assert len(duckdb.connect().execute(query).fetchall()) == 6
    assert validate(dataset) == []


# --- the study ------------------------------------------------------------------------------


def test_remove_stale_takes_all_of_a_session_and_unfinished_files(dataset: Path) -> None:
    (dataset / "words" / ".G01-S01.parquet.pending").write_bytes(b"half")
    assert publish.remove_stale(dataset, ["G01-S01"])
    publish.publish_people(dataset)
    assert not [name for name in contents(dataset) if "S02" in name or "pending" in name]
    assert pd.read_parquet(dataset / "people")["n_sessions"].tolist() == [1, 1, 1]
    assert len(pd.read_parquet(dataset / "attendance")) == 3
    assert validate(dataset) == []
    assert not publish.remove_stale(dataset, ["G01-S01"])


def test_people_of_a_group_without_sessions_go(dataset: Path) -> None:
    publish.remove_stale(dataset, [])
    assert publish.publish_people(dataset)
    assert not [*(dataset / "people").iterdir(), *(dataset / "attendance").iterdir()]


def test_people_are_not_made_from_a_session_that_another_program_wrote(dataset: Path) -> None:
    file = dataset / "sessions" / "G01-S01.parquet"
    pd.read_parquet(file).to_parquet(file)
    with pytest.raises(DatasetError):
        publish.publish_people(dataset)
