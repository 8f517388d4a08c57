"""``vuoro demo``: from recordings in an inbox to tables and a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.frame import unlock
from pipeline.commands.output import console, say
from pipeline.commands.run import run_and_show

if TYPE_CHECKING:
    from pipeline.study import Study

TURNS = ("person_id", "kind", "start_s", "n_words", "text")
SESSIONS = ("session_id", "language", "n_people", "n_turns", "n_words")
PEOPLE = ("person_id", "session_id", "present", "identified_by", "n_turns", "speech_s")


def demo(
    study: Annotated[
        Path, typer.Option("--study", metavar="FOLDER", help="Folder for the demo's study.")
    ] = Path("data/demo-study"),
) -> None:
    """Try vuoro on a study of real and synthesised talk."""
    from models.fetch import pull
    from pipeline.commands.console import pulling
    from pipeline.operations.demo import drop_recordings
    from pipeline.study import create

    with pulling(console) as progress:
        pull(None, progress)
    opened = create(study)
    unlock(opened)
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
    from pipeline.operations.pages import page_of, reviews, write_report
    from pipeline.operations.reviewed import review_of
    from pipeline.reports.page import html
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
    console.rule("Who attended: the same people in both meetings, recognised by voice")
    attendance = files.read(files.file_of(study.dataset, "attendance", shown.group_id))
    console.print(rows_table(attendance.to_pylist(), PEOPLE))
    console.rule("Where to find it")
    for page in (shown.session_id, shown.group_id):
        made = page_of(study.dataset, page, "fi", reviews(study, page))
        written = write_report(html(made), study.reports / f"{page}.html")
        say(f"report, for a browser: {written}")
    for what, place in (
        ("tables to analyse", study.dataset),
        ("folder for your own recordings", study.inbox / "a-group"),
        ("everything that identifies people", study.private),
    ):
        say(f"{what}: {place}")
