"""Who spoke when: speaker segments and one voice print per label, by pyannote.audio."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.audio import samples
from pipeline.device import choose_device
from pipeline.records import Diarisation, Segment, VoicePrint
from pipeline.settings import DiarisationSettings, MachineSettings

if TYPE_CHECKING:
    from pyannote.audio.pipelines import SpeakerDiarization
    from pyannote.core import Annotation

EMBEDDED = "embedded"
SAMPLE_RATE_HZ = 16_000

# What each step of the pipeline takes of the whole, for the progress display.
_SHARES = {"segmentation": (0.0, 0.35), "embeddings": (0.35, 0.95)}


def diarisation_models(settings: DiarisationSettings) -> dict[str, str]:
    """The models that these settings ask for, by role: ids of the registry or folders."""
    if settings.pipeline == EMBEDDED:
        return {"segmentation": "segmentation-3.0", "voice-print": "campplus-zh-en"}
    return {"pipeline": settings.pipeline}


def diarise(
    wav: Path,
    settings: DiarisationSettings,
    models: Mapping[str, Path],
    machine: MachineSettings,
    progress: Callable[[float], None],
) -> Diarisation:
    """Regular and exclusive segments of a recording, in order of time, and its voice prints.

    ``wav`` is 16 kHz mono; ``models`` gives the place of each model by its role: ``segmentation``
    and ``voice-print``, or ``pipeline`` for a pyannote pipeline of one's own. Labels are
    SPEAKER_00, SPEAKER_01, …; a recording without speech has none. ``progress`` gets 0–1.
    """
    import torch

    pipeline = _load(
        tuple(sorted(models.items())),
        choose_device(machine),
        machine.threads,
        settings.step,
        settings.threshold,
    )
    output = pipeline(
        {
            "waveform": torch.from_numpy(samples(wav))[None],
            "sample_rate": SAMPLE_RATE_HZ,
            "uri": "session",
        },
        num_speakers=settings.num_people,
        min_speakers=settings.min_people,
        max_speakers=settings.max_people,
        hook=_reporting(progress),
    )
    progress(1.0)
    regular = _segments(output.speaker_diarization)
    return Diarisation(
        regular=regular,
        exclusive=_segments(output.exclusive_speaker_diarization),
        voice_prints=_voice_prints(
            output.speaker_diarization.labels(), output.speaker_embeddings, regular
        ),
    )


@cache
def _load(
    models: tuple[tuple[str, Path], ...],
    device: str,
    threads: int | None,
    step: float,
    threshold: float,
) -> SpeakerDiarization:
    """The pipeline, loaded once a process."""
    os.environ["PYANNOTE_METRICS_ENABLED"] = "0"  # nothing about a recording leaves the machine
    with warnings.catch_warnings():
        # pyannote warns that it cannot decode files by itself; vuoro hands it decoded sound
        warnings.simplefilter("ignore")
        import torch
        from pyannote.audio import Pipeline

        from pipeline.embedded_diarisation import load_embedded

        if threads:
            torch.set_num_threads(threads)
        place = dict(models)
        if "pipeline" in place:
            pipeline = Pipeline.from_pretrained(place["pipeline"])
        else:
            pipeline = load_embedded(
                place["segmentation"], place["voice-print"], step=step, threshold=threshold
            )
    return pipeline.to(torch.device(device))


def _reporting(progress: Callable[[float], None]) -> Callable[..., None]:
    """A pyannote hook that turns its steps into one share of the whole."""

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
    import numpy as np

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
