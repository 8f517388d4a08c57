"""Identify a file without readable sound by its first bytes, and return the error for it."""

from __future__ import annotations

import re
from typing import BinaryIO

from pipeline.errors import (
    ArchiveError,
    DamagedMediaError,
    DictationError,
    DocumentError,
    EmptyFileError,
    NotConvertedError,
    NotMediaError,
    PictureError,
    RecordingError,
    UnfinishedVideoError,
    WebPageError,
)
from pipeline.texts import Text

_LOOKED_AT = 65_536
_MEDIA = (b"RIFF", b"RF64", b"OggS", b"fLaC", b"ID3", b"FORM", b"\x1aE\xdf\xa3", b"0&\xb2u")
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*", b"BM")
_PICTURE_BRANDS = (b"heic", b"heix", b"mif1", b"avif")
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b", b"\xfd7zXZ", b"BZh")
_DOCUMENTS = (b"%PDF", b"\xd0\xcf\x11\xe0", b"{\\rtf")
_IN_DOCUMENTS = (b"word/", b"xl/", b"ppt/", b"[Content_Types].xml", b"vnd.oasis", b"docProps/")
_DICTATIONS = (b"\x03ds2", b"\x01ds2", b"\x02dss", b"\x03dss", b"\x06dss")
_WEB_PAGE = re.compile(rb"(<\?xml[^>]*>|<!--.*?-->|\s)*<(!doctype\s+html|html|head|body|script)\b")


def why_not(file: BinaryIO, size: int, suffix: str) -> RecordingError:
    """The error for a file that libav cannot open, or in which it finds no sound."""
    if not size:
        return EmptyFileError(Text("The file is empty (0 bytes)."))
    file.seek(0)
    start = file.read(_LOOKED_AT)
    if not start.strip(b"\0"):
        return EmptyFileError(Text("The file holds nothing but zeros."))
    text = start.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").removeprefix(b"\xff\xfe")
    if _WEB_PAGE.match(text.lower()):
        return WebPageError(Text("The file is a web page, not a recording."))
    if start.startswith(_PICTURES) or start[8:12] in _PICTURE_BRANDS or start[8:12] == b"WEBP":
        return PictureError(Text("The file is a picture, not a recording."))
    if start.startswith(_DOCUMENTS) or (start[:2] == b"PK" and _is_document(start)):
        return DocumentError(Text("The file is an office document, not a recording."))
    if start.startswith(_ARCHIVES):
        return ArchiveError(Text("The file is an archive, such as a ZIP file, not a recording."))
    if start.startswith(_DICTATIONS):
        return DictationError(
            Text("The file is a dictation (DSS or DS2) that cannot be opened here.")
        )
    if suffix.lower() == ".zoom":
        return NotConvertedError(Text("The file is a Zoom recording that was not converted yet."))
    if start[4:8] in _MP4_BOXES:
        return _of_mp4(file, size)
    if start.startswith(_MEDIA):
        return DamagedMediaError(Text("The file is damaged or was cut off, and its sound is lost."))
    return NotMediaError(Text("The file is not an audio or video file."))


def _is_document(start: bytes) -> bool:
    return any(mark in start for mark in _IN_DOCUMENTS)


def _of_mp4(file: BinaryIO, size: int) -> RecordingError:
    """Whether an mp4 lacks only the index, which is written at its end."""
    at, names = 0, set()
    while at + 8 <= size:
        file.seek(at)
        header = file.read(16)
        length, name = int.from_bytes(header[:4], "big"), header[4:8]
        if length == 1:
            length = int.from_bytes(header[8:], "big")
        names.add(name)
        if length < 8:
            break
        at += length
    if b"mdat" in names and not {b"moov", b"moof"} & names:
        return UnfinishedVideoError(
            Text(
                "The index of the recording (moov), which is written at its end, is missing: the "
                "recording, or copying it, was interrupted."
            )
        )
    return DamagedMediaError(Text("The file is damaged or was cut off, and its sound is lost."))
