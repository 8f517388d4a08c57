"""The measures of many sessions at once: those that ``pipeline.dynamics.resampling`` draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.dynamics.distribution import evenness, gini
from pipeline.dynamics.resampling import Bools, Floats, Ints, Replicates, Rows

Measured = dict[str, Floats]
"""Values by the name of the measure; NaN where there is nothing to measure."""


def measure(rows: Rows, drawn: Replicates) -> tuple[Measured, Measured]:
    """The measures of each replicate: (replicates,) of the session, (replicates, people) of each.

    They are those of ``session_dynamics`` and ``person_dynamics``, but for such as depend on more
    than who says what after whom.
    """
    n_drawn, n_people = len(drawn.row), rows.n_people
    row, person, previous = drawn.row.ravel(), drawn.person.ravel(), drawn.previous.ravel()
    replicate = np.repeat(np.arange(n_drawn), drawn.row.shape[1])
    whole = _Said(row, replicate, (n_drawn,))
    each = _Said(row, replicate * n_people + person, (n_drawn, n_people))
    to_holder = _Said(row, replicate * n_people + previous, (n_drawn, n_people))
    pairs = _Said(row, each.cell * n_people + previous, (n_drawn, n_people, n_people))
    is_turn = rows.is_turn[row]
    after_another = (previous >= 0) & (previous != person)
    is_transfer = after_another & np.isfinite(rows.offset_s[row])
    talk_s, n_turns = each.total(rows.talk_s), each.where(is_turn).count()
    session = _lengths(whole, is_turn, is_transfer, rows) | {
        "gini_speech": _of_each(gini, talk_s),
        "entropy_speech": _of_each(evenness, talk_s),
        "gini_turns": _of_each(gini, n_turns),
        "entropy_turns": _of_each(evenness, n_turns),
        "reciprocity": _reciprocity(pairs.where(is_transfer).count()),
    }
    people = _lengths(each, is_turn, is_transfer, rows) | {
        "speaking_share": _ratio(talk_s, talk_s.sum(axis=1, keepdims=True)),
        "turn_share": _ratio(n_turns, n_turns.sum(axis=1, keepdims=True)),
        "n_minimal_responses_given": each.where(~is_turn).count(),
        "n_minimal_responses_received": to_holder.where(~is_turn & after_another).count(),
    }
    return session, people


@dataclass(frozen=True, slots=True)
class _Said:
    """Rows, each in one cell (by flat index) of an array of this ``shape``."""

    row: Ints
    cell: Ints
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    def where(self, chosen: Bools) -> _Said:
        return _Said(self.row[chosen], self.cell[chosen], self.shape)

    def count(self) -> Floats:
        return np.bincount(self.cell, minlength=self.size).reshape(self.shape).astype(np.float64)

    def total(self, amount: Floats) -> Floats:
        """The sum in each cell; ``amount`` is by row."""
        sums = np.bincount(self.cell, amount[self.row], self.size)
        return sums.reshape(self.shape).astype(np.float64)

    def mean(self, amount: Floats) -> Floats:
        return _ratio(self.total(amount), self.count())

    def median(self, amount: Floats) -> Floats:
        order = np.argsort(amount, kind="stable")
        rank = np.argsort(order)
        # one sort of whole numbers puts the cells in order, and in each cell its amounts
        ranks = np.sort(self.cell * len(order) + rank[self.row]) % len(order)
        n = self.count().ravel().astype(np.intp)
        first, some = np.cumsum(n) - n, n > 0
        medians = np.full(self.size, np.nan)
        middle = [ranks[(first + place)[some]] for place in ((n - 1) // 2, n // 2)]
        medians[some] = (amount[order[middle[0]]] + amount[order[middle[1]]]) / 2
        return medians.reshape(self.shape)


def _lengths(said: _Said, is_turn: Bools, is_transfer: Bools, rows: Rows) -> Measured:
    """What is measured of the session and of each person alike."""
    turns, transfers = said.where(is_turn), said.where(is_transfer)
    worded = said.where(is_turn & (rows.n_words > 0)[said.row])
    return {
        "fto_mean_s": transfers.mean(rows.offset_s),
        "fto_median_s": transfers.median(rows.offset_s),
        "turn_mean_s": turns.mean(rows.duration_s),
        "turn_median_s": turns.median(rows.duration_s),
        "speech_rate": _ratio(worded.total(rows.n_words), worded.total(rows.duration_s) / 60),
    }


def _reciprocity(n: Floats) -> Floats:
    """From the counts of transfers, (replicates, people, people)."""
    mutual = np.minimum(n, n.transpose(0, 2, 1))
    return _ratio(mutual.sum(axis=(1, 2)), n.sum(axis=(1, 2)))


def _of_each(index: Callable[[Sequence[float]], float | None], amounts: Floats) -> Floats:
    return np.array([index(of_people) for of_people in amounts.tolist()], np.float64)


def _ratio(part: Floats, whole: Floats) -> Floats:
    """NaN where the whole is 0."""
    ratio: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return ratio
