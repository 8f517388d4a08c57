"""Convert any recording to the sound that the other stages read: 16 kHz, one channel, 16 bits.

Time zero is the recording's as a player shows it, so a time in the transcript is the same time in
the video: sound missing at the start or in the middle becomes silence.

Every channel is first decoded separately; ``pipeline.media.choose`` then measures which to use.
Where each person was recorded on their own track (a channel or sound track of the file, or a file
of a folder of tracks), every track is kept too.
"""

from __future__ import annotations

import io
import tempfile
import warnings
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipeline.errors import DamagedMediaError, NoAudioError, NotMediaError, TooShortError
from pipeline.media.choose import Chosen, of_file, of_files
from pipeline.media.container import declared_s, opened
from pipeline.media.hear import Heard, hear
from pipeline.media.joined import join
from pipeline.media.levels import SILENT_BELOW, gain
from pipeline.media.signals import SAMPLE_RATE_HZ as SAMPLE_RATE_HZ
from pipeline.media.signals import Signal
from pipeline.records import Audio
from pipeline.storage.disk import files_in, os_errors, write_atomically
from pipeline.study.file_names import natural
from pipeline.texts import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

Tracks = Literal["auto", "together", "separate"]

WAV = "audio.wav"
WAV_HEADER_BYTES = 44
FADE_MS = 10
DECODING_SHARE = 0.8  # of the total work
SHORTER_THAN = Text("The recording is shorter than {seconds:g} seconds.")
FLAGS = (
    *("decode_errors", "truncated", "end_missing", "silent", "parts_joined"),
    *("several_sound_tracks", "separate_tracks", "mix_left_out", "track_shifted"),
    *("track_lengths_differ", "inverted_channel", "noisy_channel", "level_changed"),
)


def decode(
    source: Path,
    folder: Path,
    *,
    min_duration_s: float,
    tracks: Tracks = "auto",
    gaps_s: tuple[float | None, ...] = (),
    progress: Callable[[float], None],
) -> Audio:
    """Write the sound of ``source`` to ``folder/audio.wav``; the suffix of ``source`` is ignored.

    All channels and sound tracks count, chosen as ``pipeline.media.choose`` measures them.
    ``tracks`` says whether several channels, or sound tracks, are of people who were recorded
    ``together`` or one by one (``separate``); ``auto`` measures it. A ``source`` that is a folder
    holds one file per person; files in it that are not media are skipped. With ``gaps_s`` its files
    are parts instead, ordered by name: see ``pipeline.media.joined``. ``progress`` gets
    rising shares of the work done, 0–1, last 1. The caller deletes ``folder`` if this raises. The
    result's flags are in the order of ``FLAGS``; ``pipeline.tables.flags`` says what they mean.

    Raises NotMediaError, NoAudioError, DamagedMediaError, TooShortError (less sound than
    ``min_duration_s``), RecordingError (more than a day), DiskFullError or UnreadableError.
    """
    if gaps_s:
        audio = _decode_parts(source, folder, min_duration_s, tracks, gaps_s, progress)
        progress(1.0)
        return audio
    files = media_files(source) if source.is_dir() else [source]
    with (
        os_errors("decoding a recording"),
        tempfile.TemporaryDirectory(prefix=".vuoro-", dir=folder) as scratch,
    ):
        decoded = []
        for number, file in enumerate(files):
            place = Path(scratch, str(number))
            place.mkdir()
            decoded.append(hear(file, place, _share(progress, number, len(files))))
            if source.is_dir() and not decoded[-1].heard_s:
                raise _damaged_track(number + 1)
        _check_length(decoded, min_duration_s)
        found = of_files(decoded) if len(decoded) > 1 else of_file(decoded[0], tracks)
        audio = _written(decoded, found, folder)
    progress(1.0)
    return audio


