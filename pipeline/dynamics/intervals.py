"""How far the measures of a session would vary: 95 % intervals by the bootstrap.

They give the range in which a measure would lie in 19 of 20 stretches of talk of this length, if
the same people continued to talk in the same way, and if each turn is another person's as often as
``speaker_confidence`` doubts it (``pipeline.dynamics.resampling``). They do not cover talk that the
diarisation missed or invented, a label taken for the wrong person, or differences from other
sessions of the group, which only several sessions can show.

An interval is the middle part of the replicates, shifted so that their median is the measure: rows
drawn are spread less evenly than the talk they come from, and doubtful ones more evenly; both
would shift it. The middle part is somewhat more than 95 %, by as much as Student's t is wider than
the normal distribution with as many values as there are blocks (the expanded percentile interval
of Hesterberg 2015).

Measures that depend on the order of all rows (participation shifts, lapses), on the time in which
two talk at once (overlaps, interruptions) or on the recording as a whole (silence) have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, sqrt
from statistics import NormalDist

import numpy as np

from pipeline.dynamics.floor import Meeting
from pipeline.dynamics.per_person import person_replicates
from pipeline.dynamics.per_session import session_replicates
from pipeline.dynamics.replicates import Drawn
from pipeline.dynamics.resampling import Floats, Rows, as_it_was, block_length, draw
from pipeline.dynamics.roles import in_role
from pipeline.tables.columns import Table
from pipeline.tables.person_table import DYNAMICS_PERSON
from pipeline.tables.session_table import DYNAMICS_SESSION
from pipeline.tables.values import ROLES_WITH_SHARES, SHARES

REPLICATES = 500
_LEVEL = 0.95
_MAX_MISSING = 0.05  # a measure missing in more replicates depends on one or two turns

Ends = dict[str, float | None]
"""The columns ``<measure>_low`` and ``<measure>_high`` of a row."""


def intervals(session: Meeting, roles: Mapping[str, str]) -> tuple[Ends, list[Ends]]:
    """The intervals of the session, and of each of its people in order of ``person_id``.

    The same session always gives the same. None where the measure is None; where it is missing, or
    a share or a number of responses is 0, in more than one of 20 replicates, because it depends on
    one or two turns, which do not show how far they vary; and in a session of a single row.
    ``roles`` are by person id.
    """
    rows = Rows.of(session)
    whole: Ends = dict.fromkeys(_ends_of(DYNAMICS_SESSION))
    each: list[Ends] = [dict.fromkeys(_ends_of(DYNAMICS_PERSON)) for _ in session.people]
    if len(rows) < 2:
        return whole, each
    one, drawn = (Drawn.of(rows, r) for r in (as_it_was(rows), draw(rows, session, REPLICATES)))
    of_session, of_people = session_replicates(one), person_replicates(one)
    drawn_session, drawn_people = session_replicates(drawn), person_replicates(drawn)
    for role in ROLES_WITH_SHARES:
        if places := in_role(session.people, roles, role):
            for name in SHARES:
                of_session[f"{role}_{name}"] = of_people[name][:, places].sum(axis=1)
                drawn_session[f"{role}_{name}"] = drawn_people[name][:, places].sum(axis=1)
    tail = tail_share(len(rows) / block_length(len(rows)))
    for name, values in drawn_session.items():
        whole |= _ends(name, float(of_session[name][0]), values, tail)
    for name, values in drawn_people.items():
        for place, ends in enumerate(each):
            value = float(of_people[name][0, place])
            ends |= _ends(name, value, values[:, place], tail)
    return whole, each


def _ends_of(table: Table) -> list[str]:
    return [c.name for c in table.columns if c.name.endswith(("_low", "_high"))]


def tail_share(n_blocks: float) -> float:
    """The share of replicates to leave out on each side."""
    from scipy.special import stdtrit

    if n_blocks <= 1:
        return 0.0
    t = float(stdtrit(n_blocks - 1, (1 - _LEVEL) / 2))
    return NormalDist().cdf(sqrt(n_blocks / (n_blocks - 1)) * t)


def _ends(name: str, value: float, replicates: Floats, tail: float) -> Ends:
    low: float | None = None
    high: float | None = None
    n_there = np.count_nonzero(replicates > (0.0 if _counts_rows(name) else -inf))
    if np.isfinite(value) and n_there >= (1 - _MAX_MISSING) * len(replicates):
        lower, middle, upper = np.nanquantile(replicates, [tail, 0.5, 1 - tail]).tolist()
        least, most = _RANGES[name]
        low, high = max(least, value + lower - middle), min(most, value + upper - middle)
    return {f"{name}_low": low, f"{name}_high": high}


def _counts_rows(name: str) -> bool:
    """Whether the measure is 0, not missing, where nothing was drawn of a person."""
    return name.startswith("n_") or name.endswith("_share")


_RANGES = {
    column.name: (
        -inf if column.minimum is None else float(column.minimum),
        inf if column.maximum is None else float(column.maximum),
    )
    for column in (*DYNAMICS_SESSION.columns, *DYNAMICS_PERSON.columns)
}
