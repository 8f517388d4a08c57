"""pyannote's speaker diarisation on models that need no account: segmentation-3.0 and CAM++.

Two things differ from pyannote's own ``SpeakerDiarization``: no PLDA is loaded (agglomerative
clustering does not use one), and the voice of a speaker in a window is embedded from the frames
in which that speaker talks, alone where that is long enough. The features are computed once a
recording, and speakers who are silent in a window cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pyannote.audio import Inference, Model, Pipeline
from pyannote.audio.pipelines import SpeakerDiarization
from pyannote.audio.pipelines.clustering import AgglomerativeClustering
from pyannote.core import SlidingWindowFeature
from pyannote.pipeline.parameter import ParamDict, Uniform

from models.campplus import EMBEDDING_SIZE, CAMPPlus, fbank, load_campplus, mean_normalise

FRAMES_PER_S = 100
MIN_VOICE_S = 0.2  # shorter than this, a voice cannot be told from another
MIN_CLEAN_S = 0.5  # with this much talk alone, overlapped talk is left out of the voice print


def load_embedded(
    segmentation: Path, voice_print: Path, *, step: float, threshold: float
) -> EmbeddedDiarisation:
    """The pipeline on the model files in these two folders.

    ``step`` is the hop of the 10-second window as a share of it; ``threshold`` the distance
    between mean voices (of unit length) beyond which they are different people.
    """
    model = Model.from_pretrained(segmentation / "pytorch_model.bin")
    voice = load_campplus(voice_print / "campplus_cn_en_common.pt")
    pipeline = EmbeddedDiarisation(model, voice, step)
    pipeline.instantiate(
        {
            "segmentation": {"min_duration_off": 0.0},
            "clustering": {"method": "centroid", "min_cluster_size": 12, "threshold": threshold},
        }
    )
    return pipeline


class EmbeddedDiarisation(SpeakerDiarization):  # type: ignore[misc]
    """Speaker diarisation with CAM++ voices; see the module's text."""

    def __init__(self, segmentation: Model, voice: CAMPPlus, step: float) -> None:
        # pyannote's own constructor insists on a PLDA and on loading models by name.
        Pipeline.__init__(self)
        self.legacy = False
        self.embedding_exclude_overlap = True
        window_s = segmentation.specifications.duration
        self._segmentation = Inference(
            segmentation,
            duration=window_s,
            step=step * window_s,
            skip_aggregation=True,
            batch_size=8,  # 32 takes 1 GB more
        )
        self.segmentation = ParamDict(min_duration_off=Uniform(0.0, 1.0))
        self.clustering = AgglomerativeClustering(metric="cosine")
        self._expects_num_speakers = False
        self._embedding = SimpleNamespace(dimension=EMBEDDING_SIZE)  # asked for without speech
        self._voice = voice
        self._device = torch.device("cpu")

    def to(self, device: torch.device) -> EmbeddedDiarisation:
        """Move both models to ``device``."""
        self._segmentation.to(device)
        self._voice.to(device)
        self._device = device
        return self

    def get_embeddings(
        self,
        file: Any,
        binary_segmentations: SlidingWindowFeature,
        exclude_overlap: bool = False,
        hook: Callable[..., None] | None = None,
    ) -> NDArray[np.float32]:
        """Voice of each speaker in each window: (windows, speakers, 192), NaN where none talks."""
        features = fbank(file["waveform"][0]).to(self._device)
        regions = list(_voice_regions(binary_segmentations, len(features)))
        windows, _, speakers = binary_segmentations.data.shape
        embeddings = np.full((windows, speakers, EMBEDDING_SIZE), np.nan, np.float32)
        voices = self._embedded([features[torch.from_numpy(frames)] for _, _, frames in regions])
        for done, ((w, s, _), voice) in enumerate(zip(regions, voices, strict=True)):
            embeddings[w, s] = voice
            if hook is not None:
                hook("embeddings", None, total=len(regions), completed=done)
        return embeddings

    def _embedded(self, regions: list[torch.Tensor]) -> Iterator[NDArray[np.float32]]:
        """The voice in each (frames, 80) region, in the same order.

        The network's layers are too small to share among threads: one region a thread is faster.
        """
        threads = torch.get_num_threads() if self._device.type == "cpu" else 1
        torch.set_num_threads(1)
        try:
            with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as p:
                yield from p.map(self._embed, regions)
        finally:
            torch.set_num_threads(threads)

    @torch.inference_mode()
    def _embed(self, features: torch.Tensor) -> NDArray[np.float32]:
        """The voice in (frames, 80) features, as a unit vector (192,)."""
        embedding = self._voice(mean_normalise(features)[None])[0]
        return np.asarray(torch.nn.functional.normalize(embedding, dim=0).cpu().numpy())


def _voice_regions(
    segmentations: SlidingWindowFeature, n_features: int
) -> Iterator[tuple[int, int, NDArray[np.int64]]]:
    """For each speaker who talks in a window: window, speaker, and the feature frames to embed.

    Talk alone is preferred; where it is too short, talk over others is used as well.
    """
    active = np.nan_to_num(segmentations.data) > 0
    alone = active & (active.sum(axis=2, keepdims=True) == 1)
    windows, frames, speakers = active.shape
    window = segmentations.sliding_window
    length = round(window.duration * FRAMES_PER_S)
    # the segmentation's frame that each of the features' frames falls on
    at = np.minimum(np.arange(length) * frames // length, frames - 1)
    for w in range(windows):
        start = round(window[w].start * FRAMES_PER_S)
        for s in range(speakers):
            for mask, enough_s in ((alone, MIN_CLEAN_S), (active, MIN_VOICE_S)):
                spoken = np.flatnonzero(mask[w, at, s]) + start
                spoken = spoken[spoken < n_features]
                if len(spoken) >= enough_s * FRAMES_PER_S:
                    yield w, s, spoken
                    break
