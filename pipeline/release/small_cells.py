"""Who stands out by what the tables tell of them, though nobody is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.dataset import files

Row = Mapping[str, Any]
BACKGROUND = "x_"  # how the names of background columns begin


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


def small_cells(dataset: Path, k: int) -> SmallCells:
    """Find them in a data set. Raises DatasetError if a file is damaged, TransientError."""
    people = [
        row for file in files.files(dataset, "people") for row in files.read(file).to_pylist()
    ]
    turns = [
        row
        for file in files.files(dataset, "turns")
        for row in files.read(file).select(["session_id", "person_id"]).to_pylist()
    ]
    return SmallCells(tuple(alone(people, turns)), tuple(rare(people, k)), k)


def alone(people: Iterable[Row], turns: Iterable[Row]) -> list[Rare]:
    """Cells of role, group and session in which exactly one person talks."""
    who = {person["person_id"]: person for person in people}
    present = {(turn["session_id"], turn["person_id"]) for turn in turns}
    columns = ("role", "group_id", "session_id")
    rows = [{**who[person_id], "session_id": session} for session, person_id in present]
    return [cell for cell in _cells(rows, columns) if len(cell.person_ids) == 1]


def rare(people: Sequence[Row], k: int) -> list[Rare]:
    """Combinations of role, group and all background columns that fewer than ``k`` people have."""
    background = sorted(
        {column for row in people for column in row if column.startswith(BACKGROUND)}
    )
    cells = _cells(people, ("role", "group_id", *background))
    return [cell for cell in cells if len(cell.person_ids) < k]


def _cells(rows: Iterable[Row], columns: tuple[str, ...]) -> list[Rare]:
    cells: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in rows:
        value = tuple("–" if row.get(c) is None else str(row[c]) for c in columns)
        cells[value].add(row["person_id"])
    return [Rare(columns, value, tuple(sorted(ids))) for value, ids in sorted(cells.items())]
