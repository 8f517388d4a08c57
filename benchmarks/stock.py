"""pyannote's own SpeakerDiarization on segmentation-3.0 and CAM++, to measure ours against."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from pyannote.audio import Model
from pyannote.audio.core.plda import PLDA
from pyannote.audio.pipelines import SpeakerDiarization
from torch import Tensor
from torch.nn import functional

from models.campplus import EMBEDDING_SIZE, fbank, load_campplus, mean_normalise
from pipeline.records import Segment

MIN_FRAMES = 10


class _Voice(Model):
    """CAM++ as pyannote wants an embedding model: whole windows and the weights of their frames."""

    dimension = EMBEDDING_SIZE

    def __init__(self, weights: Path) -> None:
        super().__init__(sample_rate=16_000, num_channels=1)
        self.network = load_campplus(weights)

    def forward(self, waveforms: Tensor, weights: Tensor | None = None) -> Tensor:
        """(batch, 1, samples) and (batch, frames) to (batch, 192); NaN without talk."""
        voices = []
        for i, waveform in enumerate(waveforms[:, 0]):
            features = fbank(waveform)
            if weights is not None:
                mask = functional.interpolate(weights[i][None, None], size=len(features))[0, 0]
                features = features[mask > 0.5]
            if len(features) < MIN_FRAMES:
                if weights is None:
                    raise ValueError("too short for a voice")
                voices.append(waveform.new_full((EMBEDDING_SIZE,), torch.nan))
            else:
                voices.append(self.network(mean_normalise(features)[None])[0])
        return torch.stack(voices)


class _NoPLDA(PLDA):
    """Centroid linkage uses none, but the pipeline insists on having one."""

    def __init__(self) -> None:
        """Load nothing."""


def load_diarisation(segmentation: Path, voice_print: Path) -> SpeakerDiarization:
    """The pipeline at the threshold that suits CAM++ best on the material measured here."""
    pipeline = SpeakerDiarization(
        segmentation=Model.from_pretrained(segmentation / "pytorch_model.bin"),
        segmentation_step=0.1,
        embedding=_Voice(voice_print),
        embedding_exclude_overlap=True,
        plda=_NoPLDA(),
        clustering="AgglomerativeClustering",
        embedding_batch_size=8,
        segmentation_batch_size=8,
    )
    pipeline.instantiate(
        {
            "segmentation": {"min_duration_off": 0.0},
            "clustering": {"method": "centroid", "min_cluster_size": 12, "threshold": 0.65},
        }
    )
    return pipeline


def segments(pipeline: SpeakerDiarization, sound: Any) -> list[Segment]:
    """Who speaks when in ``sound``, (samples,) float32 at 16 kHz; speakers may overlap."""
    waveform = {"waveform": torch.from_numpy(sound)[None], "sample_rate": 16_000, "uri": "bench"}
    found = pipeline(waveform).speaker_diarization
    return [
        Segment(float(part.start), float(part.end), str(label))
        for part, _, label in found.itertracks(yield_label=True)
    ]
