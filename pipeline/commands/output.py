"""What commands print: text from outside is made harmless, commands to type are given in full."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable
from pathlib import Path
from subprocess import list2cmdline
from typing import Any, ClassVar

from rich.console import Console
from rich.markup import escape

from pipeline.storage.harmless import harmless
from pipeline.texts import Text

WITHOUT_STUDY = ("docs", "init", "models")  # the commands that work on no study
_TO_TYPE = re.compile(rf"`vuoro (?!{'|'.join(WITHOUT_STUDY)})(?![^`]*--(?:help|study))[^`]+(?=`)")

_SHEET = re.compile(r"--out (private/\S+)")


class SafeConsole(Console):
    """A console on which text from outside cannot do anything, see ``harmless``.

    ``study`` is the folder that commands in messages need; "" where they find it without.
    """

    study: ClassVar[str] = ""

    def print(self, *objects: Any, **how: Any) -> None:
        """Print as rich does."""
        is_markup = how.get("markup") is not False
        super().print(
            *(self._ready(o, is_markup) if isinstance(o, str) else o for o in objects), **how
        )

    def _ready(self, text: str, is_markup: bool) -> str:
        return in_full(harmless(text), escape(self.study) if is_markup else self.study)


console = SafeConsole()
problems = SafeConsole(stderr=True)


def in_full(text: str, study: str) -> str:
    """The text; `vuoro` commands in it that need the study's folder to be given, with it.

    Sheets that they write into ``private/`` of the study go there from anywhere.
    """
    if not study:
        return text

    def sheet(name: re.Match[str]) -> str:
        return f"--out {_quoted(str(Path(study, name[1])))}"

    def with_study(command: re.Match[str]) -> str:
        return f"{_SHEET.sub(sheet, command[0])} --study {_quoted(study)}"

    return _TO_TYPE.sub(with_study, text)


def _quoted(argument: str) -> str:
    return list2cmdline([argument]) if os.name == "nt" else shlex.quote(argument)


def say(text: Text | str) -> None:
    """Print a line as it is: names and paths are not markup."""
    console.print(str(text), markup=False, highlight=False, soft_wrap=True)


def warn(sentences: Iterable[Text | str]) -> None:
    """Print lines to standard error as they are."""
    for sentence in sentences:
        problems.print(str(sentence), markup=False, highlight=False, soft_wrap=True)
