from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.records import Conversation, Turn, Word

Talk = Callable[..., Conversation]


def _turn(said: str) -> Turn:
    """A turn with one word a second, each half a second long, of probability 0.9."""
    words = tuple(Word(float(i), i + 0.5, word, 0.9) for i, word in enumerate(said.split()))
    return Turn(
        label="SPEAKER_00",
        kind="turn",
        start_s=0.0,
        end_s=float(len(words)),
        words=words,
        overlap_s=0.0,
        overlapped_by=(),
        pause_s=0.0,
        previous_label=None,
        offset_from_previous_s=None,
        asr_confidence=0.9,
        speaker_confidence=None,
        suspect=(),
    )


@pytest.fixture(scope="session")
def talk() -> Talk:
    """``talk("turn", "next turn", language="fi")`` as a conversation."""

    def made(*turns: str, language: str | None = "fi") -> Conversation:
        return Conversation(
            turns=tuple(map(_turn, turns)),
            language=language,
            language_probability=None,
            speech_s=0.0,
            overlap_s=0.0,
            silence_s=0.0,
            flags=("truncated",),
        )

    return made
