"""Read TOML that people wrote, and change it without touching the rest."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from pipeline.errors import StudyError
from pipeline.storage.borders.text import text_in

MAX_BYTES = 100_000
MAX_LINE = 4_000  # characters; a name of thousands of parts keeps the parser busy for minutes

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def toml_in(data: bytes, subject: str, remedy: str) -> dict[str, Any]:
    """The content of a TOML file. Raises StudyError that names the line if it is not TOML."""
    lines = text_in(data, subject).splitlines(keepends=True)
    long = next((n for n, line in enumerate(lines, start=1) if len(line) > MAX_LINE), None)
    if long:
        problem, where = f"has a line of more than {MAX_LINE} characters", long
    else:
        try:
            return tomllib.loads("".join(lines))
        except tomllib.TOMLDecodeError as error:
            place = _PLACE.search(str(error))
            where = int(place[1] or len(lines)) if place else len(lines)
            what = _PLACE.sub("", str(error))
            problem = f"is not valid TOML ({what[:1].lower()}{what[1:]})"
        except (ValueError, RecursionError):
            where = 1 + bisect_left(range(len(lines)), True, key=lambda n: _stops(lines[: n + 1]))
            problem = "holds a number that is too long, or is nested too deeply"
    raise StudyError(f"{subject} {problem}: see line {where}.", remedy)


def _stops(lines: Sequence[str]) -> bool:
    """Whether the first lines of a file already contain what the parser rejects."""
    try:
        tomllib.loads("".join(lines))
    except tomllib.TOMLDecodeError:
        return False
    except (ValueError, RecursionError):
        return True
    return False


def line_of(text: str, table: str, key: str = "") -> int | None:
    """The number of the line that sets a table's key, or of the table itself; None if missing."""
    wanted = f"{table}.{key}" if key else table
    return next((number for number, name in _names(text) if name == wanted), None)


def with_value(text: str, table: str, key: str, value: str) -> str:
    """The text of a TOML file with this value, given as TOML; the rest stays unchanged.

    A new key goes below the comment that shows its default, otherwise to the end of its table.
    """
    lines = text.splitlines(keepends=True)
    if found := _statement(text, table, key):
        old = "".join(lines[found])
        start = old.partition("=")[0].rstrip()
        lines[found] = [_ended(f"{start} = {value}{_comment(old)}", text)]
        return "".join(lines)
    line = _ended(f"{key} = {value}", text)
    at = _place(text, table, key)
    if at is None:
        gap = _ended("", text) if text else ""
        return f"{_whole(text)}{gap}{_ended(f'[{table}]', text)}{line}"
    return "".join([_whole("".join(lines[:at])), line, *lines[at:]])


def without(text: str, table: str, key: str) -> str:
    """The text of a TOML file without a key; the rest stays, including a comment after it."""
    found = _statement(text, table, key)
    if found is None:
        return text
    lines = text.splitlines(keepends=True)
    comment = _comment("".join(lines[found])).strip()
    lines[found] = [_ended(comment, text)] if comment else []
    return "".join(lines)


def _names(text: str) -> Iterator[tuple[int, str]]:
    """The number of each line with the dotted name of the table or key that it begins, or ""."""
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+([^]]+)\]", line):
            table = name = header[1].strip()
        else:
            name = ".".join(filter(None, [table, line.partition("=")[0].strip()]))
        yield number, name


def _statement(text: str, table: str, key: str) -> slice | None:
    """The lines that set a key: several if its value spans lines."""
    first = line_of(text, table, key)
    if first is None:
        return None
    lines = text.splitlines(keepends=True)
    for last in range(first, len(lines) + 1):
        with suppress(tomllib.TOMLDecodeError):
            tomllib.loads("".join(lines[first - 1 : last]))
            return slice(first - 1, last)
    return None


def _comment(statement: str) -> str:
    """The comment after a value, with the blanks before it; "" if there is none."""
    said = tomllib.loads(statement)
    for found in re.finditer(r"\s*#", statement):
        with suppress(tomllib.TOMLDecodeError):
            if tomllib.loads(statement[: found.start()]) == said:
                return statement[found.start() :].rstrip()
    return ""


def _place(text: str, table: str, key: str) -> int | None:
    """After how many lines a new key of a table belongs; None if there is no such table."""
    at, inside = None, False
    for number, (line, (_, name)) in enumerate(
        zip(text.splitlines(), _names(text), strict=True), start=1
    ):
        if line.lstrip().startswith("["):
            inside = name == table
        if not inside:
            continue
        if re.match(rf"\s*#\s*{re.escape(key)}\s*=", line):
            return number
        if line.strip() and not line.lstrip().startswith("#"):
            at = number
    return at


def _ended(line: str, text: str) -> str:
    """A line with the line ending of this text."""
    return line + ("\r\n" if "\r\n" in text else "\n")


def _whole(text: str) -> str:
    """A text whose last line ends with a line break."""
    return text if not text or text.endswith("\n") else _ended(text, text)
