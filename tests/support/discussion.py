"""A short discussion of three people, for tests of what is corrected in it.

s        0         2         4    5         8    9        12   13      15
regular  A-------------------A    B---------B    A---------A   C-------C
                   B-B (2.0-2.4)
         A: Mä olin eilen (0.2-1.8) töissä vielä. (2.6-3.9)    B: joo (2.0-2.4)
         B: Niin mutta me lähdettiin. (5.1-7.9)   A: Kiitos kaikille tänään. (9.1-11.9)
         C: Ei kestä. (13.1-14.8)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from results import put

from models.registry import ResolvedModel
from pipeline.people.anchors import anchor
from pipeline.people.decisions import Told, remember
from pipeline.people.roster import on_disk as rosters
from pipeline.people.roster.members import Member, Roster
from pipeline.people.roster.seed import person_id, seed
from pipeline.records import (
    Audio,
    Conversation,
    Diarisation,
    HeardLanguages,
    Recording,
    Segment,
    Transcript,
    Turn,
    Word,
)
from pipeline.settings import TurnSettings
from pipeline.stages.chain import SessionChain
from pipeline.stages.hearing import DECODE, DETECT_LANGUAGE, DIARISE, TRANSCRIBE
from pipeline.stages.settling import ASSEMBLE, IDENTIFY, WHO_IS_WHO
from pipeline.study import Study, accepted, create
from pipeline.turns.assemble import assemble
from pipeline.turns.correct import correct
from pipeline.turns.edits.edit import About, Action, Corrected, Edit

SESSION = "G07-S01"
AUDIO = Audio("audio.wav", 16_000, 20.0, 0.5)
REGULAR = (
    Segment(0.0, 4.0, "A"),
    Segment(2.0, 2.4, "B"),
    Segment(5.0, 8.0, "B"),
    Segment(9.0, 12.0, "A"),
    Segment(13.0, 15.0, "C"),
)
EXCLUSIVE = (Segment(0.0, 2.0, "A"), REGULAR[1], Segment(2.4, 4.0, "A"), *REGULAR[2:])
DIARISATION = Diarisation(REGULAR, EXCLUSIVE, ())
WORDS = (
    Word(0.2, 0.6, "Mä", 0.8),
    Word(0.8, 1.2, "olin", 0.8),
    Word(1.4, 1.8, "eilen", 0.8),
    Word(2.0, 2.4, "joo", 0.5),
    Word(2.6, 3.2, "töissä", 0.8),
    Word(3.4, 3.9, "vielä.", 0.8),
    Word(5.1, 5.5, "Niin", 0.6),
    Word(5.6, 6.2, "mutta", 0.6),
    Word(6.4, 6.8, "me", 0.6),
    Word(7.0, 7.9, "lähdettiin.", 0.6),
    Word(9.1, 9.8, "Kiitos", 0.7),
    Word(10.0, 11.0, "kaikille", 0.7),
    Word(11.2, 11.9, "tänään.", 0.7),
    Word(13.1, 13.5, "Ei", 0.9),
    Word(13.7, 14.8, "kestä.", 0.9),
)
TRANSCRIPT = Transcript("fi", 0.9, WORDS)


def discussion() -> Conversation:
    """The turns: 0 A, 1 B's response in it, 2 B, 3 A, 4 C."""
    return assemble(AUDIO, DIARISATION, TRANSCRIPT, TurnSettings())


def edit(
    action: Action,
    turn: Turn,
    *,
    text: str | None = None,
    cut_s: float | None = None,
    speaker: str | None = None,
) -> Edit:
    """An edit of a turn."""
    return Edit(action, About.of(turn), text=text, cut_s=cut_s, speaker=speaker)


def corrected(*edits: Edit, conversation: Conversation | None = None) -> Corrected:
    """The discussion, or another conversation of the same talk, after edits."""
    return correct(conversation or discussion(), DIARISATION, edits, TurnSettings().lapse_s)


def rows(turns: Sequence[Turn]) -> list[tuple[str, float, float, str]]:
    """Who, from when, to when, what; minimal responses in brackets."""
    texts = [" ".join(word.text for word in turn.words) for turn in turns]
    return [
        (t.label, t.start_s, t.end_s, text if t.kind == "turn" else f"({text})")
        for t, text in zip(turns, texts, strict=True)
    ]


def discussed_study(root: Path, patch: pytest.MonkeyPatch) -> Study:
    """A study in which the discussion is one session, its turns assembled by vuoro's own stages.

    A is Maija Meikäläinen by the roster and by a human's word.
    """
    patch.setattr(
        "pipeline.stages.common.resolve", lambda id: ResolvedModel(id, Path(id), "0" * 64)
    )
    study = create(root)
    recording = Recording(SESSION, "G07", 1, "meeting", "f" * 64, "1.wav", ".wav")
    folder = study.recordings / SESSION
    folder.mkdir()
    (folder / accepted.RECORD).write_bytes(TypeAdapter(Recording).dump_json(recording))
    member = Member(name="Maija Meikäläinen", role="leader", consent="yes")
    rosters.save(study, Roster(group="G07", members=(member,)))
    table = seed(study)
    chain = SessionChain(study, recording, study.settings())
    for stage, record in (
        (DECODE, AUDIO),
        (DIARISE, DIARISATION),
        (DETECT_LANGUAGE, HeardLanguages((("fi", 0.9),))),
        (TRANSCRIBE, TRANSCRIPT),
    ):
        put(chain, stage, record)
        if stage is DIARISE:
            voice = anchor(DIARISATION, "A", chain.common.voice_model)
            who = person_id(table, member)
            assert who is not None
            remember(study, [Told(SESSION, voice, who, "M.K.", "2026-05-04T10:00:00+00:00")])
    for stage in (WHO_IS_WHO, IDENTIFY, ASSEMBLE):
        chain.run(stage)
    return study
