"""Decoding, measured on files whose sound is known: tones at known times."""

from __future__ import annotations

import os
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from media import RATE_HZ, TONE_HZ, Track, cut, damage, onsets_s, pitch_hz, tone, write
from numpy.typing import NDArray

from pipeline import audio
from pipeline.errors import (
    DamagedMediaError,
    DiskFullError,
    NoAudioError,
    NotMediaError,
    RecordingError,
    TooShortError,
    UnreadableError,
)
from pipeline.records import Audio

NEAR_S = 0.05
FASTSTART = {"movflags": "faststart"}
ALL = [
    ("wav", "pcm_s16le"),
    ("wav", "pcm_u8"),
    ("wav", "pcm_s24le"),
    ("wav", "pcm_f32le"),
    ("mp3", "libmp3lame"),
    ("mp4", "aac"),
    ("mov", "pcm_s16be"),
    ("ogg", "libopus"),
    ("ogg", "flac"),
    ("matroska", "aac"),
    ("webm", "libopus"),
    ("flac", "flac"),
    ("avi", "libmp3lame"),
    ("mpegts", "aac"),
    ("adts", "aac"),
]
WITH_PICTURE = {"mp4", "mov", "matroska", "webm", "mpegts", "avi"}


def decode(source: Path, folder: Path, min_duration_s: float = 1.0) -> Audio:
    folder.mkdir(exist_ok=True)
    return audio.decode(source, folder, min_duration_s=min_duration_s, progress=lambda _: None)


def heard(source: Path, folder: Path) -> tuple[Audio, NDArray[np.float32]]:
    result = decode(source, folder)
    return result, audio.samples(folder / result.file)


def two_tones(duration_s: float = 10.0) -> NDArray[np.float32]:
    """Sound from 1 s to 4 s and from 8 s on: between them lies what tests damage."""
    sound = tone(duration_s, onset_s=1.0)
    sound[:, 4 * RATE_HZ : 8 * RATE_HZ] = 0
    return sound


@pytest.mark.parametrize(("container", "codec"), ALL)
def test_every_container_keeps_time_and_pitch(container: str, codec: str, tmp_path: Path) -> None:
    track = Track(tone(4, onset_s=1.5, channels=2), codec)
    picture_s = 4.0 if container in WITH_PICTURE else 0.0
    file = write(tmp_path / "recording", track, container=container, picture_s=picture_s)
    result, sound = heard(file, tmp_path / "out")
    assert result.duration_s == pytest.approx(4, abs=NEAR_S)
    assert onsets_s(sound, 16_000) == [pytest.approx(1.5, abs=NEAR_S)]
    assert pitch_hz(sound[2 * 16_000 : 3 * 16_000], 16_000) == pytest.approx(TONE_HZ, abs=1)
    assert result.peak == pytest.approx(0.5, abs=0.05)
    assert result.flags == ()
    with wave.open(str(tmp_path / "out" / "audio.wav")) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (16_000, 1, 2)
        assert wav.getnframes() == len(sound) == round(result.duration_s * 16_000)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 96_000])
def test_any_sample_rate_keeps_time_and_pitch(rate_hz: int, tmp_path: Path) -> None:
    track = Track(tone(3, onset_s=1, rate_hz=rate_hz), "pcm_s16le")
    result, sound = heard(
        write(tmp_path / "a.wav", track, container="wav", rate_hz=rate_hz), tmp_path / "out"
    )
    assert result.duration_s == pytest.approx(3, abs=0.002)
    assert onsets_s(sound, 16_000) == [pytest.approx(1, abs=0.002)]
    assert pitch_hz(sound[2 * 16_000 :], 16_000) == pytest.approx(TONE_HZ, abs=1)


@pytest.mark.parametrize("picture_s", [0.0, 6.0])
@pytest.mark.parametrize(
    ("container", "codec"), [("mp4", "aac"), ("matroska", "aac"), ("webm", "libopus")]
)
def test_sound_that_begins_later_is_as_late_in_the_wav(
    container: str, codec: str, picture_s: float, tmp_path: Path
) -> None:
    track = Track(tone(4, onset_s=1), codec, start_s=2)
    file = write(tmp_path / "late", track, container=container, picture_s=picture_s)
    result, sound = heard(file, tmp_path / "out")
    assert onsets_s(sound, 16_000) == [pytest.approx(3, abs=NEAR_S)]
    assert result.duration_s == pytest.approx(6, abs=NEAR_S)
    assert result.flags == ()


