"""``vuoro clean``: room on the disk, from what can be made again or is of no use."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.common import (
    DEFAULT_STUDY,
    StudyOption,
    opened,
    say,
    unlock,
)


def clean(
    study: StudyOption = DEFAULT_STUDY,
    sound: Annotated[
        bool,
        typer.Option(
            "--sound", help="The decoded sound of finished sessions, too; made again when needed."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove results of earlier settings and models, damaged ones, and clips; says first what."""
    from pipeline.operations.clean import clean as carry_out
    from pipeline.operations.clean import find_waste

    place = opened(study)
    settings = place.settings()
    unlock(place)
    found = find_waste(place, settings, sound=sound)
    if found.kept_for:
        say(f"Earlier results of {', '.join(found.kept_for)} stay: new ones are not all there yet.")
    if not found.waste:
        say("There is nothing to remove.")
        return
    for waste in found.waste:
        say(f"{_mb(waste.n_bytes):>10}  {len(waste.paths)} {waste.kind}")
    say("Recordings, decisions, corrections, rosters, codings and the key stay.")
    if not yes and not typer.confirm("Remove these?"):
        say("Nothing was removed.")
        raise typer.Exit(1)
    say(f"{_mb(carry_out(place, settings, sound=sound).n_bytes)} are free.")


def _mb(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.1f} MB"
