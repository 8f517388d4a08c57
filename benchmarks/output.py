"""The request to a measured system and its answer, as JSON between processes.

Every system runs in a process of its own (its peak memory is then its own), peers in an environment
of their own besides. So this module needs no more than the standard library.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipeline.records import Segment


@dataclass(frozen=True, slots=True)
class Request:
    """One recording for one system.

    ``recording`` is the media file, ``wav`` the same decoded to 16 kHz mono for peers that decode
    none themselves; ``whisper``, ``segmentation`` and ``voice_print`` are model folders, the same
    for all. ``language`` None: detect it. ``hub``: a peer may fetch models of its own.
    """

    recording: str
    wav: str
    whisper: str
    segmentation: str
    voice_print: str
    language: str | None = None
    hub: bool = False

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> Request:
        return cls(**json.loads(file.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class SaidWord:
    """A recognised word and the person whom the system gave it to.

    ``floor`` is False where the system itself says that the word is part of a minimal response.
    """

    start_s: float
    end_s: float
    text: str
    speaker: str
    floor: bool = True


@dataclass(slots=True)
class Output:
    """What a system found.

    ``words`` is None for a system that only diarises. ``cpu_s`` and ``wall_s`` are by stage, with
    the loading of libraries and models as the stage ``load``. ``notes`` say in plain sentences
    what the system could not do here.
    """

    segments: list[Segment] = field(default_factory=list)
    words: list[SaidWord] | None = None
    language: str | None = None
    audio_s: float = 0.0
    wall_s: dict[str, float] = field(default_factory=dict)
    cpu_s: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0
    notes: list[str] = field(default_factory=list)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Note what the block takes as the time of this stage."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall_s[stage] = time.perf_counter() - wall
        self.cpu_s[stage] = time.process_time() - cpu

    def write(self, file: Path) -> None:
        """Note this process's peak memory and write all as JSON."""
        unit = 2**20 if sys.platform == "darwin" else 2**10  # ru_maxrss is bytes there, else kB
        self.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
        file.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> Output:
        found = json.loads(file.read_text(encoding="utf-8"))
        found["segments"] = [Segment(**s) for s in found["segments"]]
        if found["words"] is not None:
            found["words"] = [SaidWord(**w) for w in found["words"]]
        return cls(**found)
