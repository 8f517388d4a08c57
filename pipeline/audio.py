"""Any container to the sound that the other stages read: 16 kHz, one channel, 16 bits.

Time zero is that of the recording as a player shows it, so that a time in the transcript is the
same time in the video: what is missing at the start or in the middle becomes silence.
"""

from __future__ import annotations

import io
import os
import re
import warnings
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.disk import os_errors, write_atomically
from pipeline.errors import (
    DamagedMediaError,
    NoAudioError,
    NotMediaError,
    RecordingError,
    TooShortError,
    from_os_error,
)
from pipeline.records import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

SAMPLE_RATE_HZ = 16_000
WAV = "audio.wav"
WAV_HEADER_BYTES = 44
MAX_DURATION_S = 24 * 3600.0
SILENT_BELOW = 0.001  # -60 dBFS
FADE_MS = 10
FILL_GAPS_OVER_S, TRIM_OVERLAPS_OVER_S = 0.05, 0.1  # less is a recorder's jitter
CLOCK_RESTART_S = 10.0  # time stamps that jump back farther than this have begun anew
LEAST_BYTES_PER_S = 125.0  # no talk takes less: bounds the silence a wrong time stamp can ask for
TRUNCATED_BELOW_S = 1.0
READ_ATTEMPTS = 10

_MEDIA_STARTS = (b"RIFF", b"RF64", b"OggS", b"fLaC", b"ID3", b"FORM", b"\x1aE\xdf\xa3", b"0&\xb2u")
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_SAMPLE_FORMATS = {  # libav's name: numpy's, value of silence, full scale
    **{"u8": ("u1", 128, 2.0**7), "s16": ("i2", 0, 2.0**15), "s32": ("i4", 0, 2.0**31)},
    **{"s64": ("i8", 0, 2.0**63), "flt": ("f4", 0, 1.0), "dbl": ("f8", 0, 1.0)},
}


def decode(
    source: Path, folder: Path, *, min_duration_s: float, progress: Callable[[float], None]
) -> Audio:
    """Write the sound of ``source`` to ``folder/audio.wav``; the suffix of ``source`` is ignored.

    All channels count equally. ``progress`` gets rising shares of the work done, 0–1, last 1.
    ``folder`` is one that the caller throws away if this raises. The result's flags, in this
    order: ``decode_errors`` (something in the middle was lost and is silence now), ``truncated``
    (the file ends before it says) and ``silent`` (never louder than -60 dBFS).

    Raises NotMediaError, NoAudioError, DamagedMediaError, TooShortError (less sound than
    ``min_duration_s``), RecordingError (more than a day), DiskFullError or UnreadableError.
    """
    with _opened(source) as (container, stream):
        with (folder / WAV).open("wb") as file, wave.open(file, "wb") as wav:
            track = _Track(_Resampled(wav), container)
            for share in _read(container, stream, track):
                progress(share)
            track.sound.flush()
        audio = _audio(track, _declared_s(container, stream) or 0.0, min_duration_s)
    progress(1.0)
    return audio


def probe(source: Path) -> float | None:
    """The duration that the header of ``source`` declares, in seconds; None if it does not.

    Raises NotMediaError, NoAudioError, DamagedMediaError or UnreadableError.
    """
    with _opened(source) as (container, stream):
        return _declared_s(container, stream)


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


@contextmanager
def _opened(source: Path) -> Iterator[tuple[Any, Any]]:
    """The open container and its best audio stream; every failure inside as an error of ours."""
    import av

    start = b""
    try:
        # Opened by descriptor: libav would let the suffix of a name decide what the content is.
        with os.fdopen(os.open(source, os.O_RDONLY), "rb") as file:
            start = file.read(16)
            if not start:
                raise NotMediaError("The file is empty.")
            file.seek(0)
            # A playlist must not have files and addresses opened that nobody gave us.
            alone = {"protocol_whitelist": "none"}
            with av.open(file, metadata_errors="replace", container_options=alone) as container:
                yield container, _best_stream(container)
    except av.FFmpegError:  # before OSError: some of libav's errors are both
        raise _unusable(start) from None
    except OSError as error:
        raise from_os_error(error, "decoding a recording") from None


def _unusable(start: bytes) -> RecordingError:
    """Why libav cannot open a file that starts so."""
    if start.startswith(_MEDIA_STARTS) or start[4:8] in _MP4_BOXES:
        return DamagedMediaError("The file is damaged or was cut off, and its sound is lost.")
    return NotMediaError("The file is not an audio or video file.")


def _best_stream(container: Any) -> Any:
    """The default audio stream; else, or of several, the one with most channels, then longest."""
    from av.stream import Discard, Disposition

    audio = container.streams.audio
    if not audio:
        raise NoAudioError("The recording has no sound track.")
    decodable = [stream for stream in audio if stream.codec_context is not None]
    if not decodable:
        raise DamagedMediaError("The sound is in a form that cannot be decoded.")

    def merit(stream: Any) -> tuple[bool, int, float]:
        default = bool(stream.disposition & Disposition.default)
        duration_s = float((stream.duration or 0) * stream.time_base)
        return default, stream.codec_context.channels, duration_s

    best = max(decodable, key=merit)
    for stream in container.streams:
        if stream is not best:
            stream.discard = Discard.all
    return best


