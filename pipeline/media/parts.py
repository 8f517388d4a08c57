"""The parts of a file, each one recording: one after another, as `cat a b` joins them.

Recorders that were paused, and programs that join files byte by byte, write them; libav plays only
the first part, or plays at the wrong speed. What the file itself declares about a part is also read
here: how long it is, and whether its end is cut off.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from pipeline.storage.disk import os_errors

_UNKNOWN_SIZE = 0x7FFF0000  # what programs write into a WAV header that they cannot rewrite later
_FIRST_PAGE, _PAGE_HEADER = 2, 27  # of Ogg (RFC 3533)
_FLAC = b"fLaC\x00\x00\x00\x22"  # and its first block, which has 34 bytes
_FLAC_ONLY = b"fLaC\x80\x00\x00\x22"
_EBML, _SEGMENT = b"\x1aE\xdf\xa3", b"\x18S\x80g"  # of Matroska
_ADTS_HEADER = 7
_XING_AT = 36, 21, 13  # bytes into the frame
_BUFFER = 1 << 20
_BITS_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes [first, last) of a file.

    ``says_times``: the declared length as a multiple of the actual one, where libav does not read
    it. ``torn``: it ends in the middle of something. ``holes``: something in the middle is damaged.
    """

    first: int
    last: int
    says_times: float | None = None
    torn: bool = False
    holes: bool = False


def parts(source: Path) -> list[Part]:
    """The parts of a file, in order; the whole file as one part where there is no sign of more."""
    with os_errors("reading a recording"), source.open("rb", _BUFFER) as file:
        return _parts(_Bytes(file), file.seek(0, 2))


class _Bytes:
    """The bytes of a file by position, like one long ``bytes``."""

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
    if data[:4] in (b"RIFF", b"RF64", b"FORM") and data[8:12] in (b"WAVE", b"AIFF", b"AIFC"):
        return list(_of_chunks(data, size))
    if data[:4] == b"fLaC":
        return _between(_found(data, (_FLAC, _FLAC_ONLY)), size)
    if data[4:8] == b"ftyp":
        return _between(_mp4_starts(data, size), size)
    if data[:4] == _EBML:
        return _between(_matroska_starts(data, size), size)
    if data[:1] == b"\xff" and data[1:2] and data[1:2][0] & 0xF6 == 0xF0:
        return _between(_adts_starts(data, size), size)
    if data[:3] == b"ID3" or _is_mp3(data, 0):
        return _between(_mp3_starts(data), size)
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
    """A part begins with the first page of a stream after pages with sound."""
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
    """The checksum of an Ogg page: zlib's, with bits in the opposite order."""
    bits = (page[:22] + bytes(4) + page[26:]).translate(_BITS_REVERSED)
    return ((zlib.crc32(bits, 2**32 - 1) ^ (2**32 - 1)).to_bytes(4, "big")).translate(
        _BITS_REVERSED
    )


def _of_chunks(data: _Bytes, size: int) -> Iterator[Part]:
    """Another WAV or AIFF begins where the first one declares its end, if a header is there."""
    mark = data[:4]
    is_wav, first = mark != b"FORM", 0
    while first < size:
        length = int.from_bytes(data[first + 4 : first + 8], "little" if is_wav else "big")
        end = first + 8 + length
        another = [at for at in (end, end + 1) if data[at : at + 4] == mark]
        last = another[0] if another else size
        yield Part(first, last, says_times=_says_times(data, first, last) if is_wav else None)
        first = last


def _says_times(data: _Bytes, first: int, last: int) -> float | None:
    """The sound that a WAV declares as a multiple of what is there; None if it declares none."""
    at, long_size = first + 12, 0
    while at + 8 <= last:
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name == b"ds64":
            long_size = int.from_bytes(data[at + 16 : at + 24], "little")
        elif name == b"data":
            there = last - at - 8
            if length == 2**32 - 1 and long_size:
                length = long_size
            elif length >= _UNKNOWN_SIZE and length > there:
                return None
            return max(1.0, length / there) if length and there else None
        at += 8 + length + length % 2
    return None


def _mp4_starts(data: _Bytes, size: int) -> Iterator[int]:
    """Where each file type box at the top level begins."""
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


def _mp3_starts(data: _Bytes) -> Iterator[int]:
    """Where a tag begins, or a frame that gives a length without a tag."""
    from_tags = set[int]()
    for at in _found(data, (b"ID3\x03\x00", b"ID3\x04\x00")):
        sizes = data[at + 6 : at + 10]
        end = at + 10 + sum(byte << 7 * n for n, byte in enumerate(reversed(sizes)))
        if max(sizes, default=255) < 128 and _is_mp3(data, end):
            from_tags.add(end)
            yield at
    for at in _found(data, (b"Xing", b"Info")):
        starts = [at - n for n in _XING_AT if at >= n and _is_mp3(data, at - n)]
        if starts and starts[0] not in from_tags and starts[0] > max(from_tags, default=0):
            yield starts[0]


def _is_mp3(data: _Bytes, at: int) -> bool:
    """Whether a frame of MPEG layer 3 begins here."""
    header = data[at : at + 3]
    return (
        len(header) == 3
        and header[0] == 0xFF
        and header[1] & 0xE6 == 0xE2
        and header[2] >> 4 not in (0, 15)
        and header[2] & 0x0C != 0x0C
    )


def _matroska_starts(data: _Bytes, size: int) -> Iterator[int]:
    """Where a header begins: after a segment that declares its length, or anywhere."""
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
    """Where an element with a four-byte name ends; None if it declares no length."""
    first = data[at + 4 : at + 5]
    if not first or not first[0]:
        return None
    n = 9 - first[0].bit_length()
    length = int.from_bytes(data[at + 4 : at + 4 + n], "big") & ((1 << 7 * n) - 1)
    return None if length == (1 << 7 * n) - 1 else at + 4 + n + length


def _adts_starts(data: _Bytes, size: int) -> Iterator[int]:
    """Where an AAC stream continues with another rate or other channels."""
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
