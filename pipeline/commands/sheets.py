"""Shared by the commands that write a sheet and apply it when it is filled in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.output import say, warn
from pipeline.texts import Text, counted

if TYPE_CHECKING:
    from pipeline.review.round_trip import Applied

OutOption = Annotated[
    Optional[Path],  # noqa: UP045 (Typer reads it at run time)
    typer.Option(metavar="FILE", help="Write the sheet to a new .xlsx file."),
]
ApplyOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(metavar="FILE", help="Apply a filled-in sheet.", exists=True, dir_okay=False),
]


def say_written(n_rows: int, file: Path, holds: str) -> None:
    """Say where a sheet is, and that it must be protected because of its contents."""
    wrote = counted("Wrote {n} row to {file}", "Wrote {n} rows to {file}")
    say(wrote.filled(n=n_rows, file=file))
    say(
        f"The sheet holds {holds}. Protect it like the recordings, and delete it when you no "
        "longer need it."
    )


def say_applied(applied: Applied, what: Text, new_sheet: str) -> None:
    """Say what applying a sheet did; end the command if some of its cells cannot be applied.

    ``what`` counts its kind of rows; ``new_sheet`` is the command that writes the next one.
    """
    if applied.problems:
        warn(applied.problems)
        wrong = counted(
            "{n} cell cannot be applied: nothing was applied.",
            "{n} cells cannot be applied: nothing was applied.",
        )
        warn([wrong.filled(n=len(applied.problems))])
        if applied.is_old:
            warn([f"Write a new sheet, with the decisions made since: `{new_sheet}`."])
        raise typer.Exit(1)
    if not applied.n_decisions:
        say("The sheet has nothing new.")
        return
    update = counted(
        "Update {n} session with `vuoro build`.", "Update {n} sessions with `vuoro build`."
    )
    saved = what.filled(n=applied.n_decisions)
    say(f"Saved {saved}. {update.filled(n=len(applied.sessions))}")
    say_lost(applied.n_lost)


def say_lost(n_lost: int) -> None:
    """Say that corrections of turns no longer match one."""
    from pipeline.review.turns.sheet import LOST

    if n_lost:
        lost = counted(
            "{n} correction no longer matches a turn. A new sheet lists it under '{sheet}'.",
            "{n} corrections no longer match a turn. A new sheet lists them under '{sheet}'.",
        )
        say(lost.filled(n=n_lost, sheet=LOST.name))
