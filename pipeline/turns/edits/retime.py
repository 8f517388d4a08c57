"""Assign times to the words of a text that a human wrote."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from pipeline.pseudonymisation.turn_text import core
from pipeline.records import Interval, Word


def timed(recognised: Sequence[Word], text: str, place: Interval) -> tuple[Word, ...]:
    """The words of a text, each with its time: that of the recognised word, or evenly between.

    ``recognised`` are the words that the text corrects, said in the ``place``. An unchanged word
    keeps its probability; one that the human wrote has 1.
    """
    written = text.split()
    matcher = SequenceMatcher(
        None, [_plain(word.text) for word in recognised], [_plain(word) for word in written], False
    )
    label = recognised[0].label if recognised else None
    words: list[Word] = []
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            for word, text_ in zip(recognised[first:last], written[start:end], strict=True):
                same = word.text == text_
                words.append(word if same else Word(word.start_s, word.end_s, text_, 1.0, label))
        elif end > start:
            room = _room(recognised, first, last, place)
            words += _spread(written[start:end], room, label)
    return tuple(words)


def _room(recognised: Sequence[Word], first: int, last: int, place: Interval) -> Interval:
    """The time of the recognised words ``first`` to ``last``; if none, the gap between them."""
    if first < last:
        return Interval(recognised[first].start_s, max(w.end_s for w in recognised[first:last]))
    start = recognised[first - 1].end_s if first else place.start_s
    end = recognised[last].start_s if last < len(recognised) else place.end_s
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