def test_clock_of_a_broadcast_counts_from_its_own_start(tmp_path: Path) -> None:
    late = Track(tone(4, onset_s=1), "aac", start_s=700)
    file = write(tmp_path / "tv.ts", late, container="mpegts")
    assert onsets_s(heard(file, tmp_path / "out")[1], 16_000) == [pytest.approx(1, abs=NEAR_S)]


def test_gap_in_the_time_stamps_becomes_silence(tmp_path: Path) -> None:
    # Opus at this rate: a file of a size that makes a gap of 3 s believable.
    track = Track(tone(4), "pcm_s16le", jump_at_s=2, jump_s=3)
    result, sound = heard(write(tmp_path / "a", track, container="matroska"), tmp_path / "out")
    assert result.duration_s == pytest.approx(7, abs=NEAR_S)
    assert onsets_s(sound, 16_000) == [pytest.approx(t, abs=NEAR_S) for t in (0, 5)]
    assert result.flags == ("decode_errors",)


@pytest.mark.parametrize("hours", [10, -0.9])
def test_absurd_time_stamps_do_not_fill_the_disk(hours: float, tmp_path: Path) -> None:
    start_s = max(0.0, -hours * 3600)
    track = Track(tone(4), "libopus", start_s=start_s, jump_at_s=start_s + 2, jump_s=hours * 3600)
    result = decode(write(tmp_path / "a", track, container="mpegts"), tmp_path / "out")
    assert result.duration_s == pytest.approx(4, abs=NEAR_S)
    assert "decode_errors" in result.flags


@pytest.mark.parametrize(
    ("container", "codec", "options"),
    [
        ("mp3", "libmp3lame", {}),
        ("mp4", "aac", {}),
        ("matroska", "aac", {"cluster_time_limit": "500"}),  # lost is the rest of a cluster
        ("ogg", "libopus", {}),
        ("flac", "flac", {}),
        ("mpegts", "aac", {}),
    ],
)
def test_damage_in_the_middle_moves_nothing_after_it(
    container: str, codec: str, options: dict[str, str], tmp_path: Path
) -> None:
    # Noise too quiet to be an onset, so that the damaged stretch takes up bytes.
    noise = 0.02 * np.random.default_rng(7).standard_normal((1, 10 * RATE_HZ)).astype(np.float32)
    file = write(
        tmp_path / "a", Track(two_tones() + noise, codec), container=container, options=options
    )
    damage(file, 0.55, 6000)
    result, sound = heard(file, tmp_path / "out")
    # The noise that the decoder makes of damaged bytes is no sound of the recording.
    onsets = [onset for onset in onsets_s(sound, 16_000) if not 4.5 < onset < 7.5]
    assert onsets == [pytest.approx(t, abs=NEAR_S) for t in (1, 8)]
    assert result.duration_s == pytest.approx(10, abs=NEAR_S)
    assert result.flags == ("decode_errors",)


@pytest.mark.parametrize(
    ("container", "codec", "options"),
    [
        ("mp4", "aac", FASTSTART),
        ("flac", "flac", {}),
        ("mp3", "libmp3lame", {}),
        ("wav", "pcm_s16le", {}),
        ("matroska", "aac", {}),
        ("webm", "libopus", {}),
    ],
)
def test_file_that_was_cut_off_is_used_and_flagged(
    container: str, codec: str, options: dict[str, str], tmp_path: Path
) -> None:
    track = Track(tone(10), codec)
    file = cut(write(tmp_path / "a", track, container=container, options=options), 0.5)
    result = decode(file, tmp_path / "out")
    assert 2 < result.duration_s < 7.5
    assert result.flags == ("truncated",)


def test_mp4_without_its_index_is_damaged_not_foreign(tmp_path: Path) -> None:
    file = cut(write(tmp_path / "a.mp4", Track(tone(5), "aac"), container="mp4"), 0.9)
    for attempt in (lambda: audio.probe(file), lambda: decode(file, tmp_path / "out")):
        with pytest.raises(DamagedMediaError):
            attempt()


