"""Recordings with a track for each person: recognised, kept apart, and mixed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from media import RATE_HZ, Track, babble, pitch_hz, tone, write
from numpy.typing import NDArray

from pipeline.errors import DamagedMediaError, NotMediaError, TooShortError
from pipeline.media import audio
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
    assert found.peak == pytest.approx(1, abs=1e-4)
    assert 0.98 < mix.max() <= 1.0
    assert (mix > 0.999).mean() < 0.001, "clipped"


def sounds(folder: Path, *tracks: NDArray[np.float32]) -> Path:
    folder.mkdir()
    for number, sound in enumerate(tracks):
        write(folder / f"{number}", Track(sound, "pcm_s16le"), container="wav", rate_hz=16_000)
    return folder


def voices(n: int, length_s: float = 12) -> list[NDArray[np.float32]]:
    """Each of ``n`` talks for a second in turn."""
    return [
        babble(length_s, seed, rate_hz=16_000, turns_s=tuple(np.arange(seed, length_s, n)))
        for seed in range(n)
    ]


def likeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    n = min(one.size, other.size)
    return float(np.corrcoef(one.ravel()[:n], other.ravel()[:n])[0, 1])


def test_tracks_of_different_lengths_are_flagged(tmp_path: Path) -> None:
    one, other = voices(2)
    found = decode(sounds(tmp_path / "a.tracks", one, other[:, : 9 * 16_000]), tmp_path / "out")
    assert found.flags == ("separate_tracks", "track_lengths_differ")
    assert found.track_shift_s == pytest.approx(3, abs=0.01)
    assert found.duration_s == 12
    near = decode(sounds(tmp_path / "b.tracks", one, other[:, : -16_000 // 5]), tmp_path / "near")
    assert near.flags == ("separate_tracks",)


def test_a_track_that_begins_late_is_laid_where_it_belongs(tmp_path: Path) -> None:
    one, other = voices(2, 20)
    heard_of_each_other = (one + 0.05 * other)[:, : 18 * 16_000], (other + 0.05 * one)[:, 48_000:]
    found = decode(sounds(tmp_path / "a.tracks", *heard_of_each_other), tmp_path / "out")
    assert found.flags == ("separate_tracks", "track_shifted")
    assert found.track_shift_s == pytest.approx(3, abs=0.01)
    late = audio.samples(tmp_path / "out" / "track-02.wav")
    assert not late[:47_000].any()
    assert likeness(late[48_000:], other[:, 48_000:]) > 0.99
    assert found.duration_s == pytest.approx(20, abs=0.01)


def test_the_mix_in_a_folder_of_tracks_is_nobody(tmp_path: Path) -> None:
    one, other = voices(2)
    mix = np.pad(0.7 * (one + other), ((0, 0), (480, 0)))
    found = decode(sounds(tmp_path / "a.tracks", one, mix, other), tmp_path / "out")
    assert found.flags == ("separate_tracks", "mix_left_out")
    assert len(found.tracks) == 2
    assert likeness(audio.samples(tmp_path / "out" / "audio.wav"), one + other) > 0.999
    assert likeness(audio.samples(tmp_path / "out" / "track-02.wav"), other) > 0.999


def streams(file: Path, *tracks: NDArray[np.float32]) -> Path:
    """A video with several sound tracks."""
    each = [Track(sound, "pcm_s16le") for sound in tracks]
    return write(file, *each, container="matroska", picture_s=2, rate_hz=16_000)


def test_a_silent_sound_track_does_not_hide_another(tmp_path: Path) -> None:
    talk = babble(4, 1, rate_hz=16_000)
    found = decode(streams(tmp_path / "a", 0 * talk, talk), tmp_path / "out")
    assert found.flags == ("several_sound_tracks",)
    assert likeness(audio.samples(tmp_path / "out" / "audio.wav"), talk) > 0.999


def test_sound_tracks_of_different_people_are_all_heard(tmp_path: Path) -> None:
    own, others = voices(2)
    found = decode(streams(tmp_path / "a", own, others), tmp_path / "out")
    assert (found.flags, found.tracks) == (("several_sound_tracks",), ())
    assert likeness(audio.samples(tmp_path / "out" / "audio.wav"), own + others) > 0.999


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0)])
def test_of_a_mix_and_its_parts_everybody_is_heard_once(
    order: tuple[int, ...], tmp_path: Path
) -> None:
    own, others = voices(2)
    late = np.pad(own, ((0, 0), (1_600, 0)))[:, : own.shape[1]]  # as it came back from a server
    every = [late + others, own, others]
    found = decode(streams(tmp_path / "a", *(every[at] for at in order)), tmp_path / "out")
    assert (found.flags, found.tracks) == (("several_sound_tracks", "mix_left_out"), ())
    assert likeness(audio.samples(tmp_path / "out" / "audio.wav"), own + others) > 0.999


def test_a_sound_track_that_another_one_holds_is_heard_once(tmp_path: Path) -> None:
    own, others = voices(2)
    late = np.pad(own, ((0, 0), (1_600, 0)))[:, : own.shape[1]]
    found = decode(streams(tmp_path / "a", own, late + others), tmp_path / "out")
    assert (found.flags, found.tracks) == (("several_sound_tracks",), ())
    assert likeness(audio.samples(tmp_path / "out" / "audio.wav"), late + others) > 0.999


def test_sound_tracks_of_three_people_are_tracks(tmp_path: Path) -> None:
    people = voices(3)
    file = streams(tmp_path / "a", *people)
    found = decode(file, tmp_path / "out")
    assert found.flags == ("several_sound_tracks", "separate_tracks")
    assert likeness(audio.samples(tmp_path / "out" / "track-03.wav"), people[2]) > 0.999
    assert decode(file, tmp_path / "together", "together").tracks == ()


def test_two_sound_tracks_are_tracks_where_the_setting_says_so(tmp_path: Path) -> None:
    file = streams(tmp_path / "a", *voices(2))
    assert len(decode(file, tmp_path / "out", "separate").tracks) == 2


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


def test_track_of_noise_is_no_person_and_hides_none(tmp_path: Path) -> None:
    people = voices(2)
    hiss = np.random.default_rng(2).standard_normal(people[0].shape).astype(np.float32)
    found = decode(sounds(tmp_path / "a.tracks", *people, 0.3 * hiss.clip(-3, 3)), tmp_path / "out")
    assert (found.flags, len(found.tracks)) == (("separate_tracks", "noisy_channel"), 2)
    assert likeness(audio.samples(tmp_path / "out" / "audio.wav"), people[0] + people[1]) > 0.99


def test_a_folder_of_one_track_may_hold_several_people(tmp_path: Path) -> None:
    one, other = voices(2)
    found = decode(sounds(tmp_path / "a.tracks", one + other), tmp_path / "out")
    assert (found.flags, found.tracks) == ((), ())
