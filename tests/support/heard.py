"""A study whose sessions are diarised and transcribed already, without any model: who is who.

Voices are axes of a space: one person's are nearly parallel, two people's at right angles. Each
talks for 20 s, one after another, a word a second; nobody in it exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot

import numpy as np
from pydantic import TypeAdapter
from results import put, writing
from tracks import write

from pipeline.media.audio import SAMPLE_RATE_HZ
from pipeline.people.roster import on_disk as rosters
from pipeline.people.roster.members import parsed
from pipeline.people.roster.seed import seed
from pipeline.records import (
    Audio,
    Diarisation,
    HeardLanguages,
    Recording,
    Segment,
    Transcript,
    VoicePrint,
    Word,
)
from pipeline.stages.chain import SessionChain
from pipeline.stages.hearing import DECODE, DETECT_LANGUAGE, DIARISE, TRANSCRIBE
from pipeline.stages.settling import IDENTIFY, WHO_IS_WHO
from pipeline.study import Study, accepted
from pipeline.study.store import write_record

ANNA, BEN, CARL = range(3)
SAYS = ("Annan", "Benin", "Carlin")
TALK_S = 20


def hear(study: Study, session_id: str, people: Sequence[int], *, known: bool = True) -> None:
    """Put a session in the study in which these talk, as SPEAKER_00, SPEAKER_01 …

    With ``known`` it is found out who they are, as a run does.
    """
    group_id, _, name = session_id.partition("-")
    recording = Recording(session_id, group_id, int(name[1:]), "meeting", session_id, "", ".wav")
    folder = study.recordings / session_id
    folder.mkdir()
    (folder / accepted.RECORD).write_bytes(TypeAdapter(Recording).dump_json(recording))
    chain = chain_of(study, session_id)
    audio = Audio("audio.wav", SAMPLE_RATE_HZ, float(TALK_S * len(people)), 0.5)
    with writing(chain, DECODE) as place:
        samples = np.random.default_rng(1).uniform(
            -0.1, 0.1, round(audio.duration_s * SAMPLE_RATE_HZ)
        )
        write(place / audio.file, samples.astype(np.float32))
        write_record(place, audio)
    parts = [
        Segment(TALK_S * n, TALK_S * (n + 1) - 0.5, f"SPEAKER_{n:02d}") for n in range(len(people))
    ]
    voices = [voice(person, recording.session_number) for person in people]
    _heard(chain, parts, voices)
    if known:
        recognise(study)


def recognise(study: Study) -> None:
    """Find out who is who in all sessions, as a run does."""
    for recording in accepted.sessions(study):
        chain_of(study, recording.session_id).run(WHO_IS_WHO)
        chain_of(study, recording.session_id).run(IDENTIFY)


def hear_again(study: Study) -> None:
    """Every session with another setting: its labels are numbered from behind now."""
    chains = [chain_of(study, recording.session_id) for recording in accepted.sessions(study)]
    before = [chain.get(DIARISE) for chain in chains]
    study.settings_file.write_text("[diarisation]\nstep = 0.5\n", encoding="utf-8")
    for chain, talk in zip(chains, before, strict=True):
        last = len(talk.regular) - 1
        parts = [
            Segment(part.start_s + 0.3, part.end_s + 0.2, f"SPEAKER_{last - n:02d}")
            for n, part in enumerate(talk.regular)
        ]
        voices = [each.embedding for each in talk.voice_prints]
        _heard(chain_of(study, chain.recording.session_id), parts, voices)


def voice(person: int, take: int = 0) -> tuple[float, ...]:
    """A person's voice; no two takes are quite the same (cosine 0.98)."""
    raw = [0.0] * 8
    raw[person] = 1.0
    raw[4 + take % 4] = 0.2
    length = hypot(*raw)
    return tuple(x / length for x in raw)


def enrol(study: Study, *members: dict[str, object]) -> None:
    """Give G07 a roster of these members."""
    listed = [{"consent": "yes", **member} for member in members]
    rosters.save(study, parsed({"group": "G07", "members": listed}))
    seed(study)


def chain_of(study: Study, session_id: str) -> SessionChain:
    return SessionChain(study, accepted.recording(study, session_id), study.settings())


def _heard(
    chain: SessionChain, parts: Sequence[Segment], voices: Sequence[tuple[float, ...]]
) -> None:
    heard = [*zip(parts, voices, strict=True)]
    prints = tuple(VoicePrint(part.label, part.duration_s, voice) for part, voice in heard)
    words = [
        Word(float(second), second + 0.5, f"{SAYS[voice.index(max(voice))]}{second}", 0.9)
        for part, voice in heard
        for second in range(round(part.start_s), round(part.end_s))
    ]
    put(chain, DIARISE, Diarisation(tuple(parts), tuple(parts), prints))
    put(chain, DETECT_LANGUAGE, HeardLanguages((("fi", 0.9),)))
    put(chain, TRANSCRIBE, Transcript("fi", 0.9, tuple(words)))
