"""Who each speaker label of a group's sessions is, by voice print and by what humans said.

A person's voice is known from what is *confirmed* only: a voice sample, the labels that a human
said are theirs, in whichever session, and the label with which they first came. A label that the
machine recognised never changes it, so no mistake grows.

A label is somebody known if the two are each other's best match, alike enough, and more alike than
any other choice by a margin on both sides: other people for the label, other labels of the session
for the person. It is somebody new if it is clearly nobody known. Anything between stays unknown,
with a proposal for the human. New people are found session by session, in order; only then is every
label held against everybody, so that what is confirmed late reaches back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pipeline.people.likeness import ENOUGH_S, Voice, centred, cosine, mean_voice
from pipeline.records import IdentifiedBy, VoicePrint

Likeness = Mapping[str, Mapping[str, float]]  # of each label of a session to each person

# Measured on 810 groups of 3 to 8 people recomposed from Finnish and English clips: 2 to 4 sessions
# each, people absent, guests, rooms and noises that change, one person once by telephone, up to
# 15 % of others' talk in a print. From 10 s of speech on, 99 % of the pairs of one person are more
# alike than 0.52, and 99.9 % of the pairs of two people less than 0.46 (99 %: 0.35). Of 10,400
# labels, with these values, 2 were given to somebody else and 4 took somebody known for new; of
# people known, 1 in 40 was left to the human where they had talked for 8 s or more, 1 in 6 else.
# The margin is twice what these groups need: a label in which diarisation had joined two people
# drew one of them by 0.16, and of those recognised right 1 in 100 has less.
SAME_PERSON = 0.48  # likeness from which a label may be somebody known
NOBODY_KNOWN = 0.35  # likeness up to which it is clearly nobody known
MARGIN = 0.2  # by which any other choice must be less alike
NEAR = 0.25  # likeness worth proposing: 99 % of the labels of one person, 1 % of two people's
FOUNDS_S = 5.0  # speech that makes a new person; from 2 s on, 13 and not 2 known ones came again


@dataclass(frozen=True, slots=True)
class Heard:
    """One session of a group: its voices, and what is known of who is in it.

    ``told`` gives, for labels that a human spoke for, the key of the person; None where they said
    that it stays unknown, and the label's own ``new_key`` where they said that it is somebody new.
    ``absent`` are the keys of people who cannot be in the session.
    """

    session_id: str
    prints: tuple[VoicePrint, ...]
    told: Mapping[str, str | None]
    absent: frozenset[str]


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who a label is: ``key`` is the person's, None if unknown.

    ``similarity`` is the likeness of the voice to the person's where ``by`` is ``voice``; where it
    is ``new`` or ``unknown``, to the likeliest of those known. ``margin`` is how much less alike
    the next choice is, on whichever side it is closer. Both are None where there was nothing to
    compare with. ``proposed`` is who of those known it might be, where the machine does not say.
    """

    label: str
    key: str | None
    by: IdentifiedBy
    similarity: float | None = None
    margin: float | None = None
    proposed: str | None = None


class _Choice(NamedTuple):
    """The person likeliest to be a label, and by how much less alike the next choice is.

    Of both sides: another person for the label, another label of the session for the person; so
    with a margin they are each other's best match.
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
    """Who each label is, by session, in the order of its prints.

    ``sessions`` are all of one group, in order; ``samples`` the voices (unit length) known from
    voice samples, by key. Keys are the caller's; a new person's is made of the session and the
    label with which they came (``new_key``), and stays the same when sessions are added.
    """
    heard = [_centred(session) for session in _not_before_they_came(sessions)]
    people = _confirmed(heard, centred(dict(sorted(samples.items()))))
    for session in heard:
        people |= _newcomers(session, people)
    return {session.session_id: _who(session, people) for session in heard}


def new_key(session_id: str, label: str) -> str:
    """The key of a person who first came as this label."""
    return f"{session_id}/{label}"


def alike(prints: Iterable[VoicePrint]) -> list[tuple[str, str, float]]:
    """Pairs of labels of one session that may be one person, and their likeness; likeliest first.

    The label with more speech stands first. To be proposed for merging, never merged unasked.
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
    """The sessions, where whoever a human says is new in one is absent from those before it."""
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
    """The voices of all whom a sample or a human makes known, by key."""
    told = {key for session in sessions for key in session.told.values() if key}
    parts = {key: [(voice, ENOUGH_S)] for key, voice in samples.items()}
    for session in sessions:
        for each in session.prints:
            own = new_key(session.session_id, each.label)
            # a human may say that a later label is whoever first came as this one
            key = session.told.get(each.label, own if own in told else None)
            if key:
                parts.setdefault(key, []).append((each.embedding, each.speech_s))
    return {key: mean_voice(parts[key]) for key in sorted(parts)}


def _newcomers(session: Heard, people: Mapping[str, Voice]) -> dict[str, Voice]:
    """Those of a session who are clearly none of these people, nor each other, by key."""
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
    """Who each label of a session is of these people, some of whom first came here."""
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
    """Of each label to everybody who may be in the session."""
    present = {key: voice for key, voice in people.items() if key not in session.absent}
    return {
        each.label: {key: cosine(each.embedding, voice) for key, voice in present.items()}
        for each in session.prints
    }


def _choices(likeness: Likeness) -> dict[str, _Choice]:
    """The likeliest person for each label; nothing where there is nobody."""
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
