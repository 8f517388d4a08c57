"""Merge what several detectors found into one finding: the union of their words."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.pseudonymisation.turn_text import Finding
from pipeline.records import EntityType

TYPE_PRIORITY: tuple[EntityType, ...] = (
    "identifier",
    "contact",
    "organisation",
    "person",
    "place",
)


def merge(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, those that share words merged, in order of words.

    A merged finding covers the words of all (nothing found is ever dropped); the longest typed
    finding gives the type, and among equally long ones the first in TYPE_PRIORITY. All their
    detectors are kept, joined by '+'.
    """
    groups: list[list[Finding]] = []
    end = -1
    for finding in sorted(findings, key=lambda f: (f.first, -f.last, f.detector, f.type or "")):
        if finding.first <= end:
            groups[-1].append(finding)
        else:
            groups.append([finding])
        end = max(end, finding.last)
    return [_union(group) for group in groups]


def _union(group: list[Finding]) -> Finding:
    return Finding(
        first=min(finding.first for finding in group),
        last=max(finding.last for finding in group),
        type=_type(group),
        detector="+".join(sorted({d for f in group for d in f.detector.split("+")})),
    )


def _type(group: list[Finding]) -> EntityType | None:
    typed = [(len(f.words), -TYPE_PRIORITY.index(f.type), f.type) for f in group if f.type]
    return max(typed)[2] if typed else None
