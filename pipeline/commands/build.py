"""``vuoro build``: the tables brought up to date, and in the forms of other programs."""

from __future__ import annotations

from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.frame import UnlockedStudyOption
from pipeline.commands.output import console, say, warn
from pipeline.exports.forms import FORMS
from pipeline.texts import counted

if TYPE_CHECKING:
    from pipeline.operations.build import Built

SHOWN = 10  # sessions that wait; `vuoro status` has all


def build(
    study: UnlockedStudyOption,
    out: Annotated[
        Optional[Path],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(metavar="FOLDER", help="Folder for the exports; default: exports/."),
    ] = None,
    **asked: bool,
) -> None:
    """Bring the tables up to date with reviews, corrections and rosters.

    No recording is transcribed again. Every build also updates the exports in exports/.
    """
    from pipeline.commands.console import Terminal
    from pipeline.operations.build import build as build_study
    from pipeline.operations.settings import note_outdated
    from pipeline.people.roster.unconsented import consents
    from pipeline.study.accepted import readable

    forms = [form for form in FORMS if asked[_parameter(form)]]
    if out is not None and not forms:
        raise typer.BadParameter("Give a form too, e.g. --csv.", param_hint="--out")
    names = {recording.session_id: recording.original_name for recording in readable(study)}
    settings = study.settings()
    with Terminal(console, names).showing() as terminal:
        note_outdated(study, settings, terminal)
        built = build_study(study, settings, terminal, forms, out)
    _tell(built)
    warn(consents(study).sentences)
    say(f"The tables are in {study.dataset}")
    if forms:
        say(f"{', '.join(forms)}: in {out or study.exports}")
    if "csv" in forms:
        say(
            "A spreadsheet may read texts in CSV that begin with = + - @ as formulas. "
            "To open them in a spreadsheet, use --csv-spreadsheet or --xlsx."
        )
    if terminal.failures:
        raise typer.Exit(1)


def _parameter(form: str) -> str:
    return form.replace("-", "_")


def _with_forms() -> Signature:
    """Return the parameters of ``build``, with an option for each form."""
    study, out, _ = signature(build, eval_str=True).parameters.values()
    options = [
        Parameter(
            _parameter(name),
            Parameter.KEYWORD_ONLY,
            default=False,
            annotation=Annotated[bool, typer.Option(f"--{name}", help=form.help)],
        )
        for name, form in FORMS.items()
    ]
    return Signature([study, *options, out.replace(kind=Parameter.KEYWORD_ONLY)])


build.__dict__["__signature__"] = _with_forms()  # which Typer reads


def _tell(built: Built) -> None:
    if built.finished:
        updated = counted("Updated {n} session.", "Updated {n} sessions.")
        say(updated.filled(n=len(built.finished)))
    if built.waiting:
        more = ", …" if len(built.waiting) > SHOWN else ""
        which = ", ".join(built.waiting[:SHOWN]) + more
        wait = counted(
            "{n} session must be processed first with `vuoro run`: {sessions}",
            "{n} sessions must be processed first with `vuoro run`: {sessions}",
        )
        say(wait.filled(n=len(built.waiting), sessions=which))
    warn(built.notes)
