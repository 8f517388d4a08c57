"""``vuoro report``: what the data set says of a session or a group."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.common import DEFAULT_STUDY, StudyOption, console, opened, say
from pipeline.texts import Language

if TYPE_CHECKING:
    from pipeline.reports.page import Page


def report(
    subject: Annotated[
        str, typer.Argument(metavar="SESSION|GROUP", help="A session or group, e.g. G07-S01, G07.")
    ],
    study: StudyOption = DEFAULT_STUDY,
    html: Annotated[
        bool, typer.Option("--html", help="Write a page with pictures; else show its tables here.")
    ] = False,
    out: Annotated[
        Optional[Path],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(help="Where to write the page; in reports/ if left out."),
    ] = None,
    language: Annotated[Language, typer.Option(help="Its language.")] = "fi",
) -> None:
    """What the data set says of a session or a group: who talks, how turns are taken, measures."""
    from pipeline.operations.pages import page_of, reviews, write_page

    place = opened(study)
    page = page_of(place.dataset, subject, language, reviews(place, subject))
    if html or out is not None:
        say(f"The page: {write_page(page, out or place.reports / f'{subject}.html')}")
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
