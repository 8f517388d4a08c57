"""A page as values, and as one HTML file that needs nothing else."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.texts import Language

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_IDS = re.compile(r'(id="|href="#|url\(#)')


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a head; the first ``n_text`` columns hold words, the others numbers."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    n_text: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: its text, then its pictures, then its tables."""

    title: str
    summary: str = ""
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    level: int = 2


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page: its facts are pairs of name and value."""

    title: str
    summary: str
    language: Language
    facts: Mapping[str, str]
    sections: Sequence[Section] = field(default_factory=list)


def html(page: Page) -> str:
    """The page as one self-contained file: no external scripts, fonts or pictures.

    The same page gives the same text.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("pipeline.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    number = iter(range(10**6))
    templates.filters["svg"] = lambda figure: _svg(figure, f"f{next(number)}-")
    return templates.get_template("page.html.j2").render(page=page)


def _svg(figure: Figure, prefix: str) -> object:
    """The figure as an element; ``prefix`` keeps its ids apart from other figures' on the page."""
    from markupsafe import Markup
    from matplotlib import rc_context

    from pipeline.reports.plots.style import STYLE

    written = io.StringIO()
    with rc_context(STYLE):
        figure.savefig(written, format="svg", metadata={"Date": None})
    text = written.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = _IDS.sub(rf"\g<1>{prefix}", text)
    # Markup: matplotlib has escaped it
    return Markup(text.replace("<svg ", '<svg role="img" ', 1))
