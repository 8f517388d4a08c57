"""Make text from outside harmless for a terminal.

A file name may contain an escape sequence that rewrites the screen, a line break that fakes a line,
or marks that reverse the writing direction ("Trojan Source", Boucher & Anderson 2021). They are
shown as escapes, e.g. ``\\x1b``, so that they are visible.
"""

from __future__ import annotations

import re

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff"
_CONTROL = re.compile(f"[{_CONTROLS}]")
_CONTROL_OR_BREAK = re.compile(f"[{_CONTROLS}\t\n\u2028\u2029\ud800-\udfff]")


def harmless(text: str) -> str:
    """A vuoro message that contains text from outside: line breaks and tabs stay."""
    return _CONTROL.sub(_escaped, text)


def on_one_line(text: str) -> str:
    """A name from outside: line breaks, tabs and undecodable bytes become escapes, too."""
    return _CONTROL_OR_BREAK.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode("ascii")
