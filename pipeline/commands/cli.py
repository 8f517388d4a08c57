"""The command line: parses, calls, prints. Every command takes ``--study FOLDER``."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Optional

import typer

from pipeline.commands import build, demo, edit, group, key, release, report, review, service
from pipeline.commands.clean import clean
from pipeline.commands.common import (
    DEFAULT_STUDY,
    StudyOption,
    console,
    problems,
    run_and_show,
)
from pipeline.commands.notebooks import notebooks
from pipeline.commands.retry import cancel, reprocess, retry
from pipeline.commands.session import session
from pipeline.commands.settings import settings
from pipeline.commands.status import status
from pipeline.commands.up import down, up
from pipeline.commands.watch import watch
from pipeline.commands.withdraw import withdraw
from pipeline.commands.worker import worker
from pipeline.errors import SettingsError, VuoroError
from pipeline.exports.transcript import Format
from pipeline.storage.harmless import harmless

app = typer.Typer(
    name="vuoro",
    help="Recordings of group sessions into anonymised, turn-level data sets.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # their display of variables would show names and speech
)
models_app = typer.Typer(help="The models that vuoro works with.", no_args_is_help=True)


def main() -> None:
    """Run the command line; errors of ours are one sentence, and the exit status is 1."""
    _any_letters()
    try:
        app()
    except VuoroError as error:
        problems.print(f"[red]{type(error).__name__}[/]: ", end="", highlight=False)
        problems.print(str(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


def _any_letters() -> None:
    """Have every file name written, and what a terminal cannot show stop no command."""
    if sys.getfilesystemencoding() != "utf-8":  # it is fixed when Python starts
        os.environ["PYTHONIOENCODING"] = sys.stdout.encoding  # of the terminal, and stays so
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace" if stream.isatty() else "backslashreplace")


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="Where the study shall be.")]) -> None:
    """Make a study: the folders, and vuoro.toml with every setting explained."""
    from pipeline.study import create

    study = create(folder)
    console.print(f"The study is at {study.root}", soft_wrap=True, highlight=False)
    console.print("Now put recordings into", study.inbox / "a-group", soft_wrap=True)
    console.print(f"and type: vuoro run --study {folder}", soft_wrap=True, highlight=False)


@app.command()
def run(
    study: StudyOption = DEFAULT_STUDY,
    own_settings: Annotated[
        Optional[list[str]],  # noqa: UP045 (Typer reads it at run time)
        typer.Option("--set", "--language", "--model", hidden=True, help="Refused."),
    ] = None,
) -> None:
    """Take in what lies in the inbox and bring every session into the data set."""
    from pipeline.study import open_study

    if own_settings:
        raise SettingsError(
            "A run has no settings of its own: later commands would not know of them.",
            "Run `vuoro settings KEY=VALUE` first. A key of [machine] can be set for one run in "
            "the environment, e.g. VUORO_MACHINE__THREADS=2.",
        )
    if not run_and_show(open_study(study)):
        raise typer.Exit(1)


app.command()(status)
app.command()(settings)


@app.command()
def show(
    session: Annotated[str, typer.Argument(help="A session, e.g. G07-S01.")],
    study: StudyOption = DEFAULT_STUDY,
    format_: Annotated[Format, typer.Option("--format", help="How to show it.")] = Format.txt,
) -> None:
    """A session's transcript as published, with pseudonyms."""
    from pipeline.exports.transcript import WRITERS, published_turns
    from pipeline.operations.reviewed import review_of
    from pipeline.study import open_study

    place = open_study(study)
    turns = published_turns(place.dataset, session)
    typer.echo(harmless(WRITERS[format_](turns, review_of(place, session).sentence())))


@app.command()
def clip(
    turn_id: Annotated[
        str, typer.Argument(help="A turn as `vuoro show` has it, e.g. G07-S01-T12340.")
    ],
    study: StudyOption = DEFAULT_STUDY,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Where to write it; in private/clips/ if left out."),
    ] = None,
) -> None:
    """The sound of one turn as a WAV file. It identifies: handle it like the recording."""
    from pipeline.operations.listen import clip_of_turn
    from pipeline.study import open_study

    console.print(clip_of_turn(open_study(study), turn_id, out), soft_wrap=True, highlight=False)


@app.command()
def validate(study: StudyOption = DEFAULT_STUDY) -> None:
    """Check the data set against the declaration of its tables."""
    from pipeline.dataset.validate import examine
    from pipeline.study import open_study

    found = examine(open_study(study).dataset)
    for problem in found.problems:
        problems.print(str(problem), markup=False, highlight=False, soft_wrap=True)
    counts = ", ".join(f"{rows} {table}" for table, rows in found.n_rows.items())
    if found.problems:
        problems.print(f"[red]{len(found.problems)} problem(s)[/] in {counts}.", highlight=False)
        raise typer.Exit(1)
    console.print(f"[green]The data set is in order[/]: {counts}.", highlight=False)


app.command()(report.report)
app.command()(notebooks)


@models_app.command("list")
def models_list() -> None:
    """The models that vuoro knows, and which of them are on this machine."""
    from models.registry import status
    from pipeline.commands.console import models_table

    console.print(models_table(status()))


@models_app.command("pull")
def models_pull(
    ids: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="Models to fetch; the embedded ones if left out."),
    ] = None,
) -> None:
    """Fetch models and check them. The only command that uses the network."""
    from models.fetch import pull
    from pipeline.commands.console import pulling

    with pulling(console) as progress:
        outcomes = pull(ids, progress)
    for model_id, outcome in outcomes.items():
        console.print(f"{model_id}: {outcome}", highlight=False)


@models_app.command("verify")
def models_verify(
    ids: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="Models to check; all that are here if left out."),
    ] = None,
) -> None:
    """Check every file of the models on this machine against its sha256."""
    from models.registry import verify

    states = verify(ids)
    for state in states:
        note = f": {state.problem}" if state.problem else ""
        console.print(f"{state.model.id}: {state.state}{note}", highlight=False, soft_wrap=True)
    if any(state.state == "damaged" for state in states):
        raise typer.Exit(1)


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
app.add_typer(models_app, name="models", rich_help_panel=UPKEEP)
app.command()(demo.demo)
