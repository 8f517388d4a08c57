"""Find a speaker label again after another model or other settings, to keep decisions about it.

Every diarisation numbers labels again; when a voice talked, and how it sounded, does not change. A
label is therefore remembered by an anchor: some of its talk, and its voice print. The label that
talks at those times now matches if most of its talk is of the anchored voices (a label into which
others have been joined matches no one). If the times do not decide, the voice print does, provided
that the same model made it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from pipeline.people.likeness import cosine
from pipeline.records import Diarisation, Interval
from pipeline.records.times import Talk, intersection, total_s, union

ANCHORED_S = 60.0  # of talk is enough to recognise a label
ALONE_S = 5.0  # with less talk alone, talk together with others counts too
MOST = 0.5  # share of the anchored talk from which a label is the one
LEAST = 0.25  # share from which it may be, if it is this many times the next label's:
LEAD = 2.0
OURS = 0.6  # share of a label's talk that must be of the anchored voices
SAME_VOICE = 0.75  # cosine from which two prints of a session are of one voice
VOICE_MARGIN = 0.1  # by which any other label's must be less alike


@dataclass(frozen=True, slots=True)
class Anchor:
    """A voice in a session: when it talked, and how it sounds. Biometric: private only.

    ``stretches`` are its longest stretches of talk, in order of time, without others if there is
    enough of that; ``embedding`` is its voice print, () if there is none, and ``voice_model`` the
    sha256 of the model that made it.
    """

    label: str
    speech_s: float
    stretches: tuple[Interval, ...]
    embedding: tuple[float, ...]
    voice_model: str


def alone(talk: Talk, label: str) -> list[Interval]:
    """The times when a label talks and no other label does."""
    others = union(p for other, parts in talk.by_label.items() if other != label for p in parts)
    edges = [0.0, *(edge for part in others for edge in (part.start_s, part.end_s)), inf]
    silence = [Interval(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return intersection(talk.by_label.get(label, []), silence)


def anchor(diarisation: Diarisation, label: str, voice_model: str) -> Anchor:
    """The anchor of a label; ``voice_model`` is the sha256 of the model of its voice print."""
    talk = Talk.of(diarisation.regular)
    whole = talk.by_label.get(label, [])
    own = alone(talk, label)
    known_by = _longest(own if total_s(own) >= ALONE_S else whole)
    voices = {print.label: print.embedding for print in diarisation.voice_prints}
    return Anchor(
        label, round(total_s(whole), 3), tuple(known_by), voices.get(label, ()), voice_model
    )


def place(
    anchors: Sequence[Anchor], diarisation: Diarisation, voice_model: str
) -> list[str | None]:
    """The label of each anchored voice in this diarisation; None if it is unclear.

    ``voice_model`` is the sha256 of the model of its voice prints. Several anchors may share one
    label if two labels have become one; if a label was cut in two, the bigger part is returned.
    """
    talk = Talk.of(diarisation.regular)
    shares = [_shares(each, talk) for each in anchors]
    labels = [_by_time(share) for share in shares]
    anchored_s: defaultdict[str, float] = defaultdict(float)
    for each, share, label in zip(anchors, shares, labels, strict=True):
        if label is not None:
            anchored_s[label] += share[label] * each.speech_s
    ours = {label for label, s in anchored_s.items() if s >= OURS * total_s(talk.by_label[label])}
    free = {p.label: p.embedding for p in diarisation.voice_prints if p.label not in anchored_s}
    placed: list[str | None] = []
    for each, share, label in zip(anchors, shares, labels, strict=True):
        if label is None and sum(share.values()) < MOST and each.voice_model == voice_model:
            placed.append(_by_voice(each, free))
        else:
            placed.append(label if label in ours else None)
    return placed


def _longest(parts: Sequence[Interval]) -> list[Interval]:
    """The longest stretches, ``ANCHORED_S`` or a little more in all, in order of time."""
    chosen: list[Interval] = []
    for part in sorted(parts, key=lambda part: -part.duration_s):
        if total_s(chosen) >= ANCHORED_S:
            break
        chosen.append(part)
    return sorted(chosen)


def _shares(anchor: Anchor, talk: Talk) -> dict[str, float]:
    """The share of the anchored talk in which each label talks now."""
    whole = total_s(anchor.stretches)
    return {
        label: shared / whole
        for label, parts in talk.by_label.items()
        if (shared := total_s(intersection(anchor.stretches, parts))) > 0
    }


def _by_time(shares: Mapping[str, float]) -> str | None:
    label, most, next_most = _best(shares)
    return label if most >= MOST or most >= max(LEAST, LEAD * next_most) else None


def _by_voice(anchor: Anchor, voices: Mapping[str, tuple[float, ...]]) -> str | None:
    if not anchor.embedding:
        return None
    likeness = {label: cosine(anchor.embedding, voice) for label, voice in voices.items() if voice}
    label, most, next_most = _best(likeness)
    return label if most >= max(SAME_VOICE, next_most + VOICE_MARGIN) else None


def _best(values: Mapping[str, float]) -> tuple[str | None, float, float]:
    """The key with the highest value, that value, and the next; 0 where there is none."""
    keys = sorted(values, key=lambda key: -values[key])
    most, next_most, *_ = (*(values[key] for key in keys), 0.0, 0.0)
    return (keys[0] if keys else None), most, next_most
