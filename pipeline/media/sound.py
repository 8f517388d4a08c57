"""The sound of one stream, packet by packet, as 16 kHz samples on the recording's time line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pipeline.errors import RecordingError
from pipeline.media.container import OF_LIBRARY, declared_s, origin_s
from pipeline.media.parts import Part
from pipeline.media.signals import SAMPLE_RATE_HZ, Channel, Signal
from pipeline.texts import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

MAX_DURATION_S = 24 * 3600.0
FILL_GAPS_OVER_S, TRIM_OVERLAPS_OVER_S = 0.05, 0.1  # less is recorder jitter
CLOCK_RESTART_S = 1.0  # time stamps that jump back farther than this have restarted
TRUNCATED_BELOW_S = 1.0
TORN_BELOW_S = 0.05
LEAST_BYTES_PER_S = 125.0  # talk never takes less: bounds the silence from wrong time stamps
_LEAVE_OUT_PAUSES = {"opus", "speex", "amrnb", "amrwb", "g729", "g723_1", "evs", "comfortnoise"}
_LEAST_PACKET = 16  # bytes; fewer may be zeros
_TAGS = b"TAG", b"APETAGEX", b"ID3", b"LYRICS"  # not sound: tags after the last packet
_SAMPLE_FORMATS = {  # libav's name: numpy's, value of silence, full scale
    **{"u8": ("u1", 128, 2.0**7), "s16": ("i2", 0, 2.0**15), "s32": ("i4", 0, 2.0**31)},
    **{"s64": ("i8", 0, 2.0**63), "flt": ("f4", 0, 1.0), "dbl": ("f8", 0, 1.0)},
}
_LOSSLESS = {"flac", "alac", "wavpack", "tta", "ape", "shorten", "truehd"}


class Track:
    """One sound track of a file, placed on the recording's time line packet by packet.

    ``damaged``: something in the middle was lost, ``missing_s`` seconds of it. ``truncated``: it
    ends ``missing_s`` earlier than declared. ``torn``: it ends in the middle of something, without
    declaring how much should follow. ``restarted``: its clock restarted. ``heard_s``: seconds that
    were decoded, without inserted silence. ``fine``: finer than 16 bits.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self.sound = Resampled(folder, number)
        self.damaged = self.truncated = self.torn = self.restarted = self.fine = False
        self.heard_s = self.missing_s = 0.0
        self.n_channels = 0

    def begin(self, container: Any, stream: Any, part: Part, start_s: float) -> None:
        """Continue with a part of the file, from ``start_s``."""
        self._container, self._stream, self._part = container, stream, part
        self.sound.flush()
        self.sound.add_silence(start_s - self.sound.position_s, SAMPLE_RATE_HZ)
        self._start_s = self.sound.position_s
        begins_s = (stream.start_time or 0) * float(stream.time_base or 0)
        self._origin_s = (begins_s if part.first else origin_s(container)) - self._start_s
        declared_s = ((container.duration or 0) + max(0, container.start_time or 0)) / 1e6
        longest_s = min(declared_s or MAX_DURATION_S, container.size / LEAST_BYTES_PER_S)
        self._silence_left_s = longest_s + 10 * CLOCK_RESTART_S
        self._counts_frames = container.format.name == "mp3"
        name = stream.codec_context.name
        self._leaves_out_pauses = any(kind in name for kind in _LEAVE_OUT_PAUSES)
        self._takes_zeros = "opus" in name  # for silence, which it encodes in shorter packets
        self._may_be_fine = name.startswith("pcm_") or any(kind in name for kind in _LOSSLESS)
        self._good_bytes = self._part_heard_s = 0.0
        self._bytes_lost = self._timed = self._failed = self._ends_torn = False
        self._resync = True  # at the start, and after a loss, times are followed to the sample

    def end(self) -> None:
        """Compare what was decoded of the part with what it declares."""
        self.sound.flush()
        there_s = self.sound.position_s - self._start_s
        says_s = declared_s(self._container, self._stream)
        if self._part.says_times is not None:
            says_s = self._part.says_times * there_s
        lacks_s = (says_s or 0.0) - there_s
        is_wav = self._container.format.name == "wav"  # its last packet is short in any case
        torn = self._part.torn or (self._ends_torn and not is_wav)
        if lacks_s > (TORN_BELOW_S if torn else TRUNCATED_BELOW_S):
            self.truncated = True
            self.missing_s += lacks_s
        elif self._part.torn or (torn and says_s is None):
            self.torn = True

    def take(self, packet: Any) -> None:
        """Decode a packet and place its sound; a packet that fails leaves a gap."""
        import av

        try:
            frames = packet.decode()
        except (av.FFmpegError, *OF_LIBRARY):
            frames = None
        # Sound without a time comes from a demuxer that lost its position.
        if frames is None or (packet.size and packet.pts is None and self._timed):
            self.lose(packet)
            return
        if self._takes_zeros and packet.size > _LEAST_PACKET and not any(memoryview(packet)):
            self.lose(packet)
            return
        if packet.size:
            self.damaged |= self._ends_torn
            self._ends_torn = packet.is_corrupt
            self._good_bytes += packet.size
            self._timed |= packet.pts is not None
        for frame in frames:
            self._lay(frame)

    def lose(self, packet: Any = None) -> None:
        """Note that a packet yielded nothing."""
        # A last one is no loss: a tag at the end, or a torn packet.
        self.damaged |= self._failed
        self._failed = self._resync = True
        if packet is None:
            return
        self._ends_torn = packet.is_corrupt or not bytes(packet).startswith(_TAGS)
        if self._counts_frames and self._part_heard_s:
            # An mp3 has no time stamps, libav counts its frames; this packet holds all the bytes
            # between two good ones, which is many frames, so their number gives the time lost.
            lost_s = packet.size * self._part_heard_s / self._good_bytes
            self._origin_s -= lost_s - float((packet.duration or 0) * packet.time_base)

    def miss(self) -> None:
        """Note that bytes of the file yielded no packet."""
        self._bytes_lost = True

    def _lay(self, frame: Any) -> None:
        channels = _channels(frame)
        if channels is None:
            self.lose()
            return
        self.n_channels = max(self.n_channels, len(channels))
        self.fine |= self._may_be_fine and frame.format.packed.name not in ("u8", "s16")
        self.damaged |= self._failed
        if frame.time is not None:
            channels = self._aligned(channels, frame.time - self._origin_s, frame.sample_rate)
        self._failed = self._bytes_lost = False
        n = channels.shape[1]
        self._resync = not n
        self.heard_s += n / frame.sample_rate
        self._part_heard_s += n / frame.sample_rate
        self.sound.add(channels, frame.sample_rate)

    def _aligned(self, piece: Samples, time_s: float, rate_hz: int) -> Samples:
        """``piece`` without what comes too late, after the silence that is due before it."""
        gap_s = time_s - self.sound.position_s
        if gap_s > self._silence_left_s or gap_s < -CLOCK_RESTART_S:
            self._origin_s += gap_s  # the stream's clock is wrong: continue from here
            self.restarted |= gap_s < 0
            self.damaged |= gap_s > 0 and self._part_heard_s > 0
        elif gap_s > (0.0 if self._resync else FILL_GAPS_OVER_S):
            self._silence_left_s -= gap_s
            self._fill(gap_s, rate_hz)
        elif gap_s < (0.0 if self._resync else -TRIM_OVERLAPS_OVER_S):
            return piece[:, round(-gap_s * rate_hz) :]
        return piece

    def _fill(self, gap_s: float, rate_hz: int) -> None:
        """Insert silence where the stream's time stamps continue later."""
        damaged = self._failed or self._bytes_lost or self._part.holes
        lost = damaged or not self._leaves_out_pauses
        if self._part_heard_s and gap_s > FILL_GAPS_OVER_S and lost:
            self.damaged = True
            self.missing_s += gap_s
        self.sound.add_silence(gap_s, rate_hz)


