"""What all sheets share: written to a new private file, applied wholly or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.storage.disk import os_errors, write_atomically
from pipeline.storage.sheets import Sheet

DECIDED_SINCE = "it was decided otherwise after this sheet was written"


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a sheet did; nothing where there are ``problems``, one sentence each.

    ``sessions`` are those that change with the next build. ``n_lost`` corrections, old and new, no
    longer match a turn.
    """

    n_decisions: int
    sessions: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    n_lost: int = 0

    @property
    def is_old(self) -> bool:
        """Whether a decision was changed after the sheet was written."""
        return any(DECIDED_SINCE in problem for problem in self.problems)


class WrongCell(Exception):
    """A cell that cannot be applied: its column, and what is allowed there."""

    def __init__(self, column: str, allowed: str) -> None:
        super().__init__(column, allowed)
        self.column, self.allowed = column, allowed


class WrongCells:
    """The cells of a sheet that cannot be applied. What is allowed there names no person."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._found: list[tuple[int, str]] = []

    def add(self, row: int, column: str, allowed: str) -> None:
        """Note a wrong cell of a row."""
        self._found.append((row, self._sheet.problem(row, column, allowed)))

    @contextmanager
    def of_row(self, row: int) -> Iterator[None]:
        """Note the wrong cell that stops the applying of the row, if there is one."""
        try:
            yield
        except WrongCell as wrong:
            self.add(row, wrong.column, wrong.allowed)

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence for each wrong cell, by row."""
        return tuple(sentence for _, sentence in sorted(self._found))


def write_sheet(file: Path, data: bytes) -> None:
    """Write a sheet that only its owner can read. Raises TransientError."""
    with os_errors("writing the sheet"):
        write_atomically(file, data, mode=0o600)
