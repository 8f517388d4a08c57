"""A session's published turns as a readable transcript: text, WebVTT or JSON. Pseudonyms only.

``note`` says that the names are not reviewed yet; "" if they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import StudyError, did_you_mean
from pipeline.records.turn_ids import short

if TYPE_CHECKING:
    from pipeline.tables.columns import Row


def published_turns(dataset: Path, session_id: str) -> list[Row]:
    """The turns of a session from the data set, in order.

    Raises StudyError if the data set has no such session.
    """
    from pipeline.dataset.files import file_of, files, read

    file = file_of(dataset, "turns", session_id)
    if not file.is_file():
        there = [f.stem for f in files(dataset, "turns")]
        raise StudyError(
            f"The data set has no session '{session_id}'.",
            did_you_mean(session_id, there) or f"Its sessions: {', '.join(there) or 'none yet'}.",
        )
    rows: list[Row] = read(file).to_pylist()
    return rows


def clock(seconds: float) -> str:
    """``3725.4`` as ``1:02:05``."""
    minutes, s = divmod(int(seconds), 60)
    hours, m = divmod(minutes, 60)
    return f"{hours}:{m:02}:{s:02}"


def as_text(turns: Sequence[Row], note: str = "") -> str:
    """One line per turn: short id, time, person, words; the note comes first.

    Minimal responses are indented.
    """
    ids = [short(turn["turn_id"]) for turn in turns]
    width = max(map(len, ids), default=0)
    lines = [f"{note}\n"] if note else []
    for turn_id, turn in zip(ids, turns, strict=True):
        indent = "    " if turn["kind"] == "minimal_response" else ""
        words = turn["text"] or "…"
        place = f"{turn_id:{width}}  {clock(turn['start_s'])}"
        lines.append(f"{place}  {indent}{turn['person_id']}: {words}")
    return "\n".join(lines)


def as_vtt(turns: Sequence[Row], note: str = "") -> str:
    """WebVTT with a note, and with a voice tag for each person (W3C WebVTT, 2019, section 4.4)."""
    cues = ["WEBVTT", *([f"NOTE\n{note}"] if note else [])]
    for turn in turns:
        if not turn["text"]:
            continue
        start, end = (_vtt_time(turn[name]) for name in ("start_s", "end_s"))
        text = turn["text"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        cues.append(f"{turn['turn_id']}\n{start} --> {end}\n<v {turn['person_id']}>{text}")
    return "\n\n".join(cues)


def _vtt_time(seconds: float) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def as_json(turns: Sequence[Row], note: str = "") -> str:
    """The rows of the turns table, each with whether the names of its session are reviewed."""
    rows = [{**turn, "names_reviewed": not note} for turn in turns]
    return json.dumps(rows, ensure_ascii=False, indent=1)


class Format(StrEnum):
    """The formats of a transcript."""

    txt = "txt"
    vtt = "vtt"
    json = "json"


WRITERS: Mapping[Format, Callable[[Sequence[Row], str], str]] = {
    Format.txt: as_text,
    Format.vtt: as_vtt,
    Format.json: as_json,
}
