"""Small media files for tests, made with PyAV: known tones at known times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np

TONE_HZ = 440.0
RATE_HZ = 48_000
VIDEO_CODECS = {"webm": "libvpx"}


@dataclass(frozen=True)
class Track:
    """One audio track: ``samples`` float32 (channels, n) in [-1, 1], first heard at ``start_s``."""

    samples: np.ndarray[Any, np.dtype[np.float32]]
    codec: str
    start_s: float = 0.0
    default: bool = False
    options: dict[str, str] = field(default_factory=dict)


def tone(
    duration_s: float,
    *,
    onset_s: float = 0.0,
    channels: int = 1,
    rate_hz: int = RATE_HZ,
    frequency_hz: float = TONE_HZ,
    amplitude: float = 0.5,
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Silence until ``onset_s``, then a sine in every channel: float32 (channels, n)."""
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    sine = amplitude * np.sin(2 * np.pi * frequency_hz * time_s) * (time_s >= onset_s)
    return np.tile(sine.astype(np.float32), (channels, 1))


def write(
    path: Path,
    tracks: Sequence[Track],
    *,
    container: str,
    picture_s: float = 0.0,
    rate_hz: int = RATE_HZ,
    options: dict[str, str] | None = None,
    metadata: dict[str, str] | None = None,
) -> Path:
    """A media file with these audio tracks, and a moving picture of ``picture_s`` if not 0."""
    with av.open(str(path), "w", format=container, options=options or {}) as out:
        out.metadata.update(metadata or {})
        packets: list[Any] = []
        if picture_s:
            packets += _picture(out, VIDEO_CODECS.get(container, "mpeg4"), picture_s)
        streams = [_audio_stream(out, track, rate_hz) for track in tracks]
        for stream, track in zip(streams, tracks, strict=True):
            packets += _audio(stream, track, rate_hz)
        for packet in sorted(packets, key=lambda p: p.dts * p.time_base):
            out.mux(packet)
    return path


def _audio_stream(out: Any, track: Track, rate_hz: int) -> Any:
    channels = len(track.samples)
    layout = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}[channels]
    stream = out.add_stream(track.codec, rate=rate_hz, layout=layout, options=track.options)
    if track.default:
        stream.disposition = av.stream.Disposition.default
    return stream


def _audio(stream: Any, track: Track, rate_hz: int) -> list[Any]:
    layout = stream.layout.name
    resampler = av.AudioResampler(
        format=stream.format.name, layout=layout, rate=rate_hz, frame_size=stream.frame_size or 1024
    )
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(track.samples), format="fltp", layout=layout
    )
    frame.sample_rate = rate_hz
    frame.pts = round(track.start_s * rate_hz)
    packets = []
    for piece in [*resampler.resample(frame), *resampler.resample(None)]:
        packets += stream.encode(piece)
    return packets + stream.encode(None)


def _picture(out: Any, codec: str, duration_s: float) -> list[Any]:
    stream = out.add_stream(codec, rate=10)
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    packets = []
    for number in range(round(duration_s * 10)):
        grey = np.full((48, 64, 3), number * 7 % 256, dtype=np.uint8)
        packets += stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24"))
    return packets + stream.encode(None)