class Resampled:
    """Channels being written as float32 at 16 kHz, from samples at any rate.

    A sound that continues with fewer channels has their mean on the others. ``position_s``: seconds
    taken in.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self._folder, self._number = folder, number
        self._files: list[BinaryIO] = []
        self._resamplers: list[Any] = []
        self._rate_hz = SAMPLE_RATE_HZ
        self._since_s, self._taken = 0.0, 0  # when the current rate began, samples since

    @property
    def position_s(self) -> float:
        return self._since_s + self._taken / self._rate_hz

    def signals(self) -> list[Signal]:
        """The channels, once everything is taken in."""
        for file in self._files:
            file.close()
        return [Signal((Channel(Path(file.name)),)) for file in self._files]

    def add(self, channels: Samples, rate_hz: int) -> None:
        """Take in the next (channels, n) samples. Raises RecordingError after a full day."""
        import numpy as np
        from av import AudioFrame, AudioResampler

        if len(channels) > len(self._files):
            self._widen(len(channels))
        if not self._resamplers or rate_hz != self._rate_hz:
            self.flush()
            self._since_s, self._taken, self._rate_hz = self.position_s, 0, rate_hz
            self._resamplers = [
                AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE_HZ)
                for _ in self._files
            ]
        n = channels.shape[1]
        self._taken += n
        if self.position_s > MAX_DURATION_S:
            raise RecordingError(
                Text("The recording is longer than 24 hours."), Text("Cut it into its sessions.")
            )
        if not n:
            return
        mean = channels.mean(axis=0) if len(channels) < len(self._files) else channels[0]
        for number in range(len(self._files)):
            piece = channels[number] if number < len(channels) else mean
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(piece[None]), "flt", "mono")
            frame.sample_rate = rate_hz
            self._write(number, frame)

    def add_silence(self, duration_s: float, rate_hz: int) -> None:
        import numpy as np

        whole_s, rest = divmod(max(0, round(duration_s * rate_hz)), rate_hz)
        for length in [rate_hz] * whole_s + [rest]:
            if length:
                self.add(np.zeros((max(1, len(self._files)), length), np.float32), rate_hz)

    def flush(self) -> None:
        """Write out what the resamplers still hold."""
        for number in range(len(self._resamplers)):
            self._write(number, None)
        self._resamplers = []

    def _widen(self, n: int) -> None:
        """Set ``n`` channels; new ones start as copies of the first."""
        self.flush()
        for number in range(len(self._files), n):
            file = (self._folder / f"channel-{self._number:02d}-{number:02d}").open("w+b")
            if number:
                self._files[0].seek(0)
                while data := self._files[0].read(1 << 20):
                    file.write(data)
            self._files.append(file)

    def _write(self, number: int, frame: Any) -> None:
        for piece in self._resamplers[number].resample(frame):
            self._files[number].write(piece.to_ndarray()[0].tobytes())


def _channels(frame: Any) -> Samples | None:
    """A frame's samples: (channels, n) float32, full scale 1; None if there is nothing in it."""
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
    samples = (values.astype(np.float64) - zero) / full_scale
    return np.clip(np.nan_to_num(samples, posinf=0.0, neginf=0.0), -1e9, 1e9).astype(np.float32)
