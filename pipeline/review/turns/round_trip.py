"""The correction of a session's turns: write the sheet, and apply it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain as all_of
from pathlib import Path

from pipeline.errors import RecordingError, StudyError, UnreadableError
from pipeline.operations.listen import clips_of_turns
from pipeline.operations.settings import made_otherwise, not_ready
from pipeline.people.anchors import Anchor, anchor
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.records import Interval, Turn
from pipeline.records.times import Talk
from pipeline.records.turn_ids import short, turn_ids
from pipeline.review.people.choices import Group
from pipeline.review.round_trip import Applied, write_sheet
from pipeline.review.turns import sheet
from pipeline.review.turns.answers import decided
from pipeline.settings import Settings
from pipeline.stages.chain import SessionChain
from pipeline.stages.hearing import DECODE
from pipeline.stages.inputs import VOICES
from pipeline.stages.settling import ASSEMBLE, IDENTIFY
from pipeline.storage.disk import os_errors
from pipeline.storage.sheets import Answer, address
from pipeline.study import Study, accepted
from pipeline.study.private_file import new_private_file
from pipeline.turns.correct import correct
from pipeline.turns.edits import log
from pipeline.turns.edits.edit import About, Corrected, Correction, Edit, relabelled
from pipeline.turns.edits.find import SHARED


@dataclass(frozen=True, slots=True)
class Written:
    """A sheet that was written: its file, its number of rows, and how many edits are lost."""

    file: Path
    n_rows: int
    n_lost: int


def write_turns(
    study: Study,
    settings: Settings,
    session_id: str,
    out: Path | None = None,
    opens_at: str | None = None,
) -> Written:
    """Write a session's turns, as corrected so far, to a new sheet that only its owner can read.

    Without ``out``, that is private/edits/<session_id>.xlsx. It ``opens_at`` a turn, by its id.
    The sound of each turn that it links is written to the study's clips.

    Raises StudyError where the file may not be (``new_private_file``), there is no such
    session or it is not processed yet, or its log, the roster or the key cannot be used;
    TransientError.
    """
    if out is None:
        with os_errors("writing the sheet"):
            study.edits.mkdir(mode=0o700, exist_ok=True)
        if log.sheet_file(study, session_id).exists():  # it may hold unapplied answers
            raise StudyError(
                f"private/edits/{session_id}.xlsx already exists.",
                "Apply and delete it, or write another sheet with --out FILE.",
            )
    file = new_private_file(study, out or log.sheet_file(study, session_id))
    session = _Session(study, settings, session_id)
    corrected = session.after(session.corrections)
    turns = corrected.conversation.turns
    ids = turn_ids(session_id, [turn.start_s for turn in turns])
    if opens_at is not None and opens_at not in ids:
        raise StudyError(
            f"{session_id} has no turn {short(opens_at)}.",
            f"Find its id with `vuoro show {session_id}`.",
        )
    data = sheet.as_workbook(
        corrected.conversation,
        ids,
        session.called,
        len(session.corrections),
        corrected.lost,
        session.sound(dict(zip(ids, turns, strict=True)), file.parent),
        opens_at,
    )
    write_sheet(file, data)
    return Written(file, len(turns), len(corrected.lost))


def apply_turns(
    study: Study, settings: Settings, session_id: str, file: Path, *, by: str, at: str
) -> Applied:
    """Apply a filled-in sheet: all of it, or nothing where a cell is wrong.

    The caller holds the study's lock. ``by`` is who decides, ``at`` when (ISO 8601).

    Raises StudyError if the file is not a sheet of this session's turns; what ``write_turns``
    raises besides.
    """
    session = _Session(study, settings, session_id)
    given = sheet.answers(file)
    before = session.before(given)
    turns = session.after(session.corrections[:before]).conversation.turns
    outcome = decided(
        given,
        sheet.by_id(turns, before),
        {shown: label for label, shown in session.called.items()},
        dict(all_of.from_iterable(c.rows.items() for c in session.corrections)),
        session.duration_s,
        session.added,
        since=session.since(sheet.by_id(turns, before), before),
    )
    corrections = session.corrections
    if outcome.edits and not outcome.problems:
        new = Correction(at, by, session.voices, outcome.edits, outcome.rows)
        log.remember(study, session_id, new)
        corrections = (*corrections, new)
    n_lost = len(session.after(corrections).lost)
    changed = (session_id,) if outcome.edits else ()
    return Applied(len(outcome.edits), changed, outcome.problems, n_lost)


def _is_of(edit: Edit, turn: Turn) -> bool:
    """Whether an edit is of the talk of this turn."""
    place = Interval(turn.start_s, turn.end_s)
    shorter_s = min(place.duration_s, edit.about.duration_s)
    is_theirs = turn.label in (edit.about.label, edit.speaker)
    return is_theirs and edit.about.overlap_s(place) >= SHARED * shorter_s > 0


class _Session:
    """A session whose turns are assembled, and its corrections so far."""

    def __init__(self, study: Study, settings: Settings, session_id: str) -> None:
        self._study, self._settings = study, settings
        self._chain = SessionChain(study, accepted.recording(study, session_id), settings)
        # hashing the sound file would take longer than all the rest
        is_made = self._chain.find(ASSEMBLE, verify=False) is not None
        if not is_made or made_otherwise(self._chain).to_come:
            raise not_ready(self._chain)
        self._voices = self._chain.get(VOICES)
        self._voice_model = self._chain.common.voice_model
        self.corrections = log.load(study, session_id)

    def after(self, corrections: Sequence[Correction]) -> Corrected:
        """Return the session after these corrections."""
        edits = relabelled(corrections, self._voices, self._voice_model)
        conversation = self._chain.get(ASSEMBLE)
        return correct(conversation, self._voices, [*edits], self._settings.turns.lapse_s)

    @property
    def duration_s(self) -> float:
        """Return the length of the recording."""
        return self._chain.get(DECODE).duration_s

    @property
    def added(self) -> list[About]:
        """Return the talk that people have added so far."""
        edits = relabelled(self.corrections, self._voices, self._voice_model)
        return [edit.about for edit in edits if edit.action == "add"]

    def sound(self, turns: Mapping[str, Turn], folder: Path) -> dict[str, str]:
        """Return the address of each turn's sound, by turn id, relative to ``folder``.

        {} if the recording is gone: the turns can be corrected all the same.
        """
        places = {turn_id: Interval(turn.start_s, turn.end_s) for turn_id, turn in turns.items()}
        try:
            files = clips_of_turns(self._chain, places)
        except (StudyError, RecordingError, UnreadableError):
            return {}
        return {turn_id: address(file, folder) for turn_id, file in files.items()}

    def since(self, turns: Mapping[str, Turn], before: int) -> dict[str, dict[str, str]]:
        """Return the turns changed by sheets written later than after ``before`` corrections, by
        row id, with what the cells to fill in show of them now."""
        later = [
            correction
            for correction in self.corrections[before:]
            if before not in map(sheet.n_before, correction.rows)
        ]
        edits = [*relabelled(later, self._voices, self._voice_model)]
        now = self.after(self.corrections).conversation.turns if edits else ()
        own = {id: [edit for edit in edits if _is_of(edit, turn)] for id, turn in turns.items()}
        return {id: self._cells(turn, own[id], now) for id, turn in turns.items() if own[id]}

    def _cells(self, turn: Turn, edits: Sequence[Edit], now: Sequence[Turn]) -> dict[str, str]:
        """Return the present cells in place of a turn: of the turn with most of its time."""
        place = Interval(turn.start_s, turn.end_s)
        here = [t for t in now if place.overlap_s(Interval(t.start_s, t.end_s)) > 0]
        if not here or any(edit.action == "delete" for edit in edits):
            return {"action": sheet.DELETE}
        most = max(here, key=lambda t: place.overlap_s(Interval(t.start_s, t.end_s)))
        return sheet.decided_cells(most, self.called)

    def before(self, answers: Sequence[Answer]) -> int:
        """Return how many corrections there were when the sheet of these answers was written."""
        counts = (sheet.n_before(answer.id) for answer in answers)
        return next((n for n in counts if n is not None), 0)

    @cached_property
    def called(self) -> dict[str, str]:
        """Return how each speaker label is shown: as its person, by name if the roster has one."""
        group_id = self._chain.recording.group_id
        group = Group.of(self._study, group_id, EntityTable.load(self._study))
        people = self._chain.get(IDENTIFY).people
        return {p.label: group.shown(p.person_id) for p in people if p.label in self._labels}

    @cached_property
    def voices(self) -> dict[str, Anchor]:
        """Return the anchor by which each speaker label is found again."""
        return {label: anchor(self._voices, label, self._voice_model) for label in self._labels}

    @cached_property
    def _labels(self) -> list[str]:
        return [*Talk.of(self._voices.regular).by_label]
