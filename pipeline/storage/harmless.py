"""Text from outside, made harmless for a terminal.

A file name may hold an escape sequence that rewrites the screen, a line break that fakes a line, or
marks that turn the direction of writing round ("Trojan Source", Boucher & Anderson 2021). They are
shown as escapes, e.g. ``\\x1b``, so that a person sees that they are there.
"""

from __future__ import annotations

import re

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff"
_CONTROL = re.compile(f"[{_CONTROLS}]")
_CONTROL_OR_BREAK = re.compile(f"[{_CONTROLS}\t\n\u2028\u2029\ud800-\udfff]")


def harmless(text: str) -> str:
    """Text of ours with text from outside in it: line breaks and tabs stay."""
    return _CONTROL.sub(_escaped, text)


def on_one_line(text: str) -> str:
    """A name from outside: line breaks, tabs and bytes that are no text are escapes, too."""
    return _CONTROL_OR_BREAK.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode("ascii")
