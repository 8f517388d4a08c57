"""The stages that listen to the sound, each session apart from all others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pipeline.diarisation.diarise import diarisation_models, diarise
from pipeline.media.audio import decode
from pipeline.people.identify import words_as_one
from pipeline.records import Audio, Diarisation, HeardLanguages, Transcript
from pipeline.settings import DiarisationSettings, MachineSettings
from pipeline.stages.leaving import without_labels, without_words
from pipeline.stages.stage import Made, Progress, Stage
from pipeline.transcription.spoken import Spoken, detect_language
from pipeline.transcription.transcribe import transcribe

Tracks = Literal["auto", "together", "separate"]


def sound(decoded: Made[Audio]) -> Path:
    """Return the decoded sound."""
    return decoded.folder / decoded.record.file


def sounds(decoded: Made[Audio]) -> dict[str, Path]:
    """Return the sound of each speaker label, where people were recorded one by one."""
    tracks = decoded.record.tracks_by_label
    return {label: decoded.folder / name for label, name in tracks.items()}


def _decode(
    original: Path,
    gaps_s: tuple[float | None, ...],
    min_duration_s: float,
    tracks: Tracks,
    folder: Path,
    progress: Progress,
) -> Audio:
    return decode(
        original,
        folder,
        min_duration_s=min_duration_s,
        tracks=tracks,
        gaps_s=gaps_s,
        progress=progress,
    )


def _diarise(
    decode: Made[Audio],
    diarisation: DiarisationSettings,
    trusted: str | None,
    models: Mapping[str, Path],
    machine: MachineSettings,
    progress: Progress,
) -> Diarisation:
    diarisation = diarisation.model_copy(update={"trusted": trusted})
    used = {role: models[role] for role in diarisation_models(diarisation)}
    return diarise(sound(decode), diarisation, used, machine, progress, sounds(decode))


def _detect_language(
    decode: Made[Audio],
    diarise: Diarisation,
    languages: tuple[str, ...],
    models: Mapping[str, Path],
    machine: MachineSettings,
    progress: Progress,
) -> HeardLanguages:
    model = models["speech-recognition"]
    return detect_language(
        sound(decode), diarise, languages, model, machine, progress, sounds(decode)
    )


def _transcribe(
    decode: Made[Audio],
    diarise: Diarisation,
    spoken: Spoken,
    glossary: list[str],
    beam_size: int,
    models: Mapping[str, Path],
    machine: MachineSettings,
    progress: Progress,
) -> Transcript:
    return transcribe(
        sound(decode),
        diarise,
        spoken,
        beam_size,
        models["speech-recognition"],
        machine,
        progress,
        sounds(decode),
        glossary=glossary,
    )


DECODE = Stage(
    "decode",
    5,
    _decode,
    label="reading the sound",
    phase="hear",
    settings=("intake.tracks",),
    weight=2,
    redact=lambda audio, leaving: leaving.silenced,
)
DIARISE = Stage(
    "diarise",
    3,
    _diarise,
    label="who spoke when",
    phase="hear",
    settings=(
        "diarisation.pipeline",
        "diarisation.num_people",
        "diarisation.min_people",
        "diarisation.max_people",
        "diarisation.expected_people",
        "diarisation.step",
        "diarisation.same_person",
    ),
    models=("segmentation", "voice-print", "pipeline"),
    resource="gpu",
    weight=20,
    redact=lambda found, leaving: without_labels(found, leaving.labels),
)
DETECT_LANGUAGE = Stage(
    "detect_language",
    1,
    _detect_language,
    label="which language",
    phase="hear",
    models=("speech-recognition",),
    resource="gpu",
    weight=2,
    redact=lambda found, leaving: found,
)
TRANSCRIBE = Stage(
    "transcribe",
    6,
    _transcribe,
    label="what was said",
    phase="hear",
    settings=("transcription.beam_size",),
    models=("speech-recognition",),
    resource="gpu",
    weight=70,
    redact=lambda said, leaving: without_words(
        words_as_one(said, leaving.same_voices), leaving.voices, leaving.label, leaving.responses
    ),
)
