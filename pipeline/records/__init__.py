"""The frozen records that stages pass on. Times are seconds from the start of the recording.

A record holds the result of one stage, and nothing about how it was computed. All are plain
dataclasses, so that the store can write them as readable JSON and read them back type-checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SessionKind = Literal["meeting", "group_interview"]
TurnKind = Literal["turn", "minimal_response"]
EntityType = Literal["person", "organisation", "place", "contact", "identifier"]
IdentifiedBy = Literal["human", "voice", "new", "unknown"]


@dataclass(frozen=True, order=True, slots=True)
class Interval:
    """A half-open stretch of time [start_s, end_s)."""

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s

    def overlap_s(self, other: Interval) -> float:
        """Length of the time that both cover; 0 if they do not meet."""
        return max(0.0, min(self.end_s, other.end_s) - max(self.start_s, other.start_s))


@dataclass(frozen=True, slots=True)
class Recording:
    """One file from the inbox, or several parts, accepted as one session.

    ``sha256`` is of the file's bytes. ``original_name`` and ``inbox_folder``, the place of the file
    (or its first part), may identify people and stay private. ``language`` is that of the talk, if
    a person gave it for this session; "" if it is detected. ``gaps_s`` are the seconds between the
    parts, one fewer than there are parts; None if unknown.
    """

    session_id: str
    group_id: str
    session_number: int
    kind: SessionKind
    sha256: str
    original_name: str
    suffix: str
    inbox_folder: str = ""
    language: str = ""
    gaps_s: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Audio:
    """The sound of a recording, decoded to one channel of 16-bit samples.

    ``file`` is the name of the WAV beside this record. ``flags`` say what decoding found and did
    (``tables.flags``). ``tracks`` are the WAVs of each person, if people were recorded on separate
    tracks; empty if they were recorded together. ``missing_s``: seconds of sound that the file
    should hold but that cannot be decoded. ``track_shift_s``: the largest shift that aligned
    tracks, or the difference of their lengths if their sound does not show it.
    """

    file: str
    sample_rate_hz: int
    duration_s: float
    peak: float
    flags: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()
    missing_s: float = 0.0
    track_shift_s: float = 0.0

    @property
    def tracks_by_label(self) -> dict[str, str]:
        """The tracks by the speaker labels TRACK_01, TRACK_02, …, in order."""
        return {f"TRACK_{number:02d}": track for number, track in enumerate(self.tracks, start=1)}


@dataclass(frozen=True, order=True, slots=True)
class Segment(Interval):
    """A stretch in which diarisation detects one speaker label.

    ``confidence`` (0–1) says how certain it is that this label and no other talks here.
    """

    label: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class VoicePrint:
    """The mean voice of one label: a unit-length speaker embedding. Biometric: private only."""

    label: str
    speech_s: float
    embedding: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Diarisation:
    """Who spoke when.

    ``regular`` keeps simultaneous speakers (it is used to measure turn-taking); ``exclusive`` has
    at most one speaker at a time (it is used to attribute words).
    """

    regular: tuple[Segment, ...]
    exclusive: tuple[Segment, ...]
    voice_prints: tuple[VoicePrint, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """One word as recognised, with its probability (0–1).

    ``label`` is its speaker, if the recording itself gives it: one track a person.
    """

    start_s: float
    end_s: float
    text: str
    probability: float
    label: str | None = None


@dataclass(frozen=True, slots=True)
class HeardLanguages:
    """The languages that the talk may be in; empty if nothing is said.

    ``votes`` are the mean probabilities (0–1) over several places of the session, the likeliest
    first. If no language is clear, ``fits`` give how well the words of these places are recognised
    in each expected language: the mean probability of a word.
    """

    votes: tuple[tuple[str, float], ...] = ()
    fits: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """The transcript. ``suspects`` are stretches where the recogniser is unreliable.

    ``language_probability`` is None if a person gave the language; ``differs`` says that the talk
    does not sound like that language.
    """

    language: str | None
    language_probability: float | None
    words: tuple[Word, ...]
    suspects: tuple[Suspect, ...] = ()
    differs: bool = False


@dataclass(frozen=True, order=True, slots=True)
class Suspect(Interval):
    """A doubtful stretch of the transcript, and why; on a track, only the words of ``label``.

    Reasons: ``repetition``, ``speaking_rate``, ``low_confidence``.
    """

    reason: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A floor-holding stretch of one speaker label's talk, or a minimal response inside another's.

    ``overlap_s`` is the time in which others talk too, by ``overlapped_by``; ``pause_s`` the
    silence inside the turn. ``offset_from_previous_s`` is the floor transfer offset (de Ruiter,
    Mitterer & Enfield 2006): start of the turn minus end of the previous floor holder's turn.
    ``edited`` lists what a human corrected: ``text``, ``speaker``, ``split``, ``merged``, ``kind``,
    ``added``.
    """

    label: str
    kind: TurnKind
    start_s: float
    end_s: float
    words: tuple[Word, ...]
    overlap_s: float
    overlapped_by: tuple[str, ...]
    pause_s: float
    previous_label: str | None
    offset_from_previous_s: float | None
    asr_confidence: float | None
    speaker_confidence: float | None
    suspect: tuple[str, ...]
    edited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns of one session in order of time, with its totals. Real names still in the text."""

    turns: tuple[Turn, ...]
    language: str | None
    language_probability: float | None
    speech_s: float
    overlap_s: float
    silence_s: float
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """The person of a speaker label: ``person_id`` is their pseudonym in the data.

    ``identified_by`` says how they were identified: by a ``human``; by ``voice``, as a known
    person; as ``new``, like no known person; or ``unknown``, if it is unclear which known person it
    is: then the person exists in this session only. ``similarity`` is that of the voice to the
    person's, ``margin`` how much less similar any other choice was; None if there was nothing to
    compare.
    """

    label: str
    person_id: str
    role: str
    speech_s: float
    identified_by: IdentifiedBy = "new"
    similarity: float | None = None
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """Every speaker label of one session with its person."""

    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name or other identifying expression in a turn.

    ``first_word`` and ``last_word`` are inclusive positions in the turn's words; ``entity`` is the
    canonical form that all mentions of the same person, organisation or place share; ``suffix``
    is the case ending to carry over to the pseudonym; ``detectors`` are those that found it.
    """

    turn: int
    first_word: int
    last_word: int
    type: EntityType
    entity: str
    suffix: str
    detectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mentions:
    """All mentions of one session, in order of turn and word; real names inside."""

    mentions: tuple[Mention, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replacement:
    """Words of a turn replaced by the pseudonym of the entity with ``type`` and ``number``.

    ``first_word`` and ``last_word`` are inclusive positions; ``suffix`` is the case ending to carry
    over; ``detectors`` are those that found it.
    """

    turn: int
    first_word: int
    last_word: int
    type: EntityType
    number: int
    suffix: str
    detectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MaskedTurn:
    """A turn whose words hold pseudonyms only, with the number of masked mentions by type."""

    turn: Turn
    n_masked_person: int
    n_masked_organisation: int
    n_masked_place: int
    n_masked_other: int


@dataclass(frozen=True, slots=True)
class MaskedConversation:
    """The session as it may be shared: pseudonyms only."""

    turns: tuple[MaskedTurn, ...]
    flags: tuple[str, ...]
