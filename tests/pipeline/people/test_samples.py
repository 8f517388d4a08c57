"""The voice of a voice sample, and samples that cannot be used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.registry import resolve
from pipeline.diarisation.diarise import diarisation_models
from pipeline.errors import NotMediaError, RecordingError, TooShortError
from pipeline.media.audio import SAMPLE_RATE_HZ, decode, samples
from pipeline.people import samples as voice_samples
from pipeline.people.likeness import cosine
from pipeline.people.samples import voice_of
from pipeline.records import Diarisation, VoicePrint
from pipeline.settings import DiarisationSettings, MachineSettings
from tests.support.media import Track, tone
from tests.support.media import write as write_media
from tests.support.tracks import DEMO, reference, write

NAME = "matti-meikalainen"
ONE_THREAD = MachineSettings(device="cpu", threads=1)


def hears(monkeypatch: pytest.MonkeyPatch, *prints: VoicePrint) -> None:
    monkeypatch.setattr(voice_samples, "diarise", lambda *_, **__: Diarisation((), (), prints))


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return write_media(tmp_path / f"{NAME}.m4a", Track(tone(2.0), "aac"), container="mp4")


def test_the_print_is_that_of_the_speech(monkeypatch: pytest.MonkeyPatch, sample: Path) -> None:
    hears(monkeypatch, VoicePrint("sample", 5.0, (0.6, 0.8)))
    assert voice_of(sample, {}, ONE_THREAD) == (0.6, 0.8)
    assert list(sample.parent.iterdir()) == [sample]


@pytest.mark.parametrize("prints", [(), (VoicePrint("sample", 4.9, (0.6, 0.8)),)])
def test_too_little_speech_is_no_sample(
    monkeypatch: pytest.MonkeyPatch, sample: Path, prints: tuple[VoicePrint, ...]
) -> None:
    hears(monkeypatch, *prints)
    with pytest.raises(TooShortError) as caught:
        voice_of(sample, {}, ONE_THREAD)
    assert NAME not in str(caught.value)
    assert list(sample.parent.iterdir()) == [sample]


def test_what_is_no_recording_is_no_sample(tmp_path: Path) -> None:
    sample = tmp_path / f"{NAME}.wav"
    sample.write_text("not a sound", encoding="utf-8")
    with pytest.raises(NotMediaError) as caught:
        voice_of(sample, {}, ONE_THREAD)
    assert isinstance(caught.value, RecordingError)
    assert NAME not in str(caught.value)


@pytest.mark.models
def test_two_samples_of_one_person_are_alike_and_of_two_people_are_not(tmp_path: Path) -> None:
    """The demo meeting's people, two of their turns each, with long pauses around."""
    models = {
        role: resolve(name).path for role, name in diarisation_models(DiarisationSettings()).items()
    }
    decode(DEMO / "tapaaminen-1.m4a", tmp_path, min_duration_s=0, progress=lambda _: None)
    pause = np.zeros(4 * SAMPLE_RATE_HZ, np.float32)
    voices = {}
    for person in ("vetaja", "osallistuja-1"):
        long = [part for part in reference()[person] if part.duration_s > 5]
        for take, part in enumerate((long[0], long[-1])):
            sound = samples(tmp_path / "audio.wav", part.start_s, part.end_s)
            wav = write(tmp_path / f"{person}-{take}.wav", np.concatenate([pause, sound, pause]))
            voices[person, take] = voice_of(wav, models, ONE_THREAD)
    leader, other = voices["vetaja", 0], voices["osallistuja-1", 0]
    assert cosine(leader, voices["vetaja", 1]) > 0.7
    assert cosine(other, voices["osallistuja-1", 1]) > 0.7
    assert cosine(leader, other) < 0.5
