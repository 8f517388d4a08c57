"""The end of a recording is there, or is still to be copied."""

from __future__ import annotations

from pathlib import Path

import pytest
from media import Track, tone, write

from pipeline.intake.endings import has_its_end

FORMS = [
    ("wav", "wav", "pcm_s16le", {}),
    ("mp4", "mp4", "aac", {}),  # what is where stands at its end
    ("m4a", "mp4", "aac", {"movflags": "faststart"}),  # at its start
    ("mkv", "matroska", "libopus", {}),
    ("aiff", "aiff", "pcm_s16be", {}),
    ("ogg", "ogg", "libopus", {}),
]


@pytest.mark.parametrize(("ending", "container", "codec", "options"), FORMS)
def test_whole_and_in_parts(
    ending: str, container: str, codec: str, options: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / f"1.{ending}"
    write(file, Track(tone(12.0), codec), container=container, options=options)
    data = file.read_bytes()
    assert has_its_end(file)
    for share in (0.0, 0.1, 0.5, 0.9):
        file.write_bytes(data[: int(share * len(data))])
        assert not has_its_end(file), share


def test_of_a_video_only_the_sound_counts(tmp_path: Path) -> None:
    file = tmp_path / "1.mp4"
    write(file, Track(tone(3.0), "aac"), container="mp4", picture_s=5.0)
    assert has_its_end(file)


def test_files_without_a_declared_end_are_not_complete(tmp_path: Path) -> None:
    text = tmp_path / "1.mp4"
    text.write_text("Muistiinpanot")
    framed = write(tmp_path / "1.aac", Track(tone(12.0), "aac"), container="adts")
    for file in (tmp_path, text, framed, tmp_path / "gone.wav"):
        assert not has_its_end(file)
