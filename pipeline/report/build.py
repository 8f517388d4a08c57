"""From the name of a session or group to its page."""

from __future__ import annotations

from pathlib import Path

from pipeline.disk import os_errors, write_atomically
from pipeline.plots.words import Language
from pipeline.report.data import is_session
from pipeline.report.page import Page, html


def page_of(dataset: Path, subject: str, language: Language) -> Page:
    """The page of a session or a group.

    Raises StudyError if the data set has none of that name, DatasetError if a file of it is
    damaged, TransientError if one cannot be read.
    """
    from pipeline.report.group import group_page
    from pipeline.report.session import session_page

    make = session_page if is_session(dataset, subject) else group_page
    return make(dataset, subject, language)


def write_page(page: Page, file: Path) -> Path:
    """Write the page as HTML in the place of the file; where that is.

    Raises TransientError where it cannot be written.
    """
    with os_errors("writing the report"):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, html(page).encode())
    return file
