"""Recordings with references to measure on.

A folder with ``reference.rttm`` and a recording (``meeting.mp4`` or ``audio.*``) is one piece of
material. It may hold ``reference.uem`` (the time to score), what was said, as ``reference.jsonl``
(one object a line with start, end, speaker, text and perhaps kind) or ``reference.stm``, and
``meta.json`` with the talk's ``language`` (ISO 639-1).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

RTTM, UEM, JSONL, STM = (f"reference.{suffix}" for suffix in ("rttm", "uem", "jsonl", "stm"))
META = "meta.json"
NOT_FLOOR = {"backchannel", "minimal_response"}


@dataclass(frozen=True, order=True, slots=True)
class Utterance:
    """What one person said in one stretch, as a person wrote it down.

    ``floor`` is False where the reference's ``kind`` says that it is a minimal response.
    """

    start_s: float
    end_s: float
    speaker: str
    text: str
    floor: bool = True


@dataclass(frozen=True, slots=True)
class Material:
    """One recording with its reference files, below ``folder``."""

    name: str
    folder: Path
    recording: Path

    @property
    def rttm(self) -> Path:
        return self.folder / RTTM

    @property
    def uem(self) -> Path | None:
        file = self.folder / UEM
        return file if file.is_file() else None

    @property
    def language(self) -> str | None:
        """The language that the material declares; None if it does not."""
        if not (file := self.folder / META).is_file():
            return None
        language = json.loads(file.read_text(encoding="utf-8")).get("language")
        return str(language) if language else None

    def utterances(self) -> list[Utterance]:
        """What was said, in order of start; [] where the reference has no text."""
        if (self.folder / JSONL).is_file():
            return sorted(_jsonl(self.folder / JSONL))
        if (self.folder / STM).is_file():
            return sorted(_stm(self.folder / STM))
        return []


def find(root: Path) -> list[Material]:
    """All material below a folder, in order of name.

    Raises FileNotFoundError where a reference has no recording beside it.
    """
    found = []
    for rttm in sorted(root.rglob(RTTM)):
        folder = rttm.parent
        recordings = [*sorted(folder.glob("meeting.*")), *sorted(folder.glob("audio.*"))]
        if not recordings:
            raise FileNotFoundError(f"There is no meeting.* or audio.* beside {rttm}.")
        name = folder.relative_to(root).as_posix()
        found.append(Material(folder.name if name == "." else name, folder, recordings[0]))
    return found


def _jsonl(file: Path) -> list[Utterance]:
    items = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [
        Utterance(i["start"], i["end"], i["speaker"], i["text"], i.get("kind") not in NOT_FLOOR)
        for i in items
    ]


def _stm(file: Path) -> list[Utterance]:
    fields = (line.split(maxsplit=5) for line in file.read_text(encoding="utf-8").splitlines())
    return [Utterance(float(f[3]), float(f[4]), f[2], f[5]) for f in fields if len(f) == 6]
