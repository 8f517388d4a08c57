"""Decoding, measured on files whose sound is known: tones at known times."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from media import RATE_HZ, TONE_HZ, Track, cut, damage, onsets_s, pitch_hz, tone, write
from numpy.typing import NDArray

from pipeline.errors import (
    DamagedMediaError,
    DiskFullError,
    NoAudioError,
    NotMediaError,
    RecordingError,
    TooShortError,
    UnreadableError,
    VuoroError,
)
from pipeline.media import audio
from pipeline.media import sound as media_sound
from pipeline.records import Audio

NEAR_S = 0.05
FASTSTART = {"movflags": "faststart"}
ALL = [
    *("wav pcm_s16le", "wav pcm_u8", "wav pcm_s24le", "wav pcm_f32le", "mov pcm_s16be"),
    *("mp3 libmp3lame", "avi libmp3lame", "mp4 aac", "matroska aac", "mpegts aac", "adts aac"),
    *("ogg libopus", "webm libopus", "ogg flac", "flac flac"),
]


def decode(source: Path, folder: Path, min_duration_s: float = 1.0) -> Audio:
    folder.mkdir(exist_ok=True)
    return audio.decode(source, folder, min_duration_s=min_duration_s, progress=lambda _: None)


def heard(source: Path, folder: Path) -> tuple[Audio, NDArray[np.float32]]:
    result = decode(source, folder)
    return result, audio.samples(folder / result.file)


def refused(source: Path, error: type[VuoroError], folder: Path) -> None:
    """Both ways to open a file must raise ``error``, without naming the file."""
    for attempt in (lambda: audio.probe(source), lambda: decode(source, folder)):
        with pytest.raises(error) as caught:
            attempt()
        assert source.name not in str(caught.value).split()


def bursts() -> NDArray[np.float32]:
    """10 s of a tone that sounds in the second half of every second."""
    sound = tone(10)
    return sound * (np.arange(sound.shape[1]) % RATE_HZ >= RATE_HZ // 2)


@pytest.mark.parametrize("form", ALL)
def test_every_container_keeps_time_and_pitch(form: str, tmp_path: Path) -> None:
    container, codec = form.split()
    track = Track(tone(4, onset_s=1.5, channels=2), codec)
    picture_s = 4.0 if container in ("mp4", "mov", "matroska", "webm", "mpegts", "avi") else 0.0
    file = write(tmp_path / "recording", track, container=container, picture_s=picture_s)
    result, sound = heard(file, tmp_path / "out")
    assert result.duration_s == pytest.approx(4, abs=NEAR_S)
    exact = container not in ("avi", "adts", "mpegts")  # cannot say how much the encoder put before
    assert onsets_s(sound, 16_000) == [pytest.approx(1.5, abs=0.005 if exact else NEAR_S)]
    assert pitch_hz(sound[2 * 16_000 : 3 * 16_000], 16_000) == pytest.approx(TONE_HZ, abs=1)
    assert result.peak == pytest.approx(0.5, abs=0.05)
    assert result.flags == ()
    with wave.open(str(tmp_path / "out" / "audio.wav")) as wav:
        assert wav.getparams()[:3] == (1, 2, 16_000)
        assert wav.getnframes() == len(sound) == round(result.duration_s * 16_000)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 96_000])
def test_any_sample_rate_keeps_time_and_pitch(rate_hz: int, tmp_path: Path) -> None:
    track = Track(tone(3, onset_s=1, rate_hz=rate_hz), "pcm_s16le")
    file = write(tmp_path / "a.wav", track, container="wav", rate_hz=rate_hz)
    result, sound = heard(file, tmp_path / "out")
    assert result.duration_s == pytest.approx(3, abs=0.002)
    assert onsets_s(sound, 16_000) == [pytest.approx(1, abs=0.002)]
    assert pitch_hz(sound[2 * 16_000 :], 16_000) == pytest.approx(TONE_HZ, abs=1)


@pytest.mark.parametrize("picture_s", [0.0, 8.0])
@pytest.mark.parametrize("form", ["mp4 aac", "matroska aac", "webm libopus"])
def test_late_sound_is_as_late_in_the_wav(form: str, picture_s: float, tmp_path: Path) -> None:
    container, codec = form.split()
    late = Track(tone(4, onset_s=1), codec, start_s=2)
    file = write(tmp_path / "a", late, container=container, picture_s=picture_s)
    result, sound = heard(file, tmp_path / "out")
    assert onsets_s(sound, 16_000) == [pytest.approx(3, abs=NEAR_S)]
    assert result.duration_s == pytest.approx(6, abs=NEAR_S)
    assert result.flags == ()


def test_clock_of_a_broadcast_counts_from_its_own_start(tmp_path: Path) -> None:
    late = Track(tone(4, onset_s=1), "aac", start_s=9)
    file = write(tmp_path / "tv.ts", late, container="mpegts")
    assert onsets_s(heard(file, tmp_path / "out")[1], 16_000) == [pytest.approx(1, abs=NEAR_S)]


def test_gap_in_the_time_stamps_becomes_silence(tmp_path: Path) -> None:
    track = Track(tone(4), "pcm_s16le", jump_at_s=2, jump_s=3)
    result, sound = heard(write(tmp_path / "a", track, container="matroska"), tmp_path / "out")
    assert result.duration_s == pytest.approx(7, abs=NEAR_S)
    assert onsets_s(sound, 16_000) == [pytest.approx(t, abs=NEAR_S) for t in (0, 5)]
    assert result.flags == ("decode_errors",)


def test_absurd_time_stamps_do_not_fill_the_disk(tmp_path: Path) -> None:
    track = Track(tone(4), "libopus", jump_at_s=2, jump_s=36_000)
    result = decode(write(tmp_path / "a", track, container="matroska"), tmp_path / "out")
    assert result.duration_s == pytest.approx(4, abs=NEAR_S)


@pytest.mark.parametrize("form", ["ogg libopus", "mpegts aac"])
def test_clock_that_restarts_costs_no_sound(form: str, tmp_path: Path) -> None:
    container, codec = form.split()
    file = write(tmp_path / "a", Track(tone(15, onset_s=1), codec), container=container)
    file.write_bytes(file.read_bytes() * 2)
    sound = heard(file, tmp_path / "out")[1]
    assert onsets_s(sound, 16_000) == [pytest.approx(t, abs=2 * NEAR_S) for t in (1, 16)]


@pytest.mark.parametrize(
    "form", ["mp3 libmp3lame", "mp4 aac", "matroska aac", "ogg libopus", "flac flac", "mpegts aac"]
)
def test_damage_in_the_middle_moves_nothing_after_it(form: str, tmp_path: Path) -> None:
    container, codec = form.split()
    # Of Matroska the rest of the damaged cluster is lost.
    options = {"cluster_time_limit": "500"} if container == "matroska" else {}
    # Noise too quiet to be an onset, so that the damaged stretch takes up bytes.
    noise = 0.02 * np.random.default_rng(7).standard_normal((1, 10 * RATE_HZ)).astype(np.float32)
    track = Track(bursts() + noise, codec)
    file = damage(write(tmp_path / "a", track, container=container, options=options), 0.45, 6000)
    result, sound = heard(file, tmp_path / "out")
    onsets = [onset for onset in onsets_s(sound, 16_000) if not 3.6 < onset < 6.4]
    assert onsets == [pytest.approx(n + 0.5, abs=NEAR_S) for n in (0, 1, 2, 3, 6, 7, 8, 9)]
    if codec == "flac":  # the lossy ones make a noise of damaged bytes
        assert np.min(np.flatnonzero(np.abs(sound) > 0.2) % 16_000) > 0.49 * 16_000
    assert result.duration_s == pytest.approx(10, abs=NEAR_S)
    assert result.flags == ("decode_errors",)


@pytest.mark.parametrize(
    "form",
    ["mp4 aac", "flac flac", "mp3 libmp3lame", "wav pcm_s16le", "matroska aac", "webm libopus"],
)
def test_file_that_was_cut_off_is_used_and_flagged(form: str, tmp_path: Path) -> None:
    container, codec = form.split()
    options = FASTSTART if container == "mp4" else {}
    track = Track(tone(10), codec)
    file = cut(write(tmp_path / "a", track, container=container, options=options), 0.5)
    result = decode(file, tmp_path / "out")
    assert 2 < result.duration_s < 7.5
    assert result.flags == ("truncated",)


def test_mp4_without_its_index_is_damaged_not_foreign(tmp_path: Path) -> None:
    file = cut(write(tmp_path / "a.mp4", Track(tone(5), "aac"), container="mp4"), 0.9)
    refused(file, DamagedMediaError, tmp_path / "out")


def test_file_of_which_a_moment_is_left_is_damaged(tmp_path: Path) -> None:
    file = write(tmp_path / "a", Track(tone(10), "aac"), container="mp4", options=FASTSTART)
    with pytest.raises(DamagedMediaError):
        decode(cut(file, 0.1), tmp_path / "out")


@pytest.mark.parametrize("name", ["a.mp3", "a.mp4", "a.txt", "x"])
def test_what_is_no_media_says_so_whatever_its_name(name: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(7).bytes(50_000)
    for content in (
        b"",
        "Tapaamisen muistio ä.\n".encode() * 99,
        noise,
        b"PK\x03\x04" + bytes(999),
    ):
        (tmp_path / name).write_bytes(content)
        refused(tmp_path / name, NotMediaError, tmp_path / "out")


def test_playlist_does_not_have_other_files_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "secret.wav", Track(tone(3), "pcm_s16le"), container="wav")
    write(tmp_path / "secret.ts", Track(tone(3), "aac"), container="mpegts")
    monkeypatch.chdir(tmp_path)
    lists = {
        "a.mp4": "ffconcat version 1.0\nfile 'secret.wav'\n",
        "b.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nsecret.ts\n#EXT-X-ENDLIST\n",
        "c.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        "m=audio 5004 RTP/AVP 0\n",
    }
    for name, text in lists.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(NotMediaError):
            decode(tmp_path / name, tmp_path / "out")


def test_video_without_sound(tmp_path: Path) -> None:
    file = write(tmp_path / "a.mp4", container="mp4", picture_s=2)
    refused(file, NoAudioError, tmp_path / "out")


def test_sound_track_without_sound_in_it(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as wav:
        wav.setparams((1, 2, 16_000, 0, "NONE", ""))
    with pytest.raises(DamagedMediaError):
        decode(tmp_path / "a.wav", tmp_path / "out")


def test_suffix_does_not_matter(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.txt", "ääni 🎤.wav", "a"):
        file = write(tmp_path / name, Track(tone(2), "flac"), container="flac")
        assert decode(file, tmp_path / "out").duration_s == pytest.approx(2, abs=0.001)


def test_too_short(tmp_path: Path) -> None:
    file = write(tmp_path / "a.wav", Track(tone(0.2), "pcm_s16le"), container="wav")
    with pytest.raises(TooShortError):
        decode(file, tmp_path / "out")
    assert decode(file, tmp_path / "out", 0.1).duration_s == pytest.approx(0.2)


def test_recording_longer_than_a_day_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_sound, "MAX_DURATION_S", 2.0)
    file = write(tmp_path / "a.wav", Track(tone(3), "pcm_s16le"), container="wav")
    with pytest.raises(RecordingError, match="24 hours"):
        decode(file, tmp_path / "out")


def test_silence_is_flagged(tmp_path: Path) -> None:
    for amplitude, flags in ((0.0005, ("silent",)), (0.002, ())):
        track = Track(tone(2, amplitude=amplitude), "pcm_s16le")
        result = decode(write(tmp_path / "a", track, container="wav"), tmp_path / "out")
        assert result.flags == flags
        assert result.peak == pytest.approx(amplitude, rel=0.1)


@pytest.mark.parametrize("channel", range(8))
@pytest.mark.parametrize("form", ["wav pcm_s16le", "matroska pcm_f32le", "flac flac"])
def test_every_channel_counts_equally(form: str, channel: int, tmp_path: Path) -> None:
    container, codec = form.split()
    sound = np.zeros((8, 2 * RATE_HZ), dtype=np.float32)
    sound[channel] = tone(2, amplitude=0.8)[0]
    file = write(tmp_path / "a", Track(sound, codec), container=container)
    assert decode(file, tmp_path / "out").peak == pytest.approx(0.8 / 8, abs=0.002)


def test_eight_channels_in_planes(tmp_path: Path) -> None:  # PyAV's own conversion crashes
    file = write(tmp_path / "a", Track(tone(2, channels=8), "aac"), container="mp4")
    assert decode(file, tmp_path / "out").peak == pytest.approx(0.5, abs=0.05)


def test_metadata_in_an_old_encoding(tmp_path: Path) -> None:
    tag = {"title": "Tyohyvinvointi"}
    file = write(tmp_path / "a.wav", Track(tone(2), "pcm_s16le"), container="wav", metadata=tag)
    file.write_bytes("Työ".encode("latin-1").join(file.read_bytes().split(b"Tyo")))
    assert decode(file, tmp_path / "out").flags == ()


def test_declared_duration(tmp_path: Path) -> None:
    def declared(container: str, codec: str, **options: str) -> float | None:
        file = write(tmp_path / "a", Track(tone(3), codec), container=container, options=options)
        return audio.probe(file)

    for container, codec in (("mp4", "aac"), ("matroska", "aac"), ("mp3", "libmp3lame")):
        assert declared(container, codec) == pytest.approx(3, abs=NEAR_S)
    assert declared("mp3", "libmp3lame", write_xing="0") is None
    assert declared("adts", "aac") is None


def test_progress_rises_to_one(tmp_path: Path) -> None:
    file = write(tmp_path / "a.mp4", Track(tone(20), "aac"), container="mp4")
    shares: list[float] = []
    audio.decode(file, tmp_path, min_duration_s=1, progress=shares.append)
    assert shares == sorted(shares)
    assert len(shares) > 50
    assert shares[0] < 0.1 < shares[-1] == 1.0


def test_same_bytes_every_time(tmp_path: Path) -> None:
    file = write(tmp_path / "a.mp3", Track(bursts(), "libmp3lame"), container="mp3")
    for name in ("one", "two"):
        decode(file, tmp_path / name)
    wavs = [(tmp_path / name / "audio.wav").read_bytes() for name in ("one", "two")]
    assert wavs[0] == wavs[1]


@pytest.mark.faults
def test_disk_full_while_writing(tmp_path: Path) -> None:
    file = write(tmp_path / "a.wav", Track(tone(5), "pcm_s16le"), container="wav")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "audio.wav").symlink_to("/dev/full")
    with pytest.raises(DiskFullError):
        decode(file, tmp_path / "out")


@pytest.mark.faults
@pytest.mark.parametrize("source", ["missing.wav", "/proc/self/mem"])
def test_file_that_cannot_be_read(source: str, tmp_path: Path) -> None:
    """Not there; one whose first read fails with an input/output error."""
    refused(tmp_path / source, UnreadableError, tmp_path / "out")


MEMORY = """import resource, sys
from pathlib import Path
from pipeline.media import audio
audio.decode(Path(sys.argv[1]), Path(sys.argv[2]), min_duration_s=1, progress=lambda _: None)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    second = (tone(1, rate_hz=16_000)[0] * 2**15).astype("<i2").tobytes()
    peaks_kib = []
    for seconds in (10, 3600):
        with wave.open(str(tmp_path / "long.wav"), "wb") as wav:
            wav.setparams((1, 2, 16_000, 0, "NONE", ""))
            for _ in range(seconds):
                wav.writeframesraw(second)
        command = [sys.executable, "-c", MEMORY, str(tmp_path / "long.wav"), str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks_kib.append(int(done.stdout))
    assert peaks_kib[1] - peaks_kib[0] < 20_000  # the hour is 115 MB of samples


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    file = write(tmp_path / "a.flac", Track(tone(4, onset_s=2), "flac"), container="flac")
    decode(file, tmp_path)
    return tmp_path / "audio.wav"


def test_samples_of_a_stretch(wav: Path) -> None:
    whole = audio.samples(wav)
    assert whole.dtype == np.float32
    assert len(whole) == 4 * 16_000
    assert np.array_equal(audio.samples(wav, 1.5, 2.25), whole[24_000:36_000])
    assert np.array_equal(audio.samples(wav, 3), whole[48_000:])
    assert len(audio.samples(wav, 3.5, 99)) == 8_000
    assert len(audio.samples(wav, 3, 2)) == 0
    wav.unlink()
    with pytest.raises(UnreadableError):
        audio.samples(wav)


def read_clip(file: Path) -> NDArray[Any]:
    with wave.open(str(file)) as clip:
        assert clip.getparams()[:3] == (1, 2, 16_000)
        return np.frombuffer(clip.readframes(clip.getnframes()), "<i2") / 2**15


def test_clip_is_padded_and_does_not_click(wav: Path, tmp_path: Path) -> None:
    audio.clip(wav, 2.5, 3.0, tmp_path / "turn.wav")
    clip = read_clip(tmp_path / "turn.wav")
    assert len(clip) == round(0.9 * 16_000)
    assert max(abs(clip[0]), abs(clip[-1])) < 0.01
    assert np.allclose(clip[3_200:-3_200], audio.samples(wav, 2.5, 3.0), atol=1e-4)


def test_clip_at_the_edges_of_the_recording(wav: Path, tmp_path: Path) -> None:
    for start_s in (0.0, 3.5):
        audio.clip(wav, start_s, start_s + 0.5, tmp_path / "edge.wav")
        assert len(read_clip(tmp_path / "edge.wav")) == 11_200


@pytest.mark.faults
def test_clip_on_a_full_disk_leaves_the_old_one(
    wav: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "turn.wav"
    audio.clip(wav, 1, 2, out)
    before = out.read_bytes()
    full = (os.open("/dev/full", os.O_WRONLY), str(tmp_path / ".full.pending"))
    monkeypatch.setattr(tempfile, "mkstemp", lambda **_: full)
    with pytest.raises(DiskFullError):
        audio.clip(wav, 2, 3, out)
    assert out.read_bytes() == before
    assert [f.name for f in tmp_path.iterdir() if f.name.startswith(".")] == []
