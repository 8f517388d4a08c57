"""Arithmetic on stretches of time: who talks in a stretch, alone or with others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.records import Interval, Segment


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


@dataclass(frozen=True, slots=True)
class Talk:
    """The regular diarisation of a session, asked by label."""

    by_label: dict[str, list[Interval]]

    @classmethod
    def of(cls, segments: Iterable[Segment]) -> Talk:
        grouped: defaultdict[str, list[Interval]] = defaultdict(list)
        for segment in segments:
            grouped[segment.label].append(segment)
        return cls({label: union(parts) for label, parts in sorted(grouped.items())})

    def within(self, label: str, stretch: Interval) -> list[Interval]:
        """When ``label`` talks in the stretch."""
        return intersection(self.by_label.get(label, []), [stretch])

    def overlaps(self, label: str, stretch: Interval) -> dict[str, list[Interval]]:
        """When others talk at the same time as ``label`` in the stretch, by their label."""
        own = self.within(label, stretch)
        simultaneous = {
            other: intersection(own, parts)
            for other, parts in self.by_label.items()
            if other != label
        }
        return {other: parts for other, parts in simultaneous.items() if parts}

    def speech_s(self) -> float:
        """Time in which anybody talks."""
        return total_s(union(part for parts in self.by_label.values() for part in parts))

    def overlap_s(self) -> float:
        """Time in which two people or more talk at once."""
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
