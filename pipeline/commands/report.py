"""``vuoro report``: a session or a group in tables and pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.frame import StudyOption
from pipeline.commands.output import console, say
from pipeline.texts import Language

if TYPE_CHECKING:
    from pipeline.reports.page import Page


def report(
    subject: Annotated[
        str, typer.Argument(metavar="SESSION|GROUP", help="A session or group, e.g. G07-S01, G07.")
    ],
    study: StudyOption,
    html: Annotated[
        bool, typer.Option("--html", help="Write a page with pictures instead of showing tables.")
    ] = False,
    out: Annotated[
        Optional[Path],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(metavar="FILE", help="File for the page; default: in reports/."),
    ] = None,
    language: Annotated[Language, typer.Option(help="Language of the report.")] = "fi",
) -> None:
    """Report on a session or a group: who talks, how turns are taken, measures."""
    from pipeline.operations.pages import page_of, reviews, write_page

    page = page_of(study.dataset, subject, language, reviews(study, subject))
    if html or out is not None:
        say(f"Wrote {write_page(page, out or study.reports / f'{subject}.html')}")
    else:
        _show(page)


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
