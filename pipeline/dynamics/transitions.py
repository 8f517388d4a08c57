"""Who takes the floor after whom, against what chance would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import sqrt

from pipeline.dynamics.floor import Meeting, floor_turns

Pair = tuple[str, str]

_CLOSE = 1e-10  # how near the fitted totals come to the observed ones
_MAX_ROUNDS = 10_000


@dataclass(frozen=True, slots=True)
class Transition:
    """How often ``to_person`` took the floor after ``from_person``.

    ``expected`` is the count under quasi-independence; ``residual`` is Pearson's, (n - expected) /
    √expected, and None where nothing is expected.
    """

    from_person: str
    to_person: str
    n: int
    expected: float
    residual: float | None


def transitions(session: Meeting) -> list[Transition]:
    """One for each ordered pair of two different people, including those that never occurred."""
    counts = Counter((t.from_person, t.to_person) for t in session.transfers)
    expected = expected_counts(counts, session.people)
    return [
        Transition(*pair, counts[pair], expected[pair], _residual(counts[pair], expected[pair]))
        for pair in permutations(session.people, 2)
    ]


def expected_counts(counts: Mapping[Pair, int], people: Sequence[str]) -> dict[Pair, float]:
    """The counts to expect if who comes next did not depend on who was before.

    A person does not follow themselves, so the model is quasi-independence (Goodman 1968; for
    sequences without repetition Bakeman & Gottman 1997): expected = a[from] · b[to] off the
    diagonal, with the observed totals of each person as the one who yields and who takes the floor.
    Fitted by iterative proportional fitting (Deming & Stephan 1940). With two people, or where one
    person is part of every transition, the totals leave no choice, and it equals what they force.
    """
    pairs = list(permutations(people, 2))
    yielded: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for (giver, taker), n in counts.items():
        yielded[giver] += n
        taken[taker] += n
    hub = next((p for p in people if yielded[p] + taken[p] == yielded.total()), None)
    if hub is not None:  # fitting would never bring the other cells to exactly 0
        return {
            (giver, taker): float(
                taken[taker] if giver == hub else yielded[giver] if taker == hub else 0
            )
            for giver, taker in pairs
        }
    return _fitted(pairs, yielded, taken)


def _fitted(
    pairs: Sequence[Pair], yielded: Mapping[str, int], taken: Mapping[str, int]
) -> dict[Pair, float]:
    fit = dict.fromkeys(pairs, 1.0)
    for _ in range(_MAX_ROUNDS):
        _scale(fit, yielded, 0)
        if _scale(fit, taken, 1) < _CLOSE:
            break
    return fit


def _scale(fit: dict[Pair, float], wanted: Mapping[str, int], side: int) -> float:
    """Scale the totals of one side to the wanted ones; return the largest previous distance."""
    totals: dict[str, float] = {}
    for pair, value in fit.items():
        totals[pair[side]] = totals.get(pair[side], 0.0) + value
    for pair in fit:
        total = totals[pair[side]]
        fit[pair] *= wanted[pair[side]] / total if total > 0 else 0.0
    return max((abs(wanted[person] - total) for person, total in totals.items()), default=0.0)


def _residual(n: int, expected: float) -> float | None:
    return (n - expected) / sqrt(expected) if expected > 1e-6 else None


def reciprocity(session: Meeting) -> float | None:
    """Share of floor transfers that are answered by one in the other direction.

    Twice the smaller of both directions, summed over all pairs, by all transfers (Squartini et al.
    2013): 1 where each pair gives as often as it takes. None without transfers.
    """
    counts = Counter((t.from_person, t.to_person) for t in session.transfers)
    if not counts:
        return None
    mutual = sum(min(n, counts[taker, giver]) for (giver, taker), n in counts.items())
    return mutual / counts.total()


@dataclass(frozen=True, slots=True)
class Shift:
    """A participation shift: ``person`` takes the floor, ``answering`` if it was their turn."""

    person: str
    answering: bool


def participation_shifts(session: Meeting) -> list[Shift]:
    """The participation shifts (Gibson 2003) that are known without knowing who is addressed.

    It is *assumed* that each speaker addresses the one who held the floor before. Then, after A
    spoke to B, either B speaks to A: AB-BA, turn receiving (``answering``); or another to A:
    AB-XA, turn usurping. The other eleven of his thirteen contradict the assumption: in them
    a person speaks to the group (0: AB-B0, AB-X0, AB-A0, and all turn claiming, A0-X0, A0-XA,
    A0-XY, with A0-AY), to a third (AB-BY, AB-XB, AB-XY), or turns from one to another (AB-AY).
    Turns of one person that follow each other count as one; the first two holders of a session,
    and of what follows an unknown person, shift nothing.
    """
    return [
        Shift(person, person == addressed)
        for chain in _chains(session)
        for addressed, _, person in zip(chain, chain[1:], chain[2:], strict=False)
    ]


def _chains(session: Meeting) -> Iterator[list[str]]:
    """The floor holders in order, none twice in a row, restarted where the previous is unknown."""
    chain: list[str] = []
    for turn in floor_turns(session.turns):
        if not chain or turn.previous_label != chain[-1]:
            yield chain
            chain = [turn.label]
        elif turn.label != chain[-1]:
            chain.append(turn.label)
    yield chain
