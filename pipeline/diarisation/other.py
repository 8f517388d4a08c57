"""Any other pyannote.audio pipeline instead of ours, e.g. community-1 from a local folder."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.registry import resolve
from pipeline.diarisation.clustering import Bounds
from pipeline.diarisation.trust import code_in, weights_only
from pipeline.errors import ModelError
from pipeline.media.audio import SAMPLE_RATE_HZ, samples
from pipeline.records import Diarisation, Segment, VoicePrint

if TYPE_CHECKING:
    import torch
    from pyannote.core import Annotation

# The share of each step of a pipeline in the total time, for the progress display.
_SHARES = {"segmentation": (0.0, 0.35), "embeddings": (0.35, 0.95)}


class OtherPipeline:
    """A pyannote.audio speaker diarisation pipeline that gives regular and exclusive segments.

    It reports no confidence: the confidence of its segments is 1.
    """

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    @classmethod
    def load(cls, folder: Path, trusted: str | None = None) -> OtherPipeline:
        """The pipeline whose ``config.yaml`` is in this folder.

        Raises ModelError if it holds none, or one that could run its own code, unless ``trusted``
        is the digest of this very folder.
        """
        from pickle import UnpicklingError

        from pyannote.audio import Pipeline
        from pyannote.audio.utils.dependencies import MissingDependency, WrongDependencyVersion
        from yaml import YAMLError

        pipeline = None
        with suppress(  # errors raised by a wrong config.yaml or a missing file
            *(OSError, YAMLError, UnpicklingError, ImportError, AttributeError, EOFError),
            *(LookupError, TypeError, ValueError, RuntimeError),
            *(MissingDependency, WrongDependencyVersion),
        ):
            if (digest := resolve(str(folder)).sha256) == trusted:
                pipeline = Pipeline.from_pretrained(folder)
            elif code := code_in(folder):
                raise ModelError(
                    "The folder of the diarisation pipeline holds none that can be loaded without "
                    f"running code of its own: {code}.",
                    f'If you trust where it comes from, write trusted = "{digest}" under '
                    "[diarisation] in vuoro.toml.",
                )
            else:
                with weights_only():
                    pipeline = Pipeline.from_pretrained(folder)
        if pipeline is None:
            raise ModelError(
                "The folder of the diarisation pipeline holds none that can be loaded.",
                "Copy the whole folder again, with config.yaml and the models it names.",
            )
        return cls(pipeline)

    def to(self, device: torch.device) -> OtherPipeline:
        """Move the networks to ``device``."""
        self._pipeline.to(device)
        return self

    def __call__(self, wav: Path, bounds: Bounds, progress: Callable[[float], None]) -> Diarisation:
        """Who speaks when in a WAV of ``pipeline.media.audio``; ``progress`` gets 0–1, last 1.

        The whole sound is in memory at once. Raises ModelError if the pipeline gives no exclusive
        segments; those for pyannote.audio 3 do not.
        """
        import torch

        known = bounds.least if bounds.least == bounds.most else None
        output = self._pipeline(
            {
                "waveform": torch.from_numpy(samples(wav))[None],
                "sample_rate": SAMPLE_RATE_HZ,
                "uri": "session",
            },
            num_speakers=known,
            min_speakers=None if known else bounds.least,
            max_speakers=None if known else bounds.most,
            hook=_reporting(progress),
        )
        if not hasattr(output, "exclusive_speaker_diarization"):
            raise ModelError(
                "The diarisation pipeline gives no exclusive segments.",
                "Take one made for pyannote.audio 4, or 'embedded'.",
            )
        progress(1.0)
        regular = _segments(output.speaker_diarization)
        labels = output.speaker_diarization.labels()
        return Diarisation(
            regular=regular,
            exclusive=_segments(output.exclusive_speaker_diarization),
            voice_prints=_voice_prints(labels, output.speaker_embeddings, regular),
        )


def _reporting(progress: Callable[[float], None]) -> Callable[..., None]:
    """A pyannote hook that turns its steps into one share of the total."""

    def hook(
        step: str,
        artifact: Any = None,
        file: Any = None,
        total: int | None = None,
        completed: int | None = None,
    ) -> None:
        if step in _SHARES and total and completed is not None:
            start, end = _SHARES[step]
            progress(start + (end - start) * min(1.0, completed / total))

    return hook


def _segments(annotation: Annotation) -> tuple[Segment, ...]:
    return tuple(
        sorted(
            Segment(round(float(part.start), 3), round(float(part.end), 3), str(label))
            for part, _, label in annotation.itertracks(yield_label=True)
        )
    )


def _voice_prints(
    labels: list[str], embeddings: Any, regular: tuple[Segment, ...]
) -> tuple[VoicePrint, ...]:
    """One unit-length print per label; a label too short to have one is left out."""
    prints = []
    for label, embedding in zip(labels, embeddings, strict=True):
        length = float(np.linalg.norm(embedding))
        if not np.isfinite(length) or length == 0:
            continue
        prints.append(
            VoicePrint(
                label=label,
                speech_s=round(sum(s.duration_s for s in regular if s.label == label), 3),
                embedding=tuple(round(float(x) / length, 6) for x in embedding),
            )
        )
    return tuple(prints)
