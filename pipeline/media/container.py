"""The file that holds a recording: opening it, choosing its sound, and reading that through."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from pipeline.errors import (
    DamagedMediaError,
    NoAudioError,
    NotMediaError,
    RecordingError,
    from_os_error,
)

READ_ATTEMPTS = 10

_MEDIA_STARTS = (b"RIFF", b"RF64", b"OggS", b"fLaC", b"ID3", b"FORM", b"\x1aE\xdf\xa3", b"0&\xb2u")
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


class Taker(Protocol):
    """Whoever decodes the packets of a stream."""

    def take(self, packet: Any) -> None: ...

    def lose(self, packet: Any = None) -> None: ...


@contextmanager
def opened(source: Path) -> Iterator[tuple[Any, Any]]:
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


def origin_s(container: Any) -> float:
    """The time stamp that a player shows as 0."""
    from av.format import Flags

    start_s = (container.start_time or 0) / 1e6
    # A broadcast's clock starts anywhere; that of an mp3 counts the encoder's own delay.
    if container.format.flags & Flags.ts_discont.value or container.format.name == "mp3":
        return start_s
    return min(0.0, start_s)


def declared_s(container: Any, stream: Any) -> float | None:
    """How long the header says that the sound is, in seconds; None if it does not say."""
    if container.format.name in ("mp3", "aac") and not container.start_time:
        return None  # libav's guess from the bit rate, far off where that varies
    end_s = (container.duration or 0) / 1e6  # of Matroska: counted from 0, and of all its streams
    if stream.duration:
        end_s = float(((stream.start_time or 0) + stream.duration) * stream.time_base)
    elif tag := re.fullmatch(r"(\d+):(\d+):([\d.]+)", stream.metadata.get("DURATION", "")):
        end_s = int(tag[1]) * 3600 + int(tag[2]) * 60 + float(tag[3])
    return end_s - origin_s(container) if end_s else None


def read(container: Any, stream: Any, taker: Taker) -> Iterator[float]:
    """Have ``taker`` take every packet; the share of the file read, in steps of a hundredth."""
    import av

    size, shown, failures = max(1, container.size), 0.0, 0
    while failures < READ_ATTEMPTS:
        try:
            for packet in container.demux(stream):
                failures = 0
                taker.take(packet)
                share = min(1.0, (packet.pos or 0) / size)
                if share >= shown + 0.01:
                    shown = share
                    yield share
            return
        except av.FFmpegError:
            failures += 1
            if failures == 1:
                taker.lose()
