"""The parts of a file that hold one recording each: one after the other, as `cat a b` joins them.

Recorders that were paused, and programs that join files byte by byte, write them so; libav plays
the first part only, or at the wrong speed. What the file itself says of a part is read here too:
how long it is, and whether its end is torn off.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from pipeline.disk import os_errors

_UNKNOWN_SIZE = 0x7FFF0000  # what programs write into a WAV that they cannot go back to
_FIRST_PAGE, _PAGE_HEADER = 2, 27  # of Ogg (RFC 3533)
_FLAC = b"fLaC\x00\x00\x00\x22"  # and its first block, which has 34 bytes
_FLAC_ONLY = b"fLaC\x80\x00\x00\x22"
_EBML, _SEGMENT = b"\x1aE\xdf\xa3", b"\x18S\x80g"  # of Matroska
_ADTS_HEADER = 7
_BUFFER = 1 << 20
_BITS_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes [first, last) of a file.

    ``declared_s``: how long the part says that it is, where libav does not read that. ``torn``:
    the file ends in the middle of something. ``holes``: something in the middle is damaged.
    """

    first: int
    last: int
    declared_s: float | None = None
    torn: bool = False
    holes: bool = False


def parts(source: Path) -> list[Part]:
    """The parts of a file, in order; one, the whole file, where nothing tells of more."""
    with os_errors("reading a recording"), source.open("rb", _BUFFER) as file:
        return _parts(_Bytes(file), file.seek(0, 2))


