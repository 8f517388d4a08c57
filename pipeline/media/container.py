"""The file that holds a recording: open it, find its sound and read it to the end."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from pipeline.errors import DamagedMediaError, NoAudioError, NotMediaError, from_os_error
from pipeline.media.kinds import why_not
from pipeline.media.parts import Part
from pipeline.texts import Text

READ_ATTEMPTS = 10
OVERHEAD = 512  # bytes that Matroska may put between two packets
# What PyAV raises for a file that it cannot parse, besides libav's own errors.
OF_LIBRARY = (ValueError, LookupError, ArithmeticError, NotImplementedError)
LONGEST_LEAD_S = 3600.0  # a clock beyond this at the start of a recording is the time of day


class Taker(Protocol):
    """What decodes the packets of a stream."""

    def take(self, packet: Any) -> None: ...

    def lose(self, packet: Any = None) -> None: ...

    def miss(self) -> None: ...


class _Slice:
    """A part of a file, as libav reads it: a position outside it is not a disk error."""

    def __init__(self, file: BinaryIO, first: int, last: int) -> None:
        self._file, self._first, self._length = file, first, last - first
        self._at = 0

    def read(self, n: int) -> bytes:
        self._file.seek(self._first + self._at)
        data = self._file.read(max(0, min(n, self._length - self._at)))
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        start = (0, self._at, self._length)[whence]
        self._at = min(max(0, start + offset), self._length)
        return self._at

    def tell(self) -> int:
        return self._at


@contextmanager
def opened(source: Path, part: Part | None = None) -> Iterator[tuple[Any, list[Any]]]:
    """Open a container in a part of the file; yields it with its decodable sound tracks.

    Every failure inside is raised as an error of ours.
    """
    import av

    try:
        # Opened by descriptor: libav would guess the content from the suffix of a name.
        with os.fdopen(os.open(source, os.O_RDONLY), "rb") as file:
            size = file.seek(0, os.SEEK_END)
            piece = _Slice(file, part.first, part.last) if part else _Slice(file, 0, size)
            piece.read(1)  # raises if unreadable, before libav is asked
            piece.seek(0)
            try:
                with _container(piece) as container:
                    yield container, _sound_of(container)
            except (av.FFmpegError, _NotOpened):  # some of libav's errors are also an OSError
                raise why_not(file, size, source.suffix) from None
            except NoAudioError as error:
                is_foreign = isinstance(why := why_not(file, size, source.suffix), NotMediaError)
                raise (why if is_foreign and type(why) is not NotMediaError else error) from None
    except OSError as error:
        raise from_os_error(error, "decoding a recording") from None


class _NotOpened(Exception):
    """PyAV cannot parse a file."""


def _container(file: _Slice) -> Any:
    import av

    # A playlist must not open files or addresses that the user did not give.
    alone = {"protocol_whitelist": "none"}
    try:
        return av.open(file, metadata_errors="replace", container_options=alone)
    except av.FFmpegError:
        raise
    except OF_LIBRARY:
        raise _NotOpened from None


def _sound_of(container: Any) -> list[Any]:
    from av.stream import Discard

    audio = container.streams.audio
    if not audio:
        raise NoAudioError(Text("The recording has no sound track."))
    decodable = [stream for stream in audio if stream.codec_context is not None]
    if not decodable:
        raise DamagedMediaError(Text("The sound is in a form that cannot be decoded."))
    for stream in container.streams:
        if stream not in decodable and not container.format.name.startswith("matroska"):
            stream.discard = Discard.all
    return decodable


def origin_s(container: Any) -> float:
    """The time stamp that a player shows as 0."""
    from av.format import Flags

    start_s = (container.start_time or 0) / 1e6
    # A broadcast's clock starts anywhere; an mp3's counts the encoder's own delay.
    if container.format.flags & Flags.ts_discont.value or container.format.name == "mp3":
        return start_s
    return start_s if start_s > LONGEST_LEAD_S else min(0.0, start_s)


def declared_s(container: Any, stream: Any) -> float | None:
    """The length of the sound that the header declares, in seconds; None if it declares none."""
    if container.format.name in ("mp3", "aac", "ac3", "eac3") and not container.start_time:
        return None  # libav's guess from the bit rate, far off where the rate varies
    end_s = (container.duration or 0) / 1e6  # Matroska: counted from 0, over all its streams
    if stream.duration:
        end_s = float(((stream.start_time or 0) + stream.duration) * stream.time_base)
    elif tag := re.fullmatch(r"(\d+):(\d+):([\d.]+)", stream.metadata.get("DURATION", "")):
        end_s = int(tag[1]) * 3600 + int(tag[2]) * 60 + float(tag[3])
    length_s = end_s - origin_s(container)
    return length_s if length_s > 0 else None


def read(container: Any, takers: Mapping[int, Taker]) -> Iterator[float]:
    """Pass the packets of each stream to its taker, by the stream's index.

    Yields the share of the file read, in steps of a hundredth.
    """
    import av

    size, shown, failures, ends_at = max(1, container.size), 0.0, 0, 0
    # In Matroska pictures are read too, so that bytes that yield no packet are noticed.
    counts_bytes = container.format.name.startswith("matroska")
    while failures < READ_ATTEMPTS:
        try:
            for packet in container.demux():
                failures = 0
                if counts_bytes and packet.size and packet.pos is not None:
                    if ends_at and packet.pos - ends_at > OVERHEAD:
                        for taker in takers.values():
                            taker.miss()
                    ends_at = packet.pos + packet.size
                if packet.stream.index in takers:
                    takers[packet.stream.index].take(packet)
                share = min(1.0, (packet.pos or 0) / size)
                if share >= shown + 0.01:
                    shown = share
                    yield share
            return
        except (av.FFmpegError, *OF_LIBRARY):
            failures += 1
            if failures == 1:
                for taker in takers.values():
                    taker.lose()
