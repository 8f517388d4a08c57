"""``vuoro watch``: `vuoro run`, whenever there is a new recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.commands.durations import OFTEN, EveryOption
from pipeline.commands.frame import UnlockedStudyOption, interruptible
from pipeline.commands.output import console, say

if TYPE_CHECKING:
    from pipeline.study import Study


def watch(study: UnlockedStudyOption, every: EveryOption = OFTEN) -> None:
    """Process new recordings as they arrive, until Ctrl-C."""
    from pipeline.intake.watching import Watch

    say(f"Watching {study.inbox}. Stop with Ctrl-C.")
    with interruptible("Stopped watching. Finished work is kept; the next run continues the rest."):
        Watch(study, lambda: _run(study), say).go_on(every.seconds)


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
