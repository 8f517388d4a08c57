"""What all commands share: the study they work on, opening its key, having it to themselves."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer
from rich.console import Console

from pipeline.storage.harmless import harmless

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from pipeline.study import Study


class SafeConsole(Console):
    """A console on which text from outside cannot do anything: see ``harmless``."""

    def print(self, *objects: Any, **how: Any) -> None:
        """Print as rich does."""
        super().print(*(harmless(o) if isinstance(o, str) else o for o in objects), **how)


console = SafeConsole()
problems = SafeConsole(stderr=True)

StudyOption = Annotated[
    Path, typer.Option("--study", help="The study's folder.", envvar="VUORO_STUDY")
]
DEFAULT_STUDY = Path("data")
ApplyOption = Annotated[
    Optional[Path],  # noqa: UP045 (Typer reads it at run time)
    typer.Option(help="Carry out what was filled in in this sheet.", exists=True, dir_okay=False),
]
ByOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(help="Who decides; your user name if left out."),
]


def opened(folder: Path) -> Study:
    """The study in this folder. Raises StudyError if there is none."""
    from pipeline.study import open_study

    return open_study(folder)


def say(text: str) -> None:
    """Print a line as it is: names and paths are no markup."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def warn(sentences: Iterable[str]) -> None:
    """Print lines to standard error, as they are."""
    for sentence in sentences:
        problems.print(sentence, markup=False, highlight=False, soft_wrap=True)


def warn_outdated(study: Study, settings: Settings) -> None:
    """Say which sessions were made with other settings, and what brings them up to date."""
    from pipeline.operations.settings import outdated

    if sentence := outdated(study, settings).sentence:
        warn([f"{sentence} Carry it out with: vuoro run"])


def refuse(wrong_cells: Sequence[str], new_sheet: str) -> None:
    """End the command where cells of a sheet cannot be applied, with a sentence for each.

    ``new_sheet`` is the command that writes a sheet of what stands now.
    """
    from pipeline.storage.sheets import DECIDED_SINCE

    if wrong_cells:
        warn(wrong_cells)
        warn([f"{len(wrong_cells)} cell(s) cannot be applied: nothing was applied."])
        if any(DECIDED_SINCE in problem for problem in wrong_cells):
            warn([f"`{new_sheet}` writes a new sheet, which shows what was decided since."])
        raise typer.Exit(1)


def now() -> str:
    """The time, ISO 8601."""
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds")


def user() -> str:
    """Who is at the keyboard, as far as the system knows."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # nobody has that user's number
        return "unknown"


def unlock(study: Study) -> None:
    """Ask for the passphrase of the study's key where it needs one and nobody has given it."""
    from pipeline.pseudonymisation.key import KEY_FILE_VARIABLE, PASSPHRASE_VARIABLE
    from pipeline.pseudonymisation.key.file import find_secret
    from pipeline.pseudonymisation.key.own import own_header

    header = own_header(study)
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
    from pipeline.study import locks

    with locks.alone(study), locks.names(study):
        yield


def run_and_show(study: Study) -> bool:
    """Run a study and show it; False if something in it failed."""
    from flows.run import run_study
    from pipeline import intake
    from pipeline.commands.console import Terminal
    from pipeline.operations.overview import n_open_names
    from pipeline.study import accepted
    from pipeline.study.outcome import n_needing_a_look

    unlock(study)
    names = {r.session_id: r.original_name for r in accepted.readable(study)}
    try:
        with Terminal(console, names).showing() as terminal:
            worked = run_study(study, terminal)
    except KeyboardInterrupt:
        console.print("Stopped. What was finished is kept; `vuoro run` goes on from there.")
        raise typer.Exit(130) from None
    if worked:
        say(f"{terminal.counts}. The tables are in {study.dataset}")
    else:
        n = n_needing_a_look(study, accepted.sessions(study))
        look = f"; {n} need a look: `vuoro status`" if n else ""
        say(f"Nothing to do: {len(names)} session(s) are up to date{look}.")
    if left := len(intake.waiting(study)):
        say(f"{left} recording(s) wait in the inbox: their receipts and `vuoro status` say why.")
    if n := n_open_names(study):
        say(f"Names not reviewed yet: {n} are unjudged; run `vuoro review names`.")
    return not terminal.failures
