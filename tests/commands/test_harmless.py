"""Names from outside on a terminal: nothing of them is carried out, all of them is seen."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.commands.console import Terminal, sessions_table
from pipeline.commands.output import SafeConsole
from pipeline.errors import NotMediaError
from pipeline.operations.overview import SessionStatus
from pipeline.storage.harmless import harmless, on_one_line

NAME = "tapaaminen\x1b[2J\x1b]0;x\x07\n\u202egp4.exe"


def test_escapes_breaks_and_marks_of_direction_are_shown_as_escapes() -> None:
    assert on_one_line(NAME) == r"tapaaminen\x1b[2J\x1b]0;x\x07\n\u202egp4.exe"
    assert harmless("ä\n\tb\x9b") == "ä\n\tb\\x9b"


@pytest.mark.parametrize("how", ["a line of a run", "the table of status", "a line of a command"])
def test_no_control_character_of_a_file_name_reaches_the_terminal(how: str) -> None:
    out = io.StringIO()
    if how == "a line of a run":
        terminal = Terminal(Console(file=out, width=200), {})
        terminal.refused(Path(NAME), NotMediaError("The file is empty."))
    elif how == "the table of status":
        Console(file=out, width=200).print(
            sessions_table([SessionStatus("", NAME, "in the inbox")])
        )
    else:
        SafeConsole(file=out, width=200).print(NAME, markup=False, highlight=False)
    shown = out.getvalue()
    assert r"\x1b[2J" in shown
    assert not [c for c in shown if c != "\n" and (ord(c) < 32 or 0x7F <= ord(c) < 0xA0)]
    assert "\u202e" not in shown
