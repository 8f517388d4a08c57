"""``vuoro worker``: carries out what `vuoro up --hand-out` hands out, on this machine."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from pipeline.commands.common import DEFAULT_STUDY, StudyOption, opened, say, unlock


def worker(
    study: StudyOption = DEFAULT_STUDY,
    port: Annotated[
        Optional[int],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(
            min=1, max=65_535, help="Port of `vuoro up` where a tunnel leads to another machine."
        ),
    ] = None,
) -> None:
    """Process the sessions that `vuoro up --hand-out` hands out, one batch at a time, until Ctrl-C.

    It works at this study alone, with its settings; several, on several machines, share the work.
    """
    from flows.worker import assist

    place = opened(study)
    unlock(place)
    say("Waiting for sessions. Ctrl-C stops.")
    assist(place, port)
    say("Stopped. What was finished is kept; the rest goes to other workers.")
