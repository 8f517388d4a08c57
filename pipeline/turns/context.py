"""A turn in relation to the others: its overlap, its pauses, and the previous floor holder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.records import Conversation, Interval, Turn, TurnKind, Word
from pipeline.records.times import Talk, total_s, union


@dataclass(frozen=True, slots=True)
class Piece:
    """A turn or minimal response alone, before its relation to the others is computed.

    The fields are those of ``Turn``.
    """

    label: str
    kind: TurnKind
    start_s: float
    end_s: float
    words: tuple[Word, ...]
    speaker_confidence: float | None
    suspect: tuple[str, ...]
    edited: tuple[str, ...] = ()

    @classmethod
    def of(cls, turn: Turn) -> Piece:
        return cls(
            turn.label,
            turn.kind,
            turn.start_s,
            turn.end_s,
            turn.words,
            turn.speaker_confidence,
            turn.suspect,
            turn.edited,
        )


def in_context(
    pieces: Sequence[Piece],
    talk: Talk,
    *,
    duration_s: float,
    language: str | None,
    language_probability: float | None,
    flags: tuple[str, ...],
) -> Conversation:
    """The conversation made of these turns, in order of start, and the regular diarisation.

    Both give the totals of time, and for each turn its overlap, pauses, the floor holder before it,
    the offset from them, and the mean probability of its words.
    """
    speech_s = talk.speech_s()
    return Conversation(
        turns=tuple(_turns(pieces, talk)),
        language=language,
        language_probability=language_probability,
        speech_s=round(speech_s, 3),
        overlap_s=round(talk.overlap_s(), 3),
        silence_s=round(max(0.0, duration_s - speech_s), 3),
        flags=flags,
    )


def _turns(pieces: Sequence[Piece], talk: Talk) -> Iterator[Turn]:
    """Each turn with its place in the conversation."""
    previous: Piece | None = None  # the floor holder
    for piece in pieces:
        place = Interval(piece.start_s, piece.end_s)
        floor = piece.kind == "turn" and (previous is None or piece.end_s > previous.end_s)
        overlaps = talk.overlaps(piece.label, place)
        own_s = total_s(talk.within(piece.label, place))
        offset_s = None
        if floor and previous is not None and previous.label != piece.label:
            offset_s = round(piece.start_s - previous.end_s, 3)
        yield Turn(
            label=piece.label,
            kind=piece.kind,
            start_s=piece.start_s,
            end_s=piece.end_s,
            words=piece.words,
            overlap_s=round(total_s(union(p for parts in overlaps.values() for p in parts)), 3),
            overlapped_by=tuple(sorted(overlaps)),
            pause_s=round(max(0.0, place.duration_s - own_s), 3),
            previous_label=previous.label if previous is not None else None,
            offset_from_previous_s=offset_s,
            # the mean finds bad turns as well as minima, quantiles and geometric means
            asr_confidence=mean([word.probability for word in piece.words]),
            speaker_confidence=piece.speaker_confidence,
            suspect=piece.suspect,
            edited=piece.edited,
        )
        if floor:
            previous = piece


def mean(values: Sequence[float]) -> float | None:
    """The mean, rounded; None without values."""
    return round(sum(values) / len(values), 4) if values else None
