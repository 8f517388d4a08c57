"""When the words of a text that a human wrote were said."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from pipeline.pseudonymisation.turn_text import core
from pipeline.records import Interval, Word


def timed(heard: Sequence[Word], text: str, place: Interval) -> tuple[Word, ...]:
    """The words of a text, each with its time: where it was heard, or evenly in between.

    ``heard`` are the words that the text corrects, said in the ``place``. A word that stays as it
    was heard keeps its probability; one that the human wrote has 1.
    """
    written = text.split()
    matcher = SequenceMatcher(
        None, [_plain(word.text) for word in heard], [_plain(word) for word in written], False
    )
    label = heard[0].label if heard else None
    words: list[Word] = []
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            for word, text_ in zip(heard[first:last], written[start:end], strict=True):
                same = word.text == text_
                words.append(word if same else Word(word.start_s, word.end_s, text_, 1.0, label))
        elif end > start:
            room = _room(heard, first, last, place)
            words += _spread(written[start:end], room, label)
    return tuple(words)


def _room(heard: Sequence[Word], first: int, last: int, place: Interval) -> Interval:
    """The time of the heard words ``first`` to ``last``; of none, the time between their sides."""
    if first < last:
        return Interval(heard[first].start_s, max(w.end_s for w in heard[first:last]))
    start = heard[first - 1].end_s if first else place.start_s
    end = heard[last].start_s if last < len(heard) else place.end_s
    return Interval(start, max(start, end))


def _spread(texts: Sequence[str], room: Interval, label: str | None) -> list[Word]:
    step_s = room.duration_s / len(texts)
    edges = [round(room.start_s + n * step_s, 3) for n in range(len(texts) + 1)]
    return [
        Word(edges[n], max(edges[n], edges[n + 1]), text, 1.0, label)
        for n, text in enumerate(texts)
    ]


def _plain(text: str) -> str:
    return core(text).casefold() or text
