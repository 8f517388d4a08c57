"""The many sessions drawn by ``pipeline.dynamics.resampling``, measured all at once.

The measures themselves are beside those of a single session: ``session_replicates``,
``person_replicates``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.dynamics.resampling import Bools, Floats, Ints, Replicates, Rows

Measured = dict[str, Floats]
"""Values by the name of the measure; NaN where there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Said:
    """Rows, each assigned to one cell (by flat index) of an array of this ``shape``."""

    row: Ints
    cell: Ints
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    def where(self, chosen: Bools) -> Said:
        return Said(self.row[chosen], self.cell[chosen], self.shape)

    def count(self) -> Floats:
        return np.bincount(self.cell, minlength=self.size).reshape(self.shape).astype(np.float64)

    def total(self, amount: Floats) -> Floats:
        """The sum in each cell; ``amount`` is by row."""
        sums = np.bincount(self.cell, amount[self.row], self.size)
        return sums.reshape(self.shape).astype(np.float64)

    def mean(self, amount: Floats) -> Floats:
        return ratio(self.total(amount), self.count())

    def median(self, amount: Floats) -> Floats:
        order = np.argsort(amount, kind="stable")
        rank = np.argsort(order)
        # one sort of integers orders the cells, and the amounts in each cell
        ranks = np.sort(self.cell * len(order) + rank[self.row]) % len(order)
        n = self.count().ravel().astype(np.intp)
        first, some = np.cumsum(n) - n, n > 0
        medians = np.full(self.size, np.nan)
        middle = [ranks[(first + place)[some]] for place in ((n - 1) // 2, n // 2)]
        medians[some] = (amount[order[middle[0]]] + amount[order[middle[1]]]) / 2
        return medians.reshape(self.shape)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The rows drawn, in cells by replicate: of the session; of each person who talks; of each who
    held the floor before (``holders``); and of each pair of these two.

    ``is_turn`` and the other two are by drawn row; ``rows`` are the rows drawn from.
    """

    rows: Rows
    session: Said
    people: Said
    holders: Said
    pairs: Said
    is_turn: Bools
    after_another: Bools
    is_transfer: Bools

    @classmethod
    def of(cls, rows: Rows, drawn: Replicates) -> Drawn:
        n_drawn, n_people = len(drawn.row), rows.n_people
        row, person, previous = drawn.row.ravel(), drawn.person.ravel(), drawn.previous.ravel()
        replicate = np.repeat(np.arange(n_drawn), drawn.row.shape[1])
        people = Said(row, replicate * n_people + person, (n_drawn, n_people))
        after_another = (previous >= 0) & (previous != person)
        return cls(
            rows=rows,
            session=Said(row, replicate, (n_drawn,)),
            people=people,
            holders=Said(row, replicate * n_people + previous, (n_drawn, n_people)),
            pairs=Said(row, people.cell * n_people + previous, (n_drawn, n_people, n_people)),
            is_turn=rows.is_turn[row],
            after_another=after_another,
            is_transfer=after_another & np.isfinite(rows.offset_s[row]),
        )


def lengths(said: Said, drawn: Drawn) -> Measured:
    """The measures common to the session and each person."""
    rows = drawn.rows
    turns, transfers = said.where(drawn.is_turn), said.where(drawn.is_transfer)
    worded = said.where(drawn.is_turn & (rows.n_words > 0)[said.row])
    return {
        "fto_mean_s": transfers.mean(rows.offset_s),
        "fto_median_s": transfers.median(rows.offset_s),
        "turn_mean_s": turns.mean(rows.duration_s),
        "turn_median_s": turns.median(rows.duration_s),
        "speech_rate": ratio(worded.total(rows.n_words), worded.total(rows.duration_s) / 60),
    }


def ratio(part: Floats, whole: Floats) -> Floats:
    """NaN where the whole is 0."""
    found: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return found
