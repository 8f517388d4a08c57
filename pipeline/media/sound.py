"""The sound of one stream, packet by packet, as 16 kHz samples on the recording's time line."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING, Any

from pipeline.errors import RecordingError
from pipeline.media.container import origin_s
from pipeline.media.levels import Levels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

SAMPLE_RATE_HZ = 16_000
MAX_DURATION_S = 24 * 3600.0
FILL_GAPS_OVER_S, TRIM_OVERLAPS_OVER_S = 0.05, 0.1  # less is a recorder's jitter
CLOCK_RESTART_S = 10.0  # time stamps that jump back farther than this have begun anew
LEAST_BYTES_PER_S = 125.0  # no talk takes less: bounds the silence a wrong time stamp can ask for
_SAMPLE_FORMATS = {  # libav's name: numpy's, value of silence, full scale
    **{"u8": ("u1", 128, 2.0**7), "s16": ("i2", 0, 2.0**15), "s32": ("i4", 0, 2.0**31)},
    **{"s64": ("i8", 0, 2.0**63), "flt": ("f4", 0, 1.0), "dbl": ("f8", 0, 1.0)},
}


class Track:
    """The sound of one stream, laid on the recording's time line packet by packet.

    It is the mean of all channels, or that of one ``channel`` by its number. ``levels``: how loud
    each channel is. ``damaged``: something in the middle was lost. ``ends_torn``: the last packet
    is incomplete. ``heard_s``: seconds that were decoded, without the silence put in.
    """

    def __init__(self, sound: Resampled, container: Any, channel: int | None = None) -> None:
        self.sound = sound
        self.levels = Levels()
        self._channel = channel
        self.damaged = self.ends_torn = False
        self.heard_s = 0.0
        self._origin_s = origin_s(container)
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
        channels = _channels(frame)
        if channels is None:
            self.lose()
            return
        piece: Samples = channels.mean(axis=0)
        if self._channel is None:
            self.levels.add(channels, frame.sample_rate)
        else:  # a stream that goes on with fewer channels is silent on the others
            piece = channels[self._channel] if self._channel < len(channels) else 0 * piece
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


class Resampled:
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
        import numpy as np
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
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(piece[None]), "flt", "mono")
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


def _channels(frame: Any) -> Samples | None:
    """A frame's samples: (channels, n) float32 in [-1, 1]; None if there is nothing in it."""
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
    finite = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    samples: Samples = np.clip((finite - zero) / full_scale, -1.0, 1.0, dtype=np.float32)
    return samples
