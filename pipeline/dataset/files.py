"""The files of a data set: where they are, how they are read, and how they are written.

    dataset/sessions/<session_id>.parquet
            turns/<session_id>.parquet
            words/<session_id>.parquet
            dynamics_session, dynamics_person, transitions/<session_id>.parquet
            people, attendance/<group_id>.parquet
            dictionary.csv, DATASHEET.md

A file appears by one rename, and the same rows give the same bytes. Files whose names begin with a
dot are unfinished and skipped by every reader.
"""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import __version__
from pipeline.errors import DatasetError
from pipeline.storage.disk import PENDING, last_change_ns, os_errors, write_atomically
from pipeline.tables import SCHEMA_VERSION, TABLES

TALK_TABLES = ("words", "turns", "sessions")
DYNAMICS_TABLES = tuple(
    table.name
    for table in TABLES.values()
    if table.scope == "session" and table.name not in TALK_TABLES
)
SESSION_TABLES = (*DYNAMICS_TABLES, *TALK_TABLES)  # as they are written: sessions completes the set
GROUP_TABLES = tuple(table.name for table in TABLES.values() if table.scope == "group")
_SUFFIX = ".parquet"


def file_of(dataset: Path, table_name: str, name: str) -> Path:
    """The file of a session's (for people and attendance: a group's) rows of a table."""
    return dataset / table_name / f"{name}{_SUFFIX}"


def files(dataset: Path, table_name: str) -> list[Path]:
    """The finished files of a table, in order of name; [] if there are none.

    Raises TransientError where the folder cannot be read.
    """
    found = _listing(dataset / table_name)
    return [f for f in found if f.suffix == _SUFFIX and not f.name.startswith(".")]


def unfinished(dataset: Path) -> list[Path]:
    """Files that killed runs, or a current run, have not finished writing.

    Raises TransientError where a folder cannot be read.
    """
    folders = (dataset, *(dataset / table_name for table_name in TABLES))
    return [
        f
        for folder in folders
        for f in _listing(folder)
        if f.suffix == PENDING and f.name.startswith(".")
    ]


def looks(dataset: Path) -> list[tuple[str, int, int]]:
    """The name, size (bytes) and last change (ns) of every file, by table and name, as ASCII.

    Raises TransientError where a folder cannot be read.
    """
    with os_errors("reading the data set"):
        return sorted(
            (ascii(f"{folder.name}/{file.name}"), info.st_size, last_change_ns(info))
            for folder in (dataset, *(dataset / table_name for table_name in TABLES))
            if folder.is_dir()
            for file in os.scandir(folder)
            if file.is_file()
            for info in [file.stat()]
        )


def _listing(folder: Path) -> list[Path]:
    with os_errors("reading the data set"):
        return sorted(folder.iterdir()) if folder.is_dir() else []


def read(file: Path) -> pa.Table:
    """The rows of a file, checked against its checksums, the footer as the schema's metadata.

    Raises DatasetError if the file is damaged, TransientError if it cannot be read.
    """
    with os_errors("reading the data set"):
        data = file.read_bytes()
    try:
        parquet = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
        # One thread: files are small, and the pool of threads has been seen to abort at exit.
        table = parquet.read(use_threads=False)
        table.validate(full=True)
    except (pa.ArrowException, OSError):
        raise DatasetError("A file of the data set is damaged.") from None
    return table


def changed_ns(file: Path) -> int | None:
    """When a file, or its name, was last changed in any way; None where there is none.

    This also reveals a file restored with its old time. Raises TransientError if the time cannot
    be read.
    """
    with os_errors("reading the data set"):
        try:
            info = file.stat()
        except FileNotFoundError:
            return None
    return last_change_ns(info)


def n_rows(file: Path) -> int:
    """The number of rows of a file, by its footer alone.

    Raises DatasetError if the file is damaged, TransientError if it cannot be read.
    """
    with os_errors("reading the data set"), file.open("rb") as stream:
        try:
            rows: int = pq.ParquetFile(stream).metadata.num_rows
        except pa.ArrowException:
            raise DatasetError("A file of the data set is damaged.") from None
    return rows


def footer(table: pa.Table) -> dict[str, str]:
    """The ``vuoro.…`` entries of a table that was read from a file."""
    entries = {k.decode(): v.decode() for k, v in (table.schema.metadata or {}).items()}
    return {key: value for key, value in entries.items() if key.startswith("vuoro.")}


def footer_of(file: Path) -> dict[str, str]:
    """The ``vuoro.…`` entries of a file; its rows are not read.

    Raises DatasetError if the file is damaged, TransientError if it cannot be read.
    """
    with os_errors("reading the data set"), file.open("rb") as stream:
        try:
            return footer(pq.ParquetFile(stream).schema_arrow.empty_table())
        except pa.ArrowException:
            raise DatasetError("A file of the data set is damaged.") from None


def origin(source: str) -> dict[str, str]:
    """The part of the footer that decides whether a file is up to date."""
    return {
        "vuoro.schema_version": SCHEMA_VERSION,
        "vuoro.version": __version__,
        "vuoro.source": source,
    }


def provenance(
    table_name: str, source: str, models: list[str], settings_digest: str
) -> dict[str, str]:
    """The footer of a file created from ``source``, a digest of all that its rows derive from."""
    return origin(source) | {
        "vuoro.table": table_name,
        "vuoro.models": ", ".join(models),
        "vuoro.settings_digest": settings_digest,
    }


def encode(table_name: str, table: pa.Table, entries: dict[str, str]) -> bytes:
    """The Parquet file (zstd) of these rows, sorted as declared; the same rows, the same bytes."""
    declared = TABLES[table_name].as_in(table.schema)
    rows = table.sort_by([(name, "ascending") for name in declared.sort_by])
    # Rebuilt, because sorting may leave the rows in chunks that would show in the file.
    rows = declared.of_rows(rows.to_pylist())
    sink = pa.BufferOutputStream()
    pq.write_table(
        rows.replace_schema_metadata(entries),
        sink,
        compression="zstd",
        compression_level=3,
        version="2.6",
        data_page_version="1.0",
        write_page_checksum=True,
    )
    data: bytes = sink.getvalue().to_pybytes()
    return data


def write(file: Path, data: bytes) -> bool:
    """Replace the file with ``data`` by one rename; False if it already has that content.

    Raises TransientError where the disk is full or cannot be written.
    """
    with os_errors("writing the data set"):
        if file.is_file() and file.read_bytes() == data:
            return False
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, data)
    return True


def remove(file: Path) -> None:
    """Remove a file of the data set.

    Raises TransientError where it cannot be removed.
    """
    with os_errors("removing what no longer belongs to the data set"):
        file.unlink(missing_ok=True)
