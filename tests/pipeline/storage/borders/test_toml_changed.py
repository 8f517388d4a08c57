"""A value in a TOML file is changed, and nothing else of what people wrote."""

from __future__ import annotations

import tomllib

import pytest

from pipeline.storage.borders.toml import line_of, with_value, without

TEXT = """\
# our study
[turns]
# a silence ends a turn
#lapse_s = 8.0
minimal = 3   # as agreed, "3 #words"
words = [
    "joo",  # yes
    "mm",
]

# languages
[transcription]
language = "fi"
"""


@pytest.mark.parametrize(
    ("table", "key", "value", "before", "after"),
    [
        ("turns", "lapse_s", "5.0", "#lapse_s = 8.0\n", "#lapse_s = 8.0\nlapse_s = 5.0\n"),
        ("turns", "minimal", "4", "minimal = 3 ", "minimal = 4 "),
        ("turns", "words", "[]", 'words = [\n    "joo",  # yes\n    "mm",\n]\n', "words = []\n"),
        ("turns", "new", "1", '    "mm",\n]\n', '    "mm",\n]\nnew = 1\n'),
        ("transcription", "beam", "2", 'language = "fi"\n', 'language = "fi"\nbeam = 2\n'),
    ],
)
def test_one_line_changes(table: str, key: str, value: str, before: str, after: str) -> None:
    changed = with_value(TEXT, table, key, value)
    assert changed == TEXT.replace(before, after)
    assert tomllib.loads(changed)[table][key] == tomllib.loads(f"x = {value}")["x"]


def test_a_table_that_is_not_there_comes_to_the_end() -> None:
    assert with_value("[turns]\nx = 1", "machine", "threads", "2") == (
        "[turns]\nx = 1\n\n[machine]\nthreads = 2\n"
    )
    assert with_value("", "machine", "threads", "2") == "[machine]\nthreads = 2\n"


@pytest.mark.parametrize("text", ["[turns]\r\nlapse_s = 8\r\n", "turns.lapse_s = 8\r\n"])
def test_endings_of_lines_and_dotted_keys_stay(text: str) -> None:
    assert with_value(text, "turns", "lapse_s", "5") == text.replace("8", "5")


@pytest.mark.parametrize(
    ("key", "gone", "left"),
    [
        ("minimal", 'minimal = 3   # as agreed, "3 #words"\n', '# as agreed, "3 #words"\n'),
        ("words", 'words = [\n    "joo",  # yes\n    "mm",\n]\n', ""),
        ("lapse_s", "", ""),
    ],
)
def test_a_key_goes_and_the_comment_behind_it_stays(key: str, gone: str, left: str) -> None:
    expected = TEXT.replace(gone, left) if gone else TEXT
    assert without(TEXT, "turns", key) == expected


def test_set_and_removed_is_as_before() -> None:
    assert without(with_value(TEXT, "turns", "lapse_s", "5"), "turns", "lapse_s") == TEXT


def test_lines_of_keys_and_tables() -> None:
    found = [line_of(TEXT, *place) for place in (("turns",), ("turns", "words"), ("a", "b"))]
    assert found == [2, 6, None]
    assert line_of(TEXT, "turns", "lapse_s") is None  # a comment sets nothing
