"""YAML and TOML of people: plain values are read, all else is one sentence that names the line."""

from __future__ import annotations

import pytest

from pipeline.errors import StudyError
from pipeline.storage.borders.toml import toml_in
from pipeline.storage.borders.yaml import yaml_in

BOMB = "a: &a [1, 1]\nb: [" + ", ".join(["*a"] * 50) + "]\n"


def test_plain_values_are_read() -> None:
    text = "\ufeffname: äiti\r\nlist: [1, 2.5, yes, ~]\ntable: {x_a: 2015-01-02}\n"
    found = yaml_in(text.encode(), "It", "")
    assert isinstance(found, dict)
    assert (found["name"], found["list"]) == ("äiti", [1, 2.5, True, None])
    assert str(found["table"]["x_a"]) == "2015-01-02"
    assert yaml_in(b"# nothing yet\n", "It", "") is None


@pytest.mark.parametrize(("text", "number"), [("08", 8), ("010", 10), ("0x10", 16), ("0", 0)])
def test_numbers_with_a_leading_zero_are_decimal(text: str, number: int) -> None:
    assert yaml_in(f"number: {text}".encode(), "It", "") == {"number": number}
    assert yaml_in(f"number: '{text}'".encode(), "It", "") == {"number": text}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("number: [", "is not valid YAML: see line 2."),
        ("number: 3\n\tkind: meeting", "is not valid YAML: see line 2."),
        ("number: 3\ndate: 2015-31-12", "holds an impossible date or number: see line 2."),
        ("number: " + "9" * 5_000, "holds an impossible date or number: see line 1."),
        ("number: 0x" + "f" * 300, "holds an impossible date or number: see line 1."),
        ("a:\n  " + "[" * 5_000, "is nested too deeply: see line 2."),
        ("- " * 5_000, "is nested too deeply: see line 1."),
        (BOMB, "has an anchor (&) or a reference (*): see line 1."),
        ("a: 1\nb: *a", "has an anchor (&) or a reference (*): see line 2."),
        ("a: !!python/object/apply:os.getpid []", "has a tag (!): see line 1."),
        ("a: 1\na: 2", "says the same thing twice: see line 2."),
        ("? [a]\n: 1", "has a list or table in the place of a name: see line 1."),
        ("a: 1\n---\na: 2", "holds several documents: see line 2."),
        ('a: "\\ud800"', "is not valid YAML: see line 1."),
        ("a: 1\0", "has a character in line 1 that is no text."),
    ],
)
def test_yaml_that_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(StudyError) as raised:
        yaml_in(text.encode(), "It", "Correct it.")
    assert raised.value.what == f"It {sentence}" and raised.value.remedy


def test_toml_is_read_with_a_mark() -> None:
    assert toml_in(b'\xef\xbb\xbf[a]\nb = "\xc3\xa4"\n', "It", "") == {"a": {"b": "ä"}}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[a]\nb = ", "is not valid TOML (invalid value): see line 2."),
        ("a = 1\na = 2", "is not valid TOML (cannot overwrite a value): see line 2."),
        ("a = [", "is not valid TOML (invalid value): see line 1."),
        ("a = 1\nb = " + "9" * 5_000, "has a line of more than 4000 characters: see line 2."),
        (".".join("a" * 3_000) + " = 1", "has a line of more than 4000 characters: see line 1."),
        ("a = 1\nb = " + "[" * 3_000, "holds a number that is too long, or is nested too deeply"),
        ("a = 1\nb = '\x01'", "has a character in line 2 that is no text."),
    ],
)
def test_toml_that_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(StudyError) as raised:
        toml_in(text.encode(), "It", "Correct it.")
    assert raised.value.what.startswith(f"It {sentence}") and raised.value.remedy


def test_the_line_where_nesting_is_too_deep() -> None:
    with pytest.raises(StudyError, match="see line 3"):
        toml_in(b"a = 1\nb = 2\nc = " + b"[" * 3_000 + b"\nd = 3\n", "It", "")
