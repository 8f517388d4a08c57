"""Whisper's own words to ours; the numbers are worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.records import Word
from pipeline.transcription.whisper import _words
from pipeline.transcription.windows import Window

WINDOW = Window(10.0, 20.0, Path("audio.wav"), "A")


def found(word: str, start: float, end: float, probability: float, n_tokens: int) -> dict[str, Any]:
    tokens = list(range(n_tokens))
    return {
        "word": word,
        "tokens": tokens,
        "start": start,
        "end": end,
        "probability": probability,
    }


def test_words_are_in_the_time_of_the_recording_and_end_with_their_window() -> None:
    alignment = [found(" joo", 0.5, 1.0, 0.9, 1), found(" niin", 9.5, 10.5, 0.8, 1)]
    assert list(_words(alignment, WINDOW)) == [
        Word(10.5, 11.0, "joo", 0.9, "A"),
        Word(19.5, 20.0, "niin", 0.8, "A"),
    ]


def test_a_word_with_a_hyphen_is_one_word() -> None:
    alignment = [
        found(" Keski", 1.0, 1.5, 0.9, 1),
        found("-Savon", 1.5, 2.0, 0.3, 2),
        found(".", 2.0, 2.0, 0.9, 1),
        found(" niin", 2.5, 3.0, 0.8, 1),
    ]
    assert list(_words(alignment, WINDOW)) == [
        Word(11.0, 12.0, "Keski-Savon.", 0.5, "A"),
        Word(12.5, 13.0, "niin", 0.8, "A"),
    ]


def test_a_dash_between_words_joins_nothing() -> None:
    alignment = [
        found(" joo", 1.0, 1.5, 0.9, 1),
        found(" -", 1.5, 1.5, 0.5, 1),
        found(" niin", 2.0, 2.5, 0.8, 1),
    ]
    assert [word.text for word in _words(alignment, WINDOW)] == ["joo", "- niin"]
    answers = [found("Onko?", 1.0, 1.5, 0.9, 2), found("-On", 1.5, 2.0, 0.9, 2)]
    assert [word.text for word in _words(answers, WINDOW)] == ["Onko?", "-On"]
