"""Any recording to the sound that the other stages read: 16 kHz, one channel, 16 bits.

Time zero is that of the recording as a player shows it, so that a time in the transcript is the
same time in the video: what is missing at the start or in the middle becomes silence.

Where each person was recorded on a track of their own (a channel of the file, or a file of a
folder of tracks), every track is kept too.
"""

from __future__ import annotations

import io
import warnings
import wave
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipeline.disk import os_errors, write_atomically
from pipeline.errors import DamagedMediaError, NoAudioError, NotMediaError, TooShortError
from pipeline.file_names import natural
from pipeline.media.container import declared_s, opened, read
from pipeline.media.sound import SAMPLE_RATE_HZ as SAMPLE_RATE_HZ
from pipeline.media.sound import Resampled, Track
from pipeline.records import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

Tracks = Literal["auto", "together", "separate"]

WAV = "audio.wav"
WAV_HEADER_BYTES = 44
SILENT_BELOW = 0.001  # -60 dBFS
FADE_MS = 10
TRUNCATED_BELOW_S = 1.0
LENGTHS_DIFFER_S = 5.0
MIX_BLOCK_S = 600.0


def decode(
    source: Path,
    folder: Path,
    *,
    min_duration_s: float,
    tracks: Tracks = "auto",
    progress: Callable[[float], None],
) -> Audio:
    """Write the sound of ``source`` to ``folder/audio.wav``; the suffix of ``source`` is ignored.

    All channels count equally. ``tracks`` says whether several channels are of people who were
    recorded ``together`` or one by one (``separate``); ``auto`` listens. A ``source`` that is a
    folder holds a file a person, all beginning at the same moment; files in it that are no media
    are passed over. ``progress`` gets rising shares of the work done, 0–1, last 1. ``folder`` is
    one that the caller throws away if this raises. The result's flags, in this order:
    ``decode_errors`` (something in the middle was lost and is silence now), ``truncated`` (the
    file ends before it says), ``silent`` (never louder than -60 dBFS), ``separate_tracks`` and
    ``track_lengths_differ`` (by more than 5 s: they may not begin at the same moment).

    Raises NotMediaError, NoAudioError, DamagedMediaError, TooShortError (less sound than
    ``min_duration_s``), RecordingError (more than a day), DiskFullError or UnreadableError.
    """
    if source.is_dir():
        audio = _decode_files(source, folder, min_duration_s, progress)
    else:
        audio = _decode_file(source, folder, min_duration_s, tracks, progress)
    progress(1.0)
    return audio


def probe(source: Path) -> float | None:
    """The duration that the header of ``source`` declares, in seconds; None if it does not.

    Of a folder of tracks, the longest. Raises NotMediaError, NoAudioError, DamagedMediaError or
    UnreadableError.
    """
    if source.is_dir():
        declared = [probe(file) for file in _media_files(source)]
        return None if None in declared else max(length for length in declared if length)
    with opened(source) as (container, stream):
        return declared_s(container, stream)


def samples(wav: Path, start_s: float = 0.0, end_s: float | None = None) -> Samples:
    """The stretch [start_s, end_s) of a WAV that ``decode`` wrote: (n,) float32 in [-1, 1].

    Only that stretch is read. Raises UnreadableError.
    """
    import numpy as np

    with os_errors("reading the decoded sound"):
        pcm = np.memmap(wav, dtype="<i2", mode="r", offset=WAV_HEADER_BYTES)
    first = max(0, round(start_s * SAMPLE_RATE_HZ))
    last = len(pcm) if end_s is None else max(first, round(end_s * SAMPLE_RATE_HZ))
    return np.asarray(pcm[first:last], dtype=np.float32) / np.float32(2**15)


