"""``vuoro report``: a session or a group in tables and pictures, and the methods section."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.frame import StudyOption
from pipeline.commands.output import console, say
from pipeline.study import Study
from pipeline.texts import LANGUAGES, Language

if TYPE_CHECKING:
    from pipeline.reports.page import Page


def report(
    subject: Annotated[
        Optional[str],  # noqa: UP045 (Typer reads it at run time)
        typer.Argument(metavar="SESSION|GROUP", help="A session or group, e.g. G07-S01, G07."),
    ] = None,
    *,
    study: StudyOption,
    html: Annotated[
        bool, typer.Option("--html", help="Write a page with pictures instead of showing tables.")
    ] = False,
    methods: Annotated[
        bool,
        typer.Option(
            "--methods", help="Write the methods section of an article on the whole data set."
        ),
    ] = False,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            metavar="FILE", help="File to write; default: a page in reports/, methods shown here."
        ),
    ] = None,
    language: Annotated[
        Optional[Language],  # noqa: UP045
        typer.Option(help="Language of the report; default: fi, and both for --methods."),
    ] = None,
) -> None:
    """Report on a session or a group, or write the methods section of an article."""
    if methods == (subject is not None):
        raise typer.BadParameter("Name a session or a group, or give --methods.")
    if subject is None:
        _write_methods(study, out, [language] if language else LANGUAGES)
    else:
        _report_on(study, subject, html or out is not None, out, language or "fi")


def _report_on(
    study: Study, subject: str, as_page: bool, out: Path | None, language: Language
) -> None:
    from pipeline.operations.built import require_built
    from pipeline.operations.pages import page_of, reviews, write_report
    from pipeline.records.ids import is_session_id
    from pipeline.reports.page import html

    require_built(study, subject if is_session_id(subject) else None)
    page = page_of(study.dataset, subject, language, reviews(study, subject))
    if as_page:
        say(f"Wrote {write_report(html(page), out or study.reports / f'{subject}.html')}")
    else:
        _show(page)


def _write_methods(study: Study, out: Path | None, languages: Sequence[Language]) -> None:
    from pipeline.operations.methods import methods
    from pipeline.operations.pages import write_report

    text = methods(study, languages)
    if out is None:
        say(text)
    else:
        say(f"Wrote {write_report(text, out)}")


def _show(page: Page) -> None:
    """The page's tables in the terminal."""
    from rich.table import Table

    say(page.title)
    for what, value in page.facts.items():
        say(f"{what}: {value}")
    for section in page.sections:
        for table in section.tables:
            shown = Table(title=section.title, title_justify="left")
            for place, name in enumerate(table.head):
                shown.add_column(name, justify="left" if place < table.n_text else "right")
            for row in table.rows:
                shown.add_row(*row)
            console.print(shown, markup=False)
