"""Cut, join and reassign the rows of a session and the talk behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf

from pipeline.records import Interval, Segment, Word
from pipeline.turns.context import Piece
from pipeline.turns.edits.edit import About
from pipeline.turns.edits.find import words_within


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a session in order of start, and its regular talk, while edits are applied.

    ``labels`` are the speakers of the session, ``lapse_s`` is the silence that ends a turn.
    """

    turns: tuple[Piece, ...]
    regular: tuple[Segment, ...]
    labels: frozenset[str]
    lapse_s: float

    def with_turns(self, gone: Iterable[Piece], come: Iterable[Piece]) -> Rows:
        """These rows with some replaced by others."""
        turns = list(self.turns)
        for turn in gone:
            turns.remove(turn)
        turns = sorted([*turns, *come], key=lambda t: (t.start_s, t.end_s, t.label))
        return replace(self, turns=tuple(turns))


def joined(turns: Sequence[Piece]) -> Piece:
    """Rows of one speaker as one, with the lowest speaker confidence among them."""
    sure = [t.speaker_confidence for t in turns if t.speaker_confidence is not None]
    return replace(
        turns[0],
        kind="turn" if any(t.kind == "turn" for t in turns) else "minimal_response",
        start_s=min(t.start_s for t in turns),
        end_s=max(t.end_s for t in turns),
        words=in_order(w for t in turns for w in t.words),
        speaker_confidence=min(sure, default=None),
        suspect=tuple(sorted({reason for t in turns for reason in t.suspect})),
        edited=_marks(*(mark for t in turns for mark in t.edited), "merged"),
    )


def isolated(rows: Rows, found: Sequence[int], about: About) -> tuple[Rows, list[Piece]]:
    """The rows cut so that the edit's stretch has separate rows, and those rows."""
    inside: list[Piece] = []
    for turn in [rows.turns[i] for i in found]:
        parts, within = _parts(turn, about)
        rows = rows.with_turns([turn], parts)
        inside.append(within)
    return rows, inside


def _parts(turn: Piece, about: About) -> tuple[list[Piece], Piece]:
    """A row cut where the edit's stretch begins and ends, and the part within."""
    within = words_within(turn, about)
    if len(within) == len(turn.words):
        return [turn], turn
    if within:
        first = turn.words.index(within[0])
        parts = cut(turn, first, first + len(within))
        return parts, next(part for part in parts if part.words[0] == within[0])
    before = sum(word.start_s < about.start_s for word in turn.words)
    place = clipped(about, Interval(turn.start_s, turn.end_s))
    silent = replace(turn, start_s=place.start_s, end_s=place.end_s, words=())
    return [*cut(turn, before), silent], silent


def cut(turn: Piece, *numbers: int) -> list[Piece]:
    """A row cut before the words with these numbers, counted from 0."""
    edges = sorted({0, *numbers, len(turn.words)})
    return [
        replace(
            turn,
            start_s=turn.words[first].start_s if first else turn.start_s,
            end_s=max(w.end_s for w in words) if last < len(turn.words) else turn.end_s,
            words=words,
        )
        for first, last in pairwise(edges)
        for words in [turn.words[first:last]]
    ]


def moved(rows: Rows, parts: Sequence[Piece], label: str | None) -> tuple[Segment, ...]:
    """The regular talk with that of these rows given to another label, or removed with None."""
    regular = list(rows.regular)
    for part in parts:
        place, reach = Interval(part.start_s, part.end_s), _reach(part, rows.turns)
        own = [s for s in regular if s.label == part.label and s.overlap_s(place) > 0]
        regular = [segment for segment in regular if segment not in own]
        for segment in own:
            middle = clipped(reach, segment)
            edges = ((segment.start_s, middle.start_s), (middle.end_s, segment.end_s))
            regular += [replace(segment, start_s=a, end_s=b) for a, b in edges if a < b]
            if label is not None:
                regular.append(Segment(middle.start_s, middle.end_s, label))
    return tuple(sorted(regular))


def _reach(part: Piece, turns: Sequence[Piece]) -> Interval:
    """The time in which the speaker's talk belongs to this row: halfway to their other rows."""
    own = [t for t in turns if t.label == part.label and t is not part]
    before = [t.end_s for t in own if t.start_s < part.start_s]
    after = [t.start_s for t in own if t.start_s >= part.start_s]
    start = (min(max(before), part.start_s) + part.start_s) / 2 if before else 0.0
    end = (max(min(after), part.end_s) + part.end_s) / 2 if after else inf
    return Interval(round(start, 3), round(end, 3))


def rejoined(rows: Rows, place: Interval) -> Rows:
    """The rows with a speaker's adjacent rows at the place joined into one."""
    for one, other in _next_to_own(rows.turns):
        near = one.start_s <= place.end_s and place.start_s <= other.end_s
        if near and other.start_s - one.end_s <= rows.lapse_s and not _kept_apart(one, other):
            both = [one, other]
            return rejoined(rows.with_turns(both, [joined(both)]), place)
    return rows


def _next_to_own(turns: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """Each row with the row of its speaker that it continues: still talking, or with the floor."""
    holder: Piece | None = None
    latest: dict[str, Piece] = {}
    for turn in turns:
        own = latest.get(turn.label)
        if own is not None and (own is holder or turn.start_s < own.end_s):
            yield own, turn
        if own is None or turn.end_s > own.end_s:
            latest[turn.label] = turn
        if turn.kind == "turn" and (holder is None or turn.end_s > holder.end_s):
            holder = turn


def _kept_apart(one: Piece, other: Piece) -> bool:
    """Whether a human kept two rows of a speaker apart; no one talks twice at once."""
    if other.start_s < one.end_s:
        return False
    said_response = other.kind == "minimal_response" and "kind" in other.edited
    return said_response or ("split" in one.edited and "split" in other.edited)


def marked(turn: Piece, mark: str) -> Piece:
    return replace(turn, edited=_marks(*turn.edited, mark))


def _marks(*marks: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(marks))


def in_order(words: Iterable[Word]) -> tuple[Word, ...]:
    return tuple(sorted(words, key=lambda word: (word.start_s, word.end_s)))


def hull(turns: Sequence[Piece]) -> Interval:
    return Interval(min(t.start_s for t in turns), max(t.end_s for t in turns))


def clipped(stretch: Interval, whole: Interval) -> Interval:
    """The part of a stretch that lies in the whole; all of the whole if they do not meet."""
    start, end = max(stretch.start_s, whole.start_s), min(stretch.end_s, whole.end_s)
    return Interval(start, end) if start < end else Interval(whole.start_s, whole.end_s)
