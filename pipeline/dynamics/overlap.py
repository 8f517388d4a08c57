"""Simultaneous talk: between and within turns, interrupting or cooperative.

Without syntax or intonation no one can tell whether a turn was complete when another began, so
the definitions use time alone, measured on the regular diarisation:

- *interruption*: a turn, not a minimal response, that begins while the floor holder talks, and
  then both talk at once for ``INTERRUPTION_S`` or longer. It is *successful* if the floor goes to
  who began (the simple interruption and the overlap of Ferguson 1977: whether the holder's sentence
  was finished, which distinguishes them, is not known) and *unsuccessful* if the holder talks on
  until the other has ended (her butting-in interruption).
- *cooperative overlap*: simultaneous talk that does not compete for the floor (Schegloff 2000): a
  minimal response said while the floor holder talks (his continuers), or a turn that begins while
  the floor holder talks and overlaps for less than ``INTERRUPTION_S`` (his terminal overlaps).
- A turn that begins in a pause of the floor holder and is then talked over is neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.dynamics.floor import Meeting, is_within_anothers
from pipeline.records import Interval, Turn
from pipeline.records.times import Talk, intersection, total_s

# Most overlaps at a change of speaker are terminal and shorter (Levinson & Torreira 2015), and the
# edges of the diarisation are a few tenths of a second off.
INTERRUPTION_S = 0.5

Nature = Literal["successful", "unsuccessful", "cooperative"]


@dataclass(frozen=True, slots=True)
class Overlap:
    """``speaker`` begins while it is the turn of ``holder``.

    ``where`` is ``between`` turns if this transfers the floor, else ``within`` the holder's
    (both after Heldner & Edlund 2010). ``simultaneous_s`` is how long both talk; ``nature`` is
    None where it is neither an interruption nor cooperative.
    """

    speaker: str
    holder: str
    where: Literal["between", "within"]
    simultaneous_s: float
    nature: Nature | None


def overlaps(session: Meeting) -> list[Overlap]:
    """All overlaps in order of start.

    Between turns: each floor transfer of a negative offset. Within: each minimal response, and
    each turn that never has the floor, during which the floor holder talks too.
    """
    return [overlap for turn in session.turns for overlap in _beginning_with(turn, session.talk)]


def _beginning_with(turn: Turn, talk: Talk) -> Iterator[Overlap]:
    holder, offset_s = turn.previous_label, turn.offset_from_previous_s
    if holder is None or holder == turn.label:
        return
    if turn.kind == "turn" and offset_s is not None:
        if offset_s < 0:
            place = Interval(turn.start_s, turn.start_s - offset_s)
            both_s = _simultaneous_s(turn.label, holder, place, talk)
            nature = _nature(turn, holder, both_s, talk, "successful")
            yield Overlap(turn.label, holder, "between", both_s, nature)
        return
    both_s = _simultaneous_s(turn.label, holder, Interval(turn.start_s, turn.end_s), talk)
    if both_s == 0:
        return
    if is_within_anothers(turn):
        nature = _nature(turn, holder, both_s, talk, "unsuccessful")
    else:
        nature = "cooperative"
    yield Overlap(turn.label, holder, "within", both_s, nature)


def _nature(turn: Turn, holder: str, both_s: float, talk: Talk, outcome: Nature) -> Nature | None:
    if both_s == 0 or not _talks_at(holder, turn.start_s, talk):
        return None
    return outcome if both_s >= INTERRUPTION_S else "cooperative"


def _talks_at(label: str, time_s: float, talk: Talk) -> bool:
    """Whether a person who began before this time continues after it."""
    return any(part.start_s < time_s < part.end_s for part in talk.by_label.get(label, []))


def _simultaneous_s(one: str, other: str, place: Interval, talk: Talk) -> float:
    both = intersection(talk.within(one, place), talk.within(other, place))
    return round(total_s(both), 3)
