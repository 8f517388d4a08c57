"""``vuoro clean``: frees disk space from what can be recreated or is out of date."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.frame import UnlockedStudyOption, YesOption, confirm
from pipeline.commands.output import say


def clean(
    study: UnlockedStudyOption,
    sound: Annotated[
        bool,
        typer.Option(
            "--sound",
            help="Also remove the decoded audio of finished sessions; it is recreated when needed.",
        ),
    ] = False,
    yes: YesOption = False,
) -> None:
    """Remove outdated and damaged results, and clips. Lists what will be removed and asks first."""
    from pipeline.operations.clean import clean as carry_out
    from pipeline.operations.clean import find_waste

    settings = study.settings()
    found = find_waste(study, settings, sound=sound)
    if found.kept_for:
        stages = ", ".join(found.kept_for)
        say(f"Keeping earlier results of {stages} until all sessions have new ones.")
    if not found.waste:
        say("There is nothing to remove.")
        return
    for waste in found.waste:
        say(f"{_mb(waste.n_bytes):>10}  {len(waste.paths)} {waste.kind}")
    say("Recordings, decisions, corrections, rosters, codings and the key are kept.")
    confirm("Remove these?", yes)
    say(f"Freed {_mb(carry_out(study, settings, sound=sound).n_bytes)}.")


def _mb(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.1f} MB"
