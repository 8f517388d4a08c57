"""The time from the end of one recording to the start of the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from pipeline.media.audio import probe
from pipeline.media.container import opened
from pipeline.storage.disk import os_errors
from pipeline.study.file_names import moment_of

EARLY_BY_NAME_S, EARLY_S = 60.0, 2.0  # names may give minutes only; file clocks are coarse
EARLY_SHARE = 0.1  # of the length: files copied together must not pass for consecutive
LONGEST_GAP_S = 12 * 3600.0


def gaps_s(files: Sequence[Path]) -> tuple[float | None, ...]:
    """The seconds between recordings that are parts of one session, None if no times are known.

    Raises as ``gap_s``.
    """
    found = (gap_s(before, after) for before, after in pairwise(files))
    return tuple(None if gap is None or gap > LONGEST_GAP_S else gap for gap in found)


def gap_s(before: Path, after: Path, before_name: str = "", after_name: str = "") -> float | None:
    """The seconds between two recordings; None if no times are known.

    From the dates and times in the names; else from the start times stored in the files; else from
    when they were last written. Times that make them overlap are ignored: they come from copying.
    Names are the original ones, if the files have been renamed.
    Raises RecordingError if a file is no recording, TransientError.
    """
    end_of, lasts_s = _times(before, before_name or before.name)
    start_of, _ = _times(after, after_name or after.name)
    for source, early_s in (("name", EARLY_BY_NAME_S), ("tag", EARLY_S), ("written", EARLY_S)):
        start, following = end_of.get(source), start_of.get(source)
        if lasts_s is None or start is None or following is None:
            continue
        found_s = following - start - lasts_s
        if found_s >= -(early_s if source == "name" else min(early_s, EARLY_SHARE * lasts_s)):
            return round(max(0.0, found_s), 3)
    return None


def length_s(file: Path) -> float:
    """How long a recording is by its header; 0 if it does not say."""
    return probe(file) or 0.0


def _times(file: Path, name: str) -> tuple[dict[str, float], float | None]:
    """When a recording began (s), by source, and how long it is."""
    lasts_s = probe(file)
    with opened(file) as (container, _):
        tag = container.metadata.get("creation_time", "")
    moment = moment_of(name)
    with os_errors("reading the dates of files"):
        written_s = file.stat().st_mtime
    found = {
        "name": _posix_s(moment.order) if moment and moment.time_s is not None else None,
        "tag": _posix_s(tag),
        "written": written_s - lasts_s if lasts_s is not None else None,
    }
    return {source: time_s for source, time_s in found.items() if time_s is not None}, lasts_s


def _posix_s(text: str) -> float | None:
    """An ISO 8601 time in seconds; None if the text is not one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
