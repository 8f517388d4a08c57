"""Who spoke when: speaker segments and one voice print per label.

Uses ``pipeline.diarisation`` on the embedded models, or any other pyannote.audio pipeline.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.media.device import Device, batches_at_once, on_device, one_thread_for_numpy, threads
from pipeline.records import Diarisation
from pipeline.settings import DiarisationSettings, MachineSettings

if TYPE_CHECKING:
    from pipeline.diarisation.diariser import Diariser
    from pipeline.diarisation.other import OtherPipeline

EMBEDDED = "embedded"
BATCH_MB = 100  # memory that a batch of the embedded models takes while it is computed


def diarisation_models(settings: DiarisationSettings) -> dict[str, str]:
    """The models that these settings require, by role: registry ids or folders.

    The embedded ones are always included: a recording with one track per person needs no other.
    """
    embedded = {"segmentation": "segmentation-3.0", "voice-print": "campplus-zh-en"}
    return embedded | ({} if settings.pipeline == EMBEDDED else {"pipeline": settings.pipeline})


def diarise(
    wav: Path,
    settings: DiarisationSettings,
    models: Mapping[str, Path],
    machine: MachineSettings,
    progress: Callable[[float], None],
    tracks: Mapping[str, Path] | None = None,
) -> Diarisation:
    """Regular and exclusive segments of a recording, in order of time, and its voice prints.

    ``wav`` is 16 kHz mono; ``models`` gives the path of each model by its role: ``segmentation``
    and ``voice-print``, and optionally ``pipeline`` for the user's own pyannote pipeline. Labels
    are SPEAKER_00, SPEAKER_01, …, or those of the ``tracks`` where each person has one; a
    recording without speech has none. ``progress`` gets 0–1.
    """
    from pipeline.diarisation.clustering import Bounds

    if tracks:
        return on_device(
            machine,
            "diarisation",
            lambda device: _embedded(settings, models, machine, device).tracks(tracks, progress),
        )

    bounds = Bounds(
        settings.num_people or settings.min_people or 1,
        settings.num_people or settings.max_people,
        settings.expected_people,
    )
    return on_device(
        machine,
        "diarisation",
        lambda device: load(settings, models, machine, device)(wav, bounds, progress),
    )


def load(
    settings: DiarisationSettings,
    models: Mapping[str, Path],
    machine: MachineSettings,
    device: Device,
) -> Diariser | OtherPipeline:
    """Return the diariser for these settings on ``device``, loaded once per process."""
    if "pipeline" in models:
        return _other(models["pipeline"], settings.trusted, device, threads(machine))
    return _embedded(settings, models, machine, device)


def _embedded(
    settings: DiarisationSettings,
    models: Mapping[str, Path],
    machine: MachineSettings,
    device: Device,
) -> Diariser:
    return _diariser(
        models["segmentation"],
        models["voice-print"],
        device,
        batches_at_once(machine, device, BATCH_MB),
        settings.step,
        settings.same_person,
    )


@cache
def _other(folder: Path, trusted: str | None, device: Device, threads: int) -> OtherPipeline:
    with _loading():
        import torch

        from pipeline.diarisation.other import OtherPipeline

        torch.set_num_threads(threads)
        return OtherPipeline.load(folder, trusted).to(torch.device(device))


@cache
def _diariser(
    segmentation: Path,
    voice_print: Path,
    device: Device,
    at_once: int,
    step: float,
    same_person: float,
) -> Diariser:
    with _loading():
        import torch

        from pipeline.diarisation.diariser import Diariser

        torch.set_num_threads(1)  # each batch
        return Diariser.load(
            segmentation, voice_print, step=step, same_person=same_person, at_once=at_once
        ).to(torch.device(device))


@contextmanager
def _loading() -> Iterator[None]:
    """Configure torch and pyannote.audio before they are imported."""
    # torch caches what it prepared for 1,024 shapes: several hundred MB that save no time
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
    with warnings.catch_warnings():
        # pyannote warns that it cannot decode files; vuoro passes it decoded sound
        warnings.simplefilter("ignore")
        one_thread_for_numpy()
        yield
