"""The stretches of talk passed to Whisper, and the talk that its words are cut to."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.records import Diarisation, Interval, Word
from pipeline.records.times import union

WINDOW_S = 28.0
PADDING_S = 0.2  # consonants at the edge of detected speech are easily cut off
MAX_GAP_S = 3.0  # a longer silence wastes the model's time, and makes it invent words
SAME_STRETCH_S = 0.3  # words bridge shorter gaps in speech


@dataclass(frozen=True, slots=True)
class Window(Interval):
    """A stretch of the sound in ``wav``; ``label`` says whose track that is, if any."""

    wav: Path
    label: str | None = None


def talk_windows(
    wav: Path, diarisation: Diarisation, tracks: Mapping[str, Path] | None = None
) -> list[Window]:
    """The stretches of a recording in which a person talks.

    ``tracks`` are those of people recorded separately, by label: then the stretches of each track.
    """
    if not tracks:
        return [Window(w.start_s, w.end_s, wav) for w in windows(diarisation.exclusive)]
    return [
        Window(w.start_s, w.end_s, tracks[label], label)
        for label in sorted(tracks)
        for w in windows([s for s in diarisation.regular if s.label == label])
    ]


def windows(speech: Sequence[Interval]) -> list[Interval]:
    """Stretches of at most ``WINDOW_S`` that hold all speech, cut in the longest pauses.

    ``speech`` is the exclusive diarisation. Silence of more than ``MAX_GAP_S`` is left out; talk
    that is then too long is halved repeatedly, in the longest pause that leaves a quarter on each
    side, or, where people follow each other without one, at a change of speaker.
    """
    groups: list[list[Interval]] = []
    for part in sorted(Interval(s.start_s, s.end_s) for s in speech):
        if groups and part.start_s - groups[-1][-1].end_s <= MAX_GAP_S:
            groups[-1].append(part)
        else:
            groups.append([part])
    return _padded([half for parts in groups for half in _halved(parts)])


def _halved(parts: list[Interval]) -> list[Interval]:
    """Stretches that fit into a window, padding included."""
    start, end = parts[0].start_s, parts[-1].end_s
    if end - start <= WINDOW_S - 2 * PADDING_S:
        return [Interval(start, end)]
    middle = (start + end) / 2
    if len(parts) == 1:
        return _halved([Interval(start, middle)]) + _halved([Interval(middle, end)])
    least, places = (end - start) / 4, range(1, len(parts))
    central = [
        i for i in places if parts[i - 1].end_s >= start + least and parts[i].start_s <= end - least
    ]
    cut = max(
        central or places,
        key=lambda i: (parts[i].start_s - parts[i - 1].end_s, -abs(parts[i].start_s - middle)),
    )
    return _halved(parts[:cut]) + _halved(parts[cut:])


def _padded(stretches: list[Interval]) -> list[Interval]:
    """Each stretch with a little of the silence around it, no two overlapping."""
    ends = [0.0, *(s.end_s for s in stretches)]
    starts = [*(s.start_s for s in stretches), math.inf]
    pads = [min(PADDING_S, max(0.0, (b - a) / 2)) for a, b in zip(ends, starts, strict=True)]
    return [
        Interval(s.start_s - before, s.end_s + after)
        for s, before, after in zip(stretches, pads, pads[1:], strict=False)
    ]


def joined(speech: Sequence[Interval]) -> list[Interval]:
    """Where anyone talks, with gaps that words bridge closed."""
    half = SAME_STRETCH_S / 2
    wide = union(Interval(s.start_s - half, s.end_s + half) for s in speech)
    return [Interval(round(s.start_s + half, 3), round(s.end_s - half, 3)) for s in wide]


def within_speech(word: Word, speech: Sequence[Interval]) -> Word:
    """A word, which Whisper stretches over pauses, cut to the speech that contains most of it."""
    place = Interval(word.start_s, word.end_s)
    first = bisect_left(speech, place.start_s, key=lambda s: s.end_s)
    last = bisect_left(speech, place.end_s, key=lambda s: s.start_s)
    near = max(speech[first:last], key=place.overlap_s, default=place)
    return replace(word, start_s=max(word.start_s, near.start_s), end_s=min(word.end_s, near.end_s))
