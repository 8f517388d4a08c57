"""Which language is taken, from what Whisper hears in several places."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.transcription.whisper import vote

Place = list[tuple[str, float]]
CLEAR: list[Place] = [
    [("<|fi|>", 0.9), ("<|et|>", 0.1)],
    [("<|en|>", 0.6), ("<|fi|>", 0.4)],  # a greeting in another language
    [("<|fi|>", 0.8), ("<|en|>", 0.1)],
]
NEITHER: list[Place] = [[("<|la|>", 0.6), ("<|en|>", 0.05), ("<|fi|>", 0.04)]]


def model(places: list[Place]) -> Any:
    return SimpleNamespace(
        model=SimpleNamespace(detect_language=lambda features: places),
        supported_languages=["af", "en", "et", "fi", "la"],
    )


@pytest.mark.parametrize(
    ("places", "allowed", "language", "probability"),
    [
        (CLEAR, (), "fi", 0.7),
        (CLEAR, ("en", "fi"), "fi", 0.7),
        (CLEAR, ("en",), "en", 0.2333),
        (NEITHER, (), "la", 0.6),
        (NEITHER, ("fi", "en"), "fi", 0.04),
        (NEITHER, ("en", "fi"), "en", 0.05),
    ],
)
def test_the_language_of_most_places(
    places: list[Place], allowed: tuple[str, ...], language: str, probability: float
) -> None:
    sounds: Any = SimpleNamespace(features=None)
    assert vote(model(places), sounds, allowed) == (language, pytest.approx(probability, abs=1e-4))
