"""``vuoro build``: the tables as people have decided, and in the forms of other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.common import DEFAULT_STUDY, StudyOption, console, opened, say, unlock, warn

if TYPE_CHECKING:
    from pipeline.operations.build import Built

SHOWN = 10  # sessions that wait; `vuoro status` has all


def build(
    study: StudyOption = DEFAULT_STUDY,
    csv: Annotated[
        bool, typer.Option("--csv", help="CSV: comma, decimal point, UTF-8; for any program.")
    ] = False,
    csv_spreadsheet: Annotated[
        bool,
        typer.Option(
            "--csv-spreadsheet",
            help="The same, with ' before a text that a spreadsheet would take for a formula.",
        ),
    ] = False,
    xlsx: Annotated[
        bool, typer.Option("--xlsx", help="One Excel workbook, a table a sheet.")
    ] = False,
    sav: Annotated[
        bool, typer.Option("--sav", help="SPSS, labelled in Finnish and in English.")
    ] = False,
    dta: Annotated[
        bool, typer.Option("--dta", help="Stata, labelled in Finnish and in English.")
    ] = False,
    rds: Annotated[bool, typer.Option("--rds", help="R: readRDS() gives a data.frame.")] = False,
    out: Annotated[
        Optional[Path],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(help="Where to put these forms; in exports/ if left out."),
    ] = None,
) -> None:
    """Bring the tables up to date with names judged, people named, turns corrected and rosters.

    Nothing is listened to. A form that was asked for once is kept up to date by every build.
    """
    from pipeline.commands.console import Terminal
    from pipeline.operations.build import build as build_study
    from pipeline.operations.settings import note_outdated
    from pipeline.people.roster.unconsented import consents
    from pipeline.study.accepted import readable

    asked = {
        "csv": csv,
        "csv-spreadsheet": csv_spreadsheet,
        "xlsx": xlsx,
        "sav": sav,
        "dta": dta,
        "rds": rds,
    }
    forms = [form for form, wanted in asked.items() if wanted]
    if out is not None and not forms:
        raise typer.BadParameter("Say in which form, e.g. --csv.", param_hint="--out")
    at = opened(study)
    unlock(at)
    names = {recording.session_id: recording.original_name for recording in readable(at)}
    settings = at.settings()
    with Terminal(console, names).showing() as terminal:
        note_outdated(at, settings, terminal)
        built = build_study(at, settings, terminal, forms, out)
    _tell(built)
    warn(consents(at).sentences)
    say(f"The tables are in {at.dataset}")
    if forms:
        say(f"{', '.join(forms)}: in {out or at.exports}")
    if csv:
        say(
            "In csv, texts are as they are: a spreadsheet may take one that begins with = + - @ "
            "for a formula. To open it in a spreadsheet, use --csv-spreadsheet or --xlsx."
        )
    if terminal.failures:
        raise typer.Exit(1)


def _tell(built: Built) -> None:
    if built.finished:
        say(f"{len(built.finished)} session(s) brought up to date.")
    if built.waiting:
        more = ", …" if len(built.waiting) > SHOWN else ""
        which = ", ".join(built.waiting[:SHOWN]) + more
        say(f"{len(built.waiting)} session(s) wait for `vuoro run`: {which}")
    warn(built.notes)
