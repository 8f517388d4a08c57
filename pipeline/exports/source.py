"""What is exported: the tables of a data set, file by file, and the files created from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dataset import files
from pipeline.storage.digests import digest
from pipeline.storage.disk import file_sha256, os_errors
from pipeline.tables import TABLES
from pipeline.tables.columns import Table

SEPARATOR = "; "  # between the items of a list, where a format has no lists


@dataclass(frozen=True)
class Source:
    """One table of a data set. ``table`` declares it, the study's own columns included."""

    table: Table
    files: tuple[Path, ...]

    @cached_property
    def n_rows(self) -> int:
        return sum(map(files.n_rows, self.files))

    @cached_property
    def digest(self) -> str:
        """One digest over all files."""
        with os_errors("reading the data set"):
            return digest([[file.name, file_sha256(file)] for file in self.files])

    def parts(self) -> Iterator[pa.Table]:
        """The rows, one file at a time; lists are text. Raises DatasetError, TransientError."""
        for file in self.files:
            yield self._plain(files.read(file))

    def whole(self) -> pa.Table:
        """All rows at once. Raises as ``parts``."""
        return pa.concat_tables([self._plain(self.table.schema().empty_table()), *self.parts()])

    def _plain(self, rows: pa.Table) -> pa.Table:
        columns = {}
        for column in self.table.columns:
            values = rows[column.name].cast(column.arrow_type)
            if column.type == "list<string>":
                joined = pc.binary_join(values.cast(pa.list_(pa.string())), SEPARATOR)
                values = pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)
            columns[column.name] = values
        return pa.table(columns)


@dataclass(frozen=True, slots=True)
class Target:
    """A file to write: its path below the format's folder, what it is created from, and how.

    ``write`` writes it to the given path, and returns what could not be put into it, one sentence
    each.
    """

    place: str
    sources: tuple[Source, ...]
    write: Callable[[Path], list[str]]


def sources(dataset: Path) -> list[Source]:
    """The tables that a data set has. Raises DatasetError, TransientError."""
    found = []
    for name, table in TABLES.items():
        own = files.files(dataset, name)
        if own:
            declared = table.as_in(files.read(own[0]).schema) if table.takes_own else table
            found.append(Source(declared, tuple(own)))
    return found
