"""When one person talks, when two do, and where speakers change.

The network is that of A. Plaquet and H. Bredin (2023), *Powerset multi-class cross entropy loss
for neural speaker diarization*, Interspeech 2023: in each window of 10 s it distinguishes up to
three speakers, two of them at a time. Windows overlap; their probabilities are averaged after the
speakers of each have been matched with those of the windows before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio import SAMPLE_RATE_HZ, WAV_HEADER_BYTES, samples
from pipeline.media.device import batch_size, spread

if TYPE_CHECKING:
    import torch
    from pyannote.audio import Model

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Run = tuple[int, int]  # first frame, and the one after the last

BATCH, MOST = 8, 64  # windows at a time: on the CPU, and at most on a graphics card
WINDOW_MB = 60  # memory per window on a card
# Chosen on read and real meetings, Finnish and English; 0.05 either way changes little.
SPEECH_FROM = 0.4  # probability that a person talks
OVERLAP_FROM = 0.35  # probability that two people talk at a time
TOGETHER_S, WITHIN_S, SHORT_S = 2.5, 10.0, 60.0  # see Activity.at_least_people


@dataclass(frozen=True, slots=True)
class Frames:
    """The time grid: frame ``i`` is the stretch of ``step_s`` around ``centre_s + i * step_s``."""

    centre_s: float
    step_s: float

    def start_s(self, frame: int) -> float:
        """Where ``frame`` begins; never before the recording."""
        return max(0.0, self.centre_s + (frame - 0.5) * self.step_s)


@dataclass(frozen=True, slots=True)
class Activity:
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

    def at_least_people(self) -> int:
        """The most tracks that talk for ``TOGETHER_S`` each within ``WITHIN_S``, or 1.

        Within the length of a window tracks are distinct people, one of whom may have said too
        little for a voice of their own. Beyond ``SHORT_S``, 1: windows sometimes split one person
        into two, and the longer the recording, the likelier that becomes.
        """
        if len(self.active) * self.frames.step_s > SHORT_S:
            return 1
        window = min(len(self.active), round(WITHIN_S / self.frames.step_s))
        before = np.zeros((1, self.active.shape[1]), np.int32)
        so_far = np.concatenate([before, self.active.cumsum(axis=0, dtype=np.int32)])
        talk_s = (so_far[window:] - so_far[: len(so_far) - window]) * self.frames.step_s
        return max(1, int((talk_s >= TOGETHER_S).sum(axis=1).max()))


class Segmentation:
    """segmentation-3.0 over a whole recording, several batches at a time.

    ``step`` is the hop of the window as a share of it.
    """

    def __init__(self, model: Model, step: float, at_once: int = 1) -> None:
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
        self._at_once = at_once

    def to(self, device: torch.device) -> Segmentation:
        """Move the network to ``device``."""
        self._model.to(device)
        return self

    def __call__(self, wav: Path, progress: Callable[[float], None]) -> Activity:
        """The talk in a WAV of ``media.audio``; ``progress`` gets shares of the work, 0–1."""
        n_samples = (wav.stat().st_size - WAV_HEADER_BYTES) // 2
        frames = self._frames
        average = _Average(int(n_samples / SAMPLE_RATE_HZ / frames.step_s) + 1, frames)
        for start, classes in self._windows(wav, n_samples):
            average.add(start / SAMPLE_RATE_HZ, classes, self._powerset)
            progress(min(1.0, (start + self._window) / n_samples))
        return average.talk()

    def _windows(self, wav: Path, n_samples: int) -> Iterator[tuple[int, Floats]]:
        """First sample of each window, and the probability of its classes: (frames, classes)."""
        starts = range(0, max(1, n_samples - self._window + self._hop), self._hop)
        kind = next(self._model.parameters()).device.type
        size = batch_size(kind, cpu=BATCH, item_mb=WINDOW_MB, most=MOST)
        batches = [starts[first : first + size] for first in range(0, len(starts), size)]
        found = spread(lambda batch: self._classes(wav, batch), batches, self._at_once)
        for batch, classes in zip(batches, found, strict=True):
            yield from zip(batch, classes, strict=True)

    def _classes(self, wav: Path, starts: Sequence[int]) -> Floats:
        """(windows, frames, classes): probabilities in the windows that begin at these samples."""
        import torch

        sound = np.zeros((len(starts), 1, self._window), np.float32)
        for row, start in enumerate(starts):
            start_s = start / SAMPLE_RATE_HZ
            piece = samples(wav, start_s, start_s + self._window / SAMPLE_RATE_HZ)
            sound[row, 0, : len(piece)] = piece
        device = next(self._model.parameters()).device
        with torch.inference_mode():
            log_probabilities = self._model(torch.from_numpy(sound).to(device)).cpu().numpy()
        return np.asarray(np.exp(log_probabilities))


class _Average:
    """The mean of overlapping windows, on the grid of the whole recording."""

    def __init__(self, length: int, frames: Frames) -> None:
        self._frames = frames
        self._tracks = np.zeros((length, 3), np.float32)
        self._crowd = np.zeros((length, 2), np.float32)  # one person talks, two people talk
        self._weight = np.zeros((length, 1), np.float32)

    def add(self, start_s: float, classes: Floats, powerset: NDArray[np.float32]) -> None:
        """Add a window's (frames, classes) probabilities at ``start_s``."""
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
        """Which of the window's speakers each track is, by the least squared difference so far."""
        from scipy.optimize import linear_sum_assignment

        known = self._weight[here, 0] > 0
        before = self._tracks[here][known] / self._weight[here][known]
        difference = ((before[:, :, None] - speakers[known][:, None, :]) ** 2).sum(axis=0)
        return np.asarray(linear_sum_assignment(difference)[1])

    def talk(self) -> Activity:
        weight = np.maximum(self._weight, 1)
        activity, crowd = self._tracks / weight, self._crowd / weight
        speech = crowd[:, 0] > SPEECH_FROM
        count = speech.astype(np.int8) + (speech & (crowd[:, 1] > OVERLAP_FROM))
        rank = (-activity).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
        return Activity(self._frames, np.asarray(activity, np.float32), rank < count[:, None])


def runs(active: Bools) -> list[Run]:
    """The stretches of (frames,) that are true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]]).astype(np.int8)))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]
