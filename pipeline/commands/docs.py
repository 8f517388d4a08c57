"""``vuoro docs``: the documentation, in a browser."""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer

from pipeline.commands.output import say
from pipeline.errors import StudyError
from pipeline.storage.shipped import SHIPPED
from pipeline.texts import Language

PAGES = SHIPPED / "build" / "docs"


def docs(
    language: Annotated[Language, typer.Option(help="Language of the page that opens.")] = "en",
) -> None:
    """Open the documentation in a browser. It needs no network."""
    if not PAGES.is_dir():
        raise StudyError("The documentation is not built.", "Type `make docs`.")
    page = PAGES / ("fi/ensimmainen-tutkimus.html" if language == "fi" else "index.html")
    say(f"The documentation: {page}")
    webbrowser.open(page.as_uri())