def _origin_s(container: Any) -> float:
    """The time stamp that a player shows as 0."""
    from av.format import Flags

    start_s = (container.start_time or 0) / 1e6
    # A broadcast's clock starts anywhere; that of an mp3 counts the encoder's own delay.
    if container.format.flags & Flags.ts_discont.value or container.format.name == "mp3":
        return start_s
    return min(0.0, start_s)


def _declared_s(container: Any, stream: Any) -> float | None:
    """How long the header says that the sound is, in seconds; None if it does not say."""
    if container.format.name in ("mp3", "aac") and not container.start_time:
        return None  # libav's guess from the bit rate, far off where that varies
    end_s = (container.duration or 0) / 1e6  # of Matroska: counted from 0, and of all its streams
    if stream.duration:
        end_s = float(((stream.start_time or 0) + stream.duration) * stream.time_base)
    elif tag := re.fullmatch(r"(\d+):(\d+):([\d.]+)", stream.metadata.get("DURATION", "")):
        end_s = int(tag[1]) * 3600 + int(tag[2]) * 60 + float(tag[3])
    return end_s - _origin_s(container) if end_s else None


def _read(container: Any, stream: Any, track: _Track) -> Iterator[float]:
    """Have ``track`` take every packet; the share of the file read, in steps of a hundredth."""
    import av

    size, shown, failures = max(1, container.size), 0.0, 0
    while failures < READ_ATTEMPTS:
        try:
            for packet in container.demux(stream):
                failures = 0
                track.take(packet)
                share = min(1.0, (packet.pos or 0) / size)
                if share >= shown + 0.01:
                    shown = share
                    yield share
            return
        except av.FFmpegError:
            failures += 1
            if failures == 1:
                track.lose()


def _audio(track: _Track, declared_s: float, min_duration_s: float) -> Audio:
    """The record of a finished track, or the error that there is too little of it."""
    sound = track.sound
    truncated = track.ends_torn or sound.position_s < declared_s - TRUNCATED_BELOW_S
    if not track.heard_s:
        raise DamagedMediaError("Nothing of the sound can be decoded.")
    if track.heard_s < min_duration_s:
        if track.damaged or truncated:
            raise DamagedMediaError("Almost nothing of the sound can be decoded.")
        raise TooShortError(f"The recording is shorter than {min_duration_s:g} seconds.")
    silent = sound.peak < SILENT_BELOW
    found = {"decode_errors": track.damaged, "truncated": truncated, "silent": silent}
    flags = tuple(flag for flag, holds in found.items() if holds)
    return Audio(WAV, SAMPLE_RATE_HZ, sound.written / SAMPLE_RATE_HZ, sound.peak, flags)


def _mono(frame: Any) -> Samples | None:
    """The mean of a frame's channels: (n,) float32 in [-1, 1]; None if there is nothing in it."""
    import numpy as np
    from av.audio.plane import AudioPlane

    kind, channels = frame.format.packed.name, frame.layout.nb_channels
    if not frame.samples or not frame.sample_rate or kind not in _SAMPLE_FORMATS:
        return None
    dtype, zero, full_scale = _SAMPLE_FORMATS[kind]
    # Not frame.to_ndarray(): it reads past the planes of eight channels and crashes.
    n_planes = channels if frame.format.is_planar else 1
    planes: list[Any] = [AudioPlane(frame, number) for number in range(n_planes)]
    n_values = frame.samples * channels // n_planes
    values = np.stack([np.frombuffer(plane, dtype, n_values) for plane in planes])
    if n_planes == 1:
        values = values.reshape(frame.samples, channels).T
    mean = np.nan_to_num(values.mean(axis=0, dtype=np.float32), posinf=0.0, neginf=0.0)
    mono: Samples = np.clip((mean - zero) / full_scale, -1.0, 1.0, dtype=np.float32)
    return mono


