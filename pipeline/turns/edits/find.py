"""Find a row that a human corrected after another model has cut the talk differently.

It is found by time. If that leaves a choice, the speaker and then the words decide; words are
compared letter by letter, because another model may spell them differently.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from pipeline.records import Interval, Word
from pipeline.records.times import distance_s
from pipeline.turns.context import Piece
from pipeline.turns.edits.edit import About

SHARED = 0.5  # least shared part of the shorter of two stretches of the same talk
ALIKE = 0.5  # likeness of words from which they are the same
SAME_SPEAKER = 0.5  # weight of the same speaker; equal times and equal words count 1 each
NEAR_S = 1.0  # by which an edge may have moved, which can be more than a short row is long
EDGE_S = 0.25  # by which the times of a word may be off


def find(about: About, turns: Sequence[Piece]) -> list[int]:
    """The positions of the rows, all of one label, that hold the talk; [] if it is not found.

    There are several if the talk is now cut, and they reach beyond it if it is part of a longer
    row.
    """
    fits = [(_fit(about, turn), -i) for i, turn in enumerate(turns) if _shares(about, turn)]
    best, position = max(fits, default=(0.0, 0))
    if best <= 0:
        return _near(about, turns)
    label = turns[-position].label
    return [i for i, t in enumerate(turns) if t.label == label and _shares(about, t)]


def words_within(turn: Piece, about: About) -> tuple[Word, ...]:
    """The turn's words within the edit's stretch, allowing for errors of word times.

    There is no such allowance if the edit had no words: the neighbouring ones are not meant then.
    """
    edge_s = EDGE_S if about.words else 0.0
    place = Interval(about.start_s - edge_s, about.end_s + edge_s)
    return tuple(word for word in turn.words if is_within(word, place))


def alike(first: Sequence[Word], second: Sequence[Word]) -> float:
    """Similarity of words, 0–1; two empty sequences are alike."""
    one, other = (" ".join(word.text for word in words).casefold() for words in (first, second))
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def is_within(word: Word, place: Interval) -> bool:
    """Whether the middle of a word is in a stretch."""
    return place.start_s <= (word.start_s + word.end_s) / 2 <= place.end_s


def _shares(about: About, turn: Piece) -> bool:
    place = Interval(turn.start_s, turn.end_s)
    shared_s = about.overlap_s(place)
    return 0 < shared_s >= SHARED * min(about.duration_s, place.duration_s)


def _fit(about: About, turn: Piece) -> float:
    """How well a row fits; 0 if another speaker says something else in it."""
    place = Interval(turn.start_s, turn.end_s)
    shared_s = about.overlap_s(place)
    times = shared_s / (about.duration_s + place.duration_s - shared_s)
    likeness = alike(about.words, words_within(turn, about))
    if turn.label == about.label:
        return times + likeness + SAME_SPEAKER
    if likeness < ALIKE or (not about.words and times < SHARED):
        return 0.0
    return times + likeness


def _near(about: About, turns: Sequence[Piece]) -> list[int]:
    """The nearest row of the same speaker with the same words, if it is next to the place."""
    away = [
        (distance_s(about, Interval(turn.start_s, turn.end_s)), i)
        for i, turn in enumerate(turns)
        if turn.label == about.label and alike(about.words, turn.words) >= ALIKE
    ]
    nearest_s, position = min(away, default=(NEAR_S, -1))
    return [position] if nearest_s < NEAR_S else []
