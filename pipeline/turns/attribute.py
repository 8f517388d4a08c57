"""Attribute words to people.

Where speakers change, the diarisation's edges and the times of words are each uncertain by a few
tenths of a second, so that a word next to a change easily falls on the wrong side of it. But
speakers seldom change inside a sentence. The speakers of all words are therefore chosen together
(Viterbi 1967), to minimise the total cost of giving words to people who are silent there, and of
changes before a sentence has ended.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.records import Diarisation, Interval, Segment, Word
from pipeline.records.times import Talk, meeting

# A word this close to a person's talk can still be theirs. A word farther from all talk was not
# said: a recogniser writes in silence too.
WORD_TOLERANCE_S = 0.5
LATE_S = 0.15  # recognised words end this much too early…
MIN_WORD_S = 0.2  # …and some last no time at all

# Costs, in units of one word given to a silent person.
CHANGE_IN_SENTENCE = 1.5
LESS_PER_S = 3.0  # of pause before the change: a recogniser may omit full stops
FARTHER_OFF_PER_S = 2.0  # from the nearest talk of theirs to the middle of the word

_SENTENCE_END = re.compile(r"[.?!…][\"'”’»)]*$")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Said:
    """A word with its speaker label.

    ``agreement`` (0–1) is how far the diarisation supports the speaker: 1 if it detects them alone,
    a half if they are the louder of two, 0 if it does not detect them; weighted by the confidence
    of its segments. It is 1 for a word that comes with its label.
    """

    word: Word
    label: str
    agreement: float


def attribute(
    words: Sequence[Word], diarisation: Diarisation, responses: Collection[str]
) -> list[Said]:
    """Each word with the label that said it, in order of time.

    A word that comes with its label (one track a person) keeps it. Of the others, those far
    from every segment were never said and are left out. ``responses`` are the words of minimal
    responses, in lower case.
    """
    labelled = [Said(word, word.label, 1.0) for word in words if word.label is not None]
    others = sorted((word for word in words if word.label is None), key=_time)
    return sorted(labelled + _chosen(others, diarisation, responses), key=lambda s: _time(s.word))


def is_response(text: str, responses: Collection[str]) -> bool:
    """Whether a word is made of response words alone (``Mm-hm.``)."""
    parts = _LETTERS.findall(text.casefold())
    return bool(parts) and all(part in responses for part in parts)


def _time(word: Word) -> tuple[float, float]:
    return word.start_s, word.end_s


def _chosen(
    words: Sequence[Word], diarisation: Diarisation, responses: Collection[str]
) -> list[Said]:
    """The words in order of time, with speakers chosen by the diarisation alone."""
    regular, exclusive = Talk.of(diarisation.regular), Talk.of(diarisation.exclusive)
    labels = list(regular.by_label)
    near = [
        (word, place)
        for word in words
        for place in [_place(word)]
        if any(regular.distance_s(label, place) <= WORD_TOLERANCE_S for label in labels)
    ]
    costs = [
        {label: _absence(label, place, regular, exclusive) for label in labels} for _, place in near
    ]
    changes = [_change(before, after, responses) for (before, _), (after, _) in pairwise(near)]
    segments = _by_label(diarisation.regular), _by_label(diarisation.exclusive)
    return [
        Said(word, label, _agreement(label, place, regular, segments))
        for (word, place), label in zip(near, _cheapest(costs, changes), strict=True)
    ]


def _place(word: Word) -> Interval:
    """When the word is likely to have been said."""
    return Interval(word.start_s, max(word.end_s + LATE_S, word.start_s + MIN_WORD_S))


def _absence(label: str, place: Interval, regular: Talk, exclusive: Talk) -> float:
    """The cost of giving a word to a person.

    0 if they alone talk there, a half if another is louder, 1 if they are silent, and more the
    farther away they talk.
    """
    middle_s = (place.start_s + place.end_s) / 2
    off_s = regular.distance_s(label, Interval(middle_s, middle_s))
    support = (regular.share(label, place) + exclusive.share(label, place)) / 2
    return 1 - support + FARTHER_OFF_PER_S * off_s


def _change(before: Word, after: Word, responses: Collection[str]) -> float:
    """The cost of a change of speaker between two words.

    It is 0 after a sentence, and around responses of others within it.
    """
    if _SENTENCE_END.search(before.text):
        return 0.0
    if is_response(before.text, responses) or is_response(after.text, responses):
        return 0.0
    pause_s = max(0.0, after.start_s - before.end_s - LATE_S)
    return max(0.0, CHANGE_IN_SENTENCE - LESS_PER_S * pause_s)


def _cheapest(costs: Sequence[Mapping[str, float]], changes: Sequence[float]) -> list[str]:
    """The label of each word at the least total cost; with equal costs, the speaker stays."""
    if not costs:
        return []
    totals = dict(costs[0])
    came_from: list[dict[str, str]] = []
    for cost, change in zip(costs[1:], changes, strict=True):
        best = min(totals, key=lambda label: totals[label])
        origin = {
            label: best if totals[best] + change < total else label
            for label, total in totals.items()
        }
        totals = {
            label: min(total, totals[best] + change) + cost[label]
            for label, total in totals.items()
        }
        came_from.append(origin)
    path = [min(totals, key=lambda label: totals[label])]
    for origin in reversed(came_from):
        path.append(origin[path[-1]])
    return path[::-1]


def _by_label(segments: Sequence[Segment]) -> dict[str, list[Segment]]:
    grouped: dict[str, list[Segment]] = {}
    for segment in sorted(segments):
        grouped.setdefault(segment.label, []).append(segment)
    return grouped


def _agreement(
    label: str, place: Interval, regular: Talk, segments: Sequence[Mapping[str, Sequence[Segment]]]
) -> float:
    """How far the regular and the exclusive segments support that the label says a word."""
    sure_s = sum(
        segment.overlap_s(place) * segment.confidence
        for by_label in segments
        for segment in meeting(by_label.get(label, []), place)
    )
    others = (regular.share(other, place) for other in regular.by_label if other != label)
    return max(0.0, min(1.0, (sure_s / place.duration_s - max(others, default=0.0)) / 2))