class _Track:
    """The sound of one stream, laid on the recording's time line packet by packet.

    ``damaged``: something in the middle was lost. ``ends_torn``: the last packet is incomplete.
    ``heard_s``: seconds that were decoded, without the silence put in.
    """

    def __init__(self, sound: _Resampled, container: Any) -> None:
        self.sound = sound
        self.damaged = self.ends_torn = False
        self.heard_s = 0.0
        self._origin_s = _origin_s(container)
        declared_s = ((container.duration or 0) + max(0, container.start_time or 0)) / 1e6
        longest_s = min(declared_s or MAX_DURATION_S, container.size / LEAST_BYTES_PER_S)
        self._silence_left_s = longest_s + CLOCK_RESTART_S
        self._counts_frames = container.format.name == "mp3"
        self._good_bytes = 0
        self._timed = self._failed = False
        self._resync = True  # at the start, and after a loss, times are kept to the sample

    def take(self, packet: Any) -> None:
        """Decode a packet and lay its sound down; a packet that fails leaves a gap."""
        import av

        try:
            frames = packet.decode()
        except av.FFmpegError:
            frames = None
        # Sound without a time comes from a demuxer that had lost its place.
        if frames is None or (packet.size and packet.pts is None and self._timed):
            self.lose(packet)
            return
        if packet.size:
            self.damaged |= self.ends_torn
            self.ends_torn = packet.is_corrupt
            self._good_bytes += packet.size
            self._timed |= packet.pts is not None
        for frame in frames:
            self._lay(frame)

    def lose(self, packet: Any = None) -> None:
        """Note that a packet gave nothing."""
        # One that is followed by nothing is no loss: a tag at the end, or a torn last packet.
        self.damaged |= self._failed
        self._failed = self._resync = True
        if packet is None:
            return
        self.ends_torn = packet.is_corrupt
        if self._counts_frames and self.heard_s:
            # An mp3 has no time stamps, libav counts its frames; this packet holds all the bytes
            # between two good ones, which is many frames, so their number tells the time lost.
            lost_s = packet.size * self.heard_s / self._good_bytes
            self._origin_s -= lost_s - float((packet.duration or 0) * packet.time_base)

    def _lay(self, frame: Any) -> None:
        piece = _mono(frame)
        if piece is None:
            self.lose()
            return
        self.damaged |= self._failed
        self._failed = False
        if frame.time is not None:
            piece = self._aligned(piece, frame.time - self._origin_s, frame.sample_rate)
        self._resync = not len(piece)
        self.heard_s += len(piece) / frame.sample_rate
        self.sound.add(piece, frame.sample_rate)

    def _aligned(self, piece: Samples, time_s: float, rate_hz: int) -> Samples:
        """``piece`` without what comes too late, after the silence that is due before it."""
        gap_s = time_s - self.sound.position_s
        if gap_s > self._silence_left_s or gap_s < -CLOCK_RESTART_S:
            self._origin_s += gap_s  # the stream's clock is wrong: go on from here
            self.damaged = True
        elif gap_s > (0.0 if self._resync else FILL_GAPS_OVER_S):
            self._silence_left_s -= gap_s
            self.damaged |= self.heard_s > 0 and gap_s > FILL_GAPS_OVER_S
            self.sound.add_silence(gap_s, rate_hz)
        elif gap_s < (0.0 if self._resync else -TRIM_OVERLAPS_OVER_S):
            return piece[round(-gap_s * rate_hz) :]
        return piece


class _Resampled:
    """A WAV that is being written at 16 kHz from samples at whatever rate they come.

    ``position_s``: seconds taken in. ``written``: samples written. ``peak``: largest so far, 0–1.
    """

    def __init__(self, wav: wave.Wave_write) -> None:
        wav.setparams((1, 2, SAMPLE_RATE_HZ, 0, "NONE", ""))
        self.written, self.peak = 0, 0.0
        self._wav = wav
        self._resampler: Any = None
        self._rate_hz = SAMPLE_RATE_HZ
        self._since_s, self._taken = 0.0, 0  # when the present rate began, samples since

    @property
    def position_s(self) -> float:
        return self._since_s + self._taken / self._rate_hz

    def add(self, piece: Samples, rate_hz: int) -> None:
        """Take ``piece`` in. Raises RecordingError where a day is full."""
        from av import AudioFrame, AudioResampler

        if self._resampler is None or rate_hz != self._rate_hz:
            self.flush()
            self._since_s, self._taken, self._rate_hz = self.position_s, 0, rate_hz
            self._resampler = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE_HZ)
        self._taken += len(piece)
        if self.position_s > MAX_DURATION_S:
            raise RecordingError(
                "The recording is longer than 24 hours.", "Cut it into its sessions."
            )
        if len(piece):
            frame = AudioFrame.from_ndarray(piece[None], "flt", "mono")
            frame.sample_rate = rate_hz
            self._write(self._resampler.resample(frame))

    def add_silence(self, duration_s: float, rate_hz: int) -> None:
        import numpy as np

        whole_s, rest = divmod(round(duration_s * rate_hz), rate_hz)
        for length in [rate_hz] * whole_s + [rest]:
            self.add(np.zeros(length, dtype=np.float32), rate_hz)

    def flush(self) -> None:
        """Write out what the resampler still holds back."""
        if self._resampler is not None:
            self._write(self._resampler.resample(None))

    def _write(self, frames: list[Any]) -> None:
        for frame in frames:
            pcm = frame.to_ndarray()[0]
            self.peak = max(self.peak, int(pcm.max()) / 2**15, -int(pcm.min()) / 2**15)
            self.written += len(pcm)
            self._wav.writeframesraw(pcm.astype("<i2").tobytes())
