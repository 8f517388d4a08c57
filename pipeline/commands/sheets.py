"""What commands share that write a sheet, and apply it when it is filled in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.output import say, warn

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
    """Say where a sheet is, and that it is to be protected for what it holds."""
    say(f"Wrote {n_rows} row(s) to {file}")
    say(
        f"The sheet holds {holds}. Protect it like the recordings, and delete it when you no "
        "longer need it."
    )


def say_applied(applied: Applied, what: str, new_sheet: str) -> None:
    """Say what applying a sheet did; end the command where cells of it cannot be applied.

    ``what`` its rows are, one of them; ``new_sheet`` is the command that writes the next one.
    """
    if applied.problems:
        warn(applied.problems)
        warn([f"{len(applied.problems)} cell(s) cannot be applied: nothing was applied."])
        if applied.is_old:
            warn([f"Write a new sheet, with the decisions made since: `{new_sheet}`."])
        raise typer.Exit(1)
    if not applied.n_decisions:
        say(f"The sheet has no new {what}s.")
        return
    update = f"Update {len(applied.sessions)} session(s) with `vuoro build`."
    say(f"Saved {applied.n_decisions} {what}(s). {update}")
    say_lost(applied.n_lost)


def say_lost(n_lost: int) -> None:
    """Say that corrections of turns no longer match one."""
    if n_lost:
        say(
            f"{n_lost} correction(s) no longer match a turn. A new sheet lists them under "
            "'Hukkuneet - Lost'."
        )
