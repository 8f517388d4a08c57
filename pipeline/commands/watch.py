"""``vuoro watch``: what ``vuoro run`` does, whenever a recording has been dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.common import DEFAULT_STUDY, StudyOption, console, opened, say, unlock

if TYPE_CHECKING:
    from pipeline.study import Study


def watch(
    study: StudyOption = DEFAULT_STUDY,
    every: Annotated[
        int, typer.Option(min=2, metavar="SECONDS", help="How often to look at the inbox.")
    ] = 30,
) -> None:
    """Watch the inbox: take in what is dropped and bring it into the data set, until Ctrl-C."""
    from pipeline.intake.watching import Watch

    place = opened(study)
    unlock(place)
    say(f"Watching {place.inbox}. Ctrl-C stops.")
    try:
        Watch(place, lambda: _run(place), say).go_on(every)
    except KeyboardInterrupt:
        say("Stopped watching. What was finished is kept; the rest goes on with the next run.")
        raise typer.Exit(130) from None


def _run(study: Study) -> tuple[str, bool]:
    from flows.run import run_study
    from pipeline import intake
    from pipeline.commands.console import Terminal
    from pipeline.stages.to_do import unfinished
    from pipeline.study import accepted

    names = {r.session_id: r.original_name for r in accepted.readable(study)}
    before = len(names)
    with Terminal(console, names).showing() as terminal:
        worked = run_study(study, terminal)
    is_left = bool(intake.waiting(study) or unfinished(study, study.settings(), verify=False))
    if not worked:
        return "Nothing new in the inbox.", is_left
    line = f"{len(names) - before} taken in, {terminal.counts}."
    return line, is_left
