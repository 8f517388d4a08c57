"""The voice in every stretch of talk, as embedded by CAM++."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.diarisation.segmentation import Activity, Bools, Floats, Frames, runs
from pipeline.media.audio import samples
from pipeline.media.device import batch_size, spread

if TYPE_CHECKING:
    import torch

    from models.campplus import CAMPPlus

    Batch = list[tuple[int, torch.Tensor]]  # pieces, by number, with their (n, 80) features

FEATURES_PER_S = 100
FEATURE_CENTRE_S = 0.0125  # a feature frame covers 25 ms
PIECE_S = 1.0  # talk is cut to pieces of about this length: a run may hold two people…
CONTEXT_S = 2.0  # …and each is embedded with its context: one second is too short
MIN_CLEAN_S = 0.5  # with this much talk without overlap, overlapped talk is left out of the voice
LENGTH_STEP = 10  # in feature frames: voices of one length are embedded together
BATCH, MOST = 16, 128  # on the CPU, and at most on a graphics card
PIECE_MB = 20  # memory per piece on a card


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames [first, end) of a track's talk; [context_first, context_end) is what is embedded."""

    track: int
    first: int
    end: int
    context_first: int
    context_end: int
    clean_s: float

    @property
    def clean(self) -> bool:
        """Whether the person talks alone for long enough to be identified."""
        return self.clean_s >= MIN_CLEAN_S


def pieces(talk: Activity) -> list[Piece]:
    """All talk, cut into pieces of nearly equal length."""
    found = []
    context = CONTEXT_S / talk.frames.step_s
    alone = talk.alone
    for track in range(talk.active.shape[1]):
        for first, end in runs(talk.active[:, track]):
            n = max(1, ceil((end - first) * talk.frames.step_s / PIECE_S - 0.3))
            bounds = [first + (end - first) * i // n for i in range(n + 1)]
            for a, b in pairwise(bounds):
                # kept whole at the ends of the run by moving it inwards
                start = round(min(max((a + b - context) / 2, first), max(first, end - context)))
                c, d = min(start, a), max(b, min(end, round(start + context)))
                clean_s = float(alone[c:d].sum()) * talk.frames.step_s
                found.append(Piece(track, a, b, c, d, clean_s))
    return found


class Voices:
    """CAM++ over the pieces of a recording, several batches at a time."""

    def __init__(self, network: CAMPPlus, at_once: int = 1) -> None:
        self._network = network
        self._at_once = at_once

    def to(self, device: torch.device) -> Voices:
        """Move the network to ``device``."""
        self._network.to(device)
        return self

    def __call__(
        self, wav: Path, talk: Activity, cut: Sequence[Piece], progress: Callable[[float], None]
    ) -> tuple[Floats, Bools]:
        """Unit-length embeddings (pieces, 192), and which pieces were long enough to have one."""
        from models.campplus import EMBEDDING_SIZE

        embeddings = np.zeros((len(cut), EMBEDDING_SIZE), np.float32)
        embedded = np.zeros(len(cut), np.bool_)
        batches = self._batches(wav, talk, cut)
        for at, voices in spread(self._embedded, batches, self._at_once):
            embeddings[at], embedded[at] = voices, True
            progress(float(embedded.mean()))
        progress(1.0)
        return embeddings, embedded

    def _batches(self, wav: Path, talk: Activity, cut: Sequence[Piece]) -> Iterator[Batch]:
        """Batches of features, each of pieces of one length."""
        kind = next(self._network.parameters()).device.type
        size = batch_size(kind, cpu=BATCH, item_mb=PIECE_MB, most=MOST)
        waiting: defaultdict[int, Batch] = defaultdict(list)
        alone = talk.alone
        for number, piece in enumerate(cut):
            features = _features(wav, talk.frames, alone, piece)
            features = features[: len(features) // LENGTH_STEP * LENGTH_STEP]
            if not len(features):
                continue
            alike = waiting[len(features)]
            alike.append((number, features))
            if len(alike) == size:
                yield waiting.pop(len(features))
        yield from waiting.values()

    def _embedded(self, batch: Batch) -> tuple[list[int], Floats]:
        """The numbers of these pieces, and the unit-length voice of each."""
        import torch

        from models.campplus import mean_normalise

        device = next(self._network.parameters()).device
        with torch.inference_mode():
            features = mean_normalise(torch.stack([x for _, x in batch])).to(device)
            voices = torch.nn.functional.normalize(self._network(features), dim=-1)
        return [number for number, _ in batch], voices.cpu().numpy()


def _features(wav: Path, frames: Frames, alone: Bools, piece: Piece) -> torch.Tensor:
    """The (n, 80) features of a piece and its context, without overlap where that is enough."""
    import torch

    from models.campplus import fbank

    # a whole feature frame inside, so that the grid is the same for every piece
    first = ceil(frames.start_s(piece.context_first) * FEATURES_PER_S - 1)
    last = round(frames.start_s(piece.context_end) * FEATURES_PER_S - 1)
    first = max(0, first)
    end_s = last / FEATURES_PER_S + 2 * FEATURE_CENTRE_S - 0.01
    features = fbank(torch.from_numpy(samples(wav, first / FEATURES_PER_S, end_s)))
    if not piece.clean:
        return features
    times = (first + np.arange(len(features))) / FEATURES_PER_S + FEATURE_CENTRE_S
    at: NDArray[np.intp] = np.rint((times - frames.centre_s) / frames.step_s).astype(np.intp)
    return features[torch.from_numpy(alone[np.clip(at, 0, len(alone) - 1)])]
