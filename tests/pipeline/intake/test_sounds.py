"""The same meeting as another file is known by its sound, and nothing else is taken for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inbox import accept
from media import Track, write
from numpy.typing import NDArray
from tracks import write as write_wav

from pipeline import intake
from pipeline.errors import ConsentError
from pipeline.intake.fingerprint import fingerprint
from pipeline.media.audio import SAMPLE_RATE_HZ, decode
from pipeline.records import Recording
from pipeline.study import Study, accepted, create
from pipeline.study.tombstones import Tombstone, put

Samples = NDArray[np.float32]
FORMS: dict[str, dict[str, Any]] = {
    "aac": {"codec": "aac", "container": "mp4", "options": {"b": "64000"}},
    "mp3": {"codec": "libmp3lame", "container": "mp3", "options": {"b": "32000"}},
    "opus": {"codec": "libopus", "container": "webm", "options": {"b": "16000"}},
}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path / "study")


def talk(seed: int, duration_s: float = 35.0) -> Samples:
    """What rises and falls as talk does: syllables of noise in changing bands, and pauses."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(round(duration_s * SAMPLE_RATE_HZ), np.float32)
    time_s = 0.0
    while time_s < duration_s - 0.5:
        length = round(rng.uniform(0.08, 0.35) * SAMPLE_RATE_HZ)
        start = round(time_s * SAMPLE_RATE_HZ)
        pitch = rng.uniform(300, 3000) * np.arange(length) / SAMPLE_RATE_HZ
        voiced = np.sin(2 * np.pi * pitch) + 0.3 * rng.standard_normal(length)
        shape = np.hanning(length) * rng.uniform(0.05, 0.4)
        sound[start : start + length] += (shape * voiced).astype(np.float32)
        time_s += length / SAMPLE_RATE_HZ + (rng.random() < 0.2) * rng.uniform(0.2, 1.5)
    return sound


def come(study: Study, name: str, sound: Samples, form: str | None = None) -> Recording:
    """Take a recording of this sound in, as 16 kHz WAV or in a form of other programs."""
    file = study.inbox / name
    file.parent.mkdir(parents=True, exist_ok=True)
    if form is None:
        write_wav(file, sound)
    else:
        kind = FORMS[form]
        stereo = np.tile(np.repeat(sound, 3), (2, 1))  # at 48 kHz
        track = Track(stereo, kind["codec"], options=kind["options"])
        write(file, track, container=kind["container"])
    return accept(study, file)


def heard(study: Study, recording: Recording, tmp_path: Path) -> Path:
    """The decoded sound."""
    folder = tmp_path / recording.session_id
    folder.mkdir()
    source = accepted.original(study, recording)
    decode(source, folder, min_duration_s=0, tracks="together", progress=lambda share: None)
    return folder / "audio.wav"


def duplicate_of(study: Study, recording: Recording, tmp_path: Path) -> str | None:
    return intake.duplicate_of(study, recording, heard(study, recording, tmp_path))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lead_s", [0.0, 0.95, -0.55])
def test_another_form_of_a_recording(
    form: str, lead_s: float, study: Study, tmp_path: Path
) -> None:
    sound = talk(1)
    first = come(study, "a/1.wav", sound)
    assert duplicate_of(study, first, tmp_path) is None
    n = round(abs(lead_s) * SAMPLE_RATE_HZ)
    moved = np.concatenate([np.zeros(n, np.float32), sound]) if lead_s > 0 else sound[n:]
    again = come(study, f"b/again.{form}", 0.3 * moved, form)
    assert duplicate_of(study, again, tmp_path) == first.session_id


