"""Similarity of two voices: the cosine of their prints, less what a session's voices share.

Language, room and microphone make all voices of a session sound alike. As in
``pipeline.diarisation.clustering``, that common part is the mean over the session's people, shrunk
towards zero if they are few, and it is removed before voices are compared (D. Garcia-Romero
and C. Y. Espy-Wilson 2011, *Analysis of i-vector length normalization in speaker recognition
systems*, Interspeech 2011, for centring before length normalisation). ``benchmarks.voices``
measures the gain: of prints of 2 s, 1.4 % are discriminated wrongly without it and 0.8 % with it;
in groups recomposed of Finnish clips with changing rooms and microphones, 4 to 8 % and 2 to 4 %.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from math import hypot

Voice = tuple[float, ...]

PRIOR_VOICES = 6.0  # the common part is shrunk towards zero by this many voices
ENOUGH_S = 20.0  # with more speech, a print hardly improves


def centred(voices: Mapping[str, Voice]) -> dict[str, Voice]:
    """The voices of one session less what they have in common, each of unit length."""
    shared = common(voices.values())
    return {name: without(voice, shared) for name, voice in voices.items()}


def common(voices: Collection[Voice]) -> Voice:
    """What the voices of one session have in common; () if there are none."""
    prior = len(voices) + PRIOR_VOICES
    return tuple(sum(column) / prior for column in zip(*voices, strict=True))


def without(voice: Voice, shared: Voice) -> Voice:
    """A voice of a session less what is ``common`` to all of them, at unit length."""
    return _unit(x - c for x, c in zip(voice, shared, strict=True))


def mean_voice(parts: Iterable[tuple[Voice, float]]) -> Voice:
    """The unit-length mean of voices, each with the seconds of speech it was computed from.

    If several models made the voices, in different sizes, only those of the first's size count.
    """
    all_parts = list(parts)
    weighted = [
        [x * min(speech_s, ENOUGH_S) for x in voice]
        for voice, speech_s in all_parts
        if len(voice) == len(all_parts[0][0])
    ]
    return _unit([sum(column) for column in zip(*weighted, strict=True)])


def cosine(one: Voice, other: Voice) -> float:
    """How alike two unit-length voices are, from -1 to 1; 0 if by models of different sizes."""
    if len(one) != len(other):
        return 0.0
    return sum(a * b for a, b in zip(one, other, strict=True))


def _unit(vector: Iterable[float]) -> Voice:
    values = tuple(vector)
    length = hypot(*values) or 1.0
    return tuple(x / length for x in values)
