"""Arithmetic on stretches of time: who talks in them, alone or with others; how long they are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, inf
from typing import TypeVar

from pipeline.records import Interval, Segment

Part = TypeVar("Part", bound=Interval)

MINUTE_S, HOUR_S = 60, 3600


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time as disjoint stretches in order."""
    joined: list[Interval] = []
    for part in sorted(Interval(i.start_s, i.end_s) for i in intervals):
        if joined and part.start_s <= joined[-1].end_s:
            joined[-1] = Interval(joined[-1].start_s, max(joined[-1].end_s, part.end_s))
        elif part.end_s > part.start_s:
            joined.append(part)
    return joined


def intersection(first: Sequence[Interval], second: Sequence[Interval]) -> list[Interval]:
    """The time that two lists of disjoint, ordered stretches share."""
    shared = []
    i = j = 0
    while i < len(first) and j < len(second):
        start = max(first[i].start_s, second[j].start_s)
        end = min(first[i].end_s, second[j].end_s)
        if start < end:
            shared.append(Interval(start, end))
        if first[i].end_s < second[j].end_s:
            i += 1
        else:
            j += 1
    return shared


def total_s(intervals: Iterable[Interval]) -> float:
    """Summed length."""
    return sum(i.duration_s for i in intervals)


def meeting(parts: Sequence[Part], stretch: Interval) -> Sequence[Part]:
    """The disjoint, ordered parts that share time with the stretch."""
    first = bisect_right(parts, stretch.start_s, key=lambda part: part.end_s)
    last = bisect_left(parts, stretch.end_s, key=lambda part: part.start_s)
    return parts[first:last]


def distance_s(first: Interval, second: Interval) -> float:
    """Length of the time between two stretches; 0 if they meet."""
    return max(0.0, first.start_s - second.end_s, second.start_s - first.end_s)


@dataclass(frozen=True, slots=True)
class Talk:
    """The regular diarisation of a session, by label."""

    by_label: dict[str, list[Interval]]

    @classmethod
    def of(cls, segments: Iterable[Segment]) -> Talk:
        grouped: defaultdict[str, list[Interval]] = defaultdict(list)
        for segment in segments:
            grouped[segment.label].append(segment)
        return cls({label: union(parts) for label, parts in sorted(grouped.items())})

    def within(self, label: str, stretch: Interval) -> list[Interval]:
        """The times when ``label`` talks in the stretch."""
        return intersection(meeting(self.by_label.get(label, []), stretch), [stretch])

    def share(self, label: str, stretch: Interval) -> float:
        """Share of the stretch (longer than 0) in which ``label`` talks."""
        return total_s(self.within(label, stretch)) / stretch.duration_s

    def distance_s(self, label: str, stretch: Interval) -> float:
        """Length of the time between the stretch and the nearest talk of ``label``."""
        parts = self.by_label.get(label, [])
        after = bisect_left(parts, stretch.start_s, key=lambda part: part.start_s)
        return min(
            (distance_s(p, stretch) for p in parts[max(0, after - 1) : after + 1]), default=inf
        )

    def overlaps(self, label: str, stretch: Interval) -> dict[str, list[Interval]]:
        """The times when others talk at the same time as ``label`` in the stretch, by label."""
        own = self.within(label, stretch)
        simultaneous = {
            other: intersection(own, parts)
            for other, parts in self.by_label.items()
            if other != label
        }
        return {other: parts for other, parts in simultaneous.items() if parts}

    def speech_s(self) -> float:
        """Time in which at least one person talks."""
        return total_s(union(part for parts in self.by_label.values() for part in parts))

    def overlap_s(self) -> float:
        """Time in which at least two people talk at once."""
        edges = sorted(
            edge
            for parts in self.by_label.values()
            for part in parts
            for edge in ((part.start_s, 1), (part.end_s, -1))
        )
        talking, since, overlapped = 0, 0.0, 0.0
        for time, change in edges:
            if talking >= 2:
                overlapped += time - since
            talking += change
            since = time
        return overlapped


def about(seconds: float) -> str:
    """An approximate length of time as text, no more precise than it is known."""
    minutes = ceil(seconds / MINUTE_S)
    if minutes <= 1:
        return "less than a minute" if seconds < MINUTE_S else "about 1 min"
    if minutes > 10:
        minutes = 5 * ceil(minutes / 5) if minutes <= 60 else 10 * ceil(minutes / 10)
    hours, minutes = divmod(minutes, 60)
    if hours >= 10:
        return f"about {round(seconds / HOUR_S)} h"
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    return f"about {' '.join(parts)}"