class _Bytes:
    """The bytes of a file by their place, as of one long ``bytes``."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __getitem__(self, place: slice) -> bytes:
        self._file.seek(place.start or 0)
        return self._file.read(place.stop - (place.start or 0))

    def find(self, mark: bytes, at: int) -> int:
        while chunk := self[at : at + _BUFFER]:
            if (found := chunk.find(mark)) >= 0:
                return at + found
            at += max(1, len(chunk) - len(mark) + 1)
        return -1


def _parts(data: _Bytes, size: int) -> list[Part]:
    if data[:4] == b"OggS":
        return _of_ogg(data, size)
    if data[:4] in (b"RIFF", b"RF64") and data[8:12] == b"WAVE":
        return list(_of_wav(data, size))
    if data[:4] == b"fLaC":
        return _between(_found(data, (_FLAC, _FLAC_ONLY)), size)
    if data[4:8] == b"ftyp":
        return _between(_mp4_starts(data, size), size)
    if data[:4] == _EBML:
        return _between(_matroska_starts(data, size), size)
    if data[:1] == b"\xff" and data[1:2] and data[1:2][0] & 0xF6 == 0xF0:
        return _between(_adts_starts(data, size), size)
    return [Part(0, size)]


def _between(starts: Iterator[int], size: int) -> list[Part]:
    edges = sorted({0, *starts, size})
    return [Part(first, last) for first, last in pairwise(edges)]


def _found(data: _Bytes, marks: tuple[bytes, ...]) -> Iterator[int]:
    for mark in marks:
        at = data.find(mark, 0)
        while at >= 0:
            yield at
            at = data.find(mark, at + 1)


def _of_ogg(data: _Bytes, size: int) -> list[Part]:
    """A part begins with the first page of a stream that follows pages with sound."""
    starts, holes, heads, torn, at = [0], {0: False}, True, False, 0
    while 0 <= at < size:
        header = data[at : at + _PAGE_HEADER]
        lengths = data[at + _PAGE_HEADER : at + _PAGE_HEADER + header[-1]]
        end = at + _PAGE_HEADER + len(lengths) + sum(lengths)
        torn = len(header) < _PAGE_HEADER or len(lengths) < header[-1] or end > size
        if not torn and (header[:4] != b"OggS" or _page_crc(data[at:end]) != header[22:26]):
            holes[starts[-1]] = True
            at = data.find(b"OggS", at + 1)
            continue
        is_first = len(header) > 5 and bool(header[5] & _FIRST_PAGE)
        if is_first and not heads:
            starts.append(at)
            holes[at] = False
        heads, at = is_first, end
    edges = [*starts, size]
    found = [Part(first, last, holes=holes[first]) for first, last in pairwise(edges)]
    return [*found[:-1], replace(found[-1], torn=torn)]


def _page_crc(page: bytes) -> bytes:
    """The checksum of a page of Ogg: that of zlib, of bits in the opposite order."""
    bits = (page[:22] + bytes(4) + page[26:]).translate(_BITS_REVERSED)
    return ((zlib.crc32(bits, 2**32 - 1) ^ (2**32 - 1)).to_bytes(4, "big")).translate(
        _BITS_REVERSED
    )


def _of_wav(data: _Bytes, size: int) -> Iterator[Part]:
    """Another part begins where the first one says that it ends, if another header is there."""
    first = 0
    while first < size:
        end = first + 8 + int.from_bytes(data[first + 4 : first + 8], "little")
        another = [at for at in (end, end + 1) if data[at : at + 4] == b"RIFF"]
        last = another[0] if another else size
        yield Part(first, last, declared_s=_declared_s(data, first, last))
        first = last


def _declared_s(data: _Bytes, first: int, last: int) -> float | None:
    """How long a WAV says that its sound is; None if it does not say."""
    at, bytes_per_s, long_size = first + 12, 0, 0
    while at + 8 <= last:
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name == b"ds64":
            long_size = int.from_bytes(data[at + 16 : at + 24], "little")
        elif name == b"fmt ":
            bytes_per_s = int.from_bytes(data[at + 16 : at + 20], "little")
        elif name == b"data":
            if length == 2**32 - 1 and long_size:
                length = long_size
            elif length >= _UNKNOWN_SIZE and at + 8 + length > last:
                return None
            return length / bytes_per_s if length and bytes_per_s else None
        at += 8 + length + length % 2
    return None


def _mp4_starts(data: _Bytes, size: int) -> Iterator[int]:
    """Where a file type box begins, of those at the top."""
    at = 0
    while at + 8 <= size:
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if length == 1:
            length = int.from_bytes(data[at + 8 : at + 16], "big")
        if name == b"ftyp":
            yield at
        if length < 8:
            return
        at += length


def _matroska_starts(data: _Bytes, size: int) -> Iterator[int]:
    """Where a header begins: after a segment that says how long it is, or anywhere."""
    at = 0
    while 0 <= at < size:
        if data[at : at + 4] == _EBML:
            yield at
            end = _element_end(data, at)
            at = end if end and data[end : end + 4] == _SEGMENT else at + 4
        elif data[at : at + 4] == _SEGMENT and (end := _element_end(data, at)):
            at = end
        else:
            at = data.find(_EBML, at + 4)
            while at >= 0 and b"B\x82" not in data[at : at + 64]:  # the document's type
                at = data.find(_EBML, at + 4)


def _element_end(data: _Bytes, at: int) -> int | None:
    """Where an element with a name of four bytes ends; None if it does not say."""
    first = data[at + 4 : at + 5]
    if not first or not first[0]:
        return None
    n = 9 - first[0].bit_length()
    length = int.from_bytes(data[at + 4 : at + 4 + n], "big") & ((1 << 7 * n) - 1)
    return None if length == (1 << 7 * n) - 1 else at + 4 + n + length


def _adts_starts(data: _Bytes, size: int) -> Iterator[int]:
    """Where an AAC stream goes on with another rate or other channels."""
    at, form = 0, None
    while at + _ADTS_HEADER <= size:
        header = data[at : at + _ADTS_HEADER]
        length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
        if header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or length < _ADTS_HEADER:
            at = data.find(b"\xff", at + 1)
            if at < 0:
                return
            continue
        now = (header[1] & 8, header[2] & 0xFD, header[3] & 0xC0)
        follows = data[at + length : at + length + 2]
        if now != form and (not follows or (follows[0] == 0xFF and follows[1:] >= b"\xf0")):
            form = now
            yield at
        at += length
