"""A turn of talk from its words, for tests that care for nothing else of it."""

from __future__ import annotations

from pipeline.records import Turn, Word


def turn_of(said: str) -> Turn:
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
