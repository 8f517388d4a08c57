"""When somebody talks, when two people do, and where speakers change.

The network is that of A. Plaquet and H. Bredin (2023), *Powerset multi-class cross entropy loss
for neural speaker diarization*, Interspeech 2023: in each window of 10 s it tells up to three
speakers apart, two of them at a time. Windows overlap; their probabilities are averaged after the
speakers of each have been matched with those of the windows before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.audio import SAMPLE_RATE_HZ, WAV_HEADER_BYTES, samples

if TYPE_CHECKING:
    import torch
    from pyannote.audio import Model

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Run = tuple[int, int]  # first frame, and the one after the last

BATCH = 8  # windows at a time
# Chosen on meetings read and real, Finnish and English; 0.05 either way changes little.
SPEECH_FROM = 0.4  # probability that somebody talks
OVERLAP_FROM = 0.35  # probability that two people talk at a time


@dataclass(frozen=True, slots=True)
class Frames:
    """The time grid: frame ``i`` is the stretch of ``step_s`` around ``centre_s + i * step_s``."""

    centre_s: float
    step_s: float

    def start_s(self, frame: int) -> float:
        """Where ``frame`` begins; the first ones not before the recording."""
        return max(0.0, self.centre_s + (frame - 0.5) * self.step_s)


@dataclass(frozen=True, slots=True)
class Talk:
    """Who of three *tracks* talks: ``activity`` (frames, 3) is the probability of each, ``active``
    (frames, 3) the decision, at most two at a time.

    A track is a speaker as long as windows remember one; after that it may be another person.
    """

    frames: Frames
    activity: Floats
    active: Bools

    @property
    def alone(self) -> Bools:
        """(frames,): exactly one track talks."""
        return np.asarray(self.active.sum(axis=1) == 1)


class Segmentation:
    """segmentation-3.0 over a whole recording. ``step`` is the hop of the window, as its share."""

    def __init__(self, model: Model, step: float) -> None:
        from pyannote.audio.utils.powerset import Powerset

        specifications = model.specifications
        field = model.receptive_field
        self._model = model.eval()
        self._powerset = Powerset(
            len(specifications.classes), specifications.powerset_max_classes
        ).mapping.numpy()
        self._window = round(specifications.duration * SAMPLE_RATE_HZ)
        self._hop = round(step * self._window)
        self._frames = Frames(field.duration / 2, field.step)

    def to(self, device: torch.device) -> Segmentation:
        """Move the network to ``device``."""
        self._model.to(device)
        return self

    def __call__(self, wav: Path, progress: Callable[[float], None]) -> Talk:
        """The talk in a WAV of ``pipeline.audio``; ``progress`` gets shares of the work, 0–1."""
        n_samples = (wav.stat().st_size - WAV_HEADER_BYTES) // 2
        frames = self._frames
        average = _Average(int(n_samples / SAMPLE_RATE_HZ / frames.step_s) + 1, frames)
        for start, classes in self._windows(wav, n_samples):
            average.add(start / SAMPLE_RATE_HZ, classes, self._powerset)
            progress(min(1.0, (start + self._window) / n_samples))
        return average.talk()

    def _windows(self, wav: Path, n_samples: int) -> Iterator[tuple[int, Floats]]:
        """First sample of each window, and the probability of its classes: (frames, classes)."""
        import torch

        device = next(self._model.parameters()).device
        starts = range(0, max(1, n_samples - self._window + self._hop), self._hop)
        for first in range(0, len(starts), BATCH):
            batch = starts[first : first + BATCH]
            sound = np.zeros((len(batch), 1, self._window), np.float32)
            for row, start in enumerate(batch):
                start_s = start / SAMPLE_RATE_HZ
                piece = samples(wav, start_s, start_s + self._window / SAMPLE_RATE_HZ)
                sound[row, 0, : len(piece)] = piece
            with torch.inference_mode():
                log_probabilities = self._model(torch.from_numpy(sound).to(device)).cpu().numpy()
            yield from zip(batch, np.exp(log_probabilities), strict=True)


class _Average:
    """The mean of overlapping windows, on the grid of the whole recording."""

    def __init__(self, length: int, frames: Frames) -> None:
        self._frames = frames
        self._tracks = np.zeros((length, 3), np.float32)
        self._crowd = np.zeros((length, 2), np.float32)  # somebody talks, two people talk
        self._weight = np.zeros((length, 1), np.float32)

    def add(self, start_s: float, classes: Floats, powerset: NDArray[np.float32]) -> None:
        """Lay a window's (frames, classes) probabilities down at ``start_s``."""
        first = round(start_s / self._frames.step_s)
        here = slice(first, first + len(classes))
        classes = classes[: len(self._weight) - first]
        speakers = classes @ powerset
        size = powerset.sum(axis=1)
        crowd = np.stack([classes[:, size >= n].sum(axis=1) for n in (1, 2)], axis=1)
        self._tracks[here] += speakers[:, self._matching(here, speakers)]
        self._crowd[here] += crowd
        self._weight[here] += 1

    def _matching(self, here: slice, speakers: Floats) -> NDArray[np.intp]:
        """Which of the window's speakers is each track: the least squared difference so far."""
        from scipy.optimize import linear_sum_assignment

        known = self._weight[here, 0] > 0
        before = self._tracks[here][known] / self._weight[here][known]
        difference = ((before[:, :, None] - speakers[known][:, None, :]) ** 2).sum(axis=0)
        return np.asarray(linear_sum_assignment(difference)[1])

    def talk(self) -> Talk:
        weight = np.maximum(self._weight, 1)
        activity, crowd = self._tracks / weight, self._crowd / weight
        speech = crowd[:, 0] > SPEECH_FROM
        count = speech.astype(np.int8) + (speech & (crowd[:, 1] > OVERLAP_FROM))
        rank = (-activity).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
        return Talk(self._frames, np.asarray(activity, np.float32), rank < count[:, None])


def runs(active: Bools) -> list[Run]:
    """The stretches of (frames,) that are true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]]).astype(np.int8)))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]
