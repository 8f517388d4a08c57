"""A study whose sessions are found and masked already, without any model: for tests of review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from results import put
from talk import turn_of

from models.registry import ResolvedModel
from pipeline.pseudonymisation.turn_text import core
from pipeline.records import (
    Audio,
    Conversation,
    Diarisation,
    EntityType,
    HeardLanguages,
    Mention,
    Mentions,
    Recording,
    Transcript,
)
from pipeline.review.names.transcripts import SessionTalk
from pipeline.settings import Settings
from pipeline.stages.chain import SessionChain
from pipeline.stages.common import Common
from pipeline.stages.hearing import DECODE, DETECT_LANGUAGE, DIARISE, TRANSCRIBE
from pipeline.stages.settling import ASSEMBLE, CORRECT, FIND_NAMES, IDENTIFY, WHO_IS_WHO
from pipeline.study import Study, accepted
from pipeline.turns.edits.edit import Corrected

# said in a turn → its type and nominative
Names = dict[str, tuple[EntityType, str]]


def conversation(turns: Sequence[str], language: str = "fi") -> Conversation:
    """One word a second; every turn by the same label."""
    return Conversation(tuple(map(turn_of, turns)), language, None, 0.0, 0.0, 0.0, ())


def mentions(
    talk: Conversation, names: Names, detectors: tuple[str, ...] = ("entity",)
) -> Mentions:
    """A mention wherever one of the names is said."""
    found = []
    for number, turn in enumerate(talk.turns):
        words = [core(word.text) for word in turn.words]
        for said, (type, name) in names.items():
            parts = said.split()
            for first in range(len(words) - len(parts) + 1):
                last = first + len(parts) - 1
                if words[first : last + 1] == parts:
                    found.append(Mention(number, first, last, type, name, "", detectors))
    return Mentions(tuple(sorted(found, key=lambda m: (m.turn, m.first_word))))


def talk(
    session_id: str, *turns: str, names: Names, detectors: tuple[str, ...] = ("entity",)
) -> SessionTalk:
    """A session in which these names were found."""
    said = conversation(turns)
    return SessionTalk(session_id, said, mentions(said, names, detectors))


@dataclass
class Sessions:
    """Puts sessions into a study as its stages would have left them before masking."""

    study: Study
    settings: Settings = field(default_factory=Settings)

    def put(self, talk: SessionTalk, *, found: bool = True) -> None:
        """One session; with ``found`` false, names were not looked for in it yet."""
        recording = Recording(
            talk.session_id, "G01", 1, "meeting", talk.session_id, "a.wav", ".wav"
        )
        folder = self.study.recordings / talk.session_id
        folder.mkdir()
        (folder / accepted.RECORD).write_bytes(TypeAdapter(Recording).dump_json(recording))
        chain = SessionChain(self.study, recording, self.settings)
        records = {
            DECODE: Audio(f"{talk.session_id}.wav", 16_000, 60.0, 0.5),
            DIARISE: Diarisation((), (), ()),
            DETECT_LANGUAGE: HeardLanguages(),
            TRANSCRIBE: Transcript("fi", None, ()),
            ASSEMBLE: talk.conversation,
            CORRECT: Corrected(talk.conversation, ()),
            FIND_NAMES: talk.mentions,
        }
        for stage, record in [*records.items()][: None if found else -1]:
            if stage is ASSEMBLE:
                chain.run(WHO_IS_WHO)
                chain.run(IDENTIFY)
            put(chain, stage, record)


def without_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sessions be read where no model is installed."""
    model = ResolvedModel("voice", Path("voice"), "0" * 64)
    monkeypatch.setattr(Common, "models", {"voice-print": model})
