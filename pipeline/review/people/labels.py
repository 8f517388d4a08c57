"""The voices of a study as the review of people reads them: each label of each session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.exports.transcript import clock
from pipeline.people import decisions, register
from pipeline.people.anchors import Anchor, alone
from pipeline.people.decisions import Told
from pipeline.people.recognise import alike
from pipeline.people.register import Known, RegisteredVoice
from pipeline.records import Interval, Recording, Word
from pipeline.records.times import Talk, union
from pipeline.settings import Settings
from pipeline.stages.chain import SessionChain
from pipeline.stages.hearing import DIARISE, TRANSCRIBE
from pipeline.study import Study

PASSAGES = 3
PAUSE_S = 1.0  # longest pause within a passage
PASSAGE_WORDS = 40


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch in which a label talks, alone if it ever does, and its words there."""

    stretch: Interval
    said: str


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker label, and everything by which a person can recognise it. Real names in passages.

    ``share`` is that of the session's speech; ``proposed`` who it may be, ``alike`` the labels of
    the session that may be the same person; ``told`` a person's decision (``decisions.told``).
    """

    session_id: str
    known: Known
    anchor: Anchor
    share: float
    passages: tuple[Passage, ...]
    proposed: str | None
    alike: tuple[str, ...]
    told: str | None

    @property
    def label(self) -> str:
        return self.known.label


@dataclass(frozen=True, slots=True)
class Heard:
    """A session whose labels are known: its voices, and decisions whose voice is lost."""

    chain: SessionChain
    voices: tuple[Voice, ...]
    lost: tuple[Told, ...]

    @property
    def recording(self) -> Recording:
        return self.chain.recording


def read(
    study: Study, settings: Settings, recordings: Iterable[Recording]
) -> tuple[list[Heard], list[str]]:
    """Return the sessions that can be reviewed, and the ids of those that ``vuoro run`` must do.

    Raises StudyError if a record is damaged, ModelError, TransientError.
    """
    ready, waiting = [], []
    for recording in recordings:
        chain = SessionChain(study, recording, settings)
        entries = _entries(chain)
        if entries is None:
            waiting.append(recording.session_id)
        else:
            ready.append(_session(chain, entries))
    return ready, waiting


def _entries(chain: SessionChain) -> Sequence[RegisteredVoice] | None:
    """Return the labels of the session as it is diarised now; None if they are not known yet."""
    # hashing every sound file would take longer than all the rest
    if chain.find(TRANSCRIBE, verify=False) is None:
        return None
    result = chain.find(DIARISE, verify=False)
    known = register.load(chain.study, chain.recording.group_id)
    sessions = known.sessions.get(chain.recording.session_id, {})
    return sessions.get(result.digest) if result else None


def _session(chain: SessionChain, entries: Sequence[RegisteredVoice]) -> Heard:
    session_id = chain.recording.session_id
    diarisation = chain.get(DIARISE)
    words = chain.get(TRANSCRIBE).words
    talk = Talk.of(diarisation.regular)
    about = (chain.study, session_id, diarisation, chain.common.voice_model)
    decided = decisions.told(*about)
    same: defaultdict[str, list[str]] = defaultdict(list)
    for one, other, _ in alike(diarisation.voice_prints):
        same[one].append(other)
        same[other].append(one)
    voices = tuple(
        Voice(
            session_id,
            entry.known,
            entry.anchor,
            entry.anchor.speech_s / talk.speech_s(),
            tuple(passages(talk, entry.known.label, words)),
            entry.proposed,
            tuple(same[entry.known.label]),
            decided.get(entry.known.label),
        )
        for entry in entries
    )
    return Heard(chain, voices, tuple(decisions.lost(*about)))


def passages(talk: Talk, label: str, words: Sequence[Word]) -> list[Passage]:
    """Return the longest, in order of time; they include pauses in which no other label talks."""
    bridged = [Interval(p.start_s, p.end_s + PAUSE_S) for p in talk.by_label[label]]
    held = [Interval(p.start_s, p.end_s - PAUSE_S) for p in union(bridged)]
    own = alone(Talk({**talk.by_label, label: held}), label)
    longest = sorted(own or talk.by_label[label], key=lambda part: -part.duration_s)[:PASSAGES]
    return [Passage(part, _said(part, label, words)) for part in sorted(longest)]


def _said(part: Interval, label: str, words: Sequence[Word]) -> str:
    said = [
        word.text
        for word in words
        if word.label in (None, label)
        and part.start_s <= (word.start_s + word.end_s) / 2 < part.end_s
    ]
    more = ["…"] if len(said) > PASSAGE_WORDS else []
    return " ".join([clock(part.start_s), *said[:PASSAGE_WORDS], *more])
