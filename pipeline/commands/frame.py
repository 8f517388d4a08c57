"""The frame of a command: its study, the key, exclusive access to the study, how it ends."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.models import CommandFunctionType

from pipeline.commands.output import SafeConsole, say, warn
from pipeline.records.ids import session_id_meant
from pipeline.study import Study, nearest, open_study

if TYPE_CHECKING:
    from pipeline.settings import Settings

STUDY_VARIABLE = "VUORO_STUDY"


class _Command(TyperCommand):
    """A command whose flags are shown without a type."""

    def get_params(self, ctx: Any) -> Any:
        return _without_types(super().get_params(ctx))


class _Group(TyperGroup):
    """A group of commands whose flags are shown without a type."""

    def get_params(self, ctx: Any) -> Any:
        return _without_types(super().get_params(ctx))


class Commands(typer.Typer):
    """Commands under one name; called without any of them, it lists them."""

    def __init__(self, name: str, help: str) -> None:
        super().__init__(
            name=name,
            help=help,
            cls=_Group,
            no_args_is_help=True,
            add_completion=False,
            pretty_exceptions_enable=False,  # tracebacks would show variables: names and speech
        )

    def command(
        self, *names: Any, **how: Any
    ) -> Callable[[CommandFunctionType], CommandFunctionType]:
        """Register a command as typer does."""
        return super().command(*names, cls=_Command, **how)


def _without_types(params: Any) -> Any:
    for param in params:
        if isinstance(param, TyperOption) and param.is_flag:
            param.metavar = ""
    return params


def default_folder() -> Path:
    """Return the study's folder where none is given: VUORO_STUDY, else the study around the current
    folder, else ``data``."""
    named = os.environ.get(STUDY_VARIABLE)
    return Path(named) if named else nearest(Path.cwd()) or Path("data")


def opened(folder: str) -> Study:
    """Return the study in this folder; messages name it where it would not be found without."""
    study = open_study(Path(folder))
    is_default = study.root == default_folder().expanduser().resolve()
    SafeConsole.study = "" if is_default else folder
    return study


def _opened_and_unlocked(folder: str) -> Study:
    study = opened(folder)
    unlock(study)
    return study


def _option(opener: Any) -> Any:
    return typer.Option(
        "--study",
        help=f"The study's folder; default: {STUDY_VARIABLE}, the study around the current folder, "
        "or data.",
        metavar="FOLDER",
        parser=opener,
        default_factory=lambda: str(default_folder()),
        show_default=False,
    )


StudyOption = Annotated[Study, _option(opened)]
UnlockedStudyOption = Annotated[Study, _option(_opened_and_unlocked)]
"""A study whose key can be read: the passphrase is asked for where it needs one."""


def unlock(study: Study) -> None:
    """Ask for the passphrase of the study's key where it needs one and none was given."""
    from pipeline.pseudonymisation.key import KEY_FILE_VARIABLE, PASSPHRASE_VARIABLE
    from pipeline.pseudonymisation.key.file import find_secret
    from pipeline.pseudonymisation.key.own import own_header

    header = own_header(study)
    given = os.environ.keys() & {PASSPHRASE_VARIABLE, KEY_FILE_VARIABLE}
    if header and header.lock == "passphrase" and not given and (ask := passphrase_prompt()):
        os.environ[PASSPHRASE_VARIABLE] = ask()  # tasks and child processes find it there
    if note := find_secret(study.key_file).note:
        warn([note])


def warn_outdated(study: Study, settings: Settings) -> None:
    """Say which sessions were made with other settings, and how to update them."""
    from pipeline.operations.settings import outdated

    if sentence := outdated(study, settings).sentence:
        warn([f"{sentence} Apply it with `vuoro run`."])


def passphrase_prompt() -> Callable[[], str] | None:
    """Return a prompt for the key's passphrase; None where there is no terminal."""
    if not sys.stdin.isatty():
        return None
    return lambda: typer.prompt("Passphrase of this study's key", hide_input=True, err=True)


@contextmanager
def exclusive(study: Study) -> Iterator[None]:
    """Hold the study and its names: a run would find other names than it began with.

    Raises StudyError if a run is in progress.
    """
    from pipeline.study import locks

    with locks.alone(study), locks.names(study):
        yield


@contextmanager
def interruptible(last_words: str) -> Iterator[None]:
    """Let Ctrl-C end the command, with this message."""
    try:
        yield
    except KeyboardInterrupt:
        say(last_words)
        raise typer.Exit(130) from None


SessionArgument = Annotated[
    str,
    typer.Argument(metavar="SESSION", parser=session_id_meant, help="A session, e.g. G07-S01."),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]


def confirm(question: str, yes: bool) -> None:
    """Ask before something is removed; end the command if the answer is no."""
    if not yes and not typer.confirm(question):
        say("Nothing was removed.")
        raise typer.Exit(1)


def confirm_by_typing(word: str, question: str, otherwise: str, yes: bool) -> None:
    """Ask for a word before something is removed for good; end the command if it differs."""
    if not yes and typer.prompt(question).strip() != word:
        warn([otherwise])
        raise typer.Exit(1)


def user() -> str:
    """Return the user's name, as far as the system knows it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # there is no user of that number
        return "unknown"


ByOption = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Who decides; default: your user name.",
        default_factory=user,
        show_default=False,
    ),
]


def now() -> str:
    """Return the time, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")
