"""``vuoro review …``: what people check and decide, in sheets that any spreadsheet opens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from pipeline.commands.common import (
    DEFAULT_STUDY,
    ApplyOption,
    ByOption,
    StudyOption,
    nobody_at_work,
    now,
    opened,
    refuse,
    say,
    unlock,
    user,
    warn,
    warn_outdated,
)

if TYPE_CHECKING:
    from pipeline.review.names.round_trip import Applied, Summary
    from pipeline.settings import Settings
    from pipeline.study import Study

app = typer.Typer(
    name="review",
    help="What people check and decide: sheets to fill in, and carrying them out.",
    no_args_is_help=True,
)

OutOption = Annotated[
    Optional[Path],  # noqa: UP045 (Typer reads it at run time)
    typer.Option(help="Write the sheet to fill in: a new .xlsx file."),
]
IDENTIFIES = (
    "The sheet holds real names. Keep it as you keep the recordings, and remove it when it is no "
    "longer needed."
)


@app.callback()
def review() -> None:
    """What people check and decide: sheets to fill in, and carrying them out."""


@app.command()
def names(
    out: OutOption = None,
    apply: ApplyOption = None,
    by: ByOption = None,
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """Check the names that were found, and what may be one; how far that is, without an option."""
    from pipeline.review.names.round_trip import apply_names, summary, write_names

    place = opened(study)
    unlock(place)
    settings = place.settings()
    warn_outdated(place, settings)
    if apply is not None:
        with nobody_at_work(place):
            applied = apply_names(place, settings, apply, by=by or user(), at=now())
        _report(applied, "masks", "names")
    if out is not None:
        _say_written(write_names(place, settings, out), out)
    if apply is None and out is None:
        found = summary(place, settings)
        _show(found)
        _show_waiting(place, settings, found.waiting)


@app.command()
def people(
    group: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Of this group only: its id, or its folder in the inbox."),
    ] = None,
    out: OutOption = None,
    apply: ApplyOption = None,
    by: ByOption = None,
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """Check who the voices are, and say it; how far that is, without an option."""
    from pipeline.intake import known_group
    from pipeline.review.people.round_trip import apply_people, summary, write_people
    from pipeline.study import locks

    place = opened(study)
    unlock(place)
    settings = place.settings()
    warn_outdated(place, settings)
    if apply is not None:
        with locks.alone(place):
            applied = apply_people(place, settings, apply, by=by or user(), at=now())
        _report(applied, "makes", "people")
    if out is not None:
        _say_written(write_people(place, settings, out, group), out)
    if apply is None and out is None:
        from pipeline.people.roster.unconsented import consents
        from pipeline.review.people.sheet import QUEUES

        found = summary(place, settings, group)
        _show_queues("Rows in the sheet of people", QUEUES, found.queues)
        _show_waiting(place, settings, found.waiting)
        warn(consents(place, group and known_group(place, group)).sentences)


def _report(applied: Applied, makes: str, what: str) -> None:
    refuse(applied.problems, f"vuoro review {what} --out NEW.xlsx")
    if not applied.n_decisions:
        say("Nothing new was decided in this sheet.")
        return
    rebuilt = f"`vuoro build` {makes} {len(applied.sessions)} session(s) anew"
    say(f"{applied.n_decisions} decision(s) taken; {rebuilt}.")


def _say_written(n_rows: int, out: Path) -> None:
    say(f"{n_rows} row(s) to look at are in {out}")
    say(IDENTIFIES)


def _show(summary: Summary) -> None:
    from pipeline.review.titles import QUEUES, VERDICTS

    shown = {"open": "not decided yet", **VERDICTS}
    say(f"Entities: {summary.verdicts.total()}")
    for verdict, called in shown.items():
        say(f"{summary.verdicts.get(verdict, 0):7} {called}")
    _show_queues("Rows in the sheet of names", QUEUES, summary.queues)
    done = sum(summary.judged.values())
    say(f"{done} of {len(summary.judged)} session(s) have every name decided.")


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
        command = max(map(made_by, chains))  # a run makes all, a build not what must be heard
        say(f"{len(waiting)} more session(s) are not ready: run `{command}` first.")
