"""What commands share that write a sheet, and apply it when it is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Optional

import typer

from pipeline.commands.output import warn

OutOption = Annotated[
    Optional[Path],  # noqa: UP045 (Typer reads it at run time)
    typer.Option(metavar="FILE", help="Write the sheet to a new .xlsx file."),
]
ApplyOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(metavar="FILE", help="Apply a filled-in sheet.", exists=True, dir_okay=False),
]


def refuse(wrong_cells: Sequence[str], new_sheet: str) -> None:
    """End the command where cells of a sheet cannot be applied, with a sentence for each.

    ``new_sheet`` is the command that writes a sheet of what stands now.
    """
    from pipeline.storage.sheets import DECIDED_SINCE

    if wrong_cells:
        warn(wrong_cells)
        warn([f"{len(wrong_cells)} cell(s) cannot be applied: nothing was applied."])
        if any(DECIDED_SINCE in problem for problem in wrong_cells):
            warn([f"Write a new sheet, with the decisions made since: `{new_sheet}`."])
        raise typer.Exit(1)
