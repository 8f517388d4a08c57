"""Who spoke when: speaker segments and one voice print per label.

By ``pipeline.diarisation`` on the embedded models, or by any other pyannote.audio pipeline.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.device import choose_device
from pipeline.records import Diarisation
from pipeline.settings import DiarisationSettings, MachineSettings

if TYPE_CHECKING:
    from pipeline.diarisation.diariser import Diariser
    from pipeline.diarisation.other import OtherPipeline

EMBEDDED = "embedded"


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
    from pipeline.diarisation.clustering import Bounds

    bounds = Bounds(
        settings.num_people or settings.min_people or 1, settings.num_people or settings.max_people
    )
    return load(settings, models, machine)(wav, bounds, progress)


def load(
    settings: DiarisationSettings, models: Mapping[str, Path], machine: MachineSettings
) -> Diariser | OtherPipeline:
    """What diarises under these settings, loaded once a process."""
    return _load(
        tuple(sorted(models.items())),
        choose_device(machine),
        machine.threads,
        settings.step,
        settings.same_person,
    )


@cache
def _load(
    models: tuple[tuple[str, Path], ...],
    device: str,
    threads: int | None,
    step: float,
    same_person: float,
) -> Diariser | OtherPipeline:
    os.environ["PYANNOTE_METRICS_ENABLED"] = "0"  # nothing about a recording leaves the machine
    with warnings.catch_warnings():
        # pyannote warns that it cannot decode files by itself; vuoro hands it decoded sound
        warnings.simplefilter("ignore")
        import torch

        from pipeline.diarisation.diariser import Diariser
        from pipeline.diarisation.other import OtherPipeline

        if threads:
            torch.set_num_threads(threads)
        place = dict(models)
        if "pipeline" in place:
            return OtherPipeline.load(place["pipeline"]).to(torch.device(device))
        return Diariser.load(
            place["segmentation"], place["voice-print"], step=step, same_person=same_person
        ).to(torch.device(device))
