"""Parts of one session, decoded one after another on one time line."""

from __future__ import annotations

from pathlib import Path

import pytest
from media import Track, onsets_s, pitch_hz, tone, write

from pipeline.errors import DamagedMediaError, TooShortError
from pipeline.media.audio import SAMPLE_RATE_HZ, decode, samples
from pipeline.records import Audio


def parts(folder: Path, *lengths_s: float, channels: int = 1) -> Path:
    """A folder of parts: in each a tone, 0.5 s after it begins, 100 Hz higher than the last."""
    folder.mkdir()
    for n, length_s in enumerate(lengths_s, start=1):
        sound = tone(length_s, onset_s=0.5, frequency_hz=300.0 + 100 * n, channels=channels)
        write(folder / f"{n:02d} part.wav", Track(sound, "pcm_s16le"), container="wav")
    return folder


def decoded(source: Path, out: Path, gaps_s: tuple[float | None, ...]) -> Audio:
    out.mkdir()
    return decode(source, out, min_duration_s=1.0, gaps_s=gaps_s, progress=lambda share: None)


def test_parts_follow_each_other_with_their_gaps(tmp_path: Path) -> None:
    source = parts(tmp_path / "a", 2.0, 1.5, 1.0)
    audio = decoded(source, tmp_path / "out", (3.0, 0.0))
    sound = samples(tmp_path / "out" / audio.file)
    assert audio.duration_s == pytest.approx(7.5, abs=0.01)
    assert onsets_s(sound, SAMPLE_RATE_HZ) == pytest.approx([0.5, 5.5, 7.0], abs=0.02)
    pitches = [pitch_hz(sound[round(s * 16_000) :][:6400], 16_000) for s in (1.0, 5.7, 7.1)]
    assert pitches == pytest.approx([400.0, 500.0, 600.0], abs=3.0)
    assert "files_joined" in audio.flags and "gap_unknown" not in audio.flags
    assert [file.name for file in (tmp_path / "out").iterdir()] == [audio.file]


def test_a_gap_that_is_not_known_is_left_out_and_said(tmp_path: Path) -> None:
    audio = decoded(parts(tmp_path / "a", 1.0, 1.0), tmp_path / "out", (None,))
    assert audio.duration_s == pytest.approx(2.0, abs=0.01)
    assert {"files_joined", "gap_unknown"} <= {*audio.flags}


def test_a_chat_beside_parts_is_passed_over(tmp_path: Path) -> None:
    source = parts(tmp_path / "a", 1.0, 1.0)
    (source / "chat.txt").write_text("hei")
    assert decoded(source, tmp_path / "out", (0.0,)).duration_s == pytest.approx(2.0, abs=0.01)


def test_a_part_that_is_gone_or_damaged_is_said(tmp_path: Path) -> None:
    source = parts(tmp_path / "a", 1.0, 1.0)
    with pytest.raises(DamagedMediaError, match="part of the recording is missing"):
        decoded(source, tmp_path / "out", (0.0, 0.0))
    (source / "02 part.wav").write_bytes((source / "02 part.wav").read_bytes()[:60])
    with pytest.raises(DamagedMediaError, match="2 of the folder"):
        decoded(source, tmp_path / "out2", (0.0,))


def test_parts_that_are_too_short_together(tmp_path: Path) -> None:
    with pytest.raises(TooShortError):
        decoded(parts(tmp_path / "a", 0.3, 0.3), tmp_path / "out", (0.0,))


def test_tracks_are_joined_where_each_part_has_them(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    for n in (1, 2):
        both = tone(2.0, channels=2)
        both[0, : both.shape[1] // 2] = 0  # one talks, then the other
        both[1, both.shape[1] // 2 :] = 0
        write(folder / f"{n}.wav", Track(both, "pcm_s16le"), container="wav")
    (tmp_path / "out").mkdir()
    audio = decode(
        folder,
        tmp_path / "out",
        min_duration_s=1.0,
        tracks="separate",
        gaps_s=(1.0,),
        progress=lambda share: None,
    )
    assert len(audio.tracks) == 2 and "separate_tracks" in audio.flags
    first, second = (samples(tmp_path / "out" / name) for name in audio.tracks)
    assert len(first) == len(second) == round(audio.duration_s * SAMPLE_RATE_HZ)
    assert onsets_s(first, SAMPLE_RATE_HZ) == pytest.approx([1.0, 4.0], abs=0.05)
    assert onsets_s(second, SAMPLE_RATE_HZ) == pytest.approx([0.0, 3.0], abs=0.05)
