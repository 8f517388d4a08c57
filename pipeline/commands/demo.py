"""``vuoro demo``: the whole way, from recordings in an inbox to tables and a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline.commands.common import StudyOption, console, run_and_show, say

if TYPE_CHECKING:
    from pipeline.study import Study

TURNS = ("person_id", "kind", "start_s", "n_words", "text")
SESSIONS = ("session_id", "language", "n_people", "n_turns", "n_words")
PEOPLE = ("person_id", "session_id", "present", "identified_by", "n_turns", "speech_s")


def demo(
    study: StudyOption = Path("data/demo-study"),
) -> None:
    """Try vuoro out: a study of real and synthesised talk, processed and shown."""
    from models.fetch import pull
    from pipeline.commands.console import pulling
    from pipeline.operations.demo import drop_recordings
    from pipeline.study import create

    with pulling(console) as progress:
        pull(None, progress)
    opened = create(study)
    for file in drop_recordings(opened):
        console.print(f"dropped    {file.relative_to(opened.root)}", highlight=False)
    if not run_and_show(opened):
        raise typer.Exit(1)
    _show(opened)


def _show(study: Study) -> None:
    """The beginnings of the tables, and the pages of the Finnish group."""
    from pipeline.commands.console import rows_table
    from pipeline.dataset import files
    from pipeline.exports.transcript import as_text, published_turns
    from pipeline.operations.demo import FINNISH_MEETING
    from pipeline.operations.pages import page_of, reviews, write_page
    from pipeline.operations.reviewed import review_of
    from pipeline.study import accepted
    from pipeline.study.outcome import outcome

    sessions = accepted.sessions(study)
    shown = next(r for r in sessions if r.original_name == FINNISH_MEETING)
    turns = published_turns(study.dataset, shown.session_id)
    console.rule(f"The transcript of {shown.session_id} begins")
    note = review_of(study, shown.session_id).sentence()
    console.print(as_text(turns[:10], note), markup=False, highlight=False)
    console.rule("The turns table")
    console.print(rows_table(turns[:10], TURNS))
    console.rule("The sessions table")
    found = [outcome(study, recording) for recording in sessions]
    console.print(rows_table([each.totals for each in found], SESSIONS))
    for each in found:
        for remark in each.remarks:
            say(f"{each.session_id}: {remark.sentence('en')}")
    console.rule("Who was there: the same people in both meetings, known by their voices")
    attendance = files.read(files.file_of(study.dataset, "attendance", shown.group_id))
    console.print(rows_table(attendance.to_pylist(), PEOPLE))
    console.rule("Where it is")
    for page in (shown.session_id, shown.group_id):
        made = page_of(study.dataset, page, "fi", reviews(study, page))
        written = write_page(made, study.reports / f"{page}.html")
        say(f"a page to read in a browser: {written}")
    for what, place in (
        ("tables to analyse", study.dataset),
        ("recordings of your own go here", study.inbox / "a-group"),
        ("what identifies people stays here", study.private),
    ):
        say(f"{what}: {place}")
