"""The subject of a page, and the rows of the data set that it needs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.dataset.files import file_of, files, read
from pipeline.errors import DatasetError, StudyError, did_you_mean
from pipeline.records.ids import group_of
from pipeline.tables import TABLES
from pipeline.tables.columns import Row

if TYPE_CHECKING:
    import pandas as pd


def is_session(dataset: Path, subject: str) -> bool:
    """Whether ``subject`` is a session of the data set; False if it is a group.

    Raises StudyError if it is neither, TransientError if the data set cannot be read.
    """
    sessions, groups = ([f.stem for f in files(dataset, n)] for n in ("sessions", "people"))
    if subject in sessions:
        return True
    if subject in groups:
        return False
    there = ", ".join(groups) or "none yet"
    raise StudyError(
        "The data set has no session and no group of that name.",
        did_you_mean(subject, [*sessions, *groups])
        or f"Its groups: {there}; a session's id is a group's and a number, such as G07-S01.",
    )


def sessions_of(dataset: Path, group_id: str) -> list[str]:
    """The sessions of a group, in order of name."""
    names = [file.stem for file in files(dataset, "sessions")]
    return [name for name in names if group_of(name) == group_id]


def rows(dataset: Path, table_name: str, names: Iterable[str] | None = None) -> pd.DataFrame:
    """The rows of these sessions (of all, if none are given) in a table.

    Raises DatasetError if a file is damaged or of another version, TransientError if one cannot be
    read.
    """
    import pyarrow as pa

    if names is None:
        wanted = files(dataset, table_name)
    else:
        wanted = [file_of(dataset, table_name, name) for name in names]
    none = TABLES[table_name].schema().empty_table()
    parts = [read(file) for file in wanted]
    if not all(part.schema.equals(none.schema) for part in parts):
        raise DatasetError("The data set was made by another version of vuoro.")
    frame: pd.DataFrame = pa.concat_tables([none, *parts]).to_pandas(use_threads=False)
    return frame


def records(frame: pd.DataFrame) -> list[Row]:
    """The rows of a frame one by one."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
