"""Which recogniser suits a study, by the registry's figures and by what a run has measured."""

from __future__ import annotations

from collections.abc import Mapping

from models.registry import Model, load_registry
from pipeline.media.device import choose_device
from pipeline.records.languages import name_of
from pipeline.records.times import about
from pipeline.settings import Settings, TranscriptionSettings

MOST = 0.5  # of the words wrong: text to find places by, not to quote


def advice(settings: Settings) -> list[str]:
    """Return what a new study should know of its recogniser; [] if there is nothing to say."""
    model, better = _recogniser(settings.transcription), _better()
    wrong = _mostly_wrong(model, settings.transcription) if model else {}
    if model is None or not wrong:
        return []
    shares = " and ".join(
        f"{round(10 * share)} words of 10 in {name_of(code).english}"
        for code, share in wrong.items()
    )
    return [
        f"{model.id}, which is in use, gets about {shares} wrong: enough to find places, not to "
        f"quote. Fetch a larger recogniser: `vuoro models pull {better.id}` "
        f"({better.size_mb / 1000:.1f} GB), then "
        f"`vuoro settings transcription.model={better.id}`.",
        "The first run says how long an hour of recording takes on this machine.",
    ]


def time_for_an_hour(settings: Settings, transcribing_s: float, other_s: float) -> str:
    """Return how long an hour of recording takes here, and with the recommended recogniser.

    ``transcribing_s`` and ``other_s`` are seconds for an hour of recording, as measured. How a
    graphics card compares the two is not known.
    """
    model, better = _recogniser(settings.transcription), _better()
    name = model.id if model else "this recogniser"
    said = f"An hour of recording takes {about(other_s + transcribing_s)} here with {name}"
    if model is None or not _mostly_wrong(model, settings.transcription):
        return f"{said}."
    if choose_device(settings.machine) == "cuda":
        return f"{said}."
    times = (better.relative_time or 1) / (model.relative_time or 1)
    return (
        f"{said}, {about(other_s + times * transcribing_s)} with {better.id} "
        f"(`vuoro models pull {better.id}`, {better.size_mb / 1000:.1f} GB)."
    )


def _recogniser(transcription: TranscriptionSettings) -> Model | None:
    """Return the model in use, if the registry knows it."""
    return load_registry().get(transcription.model)


def _better() -> Model:
    """Return the recogniser to choose if the default one is not good enough."""
    found = load_registry().values()
    return next(m for m in found if m.purpose == "speech-recognition" and not m.default)


def _mostly_wrong(model: Model, transcription: TranscriptionSettings) -> Mapping[str, float]:
    """Return the languages of the study in which most words come out wrong, with the share."""
    given = transcription.language
    expected = (given,) if given else transcription.languages
    return {
        code: share
        for code, share in model.word_errors.items()
        if code in expected and share > MOST
    }
