"""Recordings with a track for each person: recognised, kept apart, and mixed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from media import RATE_HZ, Track, onsets_s, pitch_hz, tone, write
from numpy.typing import NDArray

from pipeline import audio
from pipeline.errors import DamagedMediaError, NotMediaError, TooShortError
from pipeline.records import Audio

PITCHES_HZ = (300.0, 500.0, 700.0)


def in_turns(n_people: int, bleed: float = 0.0) -> NDArray[np.float32]:
    """(n_people, samples): person after person sounds for a second each, twice over.

    ``bleed`` is how much of the others every channel has.
    """
    own = np.zeros((n_people, 2 * n_people * RATE_HZ), np.float32)
    for turn in range(2 * n_people):
        person = turn % n_people
        at = slice(turn * RATE_HZ, (turn + 1) * RATE_HZ)
        own[person, at] = tone(1, frequency_hz=PITCHES_HZ[person])[0]
    return own + bleed * (own.sum(axis=0) - own)


def decode(source: Path, folder: Path, tracks: audio.Tracks = "auto") -> Audio:
    folder.mkdir()
    return audio.decode(source, folder, min_duration_s=1, tracks=tracks, progress=lambda _: None)


def pitches(folder: Path, found: Audio) -> list[float]:
    """The pitch on each track in the second in which its person first sounds."""
    sounds = [audio.samples(folder / name, n, n + 1) for n, name in enumerate(found.tracks)]
    return [round(pitch_hz(sound, 16_000)) for sound in sounds]


@pytest.mark.parametrize("form", ["wav pcm_s16le", "flac flac", "mp4 aac"])
def test_one_person_a_channel_is_recognised(form: str, tmp_path: Path) -> None:
    container, codec = form.split()
    file = write(tmp_path / "a", Track(in_turns(2), codec), container=container)
    found = decode(file, tmp_path / "out")
    assert found.tracks == ("track-01.wav", "track-02.wav")
    assert found.flags == ("separate_tracks",)
    assert pitches(tmp_path / "out", found) == [300, 500]
    second = audio.samples(tmp_path / "out" / "track-02.wav", 0.1, 0.9)
    assert np.abs(second).max() < 0.01, "the first person is heard on the second's track"
    lengths = {len(audio.samples(tmp_path / "out" / name)) for name in (found.file, *found.tracks)}
    assert len(lengths) == 1
    assert lengths.pop() == pytest.approx(4 * 16_000, abs=200)  # an encoder fills its last frame


def test_people_who_talk_at_the_same_time_are_recognised(tmp_path: Path) -> None:
    """One talks on and on, the other, a little louder, for a second in the middle."""
    channels = np.stack([tone(3, amplitude=0.1)[0], np.zeros(3 * RATE_HZ, np.float32)])
    channels[1, RATE_HZ : 2 * RATE_HZ] = tone(1, frequency_hz=700, amplitude=0.3)[0]
    file = write(tmp_path / "a", Track(channels, "pcm_s16le"), container="wav")
    assert len(decode(file, tmp_path / "out").tracks) == 2


@pytest.mark.parametrize(
    "channels",
    [
        np.tile(in_turns(2).sum(axis=0), (2, 1)),  # a mix in stereo
        in_turns(2, bleed=0.4),  # two microphones in one room, 8 dB apart
        in_turns(2) * np.array([[1.0], [0.0]], np.float32),  # a dead channel
    ],
    ids=["mix", "one room", "dead channel"],
)
def test_channels_that_are_no_people(channels: NDArray[np.float32], tmp_path: Path) -> None:
    file = write(tmp_path / "a", Track(channels.astype(np.float32), "pcm_s16le"), container="wav")
    found = decode(file, tmp_path / "out")
    assert (found.tracks, found.flags) == ((), ())
    assert [f.name for f in (tmp_path / "out").iterdir()] == ["audio.wav"]


def test_the_setting_decides_over_what_is_heard(tmp_path: Path) -> None:
    apart = write(tmp_path / "a", Track(in_turns(2), "pcm_s16le"), container="wav")
    assert decode(apart, tmp_path / "together", "together").tracks == ()
    room = write(tmp_path / "b", Track(in_turns(2, bleed=0.4), "pcm_s16le"), container="wav")
    assert len(decode(room, tmp_path / "separate", "separate").tracks) == 2
    mono = write(tmp_path / "c", Track(tone(2), "pcm_s16le"), container="wav")
    assert decode(mono, tmp_path / "mono", "separate").tracks == ()


def files(folder: Path, people: NDArray[np.float32]) -> Path:
    """A folder of tracks, one file a person, in different forms."""
    folder.mkdir()
    for number, (sound, form) in enumerate(
        zip(people, ("wav pcm_s16le", "mp3 libmp3lame", "ogg libopus"), strict=False), start=1
    ):
        container, codec = form.split()
        # 10 comes after 9: by name in natural order
        write(folder / f"person {number + 8}", Track(sound[None], codec), container=container)
    return folder


def test_a_file_a_person(tmp_path: Path) -> None:
    source = files(tmp_path / "a.tracks", in_turns(3))
    (source / "chat.txt").write_text("hei")
    found = decode(source, tmp_path / "out")
    assert found.flags == ("separate_tracks",)
    assert pitches(tmp_path / "out", found) == [300, 500, 700]
    assert found.duration_s == pytest.approx(6, abs=0.1)
    mix = audio.samples(tmp_path / "out" / "audio.wav")
    assert [round(pitch_hz(mix[n * 16_000 :][:16_000], 16_000)) for n in range(3)] == [
        300,
        500,
        700,
    ]
    assert audio.probe(source) == pytest.approx(6, abs=0.1)


def test_the_mix_of_loud_people_is_not_clipped(tmp_path: Path) -> None:
    loud = np.stack([tone(2, frequency_hz=hz, amplitude=0.9)[0] for hz in PITCHES_HZ])
    found = decode(files(tmp_path / "a.tracks", loud), tmp_path / "out")
    mix = np.abs(audio.samples(tmp_path / "out" / "audio.wav"))
    assert found.peak == 1.0
    assert 0.98 < mix.max() <= 1.0
    assert (mix > 0.999).mean() < 0.001, "clipped"


def test_tracks_of_different_lengths_are_flagged(tmp_path: Path) -> None:
    source = tmp_path / "a.tracks"
    source.mkdir()
    for name, seconds in (("a", 3), ("b", 9)):
        write(source / name, Track(tone(seconds, onset_s=1), "pcm_s16le"), container="wav")
    found = decode(source, tmp_path / "out")
    assert found.flags == ("separate_tracks", "track_lengths_differ")
    assert found.duration_s == 9
    assert onsets_s(audio.samples(tmp_path / "out" / "audio.wav"), 16_000) == [
        pytest.approx(1, abs=0.01)
    ]


def test_a_damaged_track_is_not_passed_over(tmp_path: Path) -> None:
    source = files(tmp_path / "a.tracks", in_turns(2))
    good = (source / "person 9").read_bytes()
    (source / "person 10").write_bytes(good[:60])
    with pytest.raises(DamagedMediaError, match="Track 2 of the folder"):
        decode(source, tmp_path / "out")


def test_a_folder_without_tracks(tmp_path: Path) -> None:
    (tmp_path / "a.tracks").mkdir()
    (tmp_path / "a.tracks" / "chat.txt").write_text("hei")
    for attempt in (audio.probe, lambda source: decode(source, tmp_path / "out")):
        with pytest.raises(NotMediaError):
            attempt(tmp_path / "a.tracks")


def test_tracks_that_are_too_short(tmp_path: Path) -> None:
    source = tmp_path / "a.tracks"
    source.mkdir()
    write(source / "a", Track(tone(0.5), "pcm_s16le"), container="wav")
    with pytest.raises(TooShortError):
        decode(source, tmp_path / "out")
