"""Numbers that describe how values are spread, or how evenly something is shared out."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean; None without values."""
    return sum(values) / len(values) if values else None


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value below which ``share`` (0–1) of the values lie; None without values.

    Linear between the two nearest (type 7 of Hyndman & Fan 1996, that of R, numpy and Excel).
    """
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def shares(amounts: Sequence[float]) -> list[float] | None:
    """Each amount (0 or more) as a share of all; None if there is nothing to share."""
    total = sum(amounts)
    return [amount / total for amount in amounts] if total > 0 else None


def gini(amounts: Sequence[float]) -> float | None:
    """Inequality: 0 where all have the same, 1 where one has all.

    The Gini coefficient (Gini 1912) times n / (n - 1): without it (Deltas 2003), the most that
    groups can reach would grow with their size. None for fewer than two people, or if all have
    nothing.
    """
    n, total = len(amounts), sum(amounts)
    if n < 2 or total <= 0:
        return None
    ordered = sorted(amounts)
    weighted = sum((2 * rank - n - 1) * amount for rank, amount in enumerate(ordered, start=1))
    return weighted / (n * total) * n / (n - 1)


def evenness(amounts: Sequence[float]) -> float | None:
    """Entropy of the shares (Shannon 1948) as a part of the most that so many people can reach
    (Pielou 1966): 1 where all have the same, 0 where one has all.

    None for fewer than two people, or if all have nothing.
    """
    parts = shares(amounts)
    if parts is None or len(parts) < 2:
        return None
    return sum(-part * log(part) for part in parts if part > 0) / log(len(parts))
