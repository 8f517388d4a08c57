"""Which language is taken, from what Whisper hears in several places, and what is asked about."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.errors import LanguageQuestionError
from pipeline.records import HeardLanguages
from pipeline.settings import TranscriptionSettings
from pipeline.transcription.spoken import Spoken, spoken_language
from pipeline.transcription.whisper import vote

Place = list[tuple[str, float]]

FINNISH = HeardLanguages((("fi", 0.7), ("et", 0.3)))
SWEDISH = HeardLanguages((("sv", 0.93), ("nn", 0.03), ("fi", 0.01)))
GERMAN = HeardLanguages((("de", 0.97), ("en", 0.01)))
GREEK = HeardLanguages((("el", 0.5), ("la", 0.41), ("en", 0.02)))  # half of it is no language
# the demo's synthesised Finnish, and synthesised Swedish, as measured with the embedded model
DEMO = HeardLanguages(
    (("la", 0.49), ("si", 0.06), ("fi", 0.06), ("en", 0.05)),
    (("fi", 0.63), ("sv", 0.58), ("en", 0.0)),
)
UNCLEAR_SWEDISH = HeardLanguages(
    (("la", 0.77), ("nn", 0.06), ("en", 0.03), ("fi", 0.02)),
    (("fi", 0.36), ("sv", 0.44), ("en", 0.29)),
)
RUSSIAN = HeardLanguages(
    (("ru", 0.32), ("la", 0.12), ("en", 0.11), ("pl", 0.05)),
    (("fi", 0.47), ("sv", 0.23), ("en", 0.0)),
)
NOTHING_FITS = HeardLanguages((("la", 0.2), ("pl", 0.08)), (("fi", 0.37), ("en", 0.11)))
DIALECT = HeardLanguages((("et", 0.6), ("fi", 0.33)))


def spoken(heard: HeardLanguages, stated: str = "", **settings: Any) -> Spoken:
    return spoken_language(heard, TranscriptionSettings(**settings), "G07-S03", stated)


def test_several_places_vote() -> None:
    places: list[Place] = [
        [("<|fi|>", 0.9), ("<|et|>", 0.1)],
        [("<|en|>", 0.6), ("<|fi|>", 0.4)],  # a greeting in another language
        [("<|fi|>", 0.8), ("<|en|>", 0.1)],
    ]
    model: Any = SimpleNamespace(model=SimpleNamespace(detect_language=lambda features: places))
    sounds: Any = SimpleNamespace(features=None)
    assert vote(model, sounds) == (("fi", 0.7), ("en", 0.2333), ("et", 0.0333))


@pytest.mark.parametrize(
    ("heard", "language", "probability"),
    [
        (FINNISH, "fi", 0.7),
        (SWEDISH, "sv", 0.93),
        (DIALECT, "fi", 0.33),
        (DEMO, "fi", 0.06),
        (UNCLEAR_SWEDISH, "sv", 0.0),
    ],
)
def test_an_expected_language_is_taken(
    heard: HeardLanguages, language: str, probability: float
) -> None:
    assert spoken(heard) == Spoken(language, probability)


def test_where_any_language_is_expected_the_likeliest_is_taken() -> None:
    assert spoken(GERMAN, languages=()) == Spoken("de", 0.97)


def test_nothing_is_asked_where_nothing_is_said() -> None:
    assert spoken(HeardLanguages()) == Spoken(None)


@pytest.mark.parametrize("heard", [GERMAN, GREEK, RUSSIAN])
def test_a_language_that_is_not_expected_is_asked_about(heard: HeardLanguages) -> None:
    with pytest.raises(LanguageQuestionError) as asked:
        spoken(heard)
    code = heard.votes[0][0]
    said = str(asked.value)
    assert {"de": "German", "el": "Greek", "ru": "Russian"}[code] in said
    assert f"vuoro session G07-S03 --language {code}" in said and f'"{code}" to `lang' in said
    assert {"de": "saksa", "el": "kreikka", "ru": "venäjä"}[code] in asked.value.to("fi")
    assert f"vuoro session G07-S03 --language {code}" in asked.value.to("fi")


def test_once_it_is_expected_it_is_taken() -> None:
    assert spoken(GERMAN, languages=("fi", "de")) == Spoken("de", 0.97)


def test_a_language_that_cannot_be_told_is_asked_about() -> None:
    with pytest.raises(LanguageQuestionError, match="not clear"):
        spoken(NOTHING_FITS)


@pytest.mark.parametrize("heard", [SWEDISH, UNCLEAR_SWEDISH])
def test_another_language_than_the_study_says_is_asked_about(heard: HeardLanguages) -> None:
    with pytest.raises(LanguageQuestionError, match=r"sounds like Swedish.*remove `language`"):
        spoken(heard, language="fi")


@pytest.mark.parametrize("heard", [FINNISH, DEMO, DIALECT])
def test_the_language_that_the_study_says_is_taken_unless_another_is_clear(
    heard: HeardLanguages,
) -> None:
    assert spoken(heard, language="fi") == Spoken("fi")


@pytest.mark.parametrize(("heard", "differs"), [(FINNISH, False), (SWEDISH, True), (DEMO, False)])
def test_what_a_person_said_of_the_session_holds(heard: HeardLanguages, differs: bool) -> None:
    assert spoken(heard, "fi", language="en") == Spoken("fi", differs=differs)


def test_a_language_that_whisper_does_not_know_is_no_setting() -> None:
    with pytest.raises(ValueError, match="not know the language 'suomi'"):
        TranscriptionSettings(language="suomi")
