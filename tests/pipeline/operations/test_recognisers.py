"""Which recogniser to choose, and how long it takes, as a study's settings and a run say."""

from __future__ import annotations

from models.registry import load_registry
from pipeline.operations.recognisers import advice, time_for_an_hour
from pipeline.settings import MachineSettings, Settings, TranscriptionSettings

BASE_IN_FINNISH = (
    "whisper-base, which is in use, gets about 7 words of 10 in Finnish wrong: enough to find "
    "places, not to quote. Fetch a larger recogniser: `vuoro models pull whisper-large-v3-turbo` "
    "(1.6 GB), then `vuoro settings transcription.model=whisper-large-v3-turbo`."
)


def settings(model: str = "whisper-base", language: str | None = None) -> Settings:
    return Settings(
        transcription=TranscriptionSettings(model=model, language=language),
        machine=MachineSettings(device="cpu"),
    )


def test_new_study_is_advised_a_larger_recogniser_for_finnish() -> None:
    first, second = advice(settings())
    assert first == BASE_IN_FINNISH
    assert second.startswith("The first run says how long")
    assert advice(settings(language="fi")) == [first, second]


def test_nothing_is_advised_for_english_or_another_recogniser() -> None:
    assert advice(settings(language="en")) == []
    assert advice(settings(model="whisper-large-v3-turbo")) == []
    assert advice(settings(model="/models/of-my-own")) == []


def test_an_hour_is_told_for_the_recogniser_in_use_and_for_the_better_one() -> None:
    assert load_registry()["whisper-large-v3-turbo"].relative_time == 10
    assert time_for_an_hour(settings(), other_s=60, transcribing_s=240) == (
        "An hour of recording takes about 5 min here with whisper-base, "
        "about 45 min with whisper-large-v3-turbo "  # 1 + 10 * 4, no more exact than by five
        "(`vuoro models pull whisper-large-v3-turbo`, 1.6 GB)."
    )


def test_an_hour_of_the_larger_recogniser_is_told_alone() -> None:
    told = time_for_an_hour(settings("whisper-large-v3-turbo"), transcribing_s=7200, other_s=0)
    assert told == "An hour of recording takes about 2 h here with whisper-large-v3-turbo."


def test_larger_recognisers_take_longer() -> None:
    found = [m for m in load_registry().values() if m.purpose == "speech-recognition"]
    base, turbo, large = (model.relative_time or 0 for model in found)
    assert 1 == base < turbo < large
