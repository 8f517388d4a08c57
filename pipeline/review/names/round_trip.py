"""The review of a study's names: write the sheet, apply it, and show progress."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.pseudonymisation.apply import said
from pipeline.pseudonymisation.entities import EntityTable, Verdict
from pipeline.review.names.answers import decided
from pipeline.review.names.candidates import NameRow, rows
from pipeline.review.names.queues import Queue
from pipeline.review.names.sheet import answers, as_workbook
from pipeline.review.names.transcripts import SessionTalk, all_masked, places, read
from pipeline.review.round_trip import Applied, write_sheet
from pipeline.settings import Settings
from pipeline.study import Study, accepted
from pipeline.study.private_file import new_private_file


@dataclass(frozen=True, slots=True)
class Summary:
    """The progress of a review: entities by verdict, rows by queue, sessions by what is judged.

    ``judged`` says of each session whether all of its entities have a verdict; ``waiting`` are
    the sessions that ``vuoro run`` must process first.
    """

    verdicts: Counter[Verdict]
    queues: Counter[Queue]
    judged: dict[str, bool]
    waiting: tuple[str, ...]

    @property
    def n_rows(self) -> int:
        return self.queues.total()


def write_names(study: Study, settings: Settings, out: Path) -> int:
    """Write the sheet of names to a new file that only its owner can read; returns the row count.

    Raises StudyError where the file may not be (``new_private_file``); what ``talk.read``
    and ``EntityTable.load`` raise; TransientError where it cannot be written.
    """
    out = new_private_file(study, out)
    found = _rows(study, settings)[0]
    write_sheet(out, as_workbook(found))
    return len(found)


def apply_names(study: Study, settings: Settings, file: Path, *, by: str, at: str) -> Applied:
    """Apply a filled-in sheet: all of it, or nothing where a cell is wrong.

    The caller holds the study's lock. ``by`` is who decides, ``at`` when (ISO 8601).

    Raises StudyError if the file is not a sheet of names; what ``write_names`` raises besides.
    """
    table = EntityTable.load(study)
    given = answers(file)
    talks, _ = read(study, settings, table)
    outcome = decided(table, given, by=by, at=at, spoken_as=_spoken_as(talks))
    if outcome.problems or not outcome.n_decisions:
        return Applied(0, problems=outcome.problems)
    outcome.table.save(study)
    changed = [t.session_id for t in talks if places(t, table) != places(t, outcome.table)]
    return Applied(outcome.n_decisions, tuple(changed))


def summary(study: Study, settings: Settings) -> Summary:
    """Return the progress of the review of names. Raises as ``write_names`` does."""
    found, talks, table, waiting = _rows(study, settings)
    return Summary(
        verdicts=Counter(row.entity.verdict for row in found if row.entity),
        queues=Counter(row.queue for row in found),
        judged={talk.session_id: _is_judged(talk, table, all_masked(table)) for talk in talks},
        waiting=waiting,
    )


def judged_sessions(study: Study, settings: Settings) -> dict[str, bool]:
    """Return for each session whether every entity in it, masked or not, has a person's verdict.

    A session whose names have not been searched has none. Raises as ``write_names`` does.
    """
    table = EntityTable.load(study)
    everything = all_masked(table)
    judged = {recording.session_id: False for recording in accepted.readable(study)}
    talks, _ = read(study, settings, table)
    return judged | {t.session_id: _is_judged(t, table, everything) for t in talks}


def _rows(
    study: Study, settings: Settings
) -> tuple[list[NameRow], list[SessionTalk], EntityTable, tuple[str, ...]]:
    table = EntityTable.load(study)
    talks, waiting = read(study, settings, table)
    return rows(talks, table), talks, table, tuple(waiting)


def _is_judged(talk: SessionTalk, table: EntityTable, everything: EntityTable) -> bool:
    here = {(place.type, place.number) for place in places(talk, everything)}
    return all((e := table.entity(id)) is not None and e.verdict != "open" for id in here)


def _spoken_as(talks: Sequence[SessionTalk]) -> dict[str, frozenset[str]]:
    names: defaultdict[str, set[str]] = defaultdict(set)
    for talk in talks:
        for (_, name), forms in said(talk.conversation, talk.mentions).items():
            for form in forms:
                names[form.casefold()].add(name)
    return {form: frozenset(found) for form, found in names.items()}
