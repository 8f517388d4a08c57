"""Convert bytes to text, and remove invisible characters from pasted text."""

from __future__ import annotations

import codecs
import re
import unicodedata
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.storage.disk import os_errors

MAX_BYTES = 4_000_000  # of a text file that people write
REMEDY = "Save it again as plain text with the encoding UTF-8."

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f\x7f]")
# invisible characters, besides the controls and formats of categories Cc and Cf
_UNSEEN = frozenset(
    map(
        chr,
        (
            *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
            *range(0x180B, 0x1810),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)
_NOT_TEXT = {"Cc", "Cf", "Cn", "Cs"}


def data_in(file: Path, subject: str, max_bytes: int = MAX_BYTES) -> bytes:
    """The bytes of a file that people wrote.

    Raises StudyError if it is too large or not a file; TransientError if it cannot be read.
    """
    with os_errors(f"reading {subject[:1].lower()}{subject[1:]}"):
        if not file.is_file():  # reading from a pipe or device might never end
            raise StudyError(f"{subject} is not there, or is no file.", "Check its name.")
        with file.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise StudyError(
            f"{subject} is larger than {max_bytes / 1_000_000:g} MB.",
            "Check that it is the right file.",
        )
    return data


def text_in(data: bytes, subject: str, remedy: str = REMEDY) -> str:
    """A text file's text, composed (NFC), without a byte order mark.

    Raises StudyError that names the line if it is not UTF-8, or not text.
    """
    if data.startswith(_UTF_16):
        raise StudyError(f"{subject} is saved as UTF-16, not as UTF-8.", remedy)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = line_of(data, error.start)
        raise StudyError(f"{subject} is not saved as UTF-8: see line {line}.", remedy) from None
    if control := _CONTROL.search(text):
        line = line_of(text.encode(), len(text[: control.start()].encode()))
        raise StudyError(f"{subject} has a character in line {line} that is no text.", remedy)
    return unicodedata.normalize("NFC", text)


def line_of(data: bytes, position: int) -> int:
    """The number of the line that holds the byte at a position."""
    return data.count(b"\n", 0, position) + 1


def clean(text: str) -> str:
    """A text on one line as people see it: composed (NFC), with plain spaces only, and stripped.

    Invisible characters are dropped: controls, zero-width ones, and direction marks.
    """
    seen = (
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", text)
        if character.isspace()
        or (unicodedata.category(character) not in _NOT_TEXT and character not in _UNSEEN)
    )
    return " ".join("".join(seen).split())
