"""TOML as people write it."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from pipeline.errors import StudyError
from pipeline.storage.borders.text import text_in

MAX_BYTES = 100_000
MAX_LINE = 4_000  # characters; a name of thousands of parts keeps the parser busy for minutes

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def toml_in(data: bytes, subject: str, remedy: str) -> dict[str, Any]:
    """What a TOML file says. Raises StudyError that names the line where it is no TOML."""
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
    """Whether the first lines of a file hold already what the parser cannot take."""
    try:
        tomllib.loads("".join(lines))
    except tomllib.TOMLDecodeError:
        return False
    except (ValueError, RecursionError):
        return True
    return False
