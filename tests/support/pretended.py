"""Studies whose runs need no model: the stages that would use one only pretend to.

Everything else is vuoro's own, Prefect included. Two people talk in every session, ten seconds
each. As with a model, what a pretended stage makes is another result as soon as anything that it
is made from is another. Nobody in it exists.
"""

from __future__ import annotations

import hashlib
import wave
from collections.abc import Callable, Collection
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from heard import ANNA, BEN, SAYS, chain_of, voice
from pydantic_core import to_jsonable_python
from runs import KEYS as KEYS  # where the keys' secrets go, and not to the user's home

from models.registry import ResolvedModel
from pipeline.people.anchors import anchor
from pipeline.people.decisions import Told, remember
from pipeline.records import (
    Audio,
    Conversation,
    Diarisation,
    HeardLanguages,
    Mention,
    Mentions,
    Segment,
    Transcript,
    VoicePrint,
    Word,
)
from pipeline.stages.hearing import DETECT_LANGUAGE, DIARISE, TRANSCRIBE, sound
from pipeline.stages.settling import ASSEMBLE, FIND_NAMES
from pipeline.stages.stage import Made, Stage
from pipeline.storage.digests import digest
from pipeline.study import Study, create
from pipeline.turns.edits import log
from pipeline.turns.edits.edit import About, Corrected, Correction, Edit

FIRST, SECOND, OTHER = "G07-S01", "G07-S02", "G31-S01"
NAME = "Jaanajoki"  # said in every session
TALK_S = 10.0
RATE_HZ = 8_000


def pretend(patch: pytest.MonkeyPatch) -> None:
    """From now on no stage uses a model. Another id of a model is another model."""
    instead(patch, DIARISE, _diarise)
    instead(patch, DETECT_LANGUAGE, lambda **_: HeardLanguages((("fi", 0.9),)))
    instead(patch, TRANSCRIBE, _transcribe)
    instead(patch, FIND_NAMES, _find_names)
    patch.setattr("pipeline.stages.common.resolve", _resolved)
    patch.setattr("pipeline.stages.settling.kept_voice_of", lambda *_: voice(ANNA))


def instead(patch: pytest.MonkeyPatch, stage: Stage[Any], run: Callable[..., object]) -> None:
    """From now on ``run`` is called in the place of a stage's own, with all that it reads."""

    @wraps(stage.run)
    def called(**read: Any) -> object:
        return run(**read)

    patch.setitem(vars(stage), "run", called)


def inbox_study(root: Path) -> Study:
    """A study with two meetings of one group and one of another in its inbox."""
    study = create(root)
    study.settings_file.write_text('[intake]\ntracks = "together"\n', encoding="utf-8")
    study.groups_file.write_text('{"ryhmä": "G07", "muu": "G31"}', encoding="utf-8")
    for number, name in enumerate(("ryhmä/1.wav", "ryhmä/2.wav", "muu/1.wav")):
        put(study, name, number)
    return study


def put(study: Study, name: str, take: int) -> Path:
    """Put a recording into the inbox; each ``take`` sounds otherwise."""
    file = study.inbox / name
    file.parent.mkdir(exist_ok=True)
    draw = np.random.default_rng(take)
    sound = draw.integers(100, 156, round(2 * TALK_S * RATE_HZ), np.uint8)
    with wave.open(str(file), "wb") as writer:
        writer.setparams((1, 1, RATE_HZ, 0, "NONE", ""))
        writer.writeframesraw(sound.tobytes())
    return file


def name_person(study: Study) -> None:
    """Say who the first voice of the first session is."""
    chain = chain_of(study, FIRST)
    known_by = anchor(chain.get(DIARISE), "SPEAKER_00", chain.common.voice_model)
    remember(study, [Told(FIRST, known_by, "H02", "tester", "2026-01-01")])


def edit_turn(study: Study) -> None:
    """Correct what was said in the first turn of the first session."""
    chain = chain_of(study, FIRST)
    talk = chain.get(DIARISE)
    turn = chain.get(ASSEMBLE).turns[0]
    voices = {turn.label: anchor(talk, turn.label, chain.common.voice_model)}
    edit = Edit("text", About.of(turn), text=f"Tätä sanoin {NAME} silloin.")
    log.remember(study, FIRST, Correction("2026-01-01", "tester", voices, (edit,)))


def tables(study: Study) -> dict[str, bytes]:
    """All files of the data set, by their place in it."""
    dataset = study.dataset
    return {str(f.relative_to(dataset)): f.read_bytes() for f in dataset.rglob("*") if f.is_file()}


def _resolved(id: str) -> ResolvedModel:
    return ResolvedModel(id, Path(id), hashlib.sha256(id.encode()).hexdigest())


def _share(read: dict[str, Any]) -> float:
    """A number of 0.5–1 that is another whenever anything that the stage reads is."""
    unread = {"folder", "progress", "machine"}
    marks = {
        name: value.digest if isinstance(value, Made) else to_jsonable_python(value)
        for name, value in read.items()
        if name not in unread
    }
    return 0.5 + int(digest(marks)[:4], 16) / 2**17


def _diarise(**read: Any) -> Diarisation:
    sure = _share(read)
    segments = tuple(
        Segment(n * TALK_S, (n + 1) * TALK_S - 0.5, f"SPEAKER_{n:02d}", sure) for n in (ANNA, BEN)
    )
    take = drawn_by(read["decode"])
    prints = (VoicePrint(s.label, 30.0, voice(n, take)) for n, s in enumerate(segments))
    return Diarisation(segments, segments, tuple(prints))


def drawn_by(decoded: Made[Audio]) -> int:
    """A number that the sound tells."""
    return int(hashlib.sha256(sound(decoded).read_bytes()).hexdigest()[:4], 16)


def _transcribe(**read: Any) -> Transcript:
    sure = _share(read)
    words = tuple(
        Word(second, second + 0.5, NAME if second % 7 == 3 else f"{SAYS[n]}{second:g}", sure)
        for n in (ANNA, BEN)
        for second in (n * TALK_S + step for step in range(int(TALK_S)))
    )
    return Transcript("fi", 0.9, words)


def _find_names(correct: Corrected, **_: object) -> Mentions:
    return mentions_of(correct.conversation, {NAME})


def mentions_of(conversation: Conversation, places: Collection[str]) -> Mentions:
    """Where these places are named."""
    return Mentions(
        tuple(
            Mention(turn, at, at, "place", word.text.casefold(), "", ("test",))
            for turn, each in enumerate(conversation.turns)
            for at, word in enumerate(each.words)
            if word.text in places
        )
    )
