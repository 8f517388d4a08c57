"""Spread and evenness, against textbook values and values worked out by hand."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from pipeline.dynamics.distribution import evenness, gini, mean, quantile, shares


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([1.0, 1.0], 0.0),
        ([2.0, 2.0, 2.0, 2.0], 0.0),
        ([0.0, 5.0], 1.0),
        ([0.0, 0.0, 0.0, 7.0], 1.0),  # one has all, in any size of group
        ([3.0, 1.0], 0.5),  # mean difference 2 by twice the mean of 2
        ([1.0, 2.0, 3.0], 1 / 3),  # (-2 + 6) / (3 · 6) · 3/2
        ([1.0], None),
        ([], None),
        ([0.0, 0.0], None),
    ],
)
def test_gini(amounts: list[float], expected: float | None) -> None:
    assert gini(amounts) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([1.0, 1.0, 1.0], 1.0),
        ([0.0, 0.0, 4.0], 0.0),
        ([2.0, 1.0, 1.0], 1.5 * log(2) / log(3)),  # 1/2 ln 2 + 2 · 1/4 ln 4
        ([1.0, 1.0, 0.0, 0.0], 0.5),
        ([1.0], None),
        ([0.0, 0.0], None),
    ],
)
def test_evenness(amounts: list[float], expected: float | None) -> None:
    assert evenness(amounts) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("values", [[4.0], [2.0, 1.0], [5.0, -1.0, 2.5, 2.5, 9.0]])
def test_quantile_is_numpys(values: list[float], share: float) -> None:
    assert quantile(values, share) == pytest.approx(float(np.quantile(values, share)))


def test_nothing_has_no_mean_quantile_or_shares() -> None:
    assert (mean([]), quantile([], 0.5), shares([]), shares([0.0])) == (None, None, None, None)
    assert (mean([1.0, 2.0]), shares([1.0, 3.0])) == (1.5, [0.25, 0.75])