def test_it_goes_to_quarantine_and_is_known_at_once_when_it_comes_again(
    study: Study, tmp_path: Path
) -> None:
    first = come(study, "a/1.wav", talk(1))
    duplicate_of(study, first, tmp_path)
    again = come(study, "a/video 2.mp4", talk(1), "aac")
    data = accepted.original(study, again).read_bytes()
    place = intake.quarantine_duplicate(study, again.session_id, first.session_id)
    assert place.read_bytes() == data
    assert accepted.sessions(study) == [first]
    receipt = intake.receipt_of(study.inbox / "a" / "video 2.mp4").read_text(encoding="utf-8")
    assert f"Duplicate of {first.session_id}" in receipt and "Kaksoiskappale" in receipt
    assert intake.copies(study, first.session_id) == {again.sha256}
    (study.inbox / "a" / "taas.mp4").write_bytes(data)
    outcome = intake.accept(study, study.inbox / "a" / "taas.mp4", study.settings().intake)
    assert outcome == intake.Duplicate(first.session_id)


def test_asked_again_it_answers_the_same(study: Study, tmp_path: Path) -> None:
    first, again = come(study, "a/1.wav", talk(1)), come(study, "a/2.wav", 0.5 * talk(1))
    one, other = heard(study, first, tmp_path), heard(study, again, tmp_path)
    for _ in range(2):
        assert intake.duplicate_of(study, first, one) is None
        assert intake.duplicate_of(study, again, other) == first.session_id


def test_other_talk_of_the_same_length_is_another(study: Study, tmp_path: Path) -> None:
    for number in range(6):
        recording = come(study, f"a/{number + 1}.wav", talk(number))
        assert duplicate_of(study, recording, tmp_path) is None


def test_a_meeting_that_begins_like_another_is_another(study: Study, tmp_path: Path) -> None:
    same = talk(1, 130.0)
    first = come(study, "a/1.wav", np.concatenate([same, talk(2, 70.0)]))
    other = come(study, "a/2.wav", np.concatenate([same, talk(3, 70.0)]))
    assert duplicate_of(study, first, tmp_path) is None
    assert duplicate_of(study, other, tmp_path) is None


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(30 * SAMPLE_RATE_HZ, np.float32),
        0.3 * np.sin(np.arange(30 * SAMPLE_RATE_HZ, dtype=np.float32) * 0.2),
        np.random.default_rng(0).uniform(-0.1, 0.1, 30 * SAMPLE_RATE_HZ).astype(np.float32),
        talk(1, 10.0),
    ],
    ids=["silence", "a tone", "noise", "short"],
)
def test_what_cannot_be_told_apart_is_never_the_same(
    sound: Samples, study: Study, tmp_path: Path
) -> None:
    assert fingerprint(write_wav(tmp_path / "x.wav", sound)) is None
    first, again = come(study, "a/1.wav", sound), come(study, "a/2.wav", 0.9 * sound + 1e-4)
    assert duplicate_of(study, first, tmp_path) is None
    assert duplicate_of(study, again, tmp_path) is None


def test_another_form_of_a_recording_that_somebody_has_left(study: Study, tmp_path: Path) -> None:
    first, again = come(study, "a/1.wav", talk(1)), come(study, "a/2.mp4", talk(1), "aac")
    data = accepted.original(study, again).read_bytes()
    duplicate_of(study, first, tmp_path)
    put(study, Tombstone(f"{first.session_id}-P1", "2026-01-02", "done", {first.session_id: "0"}))
    place = intake.quarantine_duplicate(study, again.session_id, first.session_id)
    reason = place.with_name(f"{place.name}.reason.txt").read_text(encoding="utf-8")
    assert "perunut" in reason and "Delete the file" in reason
    file = study.inbox / "a" / "taas.mp4"
    file.write_bytes(data)
    with pytest.raises(ConsentError, match="withdrawn"):
        intake.accept(study, file, study.settings().intake)


def test_a_damaged_fingerprint_is_like_no_other(study: Study, tmp_path: Path) -> None:
    first, again = come(study, "a/1.wav", talk(1)), come(study, "a/2.wav", 0.5 * talk(1))
    duplicate_of(study, first, tmp_path)
    [file] = study.fingerprints.rglob("*.npy")
    file.write_bytes(b"")
    assert duplicate_of(study, again, tmp_path) is None
