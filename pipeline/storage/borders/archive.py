"""Compressed folders of XML, as office programs save them: streamed, and bounded on the way."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from pipeline.errors import StudyError

MAX_BYTES = 16_000_000  # of a file as given
MAX_EXPANDED = 32_000_000  # bytes of XML read from it
MAX_ELEMENTS = 1_000_000
MAX_TEXT = 32_767  # characters of one element; no cell of a spreadsheet holds more

_CHUNK = 1 << 18
BROKEN = (  # what opening and reading a compressed file may raise
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, KeyError, ValueError, IndexError, OverflowError),
)
_NO_XML = (expat.ExpatError, LookupError, ValueError)  # the latter two: for an unknown encoding


class Element(NamedTuple):
    """An element begins, with its attributes; or ends, with the text right before its end.

    Names are without their namespaces: they differ between the forms of one format.
    """

    name: str
    attributes: Mapping[str, str]
    text: str | None = None

    @property
    def begins(self) -> bool:
        return self.text is None


class Archive:
    """A compressed folder. Its expanded size is counted over everything read from it.

    Raises StudyError if it is damaged, locked or too large.
    """

    def __init__(self, data: bytes, subject: str) -> None:
        self._subject = subject
        self._bytes = self._elements = 0
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self.names = frozenset(self._zip.namelist())
        except BROKEN:
            raise self._damaged() from None

    def elements(self, name: str) -> Iterator[Element]:
        """The elements of an XML file in it; none if there is no such file."""
        if name not in self.names:
            return
        found: list[Element] = []
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        reading = _Reading(found)
        parser.StartElementHandler = reading.start
        parser.EndElementHandler = reading.end
        parser.CharacterDataHandler = reading.characters
        parser.StartDoctypeDeclHandler = reading.doctype
        try:
            for chunk in self._chunks(name):
                parser.Parse(chunk, not chunk)
                self._elements += len(found) // 2  # each begins and ends
                if self._elements > MAX_ELEMENTS:
                    raise self._too_large()
                yield from found
                found.clear()
        except _TooLong:
            raise StudyError(
                f"{self._subject} holds a text of more than {MAX_TEXT:,} characters in one cell.",
                "Shorten it, then try again.",
            ) from None
        except _NO_XML:
            raise self._damaged() from None

    def text(self, name: str, max_bytes: int = 100) -> bytes:
        """The beginning of a file in it; b"" if there is no such file."""
        return next(self._chunks(name), b"")[:max_bytes] if name in self.names else b""

    def _chunks(self, name: str) -> Iterator[bytes]:
        """A file's bytes in pieces; the last is empty."""
        try:
            info = self._zip.getinfo(name)
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise self._damaged()  # for other methods, Python cannot bound a piece
            with self._zip.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    self._bytes += len(chunk)
                    if self._bytes > MAX_EXPANDED:
                        raise self._too_large()
                    yield chunk
        except BROKEN:
            raise self._damaged() from None
        yield b""

    def _damaged(self) -> StudyError:
        return StudyError(
            f"{self._subject} is damaged: it cannot be opened whole.",
            "Open it in a spreadsheet program and save it again as an Excel workbook (.xlsx).",
        )

    def _too_large(self) -> StudyError:
        return StudyError(
            f"{self._subject} holds far more than fits such a sheet.",
            "Copy the cells that are needed into a new workbook.",
        )


class _TooLong(Exception):
    """An element holds more text than a cell can."""


class _Reading:
    """The callbacks of an XML parser; each element read is added to ``found``."""

    def __init__(self, found: list[Element]) -> None:
        self._found = found
        self._text: list[str] = []
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        plain = {_local(key): value for key, value in attributes.items()}
        self._found.append(Element(_local(name), plain))
        self._text.clear()
        self._length = 0

    def end(self, name: str) -> None:
        self._found.append(Element(_local(name), {}, "".join(self._text)))
        self._text.clear()
        self._length = 0

    def characters(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_TEXT:
            raise _TooLong
        self._text.append(text)

    def doctype(self, *_: object) -> None:
        raise ValueError  # entities can hide text, and blow up


@lru_cache(maxsize=1_000)
def _local(name: str) -> str:
    return name.rpartition(" ")[2]
