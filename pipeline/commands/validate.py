"""``vuoro validate``: whether the data set is as its tables are declared."""

from __future__ import annotations

import typer

from pipeline.commands.frame import StudyOption
from pipeline.commands.output import console, problems, warn
from pipeline.texts import counted


def validate(study: StudyOption) -> None:
    """Check the data set against the declarations of its tables."""
    from pipeline.dataset.validate import examine
    from pipeline.operations.built import require_built

    require_built(study)
    found = examine(study.dataset)
    warn(map(str, found.problems))
    counts = ", ".join(f"{table} {rows}" for table, rows in found.n_rows.items())
    if found.problems:
        wrong = counted("{n} problem", "{n} problems").filled(n=len(found.problems))
        problems.print(f"[red]{wrong}[/] (rows: {counts}).", highlight=False)
        raise typer.Exit(1)
    console.print(f"[green]The data set is in order[/] (rows: {counts}).", highlight=False)
