"""The command line: lists the commands, and turns errors into one sentence."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from io import TextIOWrapper
from typing import Annotated

import typer

from pipeline import __version__
from pipeline.commands import (
    build,
    demo,
    edit,
    group,
    key,
    models,
    release,
    report,
    review,
    service,
)
from pipeline.commands.clean import clean
from pipeline.commands.docs import docs
from pipeline.commands.frame import Commands
from pipeline.commands.init import init
from pipeline.commands.notebooks import notebooks
from pipeline.commands.output import problems, say, warn
from pipeline.commands.retry import cancel, reprocess, retry
from pipeline.commands.run import run
from pipeline.commands.session import session
from pipeline.commands.settings import settings
from pipeline.commands.show import clip, show
from pipeline.commands.status import status
from pipeline.commands.up import down, up
from pipeline.commands.validate import validate
from pipeline.commands.watch import watch
from pipeline.commands.withdraw import withdraw
from pipeline.commands.worker import worker
from pipeline.errors import VuoroError

app = Commands("vuoro", "Turn recordings of group sessions into anonymised turn data sets.")


def _version(is_asked: bool) -> None:
    if is_asked:
        say(f"vuoro {__version__}")
        raise typer.Exit


@app.callback()
def vuoro(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Turn recordings of group sessions into anonymised turn data sets."""


def main() -> None:
    """Run the command line; errors of ours are one sentence, and the exit status is 1."""
    _any_letters()
    try:
        app()
    except VuoroError as error:
        problems.print("[red]error:[/] ", end="", highlight=False)
        warn([str(error)])
        sys.exit(1)


def _any_letters() -> None:
    """Use UTF-8 for every file name; let no unprintable character stop a command."""
    if sys.getfilesystemencoding() != "utf-8":  # it is fixed when Python starts
        os.environ["PYTHONIOENCODING"] = sys.stdout.encoding  # of the terminal, and stays so
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace" if stream.isatty() else "backslashreplace")


# in the order in which `vuoro --help` lists them, by heading
COMMANDS: Mapping[str | None, tuple[Callable[..., None] | Commands, ...]] = {
    None: (
        *(init, run, status, settings, show, clip, validate),
        *(report.report, notebooks, docs, demo.demo),
    ),
    "Unattended": (watch, up, down, worker, service.app, retry, cancel),
    "What people decide": (group.app, session, review.app, edit.edit, build.build),
    "Sharing, and leaving": (release.release, withdraw, key.app),
    "Upkeep": (reprocess, clean, models.app),
}
for heading, listed in COMMANDS.items():
    for each in listed:
        if isinstance(each, Commands):
            app.add_typer(each, rich_help_panel=heading)
        else:
            app.command(rich_help_panel=heading)(each)