def clip(wav: Path, start_s: float, end_s: float, out: Path, padding_s: float = 0.2) -> None:
    """Write the stretch [start_s, end_s), ``padding_s`` wider on both sides, to ``out`` as WAV.

    Faded in and out, so that it does not click. ``out`` is replaced as a whole or not at all.
    Raises DiskFullError or UnreadableError.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # that there is no ffmpeg: none is needed
        from pydub import AudioSegment

    stretch = samples(wav, max(0.0, start_s - padding_s), end_s + padding_s)
    pcm = (stretch * 2**15).astype("<i2").tobytes()
    sound = AudioSegment(pcm, sample_width=2, frame_rate=SAMPLE_RATE_HZ, channels=1)
    fade_ms = min(FADE_MS, len(sound) // 2)
    data = io.BytesIO()
    sound.fade_in(fade_ms).fade_out(fade_ms).export(data, format="wav")
    with os_errors("writing a clip"):
        write_atomically(out, data.getvalue(), mode=0o600)


@dataclass(frozen=True, slots=True)
class _Decoded:
    """One WAV, and what its channels told. ``heard_s`` is without the silence put in."""

    audio: Audio
    heard_s: float
    n_channels: int
    one_person_each: bool


def _decode_file(
    source: Path,
    folder: Path,
    min_duration_s: float,
    tracks: Tracks,
    progress: Callable[[float], None],
) -> Audio:
    found = _decode_stream(source, folder / WAV, lambda share: progress(0.9 * share))
    _check_length(found.audio, found.heard_s, min_duration_s)
    separate = found.one_person_each if tracks == "auto" else tracks == "separate"
    if not separate or found.n_channels < 2:
        return found.audio
    names = _track_names(found.n_channels)
    for channel, name in enumerate(names):
        _decode_stream(source, folder / name, _ignore, channel)
        progress(0.9 + 0.1 * (channel + 1) / len(names))
    return replace(found.audio, tracks=names, flags=(*found.audio.flags, "separate_tracks"))


def _decode_files(
    source: Path, folder: Path, min_duration_s: float, progress: Callable[[float], None]
) -> Audio:
    files = _media_files(source)
    names = _track_names(len(files))
    decoded = []
    for number, (file, name) in enumerate(zip(files, names, strict=True)):
        found = _decode_stream(file, folder / name, _ignore)
        progress(0.9 * (number + 1) / len(files))
        if not found.heard_s:
            raise _damaged_track(number + 1)
        decoded.append(found)
    peak = _mix([folder / name for name in names], folder / WAV)
    lengths_s = [found.audio.duration_s for found in decoded]
    flags = {flag for found in decoded for flag in found.audio.flags}
    facts = {
        "decode_errors": "decode_errors" in flags,
        "truncated": "truncated" in flags,
        "silent": peak < SILENT_BELOW,
        "separate_tracks": True,
        "track_lengths_differ": max(lengths_s) - min(lengths_s) > LENGTHS_DIFFER_S,
    }
    audio = Audio(WAV, SAMPLE_RATE_HZ, max(lengths_s), peak, _holding(facts), names)
    _check_length(audio, audio.duration_s, min_duration_s)
    return audio


def _media_files(folder: Path) -> list[Path]:
    """The files of a folder of tracks that have sound, by name in natural order.

    Raises NotMediaError if there is none.
    """
    found = []
    with os_errors("reading a folder of tracks"):
        visible = [file for file in folder.iterdir() if not file.name.startswith(".")]
        inside = sorted((file for file in visible if file.is_file()), key=natural)
    for file in inside:
        try:
            with opened(file):
                found.append(file)
        except (NotMediaError, NoAudioError):
            continue
        except DamagedMediaError:
            raise _damaged_track(len(found) + 1) from None
    if not found:
        raise NotMediaError("The folder of tracks holds no audio or video file.")
    return found


def _damaged_track(number: int) -> DamagedMediaError:
    return DamagedMediaError(
        f"Track {number} of the folder, counted by name, is damaged and cannot be decoded."
    )


def _track_names(n: int) -> tuple[str, ...]:
    return tuple(f"track-{number:02d}.wav" for number in range(1, n + 1))


def _decode_stream(
    source: Path, wav: Path, progress: Callable[[float], None], channel: int | None = None
) -> _Decoded:
    """Write the sound of a file, or of one of its channels, to ``wav``."""
    with opened(source) as (container, stream):
        with wav.open("wb") as file, wave.open(file, "wb") as writer:
            track = Track(Resampled(writer), container, channel)
            for share in read(container, stream, track):
                progress(share)
            track.sound.flush()
        sound, declared = track.sound, declared_s(container, stream) or 0.0
        truncated = track.ends_torn or sound.position_s < declared - TRUNCATED_BELOW_S
        facts = {
            "decode_errors": track.damaged,
            "truncated": truncated,
            "silent": sound.peak < SILENT_BELOW,
        }
        duration_s = sound.written / SAMPLE_RATE_HZ
        audio = Audio(WAV, SAMPLE_RATE_HZ, duration_s, sound.peak, _holding(facts))
        n_channels = stream.codec_context.channels
        return _Decoded(audio, track.heard_s, n_channels, track.levels.one_person_each())


def _check_length(audio: Audio, heard_s: float, min_duration_s: float) -> None:
    """Raise the error that there is too little sound, if there is."""
    if not heard_s:
        raise DamagedMediaError("Nothing of the sound can be decoded.")
    if heard_s < min_duration_s:
        if {"decode_errors", "truncated"} & {*audio.flags}:
            raise DamagedMediaError("Almost nothing of the sound can be decoded.")
        raise TooShortError(f"The recording is shorter than {min_duration_s:g} seconds.")


def _holding(facts: dict[str, bool]) -> tuple[str, ...]:
    return tuple(flag for flag, holds in facts.items() if holds)


def _mix(tracks: list[Path], wav: Path) -> float:
    """Write the sum of tracks, no louder than full scale, to ``wav``; returns its peak, 0–1."""
    import numpy as np

    length_s = max(len(samples(track)) for track in tracks) / SAMPLE_RATE_HZ
    starts = np.arange(0.0, length_s, MIX_BLOCK_S)

    def block(start_s: float) -> Samples:
        parts = [samples(track, start_s, start_s + MIX_BLOCK_S) for track in tracks]
        total = np.zeros(max(map(len, parts)), np.float32)
        for part in parts:
            total[: len(part)] += part
        return total

    loudest = max((float(np.abs(block(start)).max(initial=0)) for start in starts), default=0.0)
    scale = 2**15 * min(1.0, (1 - 2**-15) / max(loudest, 1e-9))
    with (
        os_errors("writing the decoded sound"),
        wav.open("wb") as file,
        wave.open(file, "wb") as writer,
    ):
        writer.setparams((1, 2, SAMPLE_RATE_HZ, 0, "NONE", ""))
        for start in starts:
            writer.writeframesraw((block(start) * scale).astype("<i2").tobytes())
    return min(1.0, loudest)


def _ignore(share: float) -> None:
    """The tracks of a file are shown as they are done."""
