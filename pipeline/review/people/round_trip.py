"""The review of a study's people from end to end: the sheet out, the sheet in, how far it is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import intake
from pipeline.operations.listen import clips_of_voices
from pipeline.people import decisions, register
from pipeline.people.anchors import Anchor, anchor, place
from pipeline.people.decisions import Told
from pipeline.people.register import Known
from pipeline.people.roster.members import session_name
from pipeline.people.roster.seed import seed
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.records import Diarisation, Interval, Recording
from pipeline.review.names.round_trip import Applied
from pipeline.review.people import sheet as people
from pipeline.review.people.choices import Group
from pipeline.review.people.labels import Heard, read
from pipeline.review.people.sheet import Queue, VoiceRow
from pipeline.settings import Settings
from pipeline.stages.chain import SessionChain
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.storage.sheets import DECIDED_SINCE, Answer, address
from pipeline.study import Study, accepted, locks
from pipeline.study.private_file import new_private_file

DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Summary:
    """How far the review is: rows by queue, and the sessions that ``vuoro run`` must do first."""

    queues: Counter[Queue]
    waiting: tuple[str, ...]


def write_people(study: Study, settings: Settings, out: Path, group: str | None = None) -> int:
    """Write the sheet of people, and the clips that it opens; the number of rows.

    The sheet is a new file that its owner alone can read; of all groups, or of one, by its id or
    inbox folder. Raises StudyError where the file may not be (``new_private_file``) or if
    there is no such group; what ``voices.read`` and ``roster.seed`` raise; TransientError.
    """
    out = new_private_file(study, out)
    heard, groups, _ = _heard(study, settings, group)
    clips = {
        (session.recording.session_id, label): tuple(address(file, out.parent) for file in files)
        for session in heard
        for label, files in clips_of_voices(session.chain, _stretches(session)).items()
    }
    rows = [_with_clips(row, clips) for row in people.rows(heard, groups)]
    data = people.as_workbook(rows, [*groups.values()])
    with os_errors("writing the sheet of people"):
        write_atomically(out, data, mode=0o600)
    return len(rows)


def apply_people(study: Study, settings: Settings, file: Path, *, by: str, at: str) -> Applied:
    """Carry out what was filled in: all of it, or nothing where a cell is wrong.

    Then everybody is recognised anew. Whoever calls has the study to themselves. ``by`` is who
    decides, ``at`` when (ISO 8601). Raises StudyError if the file is no sheet of people; what
    ``write_people`` and ``SessionChain.who_is_who`` raise besides.
    """
    given = people.answers(file)
    table = seed(study)
    with locks.names(study):
        work = _Deciding(study, settings, table)
        taken = work.decided(given, by, at)
        if work.problems:
            return Applied(0, (), tuple(sentence for _, sentence in sorted(work.problems)))
        decisions.remember(study, taken)
    recordings = {r.session_id: r for r in accepted.readable(study)}
    groups = {(r := recordings[decision.session_id]).group_id: r for decision in taken}
    changed = [s for r in groups.values() for s in _recognised_anew(study, settings, r)]
    return Applied(len(taken), tuple(changed))


def summary(study: Study, settings: Settings, group: str | None = None) -> Summary:
    """How far the review of people is. Raises as ``write_people`` does."""
    heard, groups, waiting = _heard(study, settings, group)
    return Summary(Counter(row.queue for row in people.rows(heard, groups)), tuple(waiting))


def _heard(
    study: Study, settings: Settings, group: str | None
) -> tuple[list[Heard], dict[str, Group], list[str]]:
    table = seed(study)
    recordings = _recordings(study, group)
    heard, waiting = read(study, settings, recordings)
    ids = sorted({recording.group_id for recording in recordings})
    return heard, {id: Group.of(study, id, table) for id in ids}, waiting


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


def _recognised_anew(study: Study, settings: Settings, recording: Recording) -> list[str]:
    """Find out again who is who in the group of a recording; the sessions in which that changes."""
    before = _known(study, recording.group_id)
    SessionChain(study, recording, settings).who_is_who(find_out=True)
    after = _known(study, recording.group_id)
    return [session_id for session_id in after if after[session_id] != before.get(session_id)]


def _known(study: Study, group_id: str) -> dict[str, tuple[Known, ...]]:
    found = register.load(study, group_id)
    return {
        session_id: tuple(entry.known for entry in found.latest(session_id))
        for session_id in found.sessions
    }


class _Deciding:
    """Decisions from a sheet, by session, and what is wrong in it; no problem says a name."""

    def __init__(self, study: Study, settings: Settings, table: EntityTable) -> None:
        self.problems: list[tuple[int, str]] = []
        self._study, self._settings, self._table = study, settings, table
        self._recordings = {r.session_id: r for r in accepted.readable(study)}
        self._groups: dict[str, Group] = {}

    def decided(self, given: Iterable[Answer], by: str, at: str) -> list[Told]:
        """What the rows say that was not decided so before."""
        rows: defaultdict[str, list[tuple[Answer, Anchor]]] = defaultdict(list)
        for answer in given:
            about = people.about(answer.id)
            if about and about[0] in self._recordings:
                rows[about[0]].append((answer, about[1]))
            elif answer.filled(DECISION) is not None:
                self._complain(answer, "this row is of no session of the study; leave it empty")
        return [
            told
            for session_id, answers in rows.items()
            if any(answer.filled(DECISION) is not None for answer, _ in answers)
            for told in self._of_session(self._recordings[session_id], answers, by, at)
        ]

    def _of_session(
        self, recording: Recording, rows: Sequence[tuple[Answer, Anchor]], by: str, at: str
    ) -> Iterator[Told]:
        chain = SessionChain(self._study, recording, self._settings)
        talk = chain.record("diarise", Diarisation)
        about = (self._study, recording.session_id, talk, chain.voice_model)
        before = decisions.told(*about)
        labels = place([voice for _, voice in rows], talk, chain.voice_model)
        register_ = register.load(self._study, recording.group_id)
        known = {e.known.label: e.known for e in register_.latest(recording.session_id)}
        said: dict[str, tuple[str, int]] = {}
        for (answer, _), label in zip(rows, labels, strict=True):
            if (cell := answer.filled(DECISION)) is None:
                continue
            group = self._group(recording.group_id)
            person = group.person(cell)
            now = people.decided_as(before.get(label or ""), known.get(label or ""))
            if problem := self._problem(recording, person, label):
                self._complain(answer, problem)
            elif answer.is_stale(DECISION, group.shown(now), group.person):
                self._complain(answer, DECIDED_SINCE)
            elif person and label:
                other, number = said.setdefault(label, (person, answer.number))
                if other != person:
                    self._complain(answer, f"row {number} is the same voice and says otherwise")
                elif number == answer.number and before.get(label) != person:
                    voice = anchor(talk, label, chain.voice_model)
                    yield Told(recording.session_id, voice, person, by, at)

    def _problem(self, recording: Recording, person: str | None, label: str | None) -> str | None:
        group = self._group(recording.group_id)
        if person is None:
            return (
                f"choose from the list; a name that is not in the roster of {group.group_id} is "
                "added with `vuoro group add`, and a decision cannot be emptied"
            )
        member = group.members.get(person)
        if member and not member.attends(session_name(recording.session_number, recording.kind)):
            return "the roster says that they are absent from this session; correct it first"
        if label is None:
            return "this voice is no longer found in the session; leave the cell empty"
        return None

    def _group(self, group_id: str) -> Group:
        if group_id not in self._groups:
            self._groups[group_id] = Group.of(self._study, group_id, self._table)
        return self._groups[group_id]

    def _complain(self, answer: Answer, allowed: str) -> None:
        sentence = people.sheet(()).problem(answer.number, DECISION, allowed)
        self.problems.append((answer.number, sentence))
