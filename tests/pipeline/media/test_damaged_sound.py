"""Joined, cut and damaged files: all that is there is heard, and what is missing is counted."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from media import Track, babble, cut, damage, onsets_s, tone, write
from numpy.typing import NDArray

from pipeline.errors import (
    ArchiveError,
    DictationError,
    DocumentError,
    EmptyFileError,
    NotConvertedError,
    NotMediaError,
    PictureError,
    UnfinishedVideoError,
    WebPageError,
)
from pipeline.media import audio
from pipeline.records import Audio

FASTSTART = {"movflags": "faststart"}


def heard(file: Path, tmp_path: Path) -> tuple[Audio, NDArray[np.float32]]:
    out = tmp_path / "out"
    out.mkdir(exist_ok=True)
    found = audio.decode(file, out, min_duration_s=1, progress=lambda _: None)
    return found, audio.samples(out / found.file)


@pytest.mark.parametrize(
    "form",
    [
        *("ogg libopus", "ogg flac", "flac flac", "wav pcm_s16le"),
        *("aiff pcm_s16be", "mp4 aac", "adts aac", "mp3 libmp3lame", "mpegts aac"),
        *("webm libopus", "matroska aac"),
    ],
)
def test_parts_that_were_joined_are_all_heard(form: str, tmp_path: Path) -> None:
    """Each at its own rate and with its own channels, the shorter one first and last."""
    container, codec = form.split()
    opus = codec == "libopus"
    hz, other_hz = (48_000, 48_000 if opus else 44_100)
    short = write(
        tmp_path / "short",
        Track(tone(3, onset_s=1, rate_hz=hz), codec),
        container=container,
        rate_hz=hz,
    ).read_bytes()
    long = write(
        tmp_path / "long",
        Track(tone(4, onset_s=2, rate_hz=other_hz, channels=2), codec),
        container=container,
        rate_hz=other_hz,
    ).read_bytes()
    for parts, onsets in (((short, long), (1, 5)), ((long, short, long), (2, 5, 9))):
        (tmp_path / "joined").write_bytes(b"".join(parts))
        found, sound = heard(tmp_path / "joined", tmp_path)
        assert onsets_s(sound, 16_000) == [pytest.approx(at, abs=0.1) for at in onsets]
        assert found.flags == ("parts_joined",)
        assert found.missing_s == 0


@pytest.mark.parametrize("form", ["mp4 aac", "mp3 libmp3lame", "flac flac", "matroska libopus"])
def test_what_a_cut_file_lacks_is_counted(form: str, tmp_path: Path) -> None:
    container, codec = form.split()
    options = FASTSTART if container == "mp4" else {}
    file = write(tmp_path / "a", Track(babble(10, 1), codec), container=container, options=options)
    found, _ = heard(cut(file, 0.6), tmp_path)
    assert found.flags == ("truncated",)
    assert found.duration_s + found.missing_s == pytest.approx(10, abs=0.1)


def test_ogg_that_was_cut_does_not_say_how_much_is_missing(tmp_path: Path) -> None:
    file = write(tmp_path / "a", Track(babble(10, 1), "libopus"), container="ogg")
    found, _ = heard(cut(file, 0.6), tmp_path)
    assert (found.flags, found.missing_s) == (("end_missing",), 0)


@pytest.mark.parametrize(
    "form", ["mp4 aac", "mp4 libopus", "mp3 libmp3lame", "flac flac", "ogg libopus", "mpegts aac"]
)
def test_what_a_hole_takes_is_counted(form: str, tmp_path: Path) -> None:
    container, codec = form.split()
    file = write(tmp_path / "a", Track(babble(12, 1), codec), container=container)
    found, _ = heard(damage(file, 0.45, file.stat().st_size // 10), tmp_path)
    assert found.flags == ("decode_errors",)
    assert found.duration_s == pytest.approx(12, abs=0.1)
    assert 0.8 < found.missing_s < 3


def test_a_hole_in_a_video_is_noticed_though_its_sound_may_pause(tmp_path: Path) -> None:
    options = {"cluster_time_limit": "500"}
    track = Track(babble(12, 1), "libopus")
    file = write(tmp_path / "a", track, container="webm", picture_s=12, options=options)
    found, _ = heard(damage(file, 0.45, file.stat().st_size // 10), tmp_path)
    assert found.flags == ("decode_errors",)
    assert found.missing_s > 0.5


def test_pauses_that_a_stream_leaves_out_are_no_damage(tmp_path: Path) -> None:
    track = Track(tone(4), "libopus", jump_at_s=2, jump_s=3)
    found, sound = heard(write(tmp_path / "a", track, container="webm"), tmp_path)
    assert (found.flags, found.missing_s) == ((), 0)
    assert onsets_s(sound, 16_000) == [pytest.approx(t, abs=0.05) for t in (0, 5)]


@pytest.mark.parametrize("form", ["matroska libopus", "mpegts aac"])
def test_time_stamps_may_be_those_of_the_day(form: str, tmp_path: Path) -> None:
    container, codec = form.split()
    track = Track(tone(4, onset_s=1), codec, start_s=50_000)
    found, sound = heard(write(tmp_path / "a", track, container=container), tmp_path)
    assert onsets_s(sound, 16_000) == [pytest.approx(1, abs=0.05)]
    assert found.flags == ()


def wav_that_says(file: Path, size: int) -> Path:
    write(file, Track(babble(4, 1, rate_hz=16_000), "pcm_s16le"), container="wav", rate_hz=16_000)
    data = bytearray(file.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", size)
    data[4:8] = struct.pack("<I", min(size + at - 4, 2**32 - 1) if size else 0)
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("size", [0, 2**32 - 1, 0x7FFFF000])
def test_wav_whose_length_was_never_written_is_whole(size: int, tmp_path: Path) -> None:
    found, sound = heard(wav_that_says(tmp_path / "a", size), tmp_path)
    assert found.flags == ()
    assert len(sound) >= 4 * 16_000


def test_wav_that_says_more_than_there_is(tmp_path: Path) -> None:
    found, _ = heard(wav_that_says(tmp_path / "a", 40 * 32_000), tmp_path)
    assert found.flags == ("truncated",)
    assert found.missing_s == pytest.approx(36, abs=0.1)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyFileError),
        (bytes(5_000), EmptyFileError),
        (b"\xef\xbb\xbf\n<!-- x --><!DOCTYPE html><html>Sign in</html>", WebPageError),
        ("<html><body>Kirjaudu</body></html>".encode("utf-16"), WebPageError),
        (b"%PDF-1.7\n" + bytes(999), DocumentError),
        (b"PK\x03\x04" + bytes(26) + b"word/document.xml" + bytes(99), DocumentError),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(999), DocumentError),
        (b"PK\x03\x04" + bytes(26) + b"meeting.mp4" + bytes(99), ArchiveError),
        (b"\x89PNG\r\n\x1a\n" + bytes(999), PictureError),
        (b"\x03ds2" + bytes(4_000), DictationError),
        (b"Memo of the meeting\n" * 9, NotMediaError),
    ],
)
def test_a_file_that_is_no_recording_is_called_what_it_is(
    content: bytes, error: type[NotMediaError], tmp_path: Path
) -> None:
    file = tmp_path / "meeting 1.mp4"
    file.write_bytes(content)
    with pytest.raises(error) as caught:
        heard(file, tmp_path)
    assert type(caught.value) is error


def test_zoom_recording_that_was_not_converted(tmp_path: Path) -> None:
    file = tmp_path / "double_click_to_convert_01.zoom"
    file.write_bytes(np.random.default_rng(7).bytes(4_096))
    with pytest.raises(NotConvertedError):
        heard(file, tmp_path)


def test_mp4_that_was_never_finished_says_so(tmp_path: Path) -> None:
    file = write(tmp_path / "a", Track(babble(5, 1), "aac"), container="mp4")
    with pytest.raises(UnfinishedVideoError, match="moov"):
        heard(cut(file, 0.8), tmp_path)
