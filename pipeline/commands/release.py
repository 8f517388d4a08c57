"""``vuoro release FOLDER``: the copy of the data set to share, or why it is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.frame import UnlockedStudyOption, warn_outdated
from pipeline.commands.output import problems, say, warn
from pipeline.texts import counted

if TYPE_CHECKING:
    from pipeline.release.examination import Progress
    from pipeline.release.steward_report import Report, Sample

SHOWN = 20  # findings on the terminal; the report has all

CONSENT = """\
See `vuoro status` for who it is. Remove their talk with `vuoro withdraw PERSON`, identify voices
with `vuoro review people`, correct the roster, or release with --leave-out-unconsented."""

NEXT = """\
Before you share the folder: read sample-to-read.csv, mark leaks, and sign RELEASE.md."""


def release(
    out: Annotated[Path, typer.Argument(metavar="FOLDER", help="New folder for the release.")],
    study: UnlockedStudyOption,
    coarse: Annotated[
        bool,
        typer.Option(
            "--coarse",
            help="Replace numbered pseudonyms by categories (a colleague, a town), to publish "
            "outside the team. Leaves out notebooks and exports.",
        ),
    ] = False,
    unreviewed: Annotated[
        bool,
        typer.Option(
            "--unreviewed", help="Release before the review is complete; marks the release."
        ),
    ] = False,
    leave_out_unconsented: Annotated[
        bool,
        typer.Option(
            "--leave-out-unconsented",
            help="Leave out the talk of people without consent, and of voices that may be theirs. "
            "Leaves out notebooks and exports.",
        ),
    ] = False,
    allow_dates: Annotated[
        bool, typer.Option("--allow-dates", help="Allow absolute dates.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse a release with small cells.")
    ] = False,
    k: Annotated[
        int,
        typer.Option("--k", min=1, help="Report combinations shared by fewer people than this."),
    ] = 3,
    sample: Annotated[int, typer.Option(min=1, help="Number of turns to draw for reading.")] = 300,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace an earlier release in this folder.")
    ] = False,
) -> None:
    """Build a copy of the data set to share. Refuses if any name is left in it."""
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
    settings = study.settings()
    warn_outdated(study, settings)
    with _progress() as progress:
        outcome = release_study(study, settings, out, options, progress)
    _tell(outcome.report)
    say(f"The report: {outcome.report_file}")
    if not outcome.report.released:
        raise typer.Exit(1)
    say(NEXT)


def _tell(report: Report) -> None:
    """Print what was found, in short: places and pseudonyms, no names."""
    from pipeline.release.steward_report import CHECKS, CONSENT_NOT_KNOWN

    count = Counter(finding.check for finding in report.findings)
    not_so = counted("NOT so: {check}. {n} finding", "NOT so: {check}. {n} findings")
    warn(not_so.filled(check=CHECKS[check], n=n) for check, n in count.items())
    warn(f"  {finding}" for finding in report.findings[:SHOWN])
    if len(report.findings) > SHOWN:
        warn([f"  … and {len(report.findings) - SHOWN} more; see the report."])
    if count["consent"]:
        warn([CONSENT])
    if n := report.n_in_no_roster:
        warn([f"Consent {CONSENT_NOT_KNOWN.filled(n=n)}."])
    if report.talk_left_out:
        n_turns, n_words = report.counts["turns left out"], report.counts["words left out"]
        turns = counted("{n} turn", "{n} turns").filled(n=n_turns)
        words = counted("{n} word", "{n} words").filled(n=n_words)
        sessions = ", ".join(report.talk_left_out)
        say(f"Left out without consent: {turns} and {words} in {sessions}.")
    cells = report.small_cells
    combinations = counted(
        "{n} combination of fewer than {k} people", "{n} combinations of fewer than {k} people"
    )
    say(
        f"Small cells: {len(cells.alone)} where a person is the only one of a role in a session; "
        f"{combinations.filled(n=len(cells.rare), k=cells.k)}."
    )
    if not report.released:
        warn(["Nothing was released."])
        return
    if not report.reviewed:
        warn(["The release is marked UNREVIEWED."])
    if report.sample is not None:
        say(_to_read(report.sample))


def _to_read(sample: Sample) -> str:
    n = len(sample.turn_ids)
    drawn = f"Released. Read the {n} of {sample.n_turns} turns that were drawn; if none leaks, "
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
