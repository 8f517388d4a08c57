"""A data set of several groups with roles, meetings and interviews, by vuoro's own publish path.

The talk is drawn at random, the same at every call. Nobody in it exists.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
from templates import copy_made

from pipeline.records import (
    Audio,
    Cast,
    Diarisation,
    MaskedConversation,
    MaskedTurn,
    Person,
    Recording,
    Segment,
    SessionKind,
    Transcript,
    Word,
)
from pipeline.settings import TurnSettings
from pipeline.stages import publish, session_rows
from pipeline.study import Study, create
from pipeline.turns.assemble import assemble

SETTINGS = TurnSettings()
COMMON = ["ja", "se", "on", "että", "niinku", "mä", "oon", "me", "ei", "kun", "sitten"]
THEMES = {
    "leader": ["kysymys", "kierros", "aikataulu", "seuraava"],
    "facilitator": ["mikrofoni", "yhteys", "kamera", "linkki"],
    "interviewer": ["kerrotko", "millaista", "kokemus", "entä"],
    "participant": [
        "työ",
        "jaksaminen",
        "esimies",
        "kiire",
        "osaaminen",
        "palautuminen",
        "[Organisaatio3]:ssa",
    ],
    "unknown": ["päivä", "asia", "juttu"],
}
TALKATIVE = {"leader": 3.0, "facilitator": 0.7, "interviewer": 2.0}


@dataclass(frozen=True)
class Made:
    """One session: who is in it (person_id → role), and for how long they talk."""

    session_id: str
    people: dict[str, str]
    duration_s: float = 300.0

    @property
    def group_id(self) -> str:
        return self.session_id[:3]

    @property
    def number(self) -> int:
        return int(self.session_id[-2:])

    @property
    def kind(self) -> SessionKind:
        return "group_interview" if "-I" in self.session_id else "meeting"


def _members(first: int, participants: int) -> dict[str, str]:
    roles = ["leader", *["participant"] * participants]
    return {f"H{first + n:02d}": role for n, role in enumerate(roles)}


def _group(group_id: str, first: int, participants: int, meetings: int) -> Iterator[Made]:
    """Meetings with a facilitator of all groups, one member away from the second, a guest in it,
    somebody untold in the last; then an interview without the leader."""
    members = _members(first, participants)
    away = f"H{first + participants:02d}"
    for number in range(1, meetings + 1):
        people = members | {"H90": "facilitator"}
        if number == 2:
            people = {p: role for p, role in people.items() if p != away}
            people[f"{group_id}-P1"] = "unknown"
        if number == meetings:
            people[f"{group_id}-S{number:02d}-U1"] = "unknown"
        yield Made(f"{group_id}-S{number:02d}", people)
    others = {p: role for p, role in members.items() if role == "participant"}
    yield Made(f"{group_id}-I01", others | {"H91": "interviewer"})


GROUPS = (
    *_group("G03", 10, 3, 3),
    *_group("G07", 20, 5, 3),
    *_group("G12", 30, 4, 2),
)
# as a first run without a roster leaves it, with a recording in which nobody talks
UNKNOWN = (
    *(Made(f"G30-S{n:02d}", {"G30-P1": "unknown", "G30-P2": "unknown"}, 40.0) for n in (1, 2)),
    Made("G80-S01", {f"G80-P{n}": "unknown" for n in range(1, 5)}, 60.0),
    Made("G80-S02", {}, 30.0),
)


def make_study(root: Path, sessions: tuple[Made, ...] = GROUPS) -> Study:
    """A study that has these sessions in its data set, and nothing else."""
    copy_made(_publish, root, sessions)
    return Study(root.resolve())


def _publish(root: Path, sessions: tuple[Made, ...]) -> None:
    study = create(root)
    for made in sessions:
        publish.publish_session(study.dataset, tables_of(made), f"source of {made.session_id}")
    publish.publish_people(study.dataset)
    publish.write_documentation(study.dataset)


def tables_of(made: Made) -> dict[str, pa.Table]:
    """The session's rows of all tables."""
    audio = Audio("audio.wav", 16_000, made.duration_s, 0.5)
    segments, words = _talk(made)
    diarisation = Diarisation(segments, (), ())
    conversation = assemble(audio, diarisation, Transcript("fi", 0.97, words), SETTINGS)
    speech_s = {p: sum(s.duration_s for s in segments if s.label == p) for p in made.people}
    cast = Cast(tuple(Person(p, p, role, speech_s[p]) for p, role in made.people.items()))
    return session_rows.session_tables(
        Recording(
            made.session_id, made.group_id, made.number, made.kind, "aa", "private.wav", ".wav"
        ),
        audio,
        diarisation,
        conversation,
        cast,
        MaskedConversation(tuple(MaskedTurn(turn, 0, 0, 0, 0) for turn in conversation.turns), ()),
        lapse_s=SETTINGS.lapse_s,
        models=("whisper-base",),
        settings_digest="5e771265",
    )


def _talk(made: Made) -> tuple[tuple[Segment, ...], tuple[Word, ...]]:
    """Turns one after the other, with gaps, overlaps and minimal responses."""
    draw = random.Random(zlib.crc32(made.session_id.encode()))
    segments: list[Segment] = []
    words: list[Word] = []
    if not made.people:
        return (), ()
    people = sorted(made.people)
    weights = {p: TALKATIVE.get(made.people[p], 1.0) * draw.uniform(0.5, 1.5) for p in people}
    wordy = {p: random.Random(p).uniform(-0.4, 0.4) for p in people}  # the same in each session
    long_turns = draw.uniform(1.2, 1.8)
    now_s, last = 1.0, ""
    while now_s < made.duration_s - 20:
        others = [p for p in people if p != last] or people
        last = draw.choices(others, [weights[p] for p in others])[0]
        length_s = min(draw.lognormvariate(long_turns + wordy[last], 0.7), 18.0)
        segments.append(Segment(now_s, now_s + length_s, last, draw.uniform(0.7, 1.0)))
        words += _said(draw, made.people[last], segments[-1])
        listeners = [p for p in people if p != last]
        if listeners and length_s > 4 and draw.random() < 0.5:
            at = now_s + draw.uniform(1, length_s - 1)
            segments.append(Segment(at, at + 0.4, draw.choice(listeners), 0.8))
            words.append(Word(at, at + 0.4, "joo", 0.8, segments[-1].label))
        now_s += length_s + max(draw.gauss(0.25, 0.5), -length_s / 2)
        if draw.random() < 0.02:
            now_s += SETTINGS.lapse_s + 1
    return tuple(sorted(segments)), tuple(sorted(words, key=lambda word: word.start_s))


def _said(draw: random.Random, role: str, place: Segment) -> Iterator[Word]:
    """Two and a half words a second, all through."""
    n = max(1, int(place.duration_s * 2.5))
    step = place.duration_s / n
    for k in range(n):
        text = draw.choice(COMMON if draw.random() < 0.6 else THEMES[role])
        start_s = place.start_s + k * step
        yield replace(Word(start_s, start_s + step, text, draw.uniform(0.4, 1)), label=place.label)
