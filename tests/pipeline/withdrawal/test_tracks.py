"""Where each person was recorded on a track of their own, the others' tracks go on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from finished import chain_of, fake_models
from results import put, writing
from tracks import write

from pipeline import intake
from pipeline.dataset.validate import validate
from pipeline.media.audio import SAMPLE_RATE_HZ, decode, samples
from pipeline.records import (
    Conversation,
    Diarisation,
    HeardLanguages,
    Mentions,
    Segment,
    Transcript,
    Turn,
    Word,
)
from pipeline.stages.hearing import DECODE, DETECT_LANGUAGE, DIARISE, TRANSCRIBE
from pipeline.stages.masking import NUMBER_NAMES, PSEUDONYMISE
from pipeline.stages.publish import publish_people, write_documentation
from pipeline.stages.publishing import MEASURE, PUBLISH
from pipeline.stages.settling import ASSEMBLE, CORRECT, FIND_NAMES, IDENTIFY, WHO_IS_WHO
from pipeline.study import accepted, create
from pipeline.study.store import write_record
from pipeline.withdrawal.withdraw import withdraw

FIRST, SECOND = "TRACK_01", "TRACK_02"


def _turn(label: str, start_s: float, end_s: float, word: Word) -> Turn:
    return Turn(
        label, "turn", start_s, end_s, (word,), 0.0, (), 0.0, None, None, 0.9, 1.0, ()
    )  # fmt: skip


def test_a_track_falls_silent_and_the_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_models(monkeypatch)
    study = create(tmp_path / "study")
    folder = study.inbox / "ryhmä" / "1.tracks"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(1)
    for name in ("aino", "bertta"):
        write(folder / f"{name}.wav", rng.uniform(-0.3, 0.3, 8 * SAMPLE_RATE_HZ).astype(np.float32))
    taken = intake.accept(study, folder, study.settings().intake)
    assert isinstance(taken, intake.Accepted)
    session_id = taken.recording.session_id
    chain = chain_of(study, session_id)
    with writing(chain, DECODE) as place:
        audio = decode(
            accepted.original(study, chain.recording),
            place,
            min_duration_s=0,
            progress=lambda _: None,
        )
        write_record(place, audio)
    assert audio.tracks == ("track-01.wav", "track-02.wav")
    words = (Word(1.0, 2.0, "Hei.", 0.9, FIRST), Word(4.0, 5.0, "Kanaria.", 0.9, SECOND))
    regular = (Segment(1.0, 2.0, FIRST), Segment(4.0, 5.0, SECOND))
    turns = (_turn(FIRST, 1.0, 2.0, words[0]), _turn(SECOND, 4.0, 5.0, words[1]))
    for stage, record in (
        (DIARISE, Diarisation(regular, regular, ())),
        (DETECT_LANGUAGE, HeardLanguages((("fi", 0.9),))),
        (TRANSCRIBE, Transcript("fi", 0.9, words)),
        (ASSEMBLE, Conversation(turns, "fi", 0.9, 2.0, 0.0, 6.0, ())),
        (FIND_NAMES, Mentions(())),
    ):
        before = {ASSEMBLE: (WHO_IS_WHO, IDENTIFY), FIND_NAMES: (CORRECT,)}
        for needed in before.get(stage, ()):
            chain.run(needed)
        put(chain, stage, record)
    chain.run(NUMBER_NAMES)
    chain.run(PSEUDONYMISE)
    chain.run(MEASURE)
    chain.run(PUBLISH)
    publish_people(study.dataset)
    write_documentation(study.dataset)
    first = samples(chain.folder(DECODE) / "track-01.wav")

    withdraw(study, f"{session_id}-U2", study.settings(), lambda: "2026-01-02")
    after = chain_of(study, session_id)
    kept = accepted.original(study, after.recording)
    assert sorted(file.name for file in kept.parent.iterdir()) == [
        "original.silenced.tracks",
        "recording.json",
    ]
    again = decode(kept, tmp_path, min_duration_s=0, progress=lambda _: None)
    assert (again.tracks, again.duration_s) == (audio.tracks, audio.duration_s)
    for where in (tmp_path, after.folder(DECODE)):
        own = samples(where / "track-01.wav")
        assert not samples(where / "track-02.wav").any()
        assert np.array_equal(own[: 3 * SAMPLE_RATE_HZ], first[: 3 * SAMPLE_RATE_HZ])
        assert not own[4 * SAMPLE_RATE_HZ : 5 * SAMPLE_RATE_HZ].any()  # their voice is on it, too
    assert after.get(DECODE).tracks == audio.tracks
    assert validate(study.dataset) == []
