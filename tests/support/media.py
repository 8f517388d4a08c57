"""Small media files for tests, made with PyAV: known tones at known times."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

TONE_HZ = 440.0
RATE_HZ = 48_000
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
PICTURE_CODECS = {"webm": "libvpx"}


@dataclass(frozen=True)
class Track:
    """One audio track: ``samples`` float32 (channels, n) in [-1, 1], first heard at ``start_s``.

    Time stamps from ``jump_at_s`` on are ``jump_s`` later than they would be.
    """

    samples: NDArray[np.float32]
    codec: str
    start_s: float = 0.0
    default: bool = False
    jump_at_s: float = float("inf")
    jump_s: float = 0.0
    options: dict[str, str] = field(default_factory=dict)


def tone(
    duration_s: float,
    *,
    onset_s: float = 0.0,
    channels: int = 1,
    rate_hz: int = RATE_HZ,
    frequency_hz: float = TONE_HZ,
    amplitude: float = 0.5,
) -> NDArray[np.float32]:
    """Silence until ``onset_s``, then a sine in every channel: float32 (channels, n)."""
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    sine = amplitude * np.sin(2 * np.pi * frequency_hz * time_s) * (time_s >= onset_s)
    return np.tile(sine.astype(np.float32), (channels, 1))


def babble(
    duration_s: float, seed: int, *, rate_hz: int = RATE_HZ, turns_s: tuple[float, ...] = ()
) -> NDArray[np.float32]:
    """Noise with the swing and the pauses of talk, no two alike: float32 (1, n).

    It is heard for a second from each of ``turns_s`` on; without any, all the time.
    """
    rng = np.random.default_rng(seed)
    n = round(duration_s * rate_hz)
    syllables = rng.uniform(0.0, 1.0, round(duration_s * 8) + 2) ** 2
    loudness = np.interp(np.arange(n) * 8 / rate_hz, np.arange(len(syllables)), syllables)
    voice = rng.standard_normal(n)
    for _ in range(2):
        voice = np.convolve(voice, np.ones(6) / 6, "same")
    sound = 0.5 * loudness * voice
    if turns_s:
        time_s = np.arange(n) / rate_hz
        sound *= np.any([(time_s >= t) & (time_s < t + 1) for t in turns_s], axis=0)
    return np.clip(sound, -0.9, 0.9).astype(np.float32)[None]


def write(
    path: Path,
    *tracks: Track,
    container: str,
    picture_s: float = 0.0,
    rate_hz: int = RATE_HZ,
    options: dict[str, str] | None = None,
    metadata: dict[str, str] | None = None,
) -> Path:
    """A media file with these audio tracks, and a moving picture of ``picture_s`` if not 0."""
    with av.open(str(path), "w", format=container, options=options or {}) as out:
        out.metadata.update(metadata or {})
        packets: list[tuple[float, Any]] = []
        if picture_s:
            packets += _picture(out, PICTURE_CODECS.get(container, "mpeg4"), picture_s)
        streams = [_audio_stream(out, track, rate_hz) for track in tracks]
        for stream, track in zip(streams, tracks, strict=True):
            packets += _audio(stream, track, rate_hz)
        for _, packet in sorted(packets, key=lambda timed: timed[0]):
            out.mux(packet)
    return path


def damage(path: Path, at: float, n_bytes: int) -> Path:
    """Put zeros over ``n_bytes`` of the file, from the share ``at`` (0–1) of it on."""
    data = bytearray(path.read_bytes())
    first = int(len(data) * at)
    data[first : first + n_bytes] = bytes(n_bytes)
    path.write_bytes(data)
    return path


def cut(path: Path, at: float) -> Path:
    """Keep only the first share ``at`` (0–1) of the file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * at)])
    return path


def onsets_s(sound: NDArray[np.float32], rate_hz: int, pause_s: float = 0.2) -> list[float]:
    """When sound begins: at the start, or after a silence of at least ``pause_s``."""
    loud = np.flatnonzero(np.abs(sound) > 0.1)
    begins = loud[np.diff(loud, prepend=-rate_hz) > pause_s * rate_hz]
    return [float(begin) / rate_hz for begin in begins]


def pitch_hz(sound: NDArray[np.float32], rate_hz: int) -> float:
    """Frequency of the strongest sine in the sound."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * rate_hz / len(sound))


def _audio_stream(out: Any, track: Track, rate_hz: int) -> Any:
    layout = LAYOUTS[len(track.samples)]
    stream = out.add_stream(track.codec, rate=rate_hz, layout=layout, options=track.options)
    if track.default:
        stream.disposition = av.stream.Disposition.default
    return stream


def _audio(stream: Any, track: Track, rate_hz: int) -> list[tuple[float, Any]]:
    layout = stream.layout.name
    packed = np.ascontiguousarray(track.samples.T).reshape(1, -1)  # PyAV crashes on 8 planes
    frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
    frame.sample_rate = rate_hz
    frame.pts = round(track.start_s * rate_hz)
    resampler = av.AudioResampler(
        format=stream.format.name, layout=layout, rate=rate_hz, frame_size=stream.frame_size or 1024
    )
    packets: list[Any] = []
    for piece in [*resampler.resample(frame), *resampler.resample(None)]:
        packets += stream.encode(piece)
    packets += stream.encode(None)
    timed = _timed(packets)  # before the jump: a clock may jump back
    for time_s, packet in timed:
        if time_s >= track.jump_at_s:
            packet.pts += round(track.jump_s / packet.time_base)
            packet.dts = packet.pts
    return timed


def _picture(out: Any, codec: str, duration_s: float) -> list[tuple[float, Any]]:
    stream = out.add_stream(codec, rate=10)
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    packets: list[Any] = []
    for number in range(round(duration_s * 10)):
        grey = np.full((48, 64, 3), number * 7 % 256, dtype=np.uint8)
        packets += stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24"))
    packets += stream.encode(None)
    return _timed(packets)


def _timed(packets: list[Any]) -> list[tuple[float, Any]]:
    """The packets, each with the time at which it goes into the file."""
    return [(float(packet.dts * packet.time_base), packet) for packet in packets]
