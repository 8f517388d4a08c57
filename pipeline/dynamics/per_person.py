"""The turn-taking of each person in a session."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pipeline.dynamics.distribution import mean, quantile, shares
from pipeline.dynamics.floor import Meeting, duration, speech_s
from pipeline.dynamics.overlap import overlaps
from pipeline.dynamics.per_session import speech_rate
from pipeline.dynamics.replicates import Drawn, Measured, lengths, ratio
from pipeline.dynamics.transitions import participation_shifts


@dataclass(frozen=True, slots=True)
class PersonDynamics:
    """The measures of one person in one session; the table ``dynamics_person`` defines each.

    Times are seconds, shares 0–1, the speech rate words a minute. None where there is nothing to
    measure.
    """

    person_id: str
    n_turns: int
    turn_share: float | None
    speech_s: float
    speaking_share: float | None
    n_floor_taken: int
    n_floor_yielded: int
    fto_mean_s: float | None
    fto_median_s: float | None
    pause_s: float
    n_interruptions_successful: int
    n_interruptions_unsuccessful: int
    n_interrupted_successfully: int
    n_interrupted_unsuccessfully: int
    n_overlaps_cooperative: int
    n_minimal_responses_given: int
    n_minimal_responses_received: int
    n_ab_ba: int
    n_ab_xa: int
    turn_mean_s: float | None
    turn_median_s: float | None
    turn_max_s: float | None
    speech_rate: float | None


def person_dynamics(session: Meeting) -> list[PersonDynamics]:
    """Measure each person with a turn or a minimal response, in order of ``person_id``."""
    people = session.people
    rows = {p: [turn for turn in session.turns if turn.label == p] for p in people}
    turns = {p: [turn for turn in rows[p] if turn.kind == "turn"] for p in people}
    speech = [speech_s(rows[p]) for p in people]
    turn_shares = shares([len(turns[p]) for p in people])
    speaking_shares = shares(speech)
    found = overlaps(session)
    made = Counter((overlap.speaker, overlap.nature) for overlap in found)
    met = Counter((overlap.holder, overlap.nature) for overlap in found)
    given = Counter(turn.label for turn in session.responses)
    received = Counter(t.previous_label for t in session.responses if t.previous_label != t.label)
    yielded = Counter(transfer.from_person for transfer in session.transfers)
    shifts = Counter((shift.person, shift.answering) for shift in participation_shifts(session))

    def measured(place: int, person: str) -> PersonDynamics:
        offsets = [t.offset_s for t in session.transfers if t.to_person == person]
        lengths = [duration(turn) for turn in turns[person]]
        return PersonDynamics(
            person_id=person,
            n_turns=len(turns[person]),
            turn_share=turn_shares[place] if turn_shares else None,
            speech_s=speech[place],
            speaking_share=speaking_shares[place] if speaking_shares else None,
            n_floor_taken=len(offsets),
            n_floor_yielded=yielded[person],
            fto_mean_s=mean(offsets),
            fto_median_s=quantile(offsets, 0.5),
            pause_s=sum(turn.pause_s for turn in turns[person]),
            n_interruptions_successful=made[person, "successful"],
            n_interruptions_unsuccessful=made[person, "unsuccessful"],
            n_interrupted_successfully=met[person, "successful"],
            n_interrupted_unsuccessfully=met[person, "unsuccessful"],
            n_overlaps_cooperative=made[person, "cooperative"],
            n_minimal_responses_given=given[person],
            n_minimal_responses_received=received[person],
            n_ab_ba=shifts[person, True],
            n_ab_xa=shifts[person, False],
            turn_mean_s=mean(lengths),
            turn_median_s=quantile(lengths, 0.5),
            turn_max_s=max(lengths, default=None),
            speech_rate=speech_rate(turns[person]),
        )

    return [measured(place, person) for place, person in enumerate(people)]


def person_replicates(drawn: Drawn) -> Measured:
    """The measures of each person that have an interval: (replicates, people)."""
    talk_s = drawn.people.total(drawn.rows.talk_s)
    n_turns = drawn.people.where(drawn.is_turn).count()
    to_another = drawn.holders.where(~drawn.is_turn & drawn.after_another)
    return lengths(drawn.people, drawn) | {
        "speaking_share": ratio(talk_s, talk_s.sum(axis=1, keepdims=True)),
        "turn_share": ratio(n_turns, n_turns.sum(axis=1, keepdims=True)),
        "n_minimal_responses_given": drawn.people.where(~drawn.is_turn).count(),
        "n_minimal_responses_received": to_another.count(),
    }
