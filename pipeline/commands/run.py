"""``vuoro run``: from recordings in the inbox to rows of the data set."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Optional

import typer

from pipeline.commands.frame import UnlockedStudyOption, interruptible
from pipeline.commands.output import console, say
from pipeline.errors import SettingsError
from pipeline.study import Study
from pipeline.texts import counted


def run(
    study: UnlockedStudyOption,
    own_settings: Annotated[
        Optional[list[str]],  # noqa: UP045 (Typer reads it at run time)
        typer.Option("--set", "--language", "--model", hidden=True, help="Refused."),
    ] = None,
) -> None:
    """Process every recording in the inbox and bring each session into the data set."""
    if own_settings:
        raise SettingsError(
            "A run has no settings of its own: later commands would not know of them.",
            "Run `vuoro settings KEY=VALUE` first. A key of [machine] can be set for one run in "
            "the environment, e.g. VUORO_MACHINE__THREADS=2.",
        )
    if not run_and_show(study):
        raise typer.Exit(1)


def run_and_show(study: Study) -> bool:
    """Run a study and show it; False if something in it failed."""
    from flows.run import run_study
    from pipeline import intake
    from pipeline.commands.console import Terminal, to_review
    from pipeline.operations.lengths import length_s
    from pipeline.operations.overview import n_open_names
    from pipeline.operations.recognisers import time_for_an_hour
    from pipeline.study import accepted
    from pipeline.study.outcome import n_needing_a_look

    names = {r.session_id: r.original_name for r in accepted.readable(study)}
    is_first = not any((study.dataset / "sessions").glob("*"))
    for_an_hour = partial(time_for_an_hour, study.settings()) if is_first else None
    shown = Terminal(console, names, partial(length_s, study), for_an_hour)
    with (
        interruptible("Stopped. Finished work is kept; continue with `vuoro run`."),
        shown.showing() as terminal,
    ):
        worked = run_study(study, terminal)
    if worked:
        say(f"{terminal.counts}. The tables are in {study.dataset}")
    elif not names:
        say(f"The inbox is empty. Copy recordings into {study.inbox / 'GROUP'}.")
    else:
        n = n_needing_a_look(study, accepted.sessions(study))
        look = counted(
            "; {n} needs a look, see `vuoro status`", "; {n} need a look, see `vuoro status`"
        )
        nothing = counted(
            "Nothing to do: {n} session is up to date", "Nothing to do: {n} sessions are up to date"
        )
        say(f"{nothing.filled(n=len(names))}{look.filled(n=n) if n else ''}.")
    if left := len(intake.waiting(study)):
        wait = counted(
            "{n} recording waits in the inbox. See why with `vuoro status`.",
            "{n} recordings wait in the inbox. See why with `vuoro status`.",
        )
        say(wait.filled(n=left))
    if n := n_open_names(study):
        say(to_review("name", n, "names"))
    return not terminal.failures
