"""The stages' records of a session, without one of its people. Pure.

The records are cut, not made again: a new recognition would give the others other words, and
without the turns between them theirs would join. So every turn of the others stays as it is, under
its ``turn_id``. What it said of the person who left becomes null, or is counted without them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.records import (
    Audio,
    Cast,
    Conversation,
    Diarisation,
    Interval,
    Mentions,
    Segment,
    Transcript,
    Turn,
)
from pipeline.records.times import Talk, total_s, union
from pipeline.turns.attribute import attribute
from pipeline.turns.edits.edit import Corrected

FLAG = "person_withdrawn"


@dataclass(frozen=True, slots=True)
class Leaving:
    """A person who leaves a session: how a stage's record is cut (``Stage.redact``).

    ``labels`` are theirs; their turns are under the first. ``voices`` and ``corrected`` are the
    session's with them, ``same_voices`` the labels that are another label's person, ``responses``
    the words of minimal responses, ``silenced`` the sound without them.
    """

    person_id: str
    labels: tuple[str, ...]
    voices: Diarisation
    same_voices: Mapping[str, str]
    corrected: Corrected
    responses: Collection[str]
    silenced: Audio

    @property
    def label(self) -> str:
        """Return the label that their turns are under."""
        return self.labels[0]


def without_labels(diarisation: Diarisation, labels: Collection[str]) -> Diarisation:
    """Return the diarisation without these labels' segments and voice prints."""
    return Diarisation(
        regular=without_segments(diarisation.regular, labels),
        exclusive=without_segments(diarisation.exclusive, labels),
        voice_prints=tuple(v for v in diarisation.voice_prints if v.label not in labels),
    )


def without_segments(segments: Iterable[Segment], labels: Collection[str]) -> tuple[Segment, ...]:
    """Return the segments of all other labels."""
    return tuple(segment for segment in segments if segment.label not in labels)


def without_words(
    transcript: Transcript, diarisation: Diarisation, label: str, responses: Collection[str]
) -> Transcript:
    """Return the words of the others; words without a label go too.

    ``diarisation`` is the one that still has the label.
    """
    said = attribute(transcript.words, diarisation, responses)
    words = tuple(item.word for item in said if item.label != label)
    spoken = [Interval(word.start_s, word.end_s) for word in words]
    suspects = tuple(
        s
        for s in transcript.suspects
        if s.label != label and any(s.overlap_s(word) > 0 for word in spoken)
    )
    return replace(transcript, words=words, suspects=suspects)


def without_turns(
    conversation: Conversation, others: Iterable[Segment], audio: Audio, label: str
) -> Conversation:
    """Return the turns of the others. ``others`` is the regular diarisation without the label."""
    talk = Talk.of(others)
    speech_s = talk.speech_s()
    ids_ms = _ids_ms(conversation.turns)
    left = [
        (_without_mention(turn, talk, label), id_ms)
        for turn, id_ms in zip(conversation.turns, ids_ms, strict=True)
        if turn.label != label
    ]
    return replace(
        conversation,
        turns=tuple(_under_their_ids(left)),
        speech_s=round(speech_s, 3),
        overlap_s=round(talk.overlap_s(), 3),
        silence_s=round(max(0.0, audio.duration_s - speech_s), 3),
    )


def without_mentions(mentions: Mentions, conversation: Conversation, label: str) -> Mentions:
    """Return the mentions in the others' turns. ``conversation`` is the one with all turns."""
    kept = [number for number, turn in enumerate(conversation.turns) if turn.label != label]
    place = {number: new for new, number in enumerate(kept)}
    return replace(
        mentions,
        mentions=tuple(
            replace(mention, turn=place[mention.turn])
            for mention in mentions.mentions
            if mention.turn in place
        ),
    )


def without_person(cast: Cast, person_id: str) -> Cast:
    """Return the cast without this person; the others keep their ids."""
    return Cast(tuple(person for person in cast.people if person.person_id != person_id))


def _without_mention(turn: Turn, talk: Talk, label: str) -> Turn:
    """Return another's turn, without any reference to the label."""
    if label in turn.overlapped_by:
        place = Interval(turn.start_s, turn.end_s)
        overlaps = talk.overlaps(turn.label, place)
        overlap_s = total_s(union(part for parts in overlaps.values() for part in parts))
        turn = replace(
            turn,
            overlap_s=min(turn.overlap_s, round(overlap_s, 3)),
            overlapped_by=tuple(other for other in turn.overlapped_by if other != label),
        )
    if turn.previous_label == label:
        turn = replace(turn, previous_label=None, offset_from_previous_s=None)
    return turn


def _ids_ms(turns: Sequence[Turn]) -> Iterator[int]:
    """Yield the time in each turn's ``turn_id``, as ``publish`` gives it."""
    taken = -1
    for turn in turns:
        taken = max(round(turn.start_s * 1000), taken + 1)
        yield taken


def _under_their_ids(turns: Iterable[tuple[Turn, int]]) -> Iterator[Turn]:
    """Yield the turns with start times that give them the same ids again.

    Two turns that start in the same millisecond have ids one apart: without the first, the second
    would take its id. So it starts a millisecond later, and later turns no earlier than it.
    """
    taken, latest_s = -1, 0.0
    for turn, id_ms in turns:
        if max(round(turn.start_s * 1000), taken + 1) != id_ms or turn.start_s < latest_s:
            turn = _begun(turn, id_ms / 1000)
        taken, latest_s = id_ms, turn.start_s
        yield turn


def _begun(turn: Turn, start_s: float) -> Turn:
    words = (
        replace(w, start_s=max(w.start_s, start_s), end_s=max(w.end_s, start_s)) for w in turn.words
    )
    return replace(turn, start_s=start_s, end_s=max(turn.end_s, start_s), words=tuple(words))
