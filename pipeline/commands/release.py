"""``vuoro release OUT``: the copy of the data set that may be shared, or why there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.common import (
    DEFAULT_STUDY,
    StudyOption,
    opened,
    problems,
    say,
    unlock,
    warn_outdated,
)

if TYPE_CHECKING:
    from pipeline.release.examination import Progress
    from pipeline.release.steward_report import Report, Sample

SHOWN = 20  # findings on the terminal; the report has all

CONSENT = """\
Remove the talk with `vuoro withdraw`, say whose the voices are with `vuoro review people`, correct
the roster, or release with --leave-out-unconsented. `vuoro status` says who it is."""

NEXT = """\
Now read sample-to-read.csv, mark what leaks, and sign RELEASE.md; share the folder after that."""


def release(
    out: Annotated[Path, typer.Argument(help="Where the release shall be; nothing is there yet.")],
    study: StudyOption = DEFAULT_STUDY,
    coarse: Annotated[
        bool,
        typer.Option(
            "--coarse",
            help="Put what people and places are (a colleague, a town) in the place of numbered "
            "pseudonyms: for publishing outside the team. Notebooks and exports are left out.",
        ),
    ] = False,
    unreviewed: Annotated[
        bool,
        typer.Option(
            "--unreviewed", help="Release though people have not judged all; it is marked so."
        ),
    ] = False,
    leave_out_unconsented: Annotated[
        bool,
        typer.Option(
            "--leave-out-unconsented",
            help="Leave out the talk of people who have not consented, and of voices that may be "
            "theirs; the report names them. Notebooks and exports are left out.",
        ),
    ] = False,
    allow_dates: Annotated[
        bool, typer.Option("--allow-dates", help="Let absolute dates pass.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="No release while there are small cells.")
    ] = False,
    k: Annotated[
        int,
        typer.Option(
            "--k", min=1, help="Report combinations that fewer than this many people share."
        ),
    ] = 3,
    sample: Annotated[int, typer.Option(min=1, help="How many turns to draw for reading.")] = 300,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace an earlier release at this place.")
    ] = False,
) -> None:
    """Build the copy that may be shared, if no name is left in it anywhere."""
    from pipeline.release.gate import Options
    from pipeline.release.gate import release as release_study

    options = Options(
        coarse=coarse,
        unreviewed=unreviewed,
        leave_out_unconsented=leave_out_unconsented,
        allow_dates=allow_dates,
        strict=strict,
        replace=replace,
        k=k,
        sample=sample,
    )
    at = opened(study)
    unlock(at)
    settings = at.settings()
    warn_outdated(at, settings)
    with _progress() as progress:
        outcome = release_study(at, settings, out, options, progress)
    _tell(outcome.report)
    say(f"The report: {outcome.report_file}")
    if not outcome.report.released:
        raise typer.Exit(1)
    say(NEXT)


def _tell(report: Report) -> None:
    """What was found, in short: places and pseudonyms, no names."""
    from pipeline.release.steward_report import CHECKS

    count = Counter(finding.check for finding in report.findings)
    for check, n in count.items():
        _warn(f"NOT so: {CHECKS[check]}. {n} finding(s)")
    for finding in report.findings[:SHOWN]:
        _warn(f"  {finding}")
    if len(report.findings) > SHOWN:
        _warn(f"  … and {len(report.findings) - SHOWN} more; the report has all.")
    if count["consent"]:
        _warn(CONSENT)
    if report.talk_left_out:
        turns, words = report.counts["turns left out"], report.counts["words left out"]
        sessions = ", ".join(report.talk_left_out)
        say(f"Left out without consent: {turns} turn(s) and {words} word(s) in {sessions}.")
    cells = report.small_cells
    say(
        f"Small cells: {len(cells.alone)} where somebody is the only one of a role in a session; "
        f"{len(cells.rare)} combination(s) of fewer than {cells.k} people."
    )
    if not report.released:
        _warn("There is no release.")
        return
    if not report.reviewed:
        _warn("The release is marked UNREVIEWED.")
    if report.sample is not None:
        say(_to_read(report.sample))


def _to_read(sample: Sample) -> str:
    n = len(sample.turn_ids)
    drawn = f"Released. {n} of {sample.n_turns} turns were drawn to be read; if none leaks, "
    if n == sample.n_turns:
        return drawn + "no turn does."
    return drawn + f"less than {100 * sample.bound:.2f} % of turns do, at 95 % confidence."


@contextmanager
def _progress() -> Iterator[Progress]:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    tasks: dict[str, TaskID] = {}
    with Bars(console=problems, disable=not problems.is_terminal, transient=True) as bars:

        def progress(doing: str, done: int, of: int) -> None:
            if doing not in tasks:
                tasks[doing] = bars.add_task(doing, total=of)
            bars.update(tasks[doing], completed=done, total=of)

        yield progress


def _warn(text: str) -> None:
    problems.print(text, markup=False, highlight=False, soft_wrap=True)
