"""The review of a study's people: write the sheet, apply it, and show progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import intake
from pipeline.operations.listen import clips_of_voices
from pipeline.people import decisions, register
from pipeline.people.decisions import Told
from pipeline.people.register import Known
from pipeline.people.roster.seed import seed
from pipeline.records import Interval, Recording
from pipeline.review.people import sheet as people
from pipeline.review.people.answers import decided
from pipeline.review.people.choices import Group
from pipeline.review.people.labels import Heard, read
from pipeline.review.people.sheet import Queue, VoiceRow
from pipeline.review.round_trip import Applied, write_sheet
from pipeline.settings import Settings
from pipeline.stages.chain import SessionChain
from pipeline.stages.settling import WHO_IS_WHO
from pipeline.storage.sheets import address
from pipeline.study import Study, accepted, locks
from pipeline.study.private_file import new_private_file


@dataclass(frozen=True, slots=True)
class Summary:
    """The progress of the review: rows by queue, and sessions that ``vuoro run`` must do first."""

    queues: Counter[Queue]
    waiting: tuple[str, ...]


def write_people(study: Study, settings: Settings, out: Path, group: str | None = None) -> int:
    """Write the sheet of people, and the clips that it links; returns the number of rows.

    The sheet is a new file that only its owner can read; of all groups, or of one, by its id or
    inbox folder. Raises StudyError where the file may not be (``new_private_file``) or if
    there is no such group; what ``voices.read`` and ``roster.seed`` raise; TransientError.
    """
    out = new_private_file(study, out)
    sessions, groups, _ = _voices(study, settings, group)
    clips = {
        (session.recording.session_id, label): tuple(address(file, out.parent) for file in files)
        for session in sessions
        for label, files in clips_of_voices(session.chain, _stretches(session)).items()
    }
    rows = [_with_clips(row, clips) for row in people.rows(sessions, groups)]
    write_sheet(out, people.as_workbook(rows, [*groups.values()]))
    return len(rows)


def apply_people(study: Study, settings: Settings, file: Path, *, by: str, at: str) -> Applied:
    """Apply a filled-in sheet: all of it, or nothing where a cell is wrong.

    Then all people are recognised again. The caller has exclusive access to the study. ``by`` is
    who decides, ``at`` when (ISO 8601). Raises StudyError if the file is not a sheet of people;
    what ``write_people`` and the stage ``WHO_IS_WHO`` raise besides.
    """
    given = people.answers(file)
    table = seed(study)
    with locks.names(study):
        taken, problems = decided(study, settings, table, given, by=by, at=at)
        if problems:
            return Applied(0, problems=problems)
        decisions.remember(study, taken)
    recordings = {r.session_id: r for r in accepted.readable(study)}
    groups = {(r := recordings[decision.session_id]).group_id: r for decision in taken}
    changed = [s for r in groups.values() for s in _recognised_again(study, settings, r)]
    return Applied(len(taken), tuple(changed))


def summary(study: Study, settings: Settings, group: str | None = None) -> Summary:
    """Return the progress of the review of people. Raises as ``write_people`` does."""
    sessions, groups, waiting = _voices(study, settings, group)
    return Summary(Counter(row.queue for row in people.rows(sessions, groups)), tuple(waiting))


def _voices(
    study: Study, settings: Settings, group: str | None
) -> tuple[list[Heard], dict[str, Group], list[str]]:
    table = seed(study)
    recordings = _recordings(study, group)
    sessions, waiting = read(study, settings, recordings)
    ids = sorted({recording.group_id for recording in recordings})
    return sessions, {id: Group.of(study, id, table) for id in ids}, waiting


def _recordings(study: Study, group: str | None) -> list[Recording]:
    if group is None:
        return accepted.readable(study)
    group_id = intake.known_group(study, group)
    if group_id is None:
        raise intake.no_group(study, group, "`vuoro status` lists the sessions.")
    return accepted.readable(study, group_id)


def _stretches(session: Heard) -> dict[str, list[Interval]]:
    return {v.label: [passage.stretch for passage in v.passages] for v in session.voices}


def _with_clips(row: VoiceRow, clips: Mapping[tuple[str, str], tuple[str, ...]]) -> VoiceRow:
    voice = row.about
    if isinstance(voice, Told):
        return row
    return replace(row, clips=clips[voice.session_id, voice.label])


def _recognised_again(study: Study, settings: Settings, recording: Recording) -> list[str]:
    """Recognise the people of a recording's group again; return the sessions where that changes."""
    before = _known(study, recording.group_id)
    SessionChain(study, recording, settings).run(WHO_IS_WHO)
    after = _known(study, recording.group_id)
    return [session_id for session_id in after if after[session_id] != before.get(session_id)]


def _known(study: Study, group_id: str) -> dict[str, tuple[Known, ...]]:
    found = register.load(study, group_id)
    return {
        session_id: tuple(entry.known for entry in found.latest(session_id))
        for session_id in found.sessions
    }
