"""The turn-taking of a whole session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.dynamics.distribution import evenness, gini, mean, quantile
from pipeline.dynamics.floor import Meeting, duration, lapses_s, speech_s
from pipeline.dynamics.overlap import overlaps
from pipeline.dynamics.replicates import Drawn, Measured, lengths, ratio
from pipeline.dynamics.resampling import Floats
from pipeline.dynamics.transitions import participation_shifts, reciprocity
from pipeline.records import Turn


@dataclass(frozen=True, slots=True)
class SessionDynamics:
    """The measures of one session; the table ``dynamics_session`` defines each.

    Times are seconds, shares 0–1, the speech rate words a minute. None where there is nothing to
    measure, for any number of people.
    """

    n_people: int
    n_floor_transfers: int
    fto_mean_s: float | None
    fto_q25_s: float | None
    fto_median_s: float | None
    fto_q75_s: float | None
    n_gaps: int
    gap_s: float
    n_lapses: int
    lapse_s: float
    pause_s: float
    n_overlaps_between: int
    overlap_between_s: float
    n_overlaps_within: int
    overlap_within_s: float
    n_interruptions_successful: int
    n_interruptions_unsuccessful: int
    n_overlaps_cooperative: int
    gini_speech: float | None
    entropy_speech: float | None
    gini_turns: float | None
    entropy_turns: float | None
    reciprocity: float | None
    n_ab_ba: int
    n_ab_xa: int
    turn_mean_s: float | None
    turn_q25_s: float | None
    turn_median_s: float | None
    turn_q75_s: float | None
    turn_max_s: float | None
    silence_share: float | None
    overlap_share: float | None
    speech_rate: float | None


def session_dynamics(session: Meeting, duration_s: float) -> SessionDynamics:
    """Measure a session of ``duration_s`` seconds."""
    turns = session.full_turns
    offsets = [transfer.offset_s for transfer in session.transfers]
    gaps = [offset for offset in offsets if 0 < offset <= session.lapse_s]
    lapses = lapses_s(session.turns, session.lapse_s)
    found = overlaps(session)
    natures = Counter(overlap.nature for overlap in found)
    within = [overlap.simultaneous_s for overlap in found if overlap.where == "within"]
    own = [[turn for turn in session.turns if turn.label == person] for person in session.people]
    speech = [speech_s(rows) for rows in own]
    n_turns = [sum(turn.kind == "turn" for turn in rows) for rows in own]
    shifts = participation_shifts(session)
    lengths = [duration(turn) for turn in turns]
    talk_s = session.talk.speech_s()
    return SessionDynamics(
        n_people=len(session.people),
        n_floor_transfers=len(offsets),
        fto_mean_s=mean(offsets),
        fto_q25_s=quantile(offsets, 0.25),
        fto_median_s=quantile(offsets, 0.5),
        fto_q75_s=quantile(offsets, 0.75),
        n_gaps=len(gaps),
        gap_s=sum(gaps),
        n_lapses=len(lapses),
        lapse_s=sum(lapses),
        pause_s=sum(turn.pause_s for turn in turns),
        n_overlaps_between=sum(offset < 0 for offset in offsets),
        overlap_between_s=sum(-offset for offset in offsets if offset < 0),
        n_overlaps_within=len(within),
        overlap_within_s=sum(within),
        n_interruptions_successful=natures["successful"],
        n_interruptions_unsuccessful=natures["unsuccessful"],
        n_overlaps_cooperative=natures["cooperative"],
        gini_speech=gini(speech),
        entropy_speech=evenness(speech),
        gini_turns=gini(n_turns),
        entropy_turns=evenness(n_turns),
        reciprocity=reciprocity(session),
        n_ab_ba=sum(shift.answering for shift in shifts),
        n_ab_xa=sum(not shift.answering for shift in shifts),
        turn_mean_s=mean(lengths),
        turn_q25_s=quantile(lengths, 0.25),
        turn_median_s=quantile(lengths, 0.5),
        turn_q75_s=quantile(lengths, 0.75),
        turn_max_s=max(lengths, default=None),
        silence_share=max(0.0, 1 - talk_s / duration_s) if duration_s > 0 else None,
        overlap_share=session.talk.overlap_s() / talk_s if talk_s > 0 else None,
        speech_rate=speech_rate(turns),
    )


def session_replicates(drawn: Drawn) -> Measured:
    """The measures of the session that have an interval, in each replicate: (replicates,)."""
    talk_s = drawn.people.total(drawn.rows.talk_s)
    n_turns = drawn.people.where(drawn.is_turn).count()
    return lengths(drawn.session, drawn) | {
        "gini_speech": _of_each(gini, talk_s),
        "entropy_speech": _of_each(evenness, talk_s),
        "gini_turns": _of_each(gini, n_turns),
        "entropy_turns": _of_each(evenness, n_turns),
        "reciprocity": _reciprocity(drawn.pairs.where(drawn.is_transfer).count()),
    }


def _reciprocity(n: Floats) -> Floats:
    """From the counts of transfers, (replicates, people, people)."""
    mutual = np.minimum(n, n.transpose(0, 2, 1))
    return ratio(mutual.sum(axis=(1, 2)), n.sum(axis=(1, 2)))


def _of_each(index: Callable[[Sequence[float]], float | None], amounts: Floats) -> Floats:
    return np.array([index(of_people) for of_people in amounts.tolist()], np.float64)


def speech_rate(turns: Sequence[Turn]) -> float | None:
    """Recognised words a minute of turns, pauses included (Goldman-Eisler 1968).

    Turns in which no word was recognised are left out. None if there are no others.
    """
    worded = [turn for turn in turns if turn.words]
    minutes = sum(duration(turn) for turn in worded) / 60
    return sum(len(turn.words) for turn in worded) / minutes if minutes > 0 else None
