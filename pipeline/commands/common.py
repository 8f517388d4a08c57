"""What all commands share: the study they work on, opening its key, having it to themselves."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from pipeline.study import Study

console = Console()
problems = Console(stderr=True)

StudyOption = Annotated[
    Path, typer.Option("--study", help="The study's folder.", envvar="VUORO_STUDY")
]
DEFAULT_STUDY = Path("data")


def opened(folder: Path) -> Study:
    """The study in this folder. Raises StudyError if there is none."""
    from pipeline.study import open_study

    return open_study(folder)


def say(text: str) -> None:
    """Print a line as it is: names and paths are no markup."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def unlock(study: Study) -> None:
    """Ask for the passphrase of the study's key where it needs one and nobody has given it."""
    from pipeline.key import KEY_FILE_VARIABLE, PASSPHRASE_VARIABLE
    from pipeline.key.file import find_secret, header_of

    header = header_of(study.key_file)
    given = os.environ.keys() & {PASSPHRASE_VARIABLE, KEY_FILE_VARIABLE}
    if header and header.lock == "passphrase" and not given and sys.stdin.isatty():
        # tasks and child processes find it there
        os.environ[PASSPHRASE_VARIABLE] = typer.prompt("Passphrase of the key", hide_input=True)
    if note := find_secret(study.key_file).note:
        problems.print(note, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def nobody_at_work(study: Study) -> Iterator[None]:
    """Holds the study and its names: a run that goes on would meet others than it began with.

    Raises StudyError if a run is at work.
    """
    from pipeline import locks

    with locks.alone(study), locks.names(study):
        yield
