"""From the name of a session or group to its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.operations.reviewed import Review, review_of
from pipeline.reports.data import is_session, sessions_of
from pipeline.reports.page import Page
from pipeline.reports.phrases import text
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.study import Study
from pipeline.texts import Language


def page_of(
    dataset: Path, subject: str, language: Language, review: Mapping[str, Review] | None = None
) -> Page:
    """Return the page of a session or group; ``review`` has the reviews of its sessions' names.

    Raises StudyError if the data set has none of that name, DatasetError if a file of it is
    damaged, TransientError if one cannot be read.
    """
    from pipeline.reports.group_page import group_page
    from pipeline.reports.session_page import session_page

    make = session_page if is_session(dataset, subject) else group_page
    page = make(dataset, subject, language)
    open_ = {id: each for id, each in (review or {}).items() if not each.is_done}
    if not open_:
        return page
    note = ", ".join(open_) if len(review or {}) > 1 else ""
    said = (
        text("names_open", language, sessions=note) if note else open_[subject].sentence(language)
    )
    return replace(page, facts={**page.facts, text("names_review", language): said})


def reviews(study: Study, subject: str) -> dict[str, Review]:
    """How far names are judged in a session, or in each of a group. Raises as ``is_session``."""
    own = [subject] if is_session(study.dataset, subject) else sessions_of(study.dataset, subject)
    return {session_id: review_of(study, session_id) for session_id in own}


def write_report(text: str, file: Path) -> Path:
    """Write a report in place of the file; returns its path.

    Raises TransientError where it cannot be written.
    """
    with os_errors("writing the report"):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, text.encode())
    return file
