"""``vuoro models``: the models that vuoro uses, on this machine."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from pipeline.commands.frame import Commands
from pipeline.commands.output import console

app = Commands("models", "Manage the models that vuoro uses.")


@app.command("list")
def list_() -> None:
    """List the known models, and which are on this machine."""
    from models.registry import status
    from pipeline.commands.console import models_table

    console.print(models_table(status()))


@app.command("pull")
def pull(
    ids: Annotated[
        Optional[list[str]],  # noqa: UP045 (Typer reads it at run time)
        typer.Argument(help="Models to download; default: those in use by default."),
    ] = None,
) -> None:
    """Download and verify models. Only this command and `vuoro demo` use the network."""
    from models.fetch import pull as fetch
    from pipeline.commands.console import pulling

    with pulling(console) as progress:
        outcomes = fetch(ids, progress)
    for model_id, outcome in outcomes.items():
        console.print(f"{model_id}: {outcome}", highlight=False)


@app.command("verify")
def verify(
    ids: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="Models to verify; default: all on this machine."),
    ] = None,
) -> None:
    """Verify every model file on this machine against its sha256."""
    from models.registry import verify as check

    states = check(ids)
    for state in states:
        note = f": {state.problem}" if state.problem else ""
        console.print(f"{state.model.id}: {state.state}{note}", highlight=False, soft_wrap=True)
    if any(state.state == "damaged" for state in states):
        raise typer.Exit(1)
