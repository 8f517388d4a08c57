"""People who stand out by their values in the tables, even without names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.dataset import files
from pipeline.release.places import Shown
from pipeline.tables.columns import OWN, Row


@dataclass(frozen=True, slots=True)
class Rare:
    """People who alone, or with fewer than k in all, share these values of these columns."""

    columns: tuple[str, ...]
    values: tuple[str, ...]
    person_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SmallCells:
    """``alone``: the only person of a role in a session of a group. ``rare``: combinations of
    role, group and background that fewer than ``k`` people share (k-anonymity, Sweeney 2002)."""

    alone: tuple[Rare, ...]
    rare: tuple[Rare, ...]
    k: int

    @property
    def any(self) -> bool:
        return bool(self.alone or self.rare)

    def as_shown(self, shown: Shown) -> SmallCells:
        """Return them as a report may show them: people wrote the background; it may hold names."""

        def cell(rare: Rare) -> Rare:
            columns, values = (tuple(map(shown, texts)) for texts in (rare.columns, rare.values))
            return Rare(columns, values, rare.person_ids)

        return SmallCells(tuple(map(cell, self.alone)), tuple(map(cell, self.rare)), self.k)


def small_cells(dataset: Path, k: int) -> SmallCells:
    """Find them in a data set. Raises DatasetError if a file is damaged, TransientError."""
    return SmallCells(
        tuple(alone(_rows(dataset, "attendance"))),
        tuple(rare([*_rows(dataset, "people")], k)),
        k,
    )


def alone(attendance: Iterable[Row]) -> list[Rare]:
    """Cells of role, group and session in which exactly one person talks."""
    present = (row for row in attendance if row["present"])
    cells = _cells(present, ("role", "group_id", "session_id"))
    return [cell for cell in cells if len(cell.person_ids) == 1]


def rare(people: Sequence[Row], k: int) -> list[Rare]:
    """Combinations of role, group and all background columns that fewer than ``k`` people have."""
    background = sorted({column for row in people for column in row if column.startswith(OWN)})
    cells = _cells(people, ("role", "group_id", *background))
    return [cell for cell in cells if len(cell.person_ids) < k]


def _rows(dataset: Path, table_name: str) -> Iterator[Row]:
    for file in files.files(dataset, table_name):
        yield from files.read(file).to_pylist()


def _cells(rows: Iterable[Row], columns: tuple[str, ...]) -> list[Rare]:
    cells: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in rows:
        value = tuple("–" if row.get(c) is None else str(row[c]) for c in columns)
        cells[value].add(row["person_id"])
    return [Rare(columns, value, tuple(sorted(ids))) for value, ids in sorted(cells.items())]
