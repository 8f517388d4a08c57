"""Conversations worked out by hand, and short ways to write others."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from pipeline.dynamics.floor import Meeting
from pipeline.records import Segment, Turn, TurnKind, Word

LAPSE_S = 8.0


def turn(
    label: str,
    start_s: float,
    end_s: float,
    previous: str | None = None,
    offset_s: float | None = None,
    *,
    words: int = 0,
    pause_s: float = 0.0,
    kind: TurnKind = "turn",
    confidence: float | None = None,
) -> Turn:
    return Turn(
        label=label,
        kind=kind,
        start_s=start_s,
        end_s=end_s,
        words=tuple(Word(start_s, end_s, "sana", 0.9) for _ in range(words)),
        overlap_s=0.0,
        overlapped_by=(),
        pause_s=pause_s,
        previous_label=previous,
        offset_from_previous_s=offset_s,
        asr_confidence=None,
        speaker_confidence=confidence,
        suspect=(),
    )


def response(label: str, start_s: float, end_s: float, to: str | None) -> Turn:
    return turn(label, start_s, end_s, to, words=1, kind="minimal_response")


def meeting(turns: list[Turn], talk: dict[str, list[tuple[float, float]]] | None = None) -> Meeting:
    """A meeting in which each label is a person; talk as given, or that of the turns."""
    heard = talk or {}
    if talk is None:
        for t in turns:
            heard.setdefault(t.label, []).append((t.start_s, t.end_s))
    segments = [Segment(*part, label) for label, parts in heard.items() for part in parts]
    return Meeting.of(
        turns, segments, {t.label: t.label for t in turns} | {"gone": "gone"}, LAPSE_S
    )


def chain(people: str) -> list[Turn]:
    """Turns of one second that take the floor from one another, half a second apart."""
    turns = [turn(people[0], 0.0, 1.0)]
    for number, (before, person) in enumerate(pairwise(people), start=1):
        turns.append(turn(person, number * 1.5, number * 1.5 + 1.0, before, 0.5))
    return turns


def random_meeting(seed: int, n_people: int, n_turns: int) -> Meeting:
    """Turns that take the floor from one another, and a minimal response in about every third."""
    rng = Random(seed)
    people = [f"P{number:02d}" for number in range(n_people)]
    turns: list[Turn] = []
    holder, end_s = None, 0.0
    for _ in range(n_turns):
        person = rng.choice([p for p in people if p != holder])
        offset_s = None if holder is None else round(rng.uniform(-0.4, 0.9), 3)
        start_s = end_s + (offset_s or 0.0)
        length_s, sure = rng.uniform(1.0, 20.0), rng.uniform(0.5, 1.0)
        turns.append(
            turn(person, start_s, start_s + length_s, holder, offset_s, words=3, confidence=sure)
        )
        holder, end_s = person, start_s + length_s
        if rng.random() < 0.3:
            listener = rng.choice([p for p in people if p != holder])
            turns.append(response(listener, end_s - 0.5, end_s - 0.2, holder))
    return meeting(turns)


# Four people, 12 turns and 3 minimal responses in 100 s. C's talk of 7.0 and B's of 27.0 begin in
# a pause of the floor holder.
FOUR_TURNS = [
    turn("A", 0.0, 10.0, words=20, pause_s=1.0),  # pause 6.5–7.5
    response("B", 4.0, 4.5, "A"),  # A talks: cooperative, within, 0.5 s
    response("C", 7.0, 7.5, "A"),  # in A's pause: no overlap
    turn("B", 10.5, 15.5, "A", 0.5, words=10),  # gap
    turn("A", 15.25, 20.25, "B", -0.25, words=10),  # terminal overlap: cooperative; AB-BA
    turn("C", 19.25, 29.25, "A", -1.0, words=30, pause_s=0.5),  # successful interruption; AB-XA
    turn("D", 22.0, 24.0, "C", words=5),  # in C's turn, C talks: unsuccessful interruption, 2 s
    response("A", 26.0, 26.25, "C"),  # C talks: cooperative, within, 0.25 s
    turn("B", 27.0, 28.5, "C", words=3),  # from C's pause 26.75–27.25: within, 1.25 s, neither
    turn("A", 29.25, 34.25, "C", 0.0, words=10),  # no gap, no overlap; AB-BA
    turn("A", 44.25, 46.25, "A", words=4),  # after a lapse of 10 s, no transfer
    turn("D", 55.25, 60.25, "A", 9.0, words=15),  # after a lapse of 9 s; AB-XA
    turn("B", 61.25, 64.25, "D", 1.0),  # gap; no words recognised; AB-XA
    turn("D", 64.5, 68.5, "B", 0.25, words=8),  # gap; AB-BA
    turn("C", 69.0, 71.0, "D", 0.5, words=6),  # gap; AB-XA
]
FOUR_TALK = {
    "A": [(0.0, 6.5), (7.5, 10.0), (15.25, 20.25), (26.0, 26.25), (29.25, 34.25), (44.25, 46.25)],
    "B": [(4.0, 4.5), (10.5, 15.5), (27.0, 28.5), (61.25, 64.25)],
    "C": [(7.0, 7.5), (19.25, 26.75), (27.25, 29.25), (69.0, 71.0)],
    "D": [(22.0, 24.0), (55.25, 60.25), (64.5, 68.5)],
}
FOUR = meeting(FOUR_TURNS, FOUR_TALK)

# Three people, 8 turns and 2 minimal responses in 40 s; nobody overlaps but with responses.
THREE = meeting(
    [
        turn("A", 0.0, 4.0, words=8),
        response("B", 1.0, 1.5, "A"),  # A talks on: cooperative
        turn("B", 5.0, 8.0, "A", 1.0, words=6),
        turn("A", 8.5, 10.5, "B", 0.5, words=4),  # A B A: AB-BA
        turn("B", 11.0, 14.0, "A", 0.5, words=6),  # B A B: AB-BA
        turn("A", 14.5, 16.5, "B", 0.5, words=4),  # AB-BA
        response("C", 15.0, 15.25, "A"),  # cooperative
        turn("C", 17.0, 18.0, "A", 0.5, words=2),  # B A C: AB-XA
        turn("A", 18.5, 22.5, "C", 0.5, words=8),  # AB-BA
        turn("B", 23.0, 25.0, "A", 0.5, words=2),  # C A B: AB-XA
    ]
)
