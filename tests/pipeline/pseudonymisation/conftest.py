from __future__ import annotations

from collections.abc import Callable

import pytest
from talk import turn_of

from pipeline.records import Conversation

Talk = Callable[..., Conversation]


@pytest.fixture(scope="session")
def talk() -> Talk:
    """``talk("turn", "next turn", language="fi")`` as a conversation."""

    def made(*turns: str, language: str | None = "fi") -> Conversation:
        return Conversation(
            turns=tuple(map(turn_of, turns)),
            language=language,
            language_probability=None,
            speech_s=0.0,
            overlap_s=0.0,
            silence_s=0.0,
            flags=("truncated",),
        )

    return made