def test_file_of_which_a_moment_is_left_is_damaged(tmp_path: Path) -> None:
    file = write(tmp_path / "a", Track(tone(10), "aac"), container="mp4", options=FASTSTART)
    with pytest.raises(DamagedMediaError):
        decode(cut(file, 0.1), tmp_path / "out")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", NotMediaError),
        (b"Muistiinpanoja tapaamisesta.\n" * 200, NotMediaError),
        (np.random.default_rng(7).bytes(50_000), NotMediaError),
        (b"PK\x03\x04" + bytes(5000), NotMediaError),
    ],
)
@pytest.mark.parametrize("name", ["a.mp3", "a.mp4", "a.wav", "a.txt", "a"])
def test_what_is_no_media_says_so_whatever_its_name(
    content: bytes, error: type[RecordingError], name: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    for attempt in (lambda: audio.probe(file), lambda: decode(file, tmp_path / "out")):
        with pytest.raises(error):
            attempt()


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
    for attempt in (lambda: audio.probe(file), lambda: decode(file, tmp_path / "out")):
        with pytest.raises(NoAudioError):
            attempt()


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
    assert decode(file, tmp_path / "out", min_duration_s=0.1).duration_s == pytest.approx(0.2)


def test_longer_than_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio, "MAX_DURATION_S", 2.0)
    file = write(tmp_path / "a.wav", Track(tone(3), "pcm_s16le"), container="wav")
    with pytest.raises(RecordingError, match="24 hours"):
        decode(file, tmp_path / "out")


@pytest.mark.parametrize(("amplitude", "flags"), [(0.0005, ("silent",)), (0.002, ())])
def test_silence_is_flagged(amplitude: float, flags: tuple[str, ...], tmp_path: Path) -> None:
    track = Track(tone(2, amplitude=amplitude), "pcm_s16le")
    result = decode(write(tmp_path / "a.wav", track, container="wav"), tmp_path / "out")
    assert result.flags == flags
    assert result.peak == pytest.approx(amplitude, rel=0.1)


@pytest.mark.parametrize("channel", range(8))
@pytest.mark.parametrize(
    ("container", "codec"), [("wav", "pcm_s16le"), ("matroska", "pcm_f32le"), ("flac", "flac")]
)
def test_every_channel_counts_equally(
    container: str, codec: str, channel: int, tmp_path: Path
) -> None:
    sound = np.zeros((8, 2 * RATE_HZ), dtype=np.float32)
    sound[channel] = tone(2, amplitude=0.8)[0]
    file = write(tmp_path / "a", Track(sound, codec), container=container)
    assert decode(file, tmp_path / "out").peak == pytest.approx(0.8 / 8, abs=0.002)


def test_eight_channels_that_are_decoded_apart(tmp_path: Path) -> None:
    # PyAV's own conversion of such a frame kills the process.
    file = write(tmp_path / "a", Track(tone(2, channels=8), "aac"), container="mp4")
    assert decode(file, tmp_path / "out").peak == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    ("default", "channels", "expected_hz"), [(True, 2, 440), (False, 2, 880), (False, 1, 440)]
)
def test_best_of_two_tracks(
    default: bool, channels: int, expected_hz: float, tmp_path: Path
) -> None:
    """The default one; else the one with more channels; else the first."""
    file = write(
        tmp_path / "a",
        Track(tone(2, frequency_hz=440), "pcm_s16le", default=default),
        Track(tone(2, frequency_hz=880, channels=channels), "pcm_s16le"),
        container="matroska",
        options={"default_mode": "passthrough"},
    )
    sound = heard(file, tmp_path / "out")[1]
    assert pitch_hz(sound, 16_000) == pytest.approx(expected_hz, abs=1)


def test_metadata_in_an_old_encoding(tmp_path: Path) -> None:
    mark = {"title": "Tyohyvinvointi"}
    file = write(tmp_path / "a.wav", Track(tone(2), "pcm_s16le"), container="wav", metadata=mark)
    data = file.read_bytes()
    assert b"Tyohyvinvointi" in data
    file.write_bytes(data.replace(b"Tyohyvinvointi", "Työhyvinvointi".encode("latin-1")))
    assert decode(file, tmp_path / "out").flags == ()


