"""Bytes to text, and text without what cannot be seen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.storage.borders.text import clean, data_in, text_in


def test_text_is_composed_and_without_a_mark() -> None:
    assert text_in(b"\xef\xbb\xbfa\xcc\x88iti\r\n", "It") == "äiti\r\n"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("yksi\näiti".encode("latin-1"), "It is not saved as UTF-8: see line 2."),
        ("number: 3".encode("utf-16"), "It is saved as UTF-16, not as UTF-8."),
        (b"yksi\nkaksi\nkol\0me", "It has a character in line 3 that is no text."),
        (b"\x1b[2J", "It has a character in line 1 that is no text."),
    ],
)
def test_what_is_no_text_is_named_by_line(data: bytes, sentence: str) -> None:
    with pytest.raises(StudyError) as raised:
        text_in(data, "It")
    assert raised.value.what == sentence and "UTF-8" in raised.value.remedy


@pytest.mark.parametrize(
    ("pasted", "cleaned"),
    [
        ("\xa0Aino \r\n Kuusma\u0308ntyla\u0308 ", "Aino Kuusmäntylä"),
        ("Å\u200bke\u202e Sjö\u00adholm\ufeff\ufe0f", "Åke Sjöholm"),
        ("a\0b\x07c\ud800", "abc"),
        ("\u3164\u2800", ""),
        ("李 明 O'Neill-Ängeslevä 🌞", "李 明 O'Neill-Ängeslevä 🌞"),
    ],
)
def test_what_cannot_be_seen_is_dropped(pasted: str, cleaned: str) -> None:
    assert clean(pasted) == cleaned


def test_only_files_of_a_sensible_size_are_read(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(11))
    with pytest.raises(StudyError, match="is larger than"):
        data_in(tmp_path / "large", "It", max_bytes=10)
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "gone", "."):
        with pytest.raises(StudyError, match="is not there, or is no file"):
            data_in(tmp_path / name, "It")
