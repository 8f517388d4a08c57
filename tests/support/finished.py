"""Finished sessions without a model: records written by hand, the rest by vuoro's own stages.

Each person's sound is noise of their own, and each says a word that nobody else says.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from results import put, writing
from runs import KEYS as KEYS  # where the keys' secrets go, and not to the user's home
from templates import copy_made
from tracks import write

from models.registry import ResolvedModel
from pipeline import intake
from pipeline.media.audio import SAMPLE_RATE_HZ, decode
from pipeline.people.anchors import anchor
from pipeline.people.decisions import Told, remember
from pipeline.people.roster.members import parsed
from pipeline.people.roster.on_disk import load_all, save
from pipeline.records import (
    Conversation,
    Diarisation,
    HeardLanguages,
    Interval,
    Mention,
    Mentions,
    Segment,
    Transcript,
    Turn,
    VoicePrint,
    Word,
)
from pipeline.stages.chain import SessionChain
from pipeline.stages.documents import background
from pipeline.stages.hearing import DECODE, DETECT_LANGUAGE, DIARISE, TRANSCRIBE
from pipeline.stages.masking import NUMBER_NAMES, PSEUDONYMISE
from pipeline.stages.publish import publish_people, write_documentation
from pipeline.stages.publishing import MEASURE, PUBLISH
from pipeline.stages.settling import ASSEMBLE, CORRECT, FIND_NAMES, IDENTIFY, WHO_IS_WHO
from pipeline.study import Study, accepted, create, settings_log
from pipeline.study.store import write_record

DURATION_S = 12.0
SETTINGS = {"intake.tracks": "together"}
A, B, C = "SPEAKER_00", "SPEAKER_01", "SPEAKER_02"
CANARIES = {A: "Alkukanarialla", B: "Bravokanaria", C: "Charliekanaria"}
NAME = "Salavaara"  # B alone speaks of it
SHARED = "Jaanajoki"  # A speaks of it, too
# A and C begin within a millisecond of B: without B, C's turn would take B's id
TALK = {
    A: [Interval(0.5, 2.0), Interval(4.5, 6.0), Interval(9.0, 11.0)],
    B: [Interval(2.2, 4.0), Interval(5.5, 6.5), Interval(7.0, 8.0)],
    C: [Interval(7.0, 7.6)],
}


def fake_models(patch: pytest.MonkeyPatch) -> None:
    """No model is looked for: no stage that would use one is run."""
    patch.setattr(
        "pipeline.stages.common.resolve", lambda id: ResolvedModel(id, Path(id), "0" * 64)
    )


def noise(label: str) -> NDArray[np.float32]:
    """Two seconds of a person's sound, unlike anybody else's."""
    seed = int(label[-2:]) + 1
    return np.random.default_rng(seed).uniform(-0.3, 0.3, 2 * SAMPLE_RATE_HZ).astype(np.float32)


def samples_at(part: Interval) -> slice:
    return slice(round(part.start_s * SAMPLE_RATE_HZ), round(part.end_s * SAMPLE_RATE_HZ))


def sound() -> NDArray[np.float32]:
    """The whole session, everybody together."""
    mix = np.zeros(round(DURATION_S * SAMPLE_RATE_HZ), np.float32)
    for label, parts in TALK.items():
        for part in parts:
            at = samples_at(part)
            mix[at] += noise(label)[: at.stop - at.start]
    return mix


def finished_study(root: Path, *arguments: Any, **named: Any) -> Study:
    """What ``make_finished_study`` makes, for each test to do with as it likes."""
    copy_made(make_finished_study, root, *arguments, **named)
    return Study(root.resolve())


def make_finished_study(
    root: Path,
    sessions: tuple[str, ...] = ("1.wav", "2.wav"),
    told: bool = False,
    members: Sequence[dict[str, Any]] = (),
    flags: tuple[str, ...] = (),
) -> Study:
    """A study whose sessions are in the data set; ``fake_models`` must be in place.

    Its people talk too little to be known from one session to the next: the second is G07-S01-U2
    in the first. Where a human has ``told`` who they are, it is H02 in all. ``members`` are those
    of the group's roster, who have consented as far as that says nothing else; see ``enrol``.
    ``flags`` are those that assembling the turns puts.
    """
    study = create(root)
    study.groups_file.write_text('{"ryhmä": "G07"}', encoding="utf-8")
    inbox = study.inbox / "ryhmä"
    inbox.mkdir()
    if members:
        enrol(study, *members, consent="yes")
    for number, name in enumerate(sessions):
        write(inbox / name, sound() * (1 - number / 10))
        accepted = intake.accept(study, inbox / name, study.settings().intake)
        assert isinstance(accepted, intake.Accepted)
        finish(study, accepted.recording.session_id, told, flags)
    publish_people(study.dataset, background(study, load_all(study)))
    write_documentation(study.dataset, settings_log.used(study))
    return study


def enrol(study: Study, *members: dict[str, Any], consent: str | None = None) -> None:
    """Give G07 a roster of these members, with this consent or their own."""
    known = {} if consent is None else {"consent": consent}
    save(study, parsed({"group": "G07", "members": [{**m, **known} for m in members]}))


def finish(
    study: Study, session_id: str, told: bool = False, flags: tuple[str, ...] = ()
) -> SessionChain:
    """Give a session its results and publish it."""
    chain = chain_of(study, session_id)
    conversation = replace(_conversation(), flags=flags)
    with writing(chain, DECODE) as folder:
        record = decode(
            accepted.original(study, chain.recording),
            folder,
            min_duration_s=0,
            tracks="together",
            progress=lambda _: None,
        )
        write_record(folder, record)
    words = tuple(word for turn in conversation.turns for word in turn.words)
    put(chain, DIARISE, _diarisation())
    put(chain, DETECT_LANGUAGE, HeardLanguages((("fi", 0.9),)))
    put(chain, TRANSCRIBE, Transcript("fi", 0.9, tuple(sorted(words, key=lambda w: w.start_s))))
    if told:
        for number, label in enumerate(TALK, start=1):
            voice = anchor(_diarisation(), label, chain.common.voice_model)
            remember(study, [Told(session_id, voice, f"H{number:02d}", "tester", "2026-01-01")])
    chain.run(WHO_IS_WHO)
    chain.run(IDENTIFY)
    put(chain, ASSEMBLE, conversation)
    chain.run(CORRECT)
    put(chain, FIND_NAMES, _mentions(conversation))
    chain.run(NUMBER_NAMES)
    chain.run(PSEUDONYMISE)
    chain.run(MEASURE)
    chain.run(PUBLISH)
    return chain


def chain_of(study: Study, session_id: str) -> SessionChain:
    return SessionChain(study, accepted.recording(study, session_id), study.settings())


def copied(study: Study, root: Path) -> Study:
    """The same study in another place."""
    shutil.copytree(study.root, root)
    return Study(root)


def _diarisation() -> Diarisation:
    segments = sorted(
        Segment(part.start_s, part.end_s, label) for label, parts in TALK.items() for part in parts
    )
    prints = (VoicePrint(label, 3.0, (float(n), 0.5)) for n, label in enumerate(TALK))
    # where they overlap, the first talks
    exclusive = [s if s.start_s != 5.5 else Segment(6.0, 6.5, B) for s in segments]
    exclusive = [s for s in exclusive if s.label != C]
    return Diarisation(tuple(segments), tuple(exclusive), tuple(prints))


def _conversation() -> Conversation:
    turns = (
        _turn(A, 0.5, 2.0, (CANARIES[A], "puhun."), None, None),
        _turn(B, 2.2, 4.0, (CANARIES[B], "ja", NAME, SHARED), A, 0.2),
        _turn(A, 4.5, 6.0, ("Se", SHARED, "taas."), B, 0.5, (B,), 0.5),
        _turn(B, 5.5, 6.5, (CANARIES[B] + "n",), A, -0.5, (A,), 0.5),
        _turn(B, 7.0, 8.0, (CANARIES[B] + "lla",), B, None, (C,), 0.6),
        _turn(C, 7.0, 7.6, (CANARIES[C],), B, None, (B,), 0.6),
        _turn(A, 9.0, 11.0, ("Kiitos.",), B, 1.0),
    )
    return Conversation(turns, "fi", 0.9, 8.0, 1.1, 4.0, ())


def _turn(
    label: str,
    start_s: float,
    end_s: float,
    said: tuple[str, ...],
    previous: str | None,
    offset_s: float | None,
    overlapped_by: tuple[str, ...] = (),
    overlap_s: float = 0.0,
) -> Turn:
    step = (end_s - start_s) / len(said)
    words = tuple(
        Word(round(start_s + n * step, 3), round(start_s + (n + 1) * step, 3), word, 0.9)
        for n, word in enumerate(said)
    )
    return Turn(
        label, "turn", start_s, end_s, words, overlap_s, overlapped_by, 0.0, previous, offset_s,
        0.9, 0.8, (),
    )  # fmt: skip


def _mentions(conversation: Conversation) -> Mentions:
    return Mentions(
        tuple(
            Mention(turn, place, place, "place", word.text.casefold(), "", ("test",))
            for turn, each in enumerate(conversation.turns)
            for place, word in enumerate(each.words)
            if word.text in (NAME, SHARED)
        )
    )