@pytest.mark.parametrize(
    ("container", "options", "expected"),
    [
        ("mp4", {}, 3.0),
        ("matroska", {}, 3.0),
        ("mp3", {}, 3.0),
        ("mp3", {"write_xing": "0"}, None),
        ("adts", {}, None),
    ],
)
def test_declared_duration(
    container: str, options: dict[str, str], expected: float | None, tmp_path: Path
) -> None:
    codec = "libmp3lame" if container == "mp3" else "aac"
    file = write(tmp_path / "a", Track(tone(3), codec), container=container, options=options)
    declared = audio.probe(file)
    assert declared == (None if expected is None else pytest.approx(expected, abs=NEAR_S))


def test_progress_rises_to_one(tmp_path: Path) -> None:
    file = write(tmp_path / "a.mp4", Track(tone(20), "aac"), container="mp4")
    shares: list[float] = []
    audio.decode(file, tmp_path, min_duration_s=1, progress=shares.append)
    assert shares == sorted(shares)
    assert len(shares) > 50
    assert shares[0] < 0.1
    assert shares[-1] == 1.0


def test_same_bytes_every_time(tmp_path: Path) -> None:
    file = write(tmp_path / "a.mp3", Track(two_tones(), "libmp3lame"), container="mp3")
    wavs = []
    for name in ("one", "two"):
        decode(file, tmp_path / name)
        wavs.append((tmp_path / name / "audio.wav").read_bytes())
    assert wavs[0] == wavs[1]


@pytest.mark.faults
def test_disk_full_while_writing(tmp_path: Path) -> None:
    file = write(tmp_path / "a.wav", Track(tone(5), "pcm_s16le"), container="wav")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "audio.wav").symlink_to("/dev/full")
    with pytest.raises(DiskFullError):
        decode(file, tmp_path / "out")


@pytest.mark.faults
@pytest.mark.parametrize("source", ["missing.wav", "", "/proc/self/mem"])
def test_file_that_cannot_be_read(source: str, tmp_path: Path) -> None:
    """Not there; a folder; one whose first read fails with an input/output error."""
    for attempt in (
        lambda: audio.probe(tmp_path / source),
        lambda: decode(tmp_path / source, tmp_path / "out"),
    ):
        with pytest.raises(UnreadableError) as caught:
            attempt()
        assert "missing" not in str(caught.value)


MEMORY = """
import resource, sys
from pathlib import Path
from pipeline import audio
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
    assert np.max(np.abs(whole)) == pytest.approx(0.5, abs=0.01)


def test_samples_of_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        audio.samples(tmp_path / "audio.wav")


def read_clip(file: Path) -> NDArray[Any]:
    with wave.open(str(file)) as clip:
        assert (clip.getframerate(), clip.getnchannels(), clip.getsampwidth()) == (16_000, 1, 2)
        return np.frombuffer(clip.readframes(clip.getnframes()), "<i2") / 2**15


def test_clip_is_padded_and_does_not_click(wav: Path, tmp_path: Path) -> None:
    audio.clip(wav, 2.5, 3.0, tmp_path / "turn.wav")
    clip = read_clip(tmp_path / "turn.wav")
    assert len(clip) == round(0.9 * 16_000)
    assert abs(clip[0]) < 0.01
    assert abs(clip[-1]) < 0.01
    middle = audio.samples(wav, 2.5, 3.0)
    assert np.allclose(clip[3_200:-3_200], middle, atol=1e-4)


def test_clip_at_the_edges_of_the_recording(wav: Path, tmp_path: Path) -> None:
    audio.clip(wav, 0.0, 0.5, tmp_path / "first.wav")
    audio.clip(wav, 3.5, 4.0, tmp_path / "last.wav")
    assert [len(read_clip(tmp_path / name)) for name in ("first.wav", "last.wav")] == [11_200] * 2


@pytest.mark.faults
def test_clip_on_a_full_disk_leaves_the_old_one(wav: Path, tmp_path: Path) -> None:
    out = tmp_path / "turn.wav"
    audio.clip(wav, 1, 2, out)
    before = out.read_bytes()
    part = tmp_path / f".turn.wav.{os.getpid()}.part"
    part.symlink_to("/dev/full")
    with pytest.raises(DiskFullError):
        audio.clip(wav, 2, 3, out)
    assert out.read_bytes() == before
    assert not part.is_symlink()
