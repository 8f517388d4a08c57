"""A study whose sessions are finished, drawn at random: to measure the cost of checking it.

Stages that use a model only pretend to; the others are vuoro's own. Its people are fictitious.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import partial, wraps
from itertools import groupby
from pathlib import Path
from typing import Any
from unittest.mock import patch

from models.registry import ResolvedModel
from pipeline.operations.build import document
from pipeline.pseudonymisation.apply import replacements
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.pseudonymisation.key.secret import KEYS_VARIABLE
from pipeline.records import (
    Audio,
    Diarisation,
    HeardLanguages,
    Mention,
    Mentions,
    Recording,
    Replacement,
    Segment,
    Transcript,
    VoicePrint,
    Word,
)
from pipeline.records.ids import session_id_of
from pipeline.settings import Settings
from pipeline.stages.chain import SessionChain
from pipeline.stages.declared import BY_NAME, of_phase
from pipeline.stages.hearing import DECODE, DETECT_LANGUAGE, DIARISE, TRANSCRIBE, sound
from pipeline.stages.inputs import ORIGINAL
from pipeline.stages.masking import REPLACE_NAMES
from pipeline.stages.settling import FIND_NAMES
from pipeline.stages.stage import Made, Stage
from pipeline.study import Study, accepted, create
from pipeline.study.accepted import write_record
from pipeline.turns.edits.edit import Corrected

PEOPLE = 6  # of a group
TURN_S = 15.0
WORDS_PER_S = 2.5
DIMENSIONS = 256  # of a voice print
PLACES = ("Jaanajoki", "Kalliomäki", "Tervasalmi")  # that the talk names
SAID = ("niin", "mä", "oon", "sitä", "mieltä", "että", "se", "on", "hyvä", "joo")
EVERY_NTH = 101  # word is a place


@contextmanager
def pretending(minutes: float, keys: Path) -> Iterator[None]:
    """Meanwhile no stage uses a model, each session lasts so many minutes, and keys lie there."""
    runs: dict[Stage[Any], Callable[..., object]] = {
        DECODE: partial(_decode, 60 * minutes),
        DIARISE: _diarise,
        DETECT_LANGUAGE: lambda **_: HeardLanguages((("fi", 0.9),)),
        TRANSCRIBE: _transcribe,
        FIND_NAMES: _find_names,
        REPLACE_NAMES: _replace_names,
    }
    with ExitStack() as patches:
        for stage, run in runs.items():
            patches.enter_context(instead(stage, run))
        patches.enter_context(patch.dict(vars(ORIGINAL), read=_original))
        patches.enter_context(patch("pipeline.stages.common.resolve", _resolved))
        patches.enter_context(patch.dict(os.environ, {KEYS_VARIABLE: str(keys)}))
        yield


def instead(stage: Stage[Any], run: Callable[..., object]) -> AbstractContextManager[object]:
    """Meanwhile ``run`` is called in the place of a stage's own, with all that it reads, by name.

    Its results have the addresses that the stage's own would have.
    """

    @wraps(stage.run)
    def called(**read: Any) -> object:
        return run(**read)

    return patch.dict(vars(stage), run=called)


def finished_study(root: Path, n: int, of_group: int) -> Study:
    """A study with ``n`` sessions in its data set, in groups of so many."""
    study = create(root)
    settings = study.settings()
    EntityTable.update(study, {("place", name.casefold()): [name] for name in PLACES})
    recordings = [add_recording(study, number, of_group) for number in range(n)]
    for _, of_one in groupby(recordings, key=lambda recording: recording.group_id):
        finish(study, settings, [*of_one])
    document(study)
    return study


def add_recording(study: Study, number: int, of_group: int) -> Recording:
    """Put the recording with this number among all in the study."""
    group_id, session_number = f"G{number // of_group + 1:03d}", number % of_group + 1
    session_id = session_id_of(group_id, "meeting", session_number)
    sha256 = hashlib.sha256(session_id.encode()).hexdigest()
    name = f"{session_id}.wav"
    recording = Recording(session_id, group_id, session_number, "meeting", sha256, name, ".wav")
    folder = study.recordings / session_id
    folder.mkdir()
    (folder / f"{accepted.ORIGINAL}.wav").write_bytes(b"drawn")
    write_record(folder, recording)
    return recording


def finish(study: Study, settings: Settings, recordings: Sequence[Recording]) -> None:
    """Make all stages of the sessions of a group, and publish them."""
    hearing = of_phase("hear")
    for of_sound in (True, False):  # first all sound stages: they decide who is who
        for recording in recordings:
            chain = SessionChain(study, recording, settings)
            for name in chain.pending(verify=False):
                if (name in hearing) == of_sound:
                    chain.run(BY_NAME[name])


def _resolved(id: str) -> ResolvedModel:
    return ResolvedModel(id, Path(id), hashlib.sha256(id.encode()).hexdigest())


def _original(study: Study, recording: Recording) -> Path:
    """Not verified: drawn files are not hashed."""
    return accepted.original(study, recording)


def _decode(duration_s: float, original: Path, folder: Path, **_: object) -> Audio:
    (folder / "audio.wav").write_bytes(original.parent.name.encode())  # the session's id
    return Audio("audio.wav", 16_000, duration_s, 0.5)


def _diarise(decode: Made[Audio], **_: object) -> Diarisation:
    chance = random.Random(sound(decode).read_bytes())
    duration_s = decode.record.duration_s
    segments, last = [], -1
    for n in range(max(PEOPLE, int(duration_s / TURN_S))):
        last = n if n < PEOPLE else chance.choice([k for k in range(PEOPLE) if k != last])
        start_s = n * TURN_S * min(1, duration_s / TURN_S / PEOPLE)
        segments.append(Segment(start_s, start_s + 0.9 * TURN_S, f"SPEAKER_{last:02d}"))
    talk = tuple(segments)
    prints = (VoicePrint(f"SPEAKER_{k:02d}", 60.0, _voice(chance, k)) for k in range(PEOPLE))
    return Diarisation(talk, talk, tuple(prints))


def _voice(chance: random.Random, person: int) -> tuple[float, ...]:
    """A person's voice: no two takes are quite the same, and no two people's are alike."""
    raw = [chance.gauss(0, 0.02) + (n == person) for n in range(DIMENSIONS)]
    length = sum(x * x for x in raw) ** 0.5
    return tuple(x / length for x in raw)


def _transcribe(decode: Made[Audio], diarise: Diarisation, **_: object) -> Transcript:
    chance = random.Random(sound(decode).read_bytes())
    step_s = 1 / WORDS_PER_S
    words: list[Word] = []
    for segment in diarise.regular:
        for n in range(int(segment.duration_s * WORDS_PER_S)):
            text = chance.choice(PLACES if len(words) % EVERY_NTH == 50 else SAID)
            start_s = segment.start_s + n * step_s
            words.append(Word(start_s, start_s + 0.9 * step_s, text, chance.random()))
    return Transcript("fi", 0.9, tuple(words))


def _replace_names(
    correct: Corrected, find_names: Mentions, table: EntityTable, **_: object
) -> tuple[Replacement, ...]:
    """The session's own mentions: to look for the names of others takes a language model."""
    return replacements(replace(correct.conversation, turns=()), find_names, table)


def _find_names(correct: Corrected, **_: object) -> Mentions:
    return Mentions(
        tuple(
            Mention(turn, place, place, "place", word.text.casefold(), "", ("drawn",))
            for turn, each in enumerate(correct.conversation.turns)
            for place, word in enumerate(each.words)
            if word.text in PLACES
        )
    )
