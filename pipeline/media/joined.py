"""One recording in several files, decoded one by one and joined on one time line."""

from __future__ import annotations

import shutil
import wave
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.errors import DamagedMediaError, NotMediaError, RecordingError
from pipeline.media.signals import SAMPLE_RATE_HZ
from pipeline.media.sound import MAX_DURATION_S
from pipeline.records import Audio
from pipeline.storage.disk import os_errors
from pipeline.texts import Text

JOINED, GAP_UNKNOWN = "files_joined", "gap_unknown"
_OF_ALL = ("silent", "separate_tracks")  # hold if all parts have them; others, if any has
_BLOCK = 60 * SAMPLE_RATE_HZ

Decode = Callable[[Path, Path, Callable[[float], None]], Audio]


def join(
    parts: Sequence[Path],
    gaps_s: Sequence[float | None],
    folder: Path,
    decode: Decode,
    progress: Callable[[float], None],
) -> Audio:
    """Write the sound of parts to ``folder``, with silence as long as the gaps between them.

    ``decode`` writes one part into a folder. A gap that is None is left out, and flagged. Where
    every part has the same number of tracks, one per person, the tracks are joined too.

    Raises DamagedMediaError if a part cannot be decoded, RecordingError (more than a day in all),
    DiskFullError or UnreadableError.
    """
    decoded = []
    for number, part in enumerate(parts, start=1):
        place = folder / f"part-{number:02d}"
        with os_errors("decoding a part of a recording"):
            place.mkdir()
        try:
            decoded.append(decode(part, place, _share(progress, number, len(parts))))
        except (DamagedMediaError, NotMediaError):
            what = Text("Part {number} of the recording is damaged and cannot be decoded.")
            raise DamagedMediaError(what.filled(number=number)) from None
    tracks = decoded[0].tracks if len({len(audio.tracks) for audio in decoded}) == 1 else ()
    places = [folder / f"part-{number:02d}" for number in range(1, len(parts) + 1)]
    silences = [round((gap_s or 0.0) * SAMPLE_RATE_HZ) for gap_s in (0.0, *gaps_s)]
    with os_errors("writing the decoded sound"):
        lengths = [
            _length(place / audio.file) for place, audio in zip(places, decoded, strict=True)
        ]
        length_s = (sum(lengths) + sum(silences)) / SAMPLE_RATE_HZ
        if length_s > MAX_DURATION_S:
            raise RecordingError(
                Text("The parts of the recording are longer than 24 hours together."),
                Text("Check that they are of one session."),
            )
        for name in (decoded[0].file, *tracks):
            pieces = [place / name for place in places]
            _lay(pieces, lengths, silences, folder / name)
        for place in places:
            shutil.rmtree(place)
    return replace(
        decoded[0],
        duration_s=length_s,
        peak=max(audio.peak for audio in decoded),
        flags=_flags(decoded, gaps_s),
        tracks=tracks,
        missing_s=sum(audio.missing_s for audio in decoded),
        track_shift_s=max(audio.track_shift_s for audio in decoded),
    )


def _share(progress: Callable[[float], None], number: int, of: int) -> Callable[[float], None]:
    """Progress of one part, as a share of all."""
    return lambda share: progress((number - 1 + share) / of)


def _flags(decoded: Sequence[Audio], gaps_s: Sequence[float | None]) -> tuple[str, ...]:
    """The flags of any part, those that need every part where all have them, and our own."""
    found = {
        flag: sum(flag in audio.flags for audio in decoded) for a in decoded for flag in a.flags
    }
    kept = (f for f, n in found.items() if f not in _OF_ALL or n == len(decoded))
    return (*kept, JOINED, *((GAP_UNKNOWN,) if None in gaps_s else ()))


def _length(wav: Path) -> int:
    with wave.open(str(wav), "rb") as reader:
        return reader.getnframes()


def _lay(
    pieces: Sequence[Path], lengths: Sequence[int], silences: Sequence[int], out: Path
) -> None:
    """Write pieces to ``out``, each after its silence and padded with silence to its length."""
    with out.open("wb") as file, wave.open(file, "wb") as writer:
        writer.setparams((1, 2, SAMPLE_RATE_HZ, 0, "NONE", ""))
        for piece, length, silence in zip(pieces, lengths, silences, strict=True):
            _be_silent(writer, silence)
            with wave.open(str(piece), "rb") as reader:
                while data := reader.readframes(_BLOCK):
                    writer.writeframesraw(data)
                _be_silent(writer, length - reader.getnframes())


def _be_silent(writer: wave.Wave_write, n_samples: int) -> None:
    for start in range(0, n_samples, _BLOCK):
        writer.writeframesraw(bytes(2 * min(_BLOCK, n_samples - start)))
