"""The command line: lists the commands, and turns errors into one sentence."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

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
from pipeline.commands.frame import Commands
from pipeline.commands.init import init
from pipeline.commands.notebooks import notebooks
from pipeline.commands.output import problems, warn
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
    """Have every file name written, and what a terminal cannot show stop no command."""
    if sys.getfilesystemencoding() != "utf-8":  # it is fixed when Python starts
        os.environ["PYTHONIOENCODING"] = sys.stdout.encoding  # of the terminal, and stays so
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace" if stream.isatty() else "backslashreplace")


app.command()(init)
app.command()(run)
app.command()(status)
app.command()(settings)
app.command()(show)
app.command()(clip)
app.command()(validate)
app.command()(report.report)
app.command()(notebooks)

BY_ITSELF = "Unattended"
DECIDING = "What people decide"
SHARING = "Sharing, and leaving"
UPKEEP = "Upkeep"

# in the order in which `vuoro --help` lists them
app.command(rich_help_panel=BY_ITSELF)(watch)
app.command(rich_help_panel=BY_ITSELF)(up)
app.command(rich_help_panel=BY_ITSELF)(down)
app.command(rich_help_panel=BY_ITSELF)(worker)
app.add_typer(service.app, name="service", rich_help_panel=BY_ITSELF)
app.command(rich_help_panel=BY_ITSELF)(retry)
app.command(rich_help_panel=BY_ITSELF)(cancel)
app.add_typer(group.app, name="group", rich_help_panel=DECIDING)
app.command(rich_help_panel=DECIDING)(session)
app.add_typer(review.app, name="review", rich_help_panel=DECIDING)
app.command(rich_help_panel=DECIDING)(edit.edit)
app.command(rich_help_panel=DECIDING)(build.build)
app.command(rich_help_panel=SHARING)(release.release)
app.command(rich_help_panel=SHARING)(withdraw)
app.add_typer(key.app, name="key", rich_help_panel=SHARING)
app.command(rich_help_panel=UPKEEP)(reprocess)
app.command(rich_help_panel=UPKEEP)(clean)
app.add_typer(models.app, name="models", rich_help_panel=UPKEEP)
app.command()(demo.demo)
