"""What is heard of channels and volumes that are not as they should be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from media import Track, babble, write
from numpy.typing import NDArray

from pipeline.media import audio
from pipeline.records import Audio

HZ = 16_000


def heard(
    tmp_path: Path, sound: NDArray[np.float32], codec: str = "pcm_s16le", container: str = "wav"
) -> tuple[Audio, NDArray[np.float32]]:
    file = write(tmp_path / "a", Track(sound, codec), container=container, rate_hz=HZ)
    out = tmp_path / "out"
    out.mkdir(exist_ok=True)
    found = audio.decode(file, out, min_duration_s=1, progress=lambda _: None)
    return found, audio.samples(out / found.file)


def likeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    n = min(one.size, other.size)
    return float(np.corrcoef(one.ravel()[:n], other.ravel()[:n])[0, 1])


@pytest.mark.parametrize("form", ["wav pcm_s16le", "flac flac", "mp4 aac", "matroska libopus"])
def test_an_inverted_side_is_turned_back(form: str, tmp_path: Path) -> None:
    talk = babble(6, 1, rate_hz=HZ)
    container, codec = form.split()
    found, sound = heard(tmp_path, np.concatenate([talk, -0.8 * talk]), codec, container)
    assert found.flags == ("inverted_channel",)
    assert likeness(sound, talk) > 0.97
    assert np.std(sound) == pytest.approx(0.9 * np.std(talk), rel=0.05)


def test_stereo_is_not_taken_for_inverted(tmp_path: Path) -> None:
    near, far = babble(6, 1, rate_hz=HZ), babble(6, 2, rate_hz=HZ)
    found, sound = heard(tmp_path, np.concatenate([near + 0.4 * far, far - 0.1 * near]))
    assert found.flags == ()
    assert likeness(sound, 0.9 * near + 1.4 * far) > 0.999


@pytest.mark.parametrize("volume", [0.05, 0.3])
def test_a_channel_of_noise_does_not_drown_the_other(volume: float, tmp_path: Path) -> None:
    talk = babble(6, 1, rate_hz=HZ)
    noise = np.random.default_rng(2).standard_normal(talk.shape).astype(np.float32)
    found, sound = heard(tmp_path, np.concatenate([talk, (volume * noise).clip(-1, 1)]))
    assert found.flags == ("noisy_channel",)
    assert likeness(sound, talk) > 0.999


def test_loud_noise_does_not_drown_faint_talk(tmp_path: Path) -> None:
    talk = 0.2 * babble(6, 1, rate_hz=HZ)
    noise = np.random.default_rng(2).standard_normal(talk.shape).astype(np.float32)
    found, sound = heard(tmp_path, np.concatenate([talk, (0.4 * noise).clip(-1, 1)]))
    assert found.flags == ("noisy_channel",)
    assert likeness(sound, talk) > 0.99


def test_one_empty_side_is_no_matter(tmp_path: Path) -> None:
    talk = babble(6, 1, rate_hz=HZ)
    hiss = 1e-4 * np.random.default_rng(2).standard_normal(talk.shape).astype(np.float32)
    for other in (0 * talk, hiss):
        found, sound = heard(tmp_path, np.concatenate([talk, other]))
        assert found.flags == ()
        assert likeness(sound, talk) > 0.999


@pytest.mark.parametrize("decibels", [-110, -88, 27, 60])
def test_floating_point_sound_is_scaled_before_it_becomes_16_bits(
    decibels: float, tmp_path: Path
) -> None:
    talk = 0.2 * babble(6, 1, rate_hz=HZ)
    found, sound = heard(tmp_path, talk * np.float32(10 ** (decibels / 20)), "pcm_f32le")
    assert found.flags == ("level_changed",)
    assert likeness(sound, talk) > 0.9999
    assert 0.4 < found.peak < 1.0
    assert np.mean(np.abs(sound) > 0.999) < 1e-4, "clipped"


def test_what_is_quiet_in_16_bits_is_left_as_it_is(tmp_path: Path) -> None:
    found, sound = heard(tmp_path, 0.002 * babble(6, 1, rate_hz=HZ))
    assert found.flags in ((), ("silent",))
    assert np.abs(sound).max() < 0.002


def test_faint_noise_of_a_floating_point_file_is_silence(tmp_path: Path) -> None:
    noise = np.random.default_rng(2).standard_normal((1, 6 * HZ)).astype(np.float32)
    assert heard(tmp_path, 1e-5 * noise, "pcm_f32le")[0].flags == ("silent",)
    assert heard(tmp_path, 0 * noise, "pcm_f32le")[0].flags == ("silent",)


def test_a_click_does_not_make_the_talk_faint(tmp_path: Path) -> None:
    talk = babble(6, 1, rate_hz=HZ)
    talk[0, 5 * HZ] = 1e9
    found, sound = heard(tmp_path, talk, "pcm_f32le")
    assert likeness(sound[: 4 * HZ], talk[:, : 4 * HZ]) > 0.999
    assert np.std(sound[: 4 * HZ]) > 0.1 * np.std(talk[:, : 4 * HZ])
    assert found.peak == pytest.approx(1, abs=1e-4)
