"""Files in the inbox of a study, and what comes of them."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from media import Track, tone, write

from pipeline import intake
from pipeline.intake import Accepted
from pipeline.records import Recording
from pipeline.settings import IntakeSettings
from pipeline.study import Study

SETTINGS = IntakeSettings()


def drop(study: Study, name: str, duration_s: float = 1.5) -> Path:
    """A recording in the inbox, unlike any of another name or length."""
    file = study.inbox / name
    file.parent.mkdir(parents=True, exist_ok=True)
    number = int(sha256(os.fsencode(name)).hexdigest()[:6], 16)
    track = Track(tone(duration_s, frequency_hz=100 + number / 2000), "pcm_s16le")
    return write(file, track, container="wav")


def drop_tracks(study: Study, name: str = "a/tapaaminen 4 raidat") -> Path:
    """A folder of two tracks in the inbox, and what meeting software leaves beside them."""
    for person in ("Aino.m4a", "Eero.m4a"):
        drop(study, f"{name}/{person}")
    (study.inbox / name / "chat.txt").write_text("hei")
    return study.inbox / name


def contents(place: Path) -> dict[str, bytes]:
    """All bytes of a file, or of the files of a folder by name."""
    if place.is_file():
        return {"": place.read_bytes()}
    return {file.name: file.read_bytes() for file in place.iterdir()}


def accept(study: Study, file: Path) -> Recording:
    outcome = intake.accept(study, file, SETTINGS)
    assert isinstance(outcome, Accepted)
    return outcome.recording


def receipt_of(file: Path) -> str:
    return file.with_name(f"{file.name}.vuoro.txt").read_text(encoding="utf-8")