def probe(source: Path) -> float | None:
    """The duration that the header of ``source`` declares, in seconds; None if it declares none.

    For a folder of tracks, the longest. Raises NotMediaError, NoAudioError, DamagedMediaError or
    UnreadableError.
    """
    if source.is_dir():
        declared = [probe(file) for file in media_files(source)]
        return None if None in declared else max(length for length in declared if length)
    with opened(source) as (container, streams):
        lengths = [declared_s(container, stream) for stream in streams]
        return None if None in lengths else max(length for length in lengths if length)


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

    Faded in and out to avoid clicks. ``out`` is replaced as a whole or not at all.
    Raises DiskFullError or UnreadableError.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # pydub misses ffmpeg, which is not needed
        from pydub import AudioSegment

    stretch = samples(wav, max(0.0, start_s - padding_s), end_s + padding_s)
    pcm = (stretch * 2**15).astype("<i2").tobytes()
    sound = AudioSegment(pcm, sample_width=2, frame_rate=SAMPLE_RATE_HZ, channels=1)
    fade_ms = min(FADE_MS, len(sound) // 2)
    data = io.BytesIO()
    sound.fade_in(fade_ms).fade_out(fade_ms).export(data, format="wav")
    with os_errors("writing a clip"):
        write_atomically(out, data.getvalue(), mode=0o600)


def _written(decoded: Sequence[Heard], chosen: Chosen, folder: Path) -> Audio:
    """Write what was chosen: the whole, and each person's track."""
    duration_s, peak = _write(chosen.whole, folder / WAV)
    names = tuple(f"track-{number:02d}.wav" for number in range(1, len(chosen.tracks) + 1))
    for signal, name in zip(chosen.tracks, names, strict=True):
        _write(signal, folder / name)
    flags = chosen.flags.union(*(each.flags for each in decoded))
    flags |= {"separate_tracks"} if names else set()
    flags |= {"silent"} if peak < SILENT_BELOW else set()
    return Audio(
        WAV,
        SAMPLE_RATE_HZ,
        duration_s,
        peak,
        tuple(flag for flag in FLAGS if flag in flags),
        names,
        round(max(each.missing_s for each in decoded), 3),
        round(chosen.shift_s, 3),
    )


def _write(signal: Signal, wav: Path) -> tuple[float, float]:
    """Write a signal, no louder than full scale, to ``wav``; return its length (s) and peak."""
    import numpy as np

    factor = gain(signal.loudness(), finer_than_16_bits=False) * 2**15
    peak = written = 0
    with (
        os_errors("writing the decoded sound"),
        wav.open("wb") as file,
        wave.open(file, "wb") as writer,
    ):
        writer.setparams((1, 2, SAMPLE_RATE_HZ, 0, "NONE", ""))
        for chunk in signal.chunks():
            pcm = np.clip(np.rint(chunk * np.float32(factor)), -(2**15), 2**15 - 1)
            peak = max(peak, int(np.abs(pcm).max(initial=0)))
            written += len(pcm)
            writer.writeframesraw(pcm.astype("<i2").tobytes())
    return written / SAMPLE_RATE_HZ, peak / 2**15


def _check_length(decoded: Sequence[Heard], min_duration_s: float) -> None:
    """Raise an error if there is too little sound."""
    longest_s = max(each.heard_s for each in decoded)
    if not longest_s:
        raise DamagedMediaError(Text("Nothing of the sound can be decoded."))
    if longest_s < min_duration_s:
        if {"decode_errors", "truncated", "end_missing"} & frozenset().union(
            *(each.flags for each in decoded)
        ):
            raise DamagedMediaError(Text("Almost nothing of the sound can be decoded."))
        raise TooShortError(SHORTER_THAN.filled(seconds=min_duration_s))


def _decode_parts(
    source: Path,
    folder: Path,
    min_duration_s: float,
    tracks: Tracks,
    gaps_s: tuple[float | None, ...],
    progress: Callable[[float], None],
) -> Audio:
    parts = media_files(source)
    if len(parts) != len(gaps_s) + 1:
        raise DamagedMediaError(Text("A part of the recording is missing or no longer opens."))

    def one(part: Path, place: Path, report: Callable[[float], None]) -> Audio:
        return decode(part, place, min_duration_s=0.0, tracks=tracks, progress=report)

    audio = join(parts, gaps_s, folder, one, progress)
    if audio.duration_s < min_duration_s:
        raise TooShortError(SHORTER_THAN.filled(seconds=min_duration_s))
    return audio


def media_files(folder: Path) -> list[Path]:
    """The files with sound in a folder of tracks, by name in natural order.

    Raises NotMediaError if there is none.
    """
    found = []
    with os_errors("reading a folder of tracks"):
        visible = [file for file in files_in(folder) if not file.name.startswith(".")]
        inside = sorted(visible, key=natural)
    for file in inside:
        try:
            with opened(file):
                found.append(file)
        except (NotMediaError, NoAudioError):
            continue
        except DamagedMediaError:
            raise _damaged_track(len(found) + 1) from None
    if not found:
        raise NotMediaError(Text("The folder of tracks holds no audio or video file."))
    return found


def _damaged_track(number: int) -> DamagedMediaError:
    what = Text("Track {number} of the folder, counted by name, is damaged and cannot be decoded.")
    return DamagedMediaError(what.filled(number=number))


def _share(progress: Callable[[float], None], number: int, n: int) -> Callable[[float], None]:
    """Progress over all files, from that of one of them."""
    return lambda share: progress(DECODING_SHARE * (number + share) / n)
