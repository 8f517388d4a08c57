"""Who holds the floor: what every measure of turn-taking starts from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.records import Segment, Turn
from pipeline.records.times import Talk


@dataclass(frozen=True, slots=True)
class Meeting:
    """The turns of a session in order of start, and its regular diarisation, by person.

    ``people`` are all with a turn or a minimal response, sorted. People who were present but said
    nothing are not known. A silence between turns longer than ``lapse_s`` is a lapse.
    """

    turns: tuple[Turn, ...]
    talk: Talk
    lapse_s: float

    @classmethod
    def of(
        cls,
        turns: Iterable[Turn],
        regular: Iterable[Segment],
        person_of: Mapping[str, str],
        lapse_s: float,
    ) -> Meeting:
        """With people instead of speaker labels: two labels of one person become one.

        Times are rounded to milliseconds, as the table turns has them.
        Raises KeyError if a turn has a label that ``person_of`` lacks.
        """
        renamed = (
            replace(
                turn,
                label=person_of[turn.label],
                start_s=round(turn.start_s, 3),
                end_s=round(turn.end_s, 3),
                pause_s=round(turn.pause_s, 3),
                previous_label=turn.previous_label and person_of[turn.previous_label],
                offset_from_previous_s=_rounded(turn.offset_from_previous_s),
            )
            for turn in turns
        )
        talk = Talk.of(replace(s, label=person_of.get(s.label, s.label)) for s in regular)
        ordered = sorted(renamed, key=lambda turn: (turn.start_s, turn.end_s, turn.label))
        return cls(tuple(ordered), talk, lapse_s)

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(sorted({turn.label for turn in self.turns}))

    @property
    def full_turns(self) -> list[Turn]:
        """The turns without the minimal responses."""
        return [turn for turn in self.turns if turn.kind == "turn"]

    @property
    def responses(self) -> list[Turn]:
        """The minimal responses."""
        return [turn for turn in self.turns if turn.kind == "minimal_response"]

    @property
    def transfers(self) -> list[Transfer]:
        return list(_transfers(self.full_turns))


def _rounded(offset_s: float | None) -> float | None:
    return None if offset_s is None else round(offset_s, 3) + 0.0  # never -0.0


@dataclass(frozen=True, slots=True)
class Transfer:
    """The floor goes ``from_person`` ``to_person``.

    ``offset_s`` is the floor transfer offset (de Ruiter, Mitterer & Enfield 2006): positive is a
    gap, negative an overlap.
    """

    from_person: str
    to_person: str
    offset_s: float


def takes_floor(turn: Turn) -> bool:
    """Whether a turn takes the floor from another person."""
    return (
        turn.kind == "turn"
        and turn.offset_from_previous_s is not None
        and turn.previous_label not in (None, turn.label)
    )


def _transfers(turns: Iterable[Turn]) -> Iterator[Transfer]:
    for turn in turns:
        offset_s, holder = turn.offset_from_previous_s, turn.previous_label
        if offset_s is not None and holder is not None and takes_floor(turn):
            yield Transfer(holder, turn.label, offset_s)


def duration(turn: Turn) -> float:
    """Length of a turn, pauses included, in seconds."""
    return turn.end_s - turn.start_s


def speech_s(rows: Sequence[Turn]) -> float:
    """Talking time: durations of turns and minimal responses less their pauses, in seconds."""
    return sum(max(0.0, duration(turn) - turn.pause_s) for turn in rows)


def is_within_anothers(turn: Turn) -> bool:
    """Whether a turn begins and ends while another holds the floor, and so never has it."""
    return (
        turn.kind == "turn"
        and turn.offset_from_previous_s is None
        and turn.previous_label not in (None, turn.label)
    )


def has_floor(turn: Turn) -> bool:
    """Whether a turn holds the floor: not a minimal response, and not within another's."""
    return turn.kind == "turn" and not is_within_anothers(turn)


def floor_turns(turns: Iterable[Turn]) -> list[Turn]:
    """The turns that have the floor, in order."""
    return [turn for turn in turns if has_floor(turn)]


def lapses_s(turns: Sequence[Turn], lapse_s: float) -> list[float]:
    """Silences between two turns that have the floor, of the same or of different people, that
    are longer than ``lapse_s`` (the lapse of Sacks, Schegloff & Jefferson 1974), in seconds.

    Minimal responses do not end a lapse. There is none before the first turn, nor where the
    previous floor holder is unknown.
    """
    found: list[float] = []
    end_s: float | None = None
    for turn in floor_turns(turns):
        if end_s is not None and turn.previous_label is not None:
            silence_s = turn.start_s - end_s
            if silence_s > lapse_s:
                found.append(silence_s)
        end_s = turn.end_s if end_s is None else max(end_s, turn.end_s)
    return found
