"""``vuoro review …``: names and speaker identities, reviewed in sheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from pipeline.commands.frame import (
    ByOption,
    Commands,
    UnlockedStudyOption,
    exclusive,
    now,
    warn_outdated,
)
from pipeline.commands.output import say, warn
from pipeline.commands.sheets import ApplyOption, OutOption, say_applied, say_written
from pipeline.texts import counted

if TYPE_CHECKING:
    from pipeline.review.names.round_trip import Summary
    from pipeline.settings import Settings
    from pipeline.study import Study

app = Commands("review", "Review names and speaker identities, in sheets to fill in.")
_DECISIONS = counted("{n} decision", "{n} decisions")


@app.command()
def names(
    study: UnlockedStudyOption,
    by: ByOption,
    out: OutOption = None,
    apply: ApplyOption = None,
) -> None:
    """Review names found in the talk. Without options, show progress."""
    from pipeline.review.names.round_trip import apply_names, summary, write_names

    settings = study.settings()
    warn_outdated(study, settings)
    if apply is not None:
        with exclusive(study):
            applied = apply_names(study, settings, apply, by=by, at=now())
        say_applied(applied, _DECISIONS, "vuoro review names --out private/NEW.xlsx")
    if out is not None:
        say_written(write_names(study, settings, out), out, "real names")
    if apply is None and out is None:
        found = summary(study, settings)
        _show(found)
        _show_waiting(study, settings, found.waiting)


@app.command()
def people(
    study: UnlockedStudyOption,
    by: ByOption,
    group: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Review only this group: its id, or its folder in the inbox."),
    ] = None,
    out: OutOption = None,
    apply: ApplyOption = None,
) -> None:
    """Review speaker identities. Without options, show progress."""
    from pipeline.intake import known_group
    from pipeline.review.people.round_trip import apply_people, summary, write_people
    from pipeline.study import locks

    settings = study.settings()
    warn_outdated(study, settings)
    if apply is not None:
        with locks.alone(study):
            applied = apply_people(study, settings, apply, by=by, at=now())
        say_applied(applied, _DECISIONS, "vuoro review people --out private/NEW.xlsx")
    if out is not None:
        say_written(write_people(study, settings, out, group), out, "real names")
    if apply is None and out is None:
        from pipeline.people.roster.unconsented import consents
        from pipeline.review.people.sheet import QUEUES

        found = summary(study, settings, group)
        _show_queues("Rows in the sheet of people", QUEUES, found.queues)
        _show_waiting(study, settings, found.waiting)
        warn(consents(study, group and known_group(study, group)).sentences)


def _show(summary: Summary) -> None:
    from pipeline.review.titles import QUEUES, VERDICTS

    shown = {"open": "not decided", **VERDICTS}
    say(f"Entities: {summary.verdicts.total()}")
    for verdict, called in shown.items():
        say(f"{summary.verdicts.get(verdict, 0):7} {called}")
    _show_queues("Rows in the sheet of names", QUEUES, summary.queues)
    done = sum(summary.judged.values())
    decided = counted(
        "All names are decided in {done} of {n} session.",
        "All names are decided in {done} of {n} sessions.",
    )
    say(decided.filled(done=done, n=len(summary.judged)))


def _show_queues(what: str, queues: Mapping[Any, str], counts: Counter[Any]) -> None:
    say(f"{what}, by queue: {counts.total()}")
    for queue, called in queues.items():
        say(f"{counts[queue]:7} {called}")


def _show_waiting(study: Study, settings: Settings, waiting: Sequence[str]) -> None:
    from pipeline.operations.build import made_by
    from pipeline.stages.chain import SessionChain
    from pipeline.study import accepted

    if waiting:
        chains = (SessionChain(study, accepted.recording(study, id), settings) for id in waiting)
        command = max(map(made_by, chains))  # a run does all, a build no stage that needs the sound
        more = counted(
            "{n} more session is not ready. Run `{command}` first.",
            "{n} more sessions are not ready. Run `{command}` first.",
        )
        say(more.filled(n=len(waiting), command=command))
