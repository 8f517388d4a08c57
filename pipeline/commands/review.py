"""``vuoro review …``: what people check and decide, in sheets that any spreadsheet opens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.common import (
    DEFAULT_STUDY,
    StudyOption,
    nobody_at_work,
    opened,
    problems,
    say,
    unlock,
)

if TYPE_CHECKING:
    from pipeline.review.work import Applied, Summary
    from pipeline.settings import Settings
    from pipeline.study import Study

app = typer.Typer(
    name="review",
    help="What people check and decide: sheets to fill in, and carrying them out.",
    no_args_is_help=True,
)

IDENTIFIES = (
    "The sheet holds real names. Keep it as you keep the recordings, and remove it when it is no "
    "longer needed."
)


@app.callback()
def review() -> None:
    """What people check and decide: sheets to fill in, and carrying them out."""


@app.command()
def names(
    out: Annotated[
        Optional[Path],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(help="Write the sheet to fill in: a new .xlsx file."),
    ] = None,
    apply: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            help="Carry out what was filled in in this sheet.", exists=True, dir_okay=False
        ),
    ] = None,
    by: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Who decides; your user name if left out."),
    ] = None,
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """Check the names that were found, and what may be one; how far that is, without an option."""
    from pipeline.review.work import summary, write_names

    place = opened(study)
    unlock(place)
    settings = place.settings()
    if apply is not None:
        _apply(place, settings, apply, by or _user())
    if out is not None:
        n_rows = write_names(place, settings, out)
        say(f"{n_rows} row(s) to look at are in {out}")
        say(IDENTIFIES)
    if apply is None and out is None:
        _show(summary(place, settings))


def _apply(study: Study, settings: Settings, file: Path, by: str) -> None:
    from datetime import UTC, datetime

    from pipeline.review.work import apply_names

    at = datetime.now(UTC).isoformat(timespec="seconds")
    with nobody_at_work(study):
        applied = apply_names(study, settings, file, by=by, at=at)
    if applied.problems:
        for problem in applied.problems:
            problems.print(problem, markup=False, highlight=False, soft_wrap=True)
        problems.print(f"{len(applied.problems)} cell(s) are wrong: nothing was applied.")
        raise typer.Exit(1)
    say(_taken(applied))


def _taken(applied: Applied) -> str:
    if not applied.n_decisions:
        return "Nothing new was decided in this sheet."
    rebuilt = f"the next `vuoro run` masks {len(applied.sessions)} session(s) anew"
    return f"{applied.n_decisions} decision(s) taken; {rebuilt}."


def _show(summary: Summary) -> None:
    from pipeline.review.words import QUEUES, VERDICTS

    shown = {"open": "not decided yet", **VERDICTS}
    say(f"Entities: {summary.verdicts.total()}")
    for verdict, called in shown.items():
        say(f"{summary.verdicts.get(verdict, 0):7} {called}")
    say(f"Rows in the sheet of names, by queue: {summary.n_rows}")
    for queue, called in QUEUES.items():
        say(f"{summary.queues[queue]:7} {called}")
    done = sum(summary.judged.values())
    say(f"{done} of {len(summary.judged)} session(s) have every name decided.")
    if summary.waiting:
        say(f"{len(summary.waiting)} more session(s) are not ready: run `vuoro run` first.")


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # nobody has that user's number
        return "unknown"
