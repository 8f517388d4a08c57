"""Decoded channels on disk, and signals made from them by adding, scaling and shifting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

SAMPLE_RATE_HZ = 16_000
BLOCK_S = 0.05
CHUNK_S = 60  # read at once


@dataclass(frozen=True, slots=True)
class Channel:
    """A file of float32 samples at 16 kHz, by its ``weight``, ``late`` samples after the start."""

    file: Path
    weight: float = 1.0
    late: int = 0

    def __len__(self) -> int:
        return max(0, self.late + self.file.stat().st_size // 4)

    def read(self, first: int, last: int) -> Samples:
        """The samples [first, last), with silence where the file has none."""
        import numpy as np

        start, end = max(first - self.late, 0), last - self.late
        found = np.zeros(last - first, np.float32)
        if end > start:
            values = np.fromfile(self.file, np.float32, end - start, offset=4 * start)
            at = start + self.late - first
            found[at : at + len(values)] = values * np.float32(self.weight)
        return found


@dataclass(frozen=True, slots=True)
class Signal:
    """The sum of channels."""

    channels: tuple[Channel, ...]

    def __len__(self) -> int:
        return max(map(len, self.channels))

    @classmethod
    def sum(cls, signals: Iterable[Signal]) -> Signal:
        return cls(tuple(channel for signal in signals for channel in signal.channels))

    def scaled(self, weight: float) -> Signal:
        return Signal(tuple(replace(c, weight=c.weight * weight) for c in self.channels))

    def shifted(self, samples: int) -> Signal:
        return Signal(tuple(replace(c, late=c.late + samples) for c in self.channels))

    def read(self, first: int, last: int) -> Samples:
        total = self.channels[0].read(first, last)
        for channel in self.channels[1:]:
            total += channel.read(first, last)
        return total

    def chunks(self) -> Iterator[Samples]:
        """All samples in order, a minute at a time."""
        size = CHUNK_S * SAMPLE_RATE_HZ
        for first in range(0, len(self), size):
            yield self.read(first, min(first + size, len(self)))

    def loudness(self) -> Loudness:
        import numpy as np

        size = round(BLOCK_S * SAMPLE_RATE_HZ)
        rms, peak = [], []
        for chunk in self.chunks():
            blocks = np.pad(chunk, (0, -len(chunk) % size)).reshape(-1, size)
            rms.append(np.sqrt((blocks.astype(np.float64) ** 2).mean(axis=1)))
            peak.append(np.abs(blocks).max(axis=1).astype(np.float64))
        none = np.zeros(0)
        return Loudness(np.concatenate([none, *rms]), np.concatenate([none, *peak]))


@dataclass(frozen=True, slots=True)
class Loudness:
    """Root mean square and peak of a signal in each block of 50 ms."""

    rms: NDArray[np.float64]
    peak: NDArray[np.float64]

    @property
    def highest(self) -> float:
        return float(self.peak.max(initial=0.0))

    def scaled(self, factor: float) -> Loudness:
        return Loudness(self.rms * factor, self.peak * factor)
