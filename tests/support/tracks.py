"""The demo meeting, cut apart by its reference into a track for each of its five people."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio import SAMPLE_RATE_HZ, decode, samples
from pipeline.records import Interval
from pipeline.records.times import union

DEMO = Path(__file__).parents[2] / "data" / "demo" / "ryhma-1"


def reference() -> dict[str, list[Interval]]:
    """When each of the five people of the demo meeting talks, in order of name."""
    talk: dict[str, list[Interval]] = {}
    for line in (DEMO / "tapaaminen-1.reference.rttm").read_text().splitlines():
        start_s, duration_s = map(float, line.split()[3:5])
        talk.setdefault(line.split()[7], []).append(Interval(start_s, start_s + duration_s))
    return {person: union(parts) for person, parts in sorted(talk.items())}


def write(wav: Path, sound: NDArray[np.float32]) -> Path:
    with wave.open(str(wav), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE_HZ, 0, "NONE", ""))
        file.writeframesraw((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return wav


def cut_apart(folder: Path, bleed: float) -> list[Path]:
    """The demo meeting with a track a person, and as much of the others on it."""
    decode(DEMO / "tapaaminen-1.m4a", folder, min_duration_s=0, progress=lambda _: None)
    mix = samples(folder / "audio.wav")
    own = np.zeros((5, len(mix)), np.float32)
    for track, parts in zip(own, reference().values(), strict=True):
        for part in parts:
            at = slice(round(part.start_s * SAMPLE_RATE_HZ), round(part.end_s * SAMPLE_RATE_HZ))
            track[at] = mix[at]
    whole = own + bleed * (own.sum(axis=0) - own)
    return [write(folder / f"{n}.wav", sound) for n, sound in enumerate(whole)]
