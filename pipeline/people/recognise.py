"""Identify each speaker label of a group's sessions, by voice print and human decisions.

A person's voice is learned from *confirmed* evidence only: a voice sample, the labels that a human
assigned to them in any session, and the label with which they first appeared. A label recognised
automatically never changes it, so no mistake grows.

A label is a known person if the two are each other's best match, similar enough, and more similar
than any other choice by a margin on both sides: other people for the label, other labels of the
session for the person. It is a new person if it clearly matches no known one. Anything between
stays unknown, with a proposal for the human. New people are found session by session, in order;
then every label is compared with all people, so that late confirmations apply to earlier sessions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pipeline.people.likeness import ENOUGH_S, Voice, centred, cosine, mean_voice
from pipeline.records import IdentifiedBy, VoicePrint

Likeness = Mapping[str, Mapping[str, float]]  # of each label of a session to each person

# Measured on 810 groups of 3 to 8 people recomposed from Finnish and English clips: 2 to 4 sessions
# each, people absent, guests, changing rooms and noises, one person once by telephone, up to
# 15 % of others' talk in a print. From 10 s of speech on, 99 % of the pairs of one person are more
# similar than 0.52, and 99.9 % of the pairs of two people less than 0.46 (99 %: 0.35). Of 10,400
# labels, with these values, 2 were given to another person and 4 took a known person for new; of
# known people, 1 in 40 was left to the human if they had talked for 8 s or more, 1 in 6 otherwise.
# The margin is twice what these groups need: a label in which diarisation had joined two people
# matched one of them by 0.16, and of those recognised correctly 1 in 100 has less.
SAME_PERSON = 0.48  # likeness from which a label may be a known person
NOBODY_KNOWN = 0.35  # likeness up to which it is clearly no known person
MARGIN = 0.2  # by which any other choice must be less similar
NEAR = 0.25  # likeness worth proposing: 99 % of the labels of one person, 1 % of two people's
FOUNDS_S = 5.0  # speech that makes a new person; from 2 s on, 13 known ones came again instead of 2


@dataclass(frozen=True, slots=True)
class Heard:
    """One session of a group: its voices, and what is known about who is in it.

    ``told`` gives, for labels that a human decided about, the key of the person; None if it stays
    unknown, and the label's own ``new_key`` if it is a new person. ``absent`` are the keys of
    people who cannot be in the session.
    """

    session_id: str
    prints: tuple[VoicePrint, ...]
    told: Mapping[str, str | None]
    absent: frozenset[str]


@dataclass(frozen=True, slots=True)
class Recognised:
    """The person of a label: ``key`` is the person's, None if unknown.

    ``similarity`` is the likeness of the voice to the person's if ``by`` is ``voice``; if it is
    ``new`` or ``unknown``, to the likeliest known person's. ``margin`` is how much less similar the
    next choice is, on the side where it is closer. Both are None if there was nothing to compare
    with. ``proposed`` is the known person it might be, if recognition did not decide.
    """

    label: str
    key: str | None
    by: IdentifiedBy
    similarity: float | None = None
    margin: float | None = None
    proposed: str | None = None


class _Choice(NamedTuple):
    """The likeliest person for a label, and by how much less similar the next choice is.

    Both sides count: another person for the label, another label of the session for the person. A
    positive margin thus means that they are each other's best match.
    """

    key: str
    similarity: float
    margin: float | None

    @property
    def certain(self) -> bool:
        return self.similarity >= SAME_PERSON and (self.margin is None or self.margin >= MARGIN)


def recognise(
    sessions: Sequence[Heard], samples: Mapping[str, Voice]
) -> dict[str, tuple[Recognised, ...]]:
    """The person of each label, by session, in the order of its prints.

    ``sessions`` are all of one group, in order; ``samples`` the voices (unit length) known from
    voice samples, by key. Keys are the caller's; a new person's is formed from the session and the
    label of their first appearance (``new_key``), and stays the same when sessions are added.
    """
    centred_sessions = [_centred(session) for session in _not_before_they_came(sessions)]
    people = _confirmed(centred_sessions, centred(dict(sorted(samples.items()))))
    for session in centred_sessions:
        people |= _newcomers(session, people)
    return {session.session_id: _who(session, people) for session in centred_sessions}


def new_key(session_id: str, label: str) -> str:
    """The key of a person who first appeared as this label."""
    return f"{session_id}/{label}"


def alike(prints: Iterable[VoicePrint]) -> list[tuple[str, str, float]]:
    """Pairs of labels of one session that may be one person, and their likeness; likeliest first.

    The label with more speech comes first. Propose them for merging; never merge them unasked.
    """
    labels = [each.label for each in _longest_first(prints)]
    voices = centred({each.label: each.embedding for each in prints})
    pairs = [
        (one, other, cosine(voices[one], voices[other]))
        for n, one in enumerate(labels)
        for other in labels[n + 1 :]
    ]
    return sorted((pair for pair in pairs if pair[2] >= NEAR), key=lambda pair: -pair[2])


def _not_before_they_came(sessions: Sequence[Heard]) -> list[Heard]:
    """The sessions, with people whom a human marked as new absent from all earlier ones."""
    came = {
        key: number
        for number, session in enumerate(sessions)
        for label, key in session.told.items()
        if key == new_key(session.session_id, label)
    }
    return [
        replace(each, absent=each.absent | {key for key, first in came.items() if number < first})
        for number, each in enumerate(sessions)
    ]


def _centred(session: Heard) -> Heard:
    """The session with prints less what its voices have in common."""
    voices = centred({each.label: each.embedding for each in session.prints})
    prints = tuple(replace(each, embedding=voices[each.label]) for each in session.prints)
    return replace(session, prints=prints)


def _confirmed(sessions: Sequence[Heard], samples: Mapping[str, Voice]) -> dict[str, Voice]:
    """The voices of all people known from a sample or a human decision, by key."""
    decided = {key for session in sessions for key in session.told.values() if key}
    parts = {key: [(voice, ENOUGH_S)] for key, voice in samples.items()}
    for session in sessions:
        for each in session.prints:
            own = new_key(session.session_id, each.label)
            # a human may assign a later label to the person who first appeared as this one
            key = session.told.get(each.label, own if own in decided else None)
            if key:
                parts.setdefault(key, []).append((each.embedding, each.speech_s))
    return {key: mean_voice(parts[key]) for key in sorted(parts)}


def _newcomers(session: Heard, people: Mapping[str, Voice]) -> dict[str, Voice]:
    """The voices of a session that are clearly none of these people, nor each other, by key."""
    known = [voice for key, voice in people.items() if key not in session.absent]
    new: dict[str, Voice] = {}
    for each in _longest_first(session.prints):
        if each.label in session.told or each.speech_s < FOUNDS_S:
            continue
        nearest = max((cosine(each.embedding, v) for v in (*known, *new.values())), default=-1.0)
        if nearest <= NOBODY_KNOWN:
            new[new_key(session.session_id, each.label)] = each.embedding
    return new


def _who(session: Heard, people: Mapping[str, Voice]) -> tuple[Recognised, ...]:
    """The person of each label of a session among these people, some new in this session."""
    own = {each.label: new_key(session.session_id, each.label) for each in session.prints}
    settled = {label: key for label, key in own.items() if key in people} | dict(session.told)
    likeness = _likeness(session, people)
    choices = _choices({k: row for k, row in likeness.items() if k not in settled})
    taken = set(settled.values())

    def one(label: str) -> Recognised:
        if label in session.told:
            return Recognised(label, session.told[label], "human")
        if label in settled:
            row = {key: x for key, x in likeness[label].items() if key != own[label]}
            return _not_known(label, own[label], _choices({label: row}).get(label))
        choice = choices.get(label)
        if choice and choice.certain and choice.key not in taken:
            return Recognised(label, choice.key, "voice", choice.similarity, choice.margin)
        return _not_known(label, None, choice)

    return tuple(one(each.label) for each in session.prints)


def _not_known(label: str, key: str | None, choice: _Choice | None) -> Recognised:
    by: IdentifiedBy = "new" if key else "unknown"
    if choice is None:
        return Recognised(label, key, by)
    proposed = choice.key if choice.similarity >= NEAR else None
    return Recognised(label, key, by, choice.similarity, choice.margin, proposed)


def _likeness(session: Heard, people: Mapping[str, Voice]) -> Likeness:
    """The likeness of each label to every person who may be in the session."""
    present = {key: voice for key, voice in people.items() if key not in session.absent}
    return {
        each.label: {key: cosine(each.embedding, voice) for key, voice in present.items()}
        for each in session.prints
    }


def _choices(likeness: Likeness) -> dict[str, _Choice]:
    """The likeliest person for each label; empty if there are no people."""
    choices = {}
    for label, row in likeness.items():
        if not row:
            continue
        key = max(row, key=lambda key: row[key])
        others = [similarity for other, similarity in row.items() if other != key]
        rivals = [likeness[other][key] for other in likeness if other != label]
        next_best = max(others + rivals, default=None)
        margin = None if next_best is None else row[key] - next_best
        choices[label] = _Choice(key, row[key], margin)
    return choices


def _longest_first(prints: Iterable[VoicePrint]) -> list[VoicePrint]:
    return sorted(prints, key=lambda each: (-each.speech_s, each.label))
