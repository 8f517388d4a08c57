"""Sessions that could equally have been recorded: the rows of one session, resampled.

A replicate draws rows (turns and minimal responses, in order of start) in blocks of neighbours,
because what is said depends on what was said before: the moving-block bootstrap (Künsch 1989), in
which the last row is followed by the first, so that each is drawn as often (Politis & Romano
1992). A block is the cube root of the number of rows long, rounded up: the rate at which it should
grow (Hall, Horowitz & Jing 1995). Then each row drawn is given to another person of the session
with the probability that its speaker is wrong, 1 - ``speaker_confidence``, to one who talks more
with more probability. A row without confidence keeps its speaker, and so does one whose speaker a
human stated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cbrt, ceil

import numpy as np
from numpy.typing import NDArray

from pipeline.dynamics.floor import Meeting, duration, has_floor, speech_s, takes_floor
from pipeline.records import Turn
from pipeline.storage.digests import digest

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rows:
    """The n rows of a session, in order of start, as arrays of length n.

    ``person`` and ``previous`` are places in the session's people; ``previous`` is who held the
    floor before, -1 if no one or unknown, and ``back`` how many rows ago the turn was in which they
    held it, 0 if there is none. ``offset_s`` is the floor transfer offset, NaN without a transfer.
    ``doubt`` is the probability that another person talks.
    """

    person: Ints
    previous: Ints
    back: Ints
    is_turn: Bools
    talk_s: Floats
    duration_s: Floats
    n_words: Floats
    offset_s: Floats
    doubt: Floats
    n_people: int

    @classmethod
    def of(cls, session: Meeting) -> Rows:
        place = {person: i for i, person in enumerate(session.people)}
        turns = session.turns
        return cls(
            person=np.array([place[t.label] for t in turns], np.intp),
            previous=np.array([place.get(t.previous_label or "", -1) for t in turns], np.intp),
            back=np.array(list(_rows_back(turns)), np.intp),
            is_turn=np.array([t.kind == "turn" for t in turns], np.bool_),
            talk_s=np.array([speech_s([t]) for t in turns]),
            duration_s=np.array([duration(t) for t in turns]),
            n_words=np.array([float(len(t.words)) for t in turns]),
            offset_s=np.array(
                [t.offset_from_previous_s if takes_floor(t) else np.nan for t in turns], np.float64
            ),
            doubt=np.array([_doubt(t) for t in turns]),
            n_people=len(place),
        )

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True, slots=True)
class Replicates:
    """Rows drawn: arrays (replicates, n). ``row`` is the row drawn, ``person`` its speaker now and
    ``previous`` who held the floor before (-1: no one, or unknown)."""

    row: Ints
    person: Ints
    previous: Ints


def as_it_was(rows: Rows) -> Replicates:
    """The session itself as the only replicate."""
    return Replicates(np.arange(len(rows))[None], rows.person[None], rows.previous[None])


def draw(rows: Rows, session: Meeting, n_replicates: int) -> Replicates:
    """Draw sessions with as many rows; always the same ones for the same session."""
    rng = np.random.default_rng(_seed(session))
    n = len(rows)
    length = block_length(n)
    n_blocks = ceil(n / length)
    starts = rng.integers(n, size=(n_replicates, n_blocks, 1))
    row = ((starts + np.arange(length)) % n).reshape(n_replicates, -1)[:, :n]
    person = _speakers(row, rows, rng)
    return Replicates(row, person, _previous(row, person, np.arange(n) % length, rows, rng))


def block_length(n_rows: int) -> int:
    """How many neighbouring rows to draw together."""
    return ceil(round(cbrt(n_rows), 9))  # cbrt(27) may be just above 3


def _previous(
    row: Ints, person: Ints, place_in_block: Ints, rows: Rows, rng: np.random.Generator
) -> Ints:
    """Who held the floor before: the person drawn for that turn, if it is in the same block."""
    back = rows.back[row]
    here = np.arange(row.shape[1]) - back
    drawn = np.take_along_axis(person, np.maximum(here, 0), axis=1)
    previous = np.where(back > 0, drawn, rows.previous[row])
    elsewhere = back > place_in_block
    previous[elsewhere] = _speakers((row - back)[elsewhere], rows, rng)
    return previous


def _speakers(row: Ints, rows: Rows, rng: np.random.Generator) -> Ints:
    """The speakers of these rows: usually the original, in doubt another, by share of talk."""
    person = rows.person[row]
    if rows.n_people > 1:
        doubtful = rng.random(row.shape) < rows.doubt[row]
        up_to = np.cumsum(_others(rows), axis=1)[person[doubtful]]
        person[doubtful] = (rng.random((len(up_to), 1)) * up_to[:, -1:] >= up_to).sum(axis=1)
    return person


def _others(rows: Rows) -> Floats:
    """How much each of the others talks, (people, people); all equal where none does."""
    talk_s = np.bincount(rows.person, rows.talk_s, rows.n_people)
    not_self = 1 - np.eye(rows.n_people)
    others = talk_s * not_self
    return np.where(others.sum(axis=1, keepdims=True) > 0, others, not_self)


def _rows_back(turns: tuple[Turn, ...]) -> Iterator[int]:
    holder: int | None = None
    for i, turn in enumerate(turns):
        if holder is not None and turns[holder].label == turn.previous_label:
            yield i - holder
        else:
            yield 0
        if has_floor(turn):
            holder = i


def _doubt(turn: Turn) -> float:
    if turn.speaker_confidence is None or "speaker" in turn.edited:
        return 0.0
    return 1 - turn.speaker_confidence


def _seed(session: Meeting) -> int:
    """A seed that depends only on the session's rows."""
    rows = [[t.label, t.kind, t.start_s, t.end_s, t.speaker_confidence] for t in session.turns]
    return int(digest(rows)[:16], 16)
