"""``vuoro worker``: processes, on this machine, what `vuoro up --hand-out` hands out."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from pipeline.commands.frame import UnlockedStudyOption
from pipeline.commands.output import say


def worker(
    study: UnlockedStudyOption,
    port: Annotated[
        Optional[int],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(
            min=1,
            max=65_535,
            help="Port of `vuoro up`, if a tunnel leads there.",
        ),
    ] = None,
) -> None:
    """Process sessions from `vuoro up --hand-out`, one batch at a time, until Ctrl-C.

    Run one on each machine to share the work.
    """
    from flows.worker import assist

    say("Waiting for sessions. Stop with Ctrl-C.")
    assist(study, port)
    say("Stopped. Finished work is kept; other workers get the rest.")
