"""Declared tables: their columns, and the schema, checks and dictionary derived from them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal

from pipeline.errors import DatasetError
from pipeline.texts import Language

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]
"""A row of a table, by the names of its columns."""

ColumnType = Literal["string", "int32", "float64", "bool", "list<string>"]
Scope = Literal["session", "group"]

_PYTHON: Mapping[ColumnType, tuple[type, ...]] = {
    "string": (str,),
    "int32": (int,),
    "float64": (float, int),
    "bool": (bool,),
    "list<string>": (list,),
}

OWN = "x_"  # prefix of the names of a study's own columns
_OWN_TYPES: Mapping[str, ColumnType] = {"string": "string", "double": "float64"}  # by Arrow's names

# An identifier is shown in a message only if it looks like one: a message never quotes the talk.
_IDENTIFIER = re.compile(r"[\w.-]{1,80}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``minimum`` and ``maximum`` are inclusive, ``values`` all allowed values.

    ``references`` is ``"table.column"`` of the identifier that every value must be one of.
    """

    name: str
    type: ColumnType
    description_en: str
    description_fi: str
    unit: str = ""
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()
    references: str = ""

    def description(self, language: Language) -> str:
        """What the column holds."""
        return self.description_fi if language == "fi" else self.description_en

    @property
    def arrow_type(self) -> pa.DataType:
        import pyarrow as pa

        return (
            pa.list_(pa.string()) if self.type == "list<string>" else pa.type_for_alias(self.type)
        )

    def field(self) -> pa.Field:
        """The Arrow field, with the English description and the unit as its metadata."""
        import pyarrow as pa

        metadata = {"description": self.description_en} | ({"unit": self.unit} if self.unit else {})
        return pa.field(self.name, self.arrow_type, nullable=self.nullable, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Table:
    """One table. No two rows share their ``key``; rows of a file are in order of ``sort_by``.

    A file holds the rows of one session or group, as ``scope`` says. Only with ``takes_own`` may a
    study add columns of its own, ``x_…``, of text or numbers.
    """

    name: str
    description_en: str
    description_fi: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    sort_by: tuple[str, ...]
    scope: Scope = "session"
    takes_own: bool = False

    def description(self, language: Language) -> str:
        """What a row stands for."""
        return self.description_fi if language == "fi" else self.description_en

    def schema(self) -> pa.Schema:
        import pyarrow as pa

        return pa.schema([column.field() for column in self.columns])

    def of_rows(self, rows: Sequence[Row]) -> pa.Table:
        """The rows as an Arrow table: the only conversion from rows to a table.

        Raises DatasetError if a row has undeclared or missing columns, a value of the wrong type,
        or no value where one is required.
        """
        import pyarrow as pa

        declared = {column.name for column in self.columns}
        for row in rows:
            if row.keys() != declared:
                name = min(row.keys() ^ declared)
                raise self._undeclared(name, "is not declared" if name in row else "is missing")
        columns = []
        for column in self.columns:
            values = [row[column.name] for row in rows]
            if wrong := _wrong_types(column, values):
                raise self._undeclared(column.name, wrong)
            try:
                columns.append(pa.array(values, column.arrow_type))
            except (pa.ArrowInvalid, UnicodeError):  # which quote the value
                raise self._undeclared(column.name, f"cannot be {column.type}") from None
        return pa.Table.from_arrays(columns, schema=self.schema())

    def _undeclared(self, column: str, wrong: str) -> DatasetError:
        what = f"A row of {self.name} is not as declared: {column} {wrong}."
        return DatasetError(what, "This is a fault in vuoro: report it with this message.")

    def as_in(self, schema: pa.Schema) -> Table:
        """This table with the study's own columns that ``schema`` has, if it takes any."""
        own = (own_column(f.name, f.type) for f in schema if f.name.startswith(OWN))
        added = tuple(column for column in own if column is not None) if self.takes_own else ()
        return replace(self, columns=(*self.columns, *added))

    def structure_problems(self, table: pa.Table) -> list[str]:
        """Columns that are missing, unexpected, of the wrong type, or empty where not allowed.

        A table without these problems can be read row by row as declared.
        """
        names = table.column_names
        if len(set(names)) < len(names):
            return ["a column is there twice"]
        columns = self.as_in(table.schema).columns
        declared = {column.name for column in columns}
        found = [f"there is an unexpected column '{n}'" for n in names if n not in declared]
        for column in columns:
            if column.name in names:
                found += self._type_and_null_problems(column, table)
            else:
                found.append(f"the column {column.name} is missing")
        return found

    def value_problems(self, table: pa.Table) -> list[str]:
        """Values out of range or not allowed, and duplicate keys; the structure must be sound."""
        found = [
            f"{column.name} is {wrong} in {self._rows(table, bad)}"
            for column in self.as_in(table.schema).columns
            for wrong, bad in _wrong_values(column, _flat(table, column))
            if bad
        ]
        seen: set[tuple[object, ...]] = set()
        repeated = []
        for row, key in enumerate(self._keys(table)):
            if key in seen:
                repeated.append(row)
            seen.add(key)
        if repeated:
            found.append(f"{' + '.join(self.key)} is not unique in {self._rows(table, repeated)}")
        return found

    def row_name(self, row: Mapping[str, Any], number: int | None = None) -> str:
        """The name of a row in messages: its key, or its number if the key is not an identifier."""
        key = [row.get(name) for name in self.key]
        if all(_is_identifier(part) for part in key):
            return " ".join(str(part) for part in key)
        return "a row without a usable key" if number is None else f"row {number}"

    def _type_and_null_problems(self, column: Column, table: pa.Table) -> Iterator[str]:
        data = table[column.name]
        if data.type != column.arrow_type:
            yield f"the column {column.name} is of type {data.type}, not {column.type}"
            return
        empty = [] if column.nullable else _positions(data.is_null())
        if column.type == "list<string>":
            empty += [row for row, items in enumerate(data.to_pylist()) if items and None in items]
        if empty:
            yield f"{column.name} is empty in {self._rows(table, sorted(empty))}"

    def _rows(self, table: pa.Table, rows: list[int]) -> str:
        key = [name for name in self.key if name in table.column_names]
        first = {name: table[name][rows[0]].as_py() for name in key}
        return in_rows(self.row_name(first, rows[0] + 1), len(rows))

    def _keys(self, table: pa.Table) -> Iterator[tuple[object, ...]]:
        return zip(*(table[name].to_pylist() for name in self.key), strict=True)


def seconds(name: str, en: str, fi: str, *, signed: bool = False, nullable: bool = False) -> Column:
    """A time or a length of time; negative only if ``signed``."""
    low = None if signed else 0
    return Column(name, "float64", en, fi, unit="s", minimum=low, nullable=nullable)


def count(name: str, en: str, fi: str, *, minimum: int = 0, nullable: bool = False) -> Column:
    """How many."""
    return Column(name, "int32", en, fi, minimum=minimum, nullable=nullable)


def probability(name: str, en: str, fi: str, *, nullable: bool = True) -> Column:
    """A probability or a share."""
    return Column(name, "float64", en, fi, unit="0–1", minimum=0, maximum=1, nullable=nullable)


def own_column(name: str, type: pa.DataType) -> Column | None:
    """A column that the study has added; None if it holds neither text nor numbers."""
    if str(type) not in _OWN_TYPES:
        return None
    return Column(
        name,
        _OWN_TYPES[str(type)],
        "The study's own background data, from the groups' rosters.",
        "Tutkimuksen oma taustatieto ryhmien jäsenluetteloista.",
        nullable=True,
    )


def in_rows(first: str, n_rows: int) -> str:
    """The place of a problem in a message: the first row and how many more."""
    return first if n_rows == 1 else f"{first} and {n_rows - 1} more"


def _wrong_types(column: Column, values: Sequence[Any]) -> str:
    """What is wrong with the types of a column's values; "" if nothing is."""
    for found in set(map(type, values)):
        if found is NoneType:
            if not column.nullable:
                return "is empty"
        elif not issubclass(found, _PYTHON[column.type]) or (
            found is bool and column.type != "bool"
        ):
            return f"is {found.__name__}, not {column.type}"
    if column.type == "list<string>" and not all(
        isinstance(item, str) for items in values for item in items or ()
    ):
        return "has an item that is no string"
    return ""


def _is_identifier(value: object) -> bool:
    return value is not None and _IDENTIFIER.fullmatch(str(value)) is not None


def _flat(table: pa.Table, column: Column) -> list[tuple[int, Any]]:
    """(row, value) of every present value, items of lists one by one."""
    values = enumerate(table[column.name].to_pylist())
    if column.type == "list<string>":
        return [(row, item) for row, items in values for item in items]
    return [(row, value) for row, value in values if value is not None]


def _wrong_values(column: Column, values: list[tuple[int, Any]]) -> Iterator[tuple[str, list[int]]]:
    """Each problem, and the rows in which it occurs. Gives the rule, never the value."""
    if column.type in ("string", "list<string>"):
        yield "blank text", [row for row, text in values if not text.strip()]
        if column.values:
            allowed = ", ".join(column.values)
            yield f"none of {allowed}", [row for row, text in values if text not in column.values]
        return
    if column.type == "bool":
        return
    yield "no finite number", [row for row, number in values if not math.isfinite(number)]
    if (low := column.minimum) is not None:
        yield f"below {low:g}", [row for row, number in values if number < low]
    if (high := column.maximum) is not None:
        yield f"above {high:g}", [row for row, number in values if number > high]


def _positions(mask: pa.ChunkedArray) -> list[int]:
    return [row for row, true in enumerate(mask.to_pylist()) if true]
