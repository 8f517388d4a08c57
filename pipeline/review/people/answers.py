"""From the answers in a sheet of people to decisions: all, or none where a cell is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pipeline.people import decisions, register
from pipeline.people.anchors import Anchor, anchor, place
from pipeline.people.decisions import Told
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.records import Recording
from pipeline.records.ids import session_name
from pipeline.review.people import sheet as people
from pipeline.review.people.choices import Group
from pipeline.review.round_trip import DECIDED_SINCE, WrongCell, WrongCells
from pipeline.settings import Settings
from pipeline.stages.chain import SessionChain
from pipeline.stages.hearing import DIARISE
from pipeline.storage.sheets import Answer
from pipeline.study import Study, accepted

DECISION = "decision"


def decided(
    study: Study,
    settings: Settings,
    table: EntityTable,
    given: Iterable[Answer],
    *,
    by: str,
    at: str,
) -> tuple[list[Told], tuple[str, ...]]:
    """Return the new decisions of a sheet, and a sentence for each wrong cell."""
    work = _Deciding(study, settings, table, by, at)
    return work.decided(given), work.wrong.sentences


class _Deciding:
    """Decisions from a sheet, by session, and its wrong cells."""

    def __init__(
        self, study: Study, settings: Settings, table: EntityTable, by: str, at: str
    ) -> None:
        self.wrong = WrongCells(people.sheet(()))
        self._study, self._settings, self._table = study, settings, table
        self._by, self._at = by, at
        self._recordings = {r.session_id: r for r in accepted.readable(study)}
        self._groups: dict[str, Group] = {}

    def decided(self, given: Iterable[Answer]) -> list[Told]:
        """Return the decisions of the rows that were not made before."""
        rows: defaultdict[str, list[tuple[Answer, Anchor]]] = defaultdict(list)
        for answer in given:
            about = people.about(answer.id)
            if about and about[0] in self._recordings:
                rows[about[0]].append((answer, about[1]))
            elif answer.filled(DECISION) is not None:
                problem = "this row is of no session of the study; leave it empty"
                self.wrong.add(answer.number, DECISION, problem)
        return [
            decision
            for session_id, answers in rows.items()
            if any(answer.filled(DECISION) is not None for answer, _ in answers)
            for decision in self._of_session(self._recordings[session_id], answers)
        ]

    def _of_session(
        self, recording: Recording, rows: Sequence[tuple[Answer, Anchor]]
    ) -> Iterator[Told]:
        chain = SessionChain(self._study, recording, self._settings)
        talk = chain.get(DIARISE)
        before = decisions.told(self._study, recording.session_id, talk, chain.common.voice_model)
        labels = place([voice for _, voice in rows], talk, chain.common.voice_model)
        register_ = register.load(self._study, recording.group_id)
        known = {e.known.label: e.known for e in register_.latest(recording.session_id)}
        group = self._group(recording.group_id)
        said: dict[str, tuple[str, int]] = {}
        for (answer, _), found in zip(rows, labels, strict=True):
            if (cell := answer.filled(DECISION)) is None:
                continue
            with self.wrong.of_row(answer.number):
                person, label = _possible(group, recording, cell, found)
                now = people.decided_as(before.get(label), known.get(label))
                if answer.is_stale(DECISION, group.shown(now), group.person):
                    raise WrongCell(DECISION, DECIDED_SINCE)
                other, number = said.setdefault(label, (person, answer.number))
                if other != person:
                    problem = f"row {number} is the same voice and says otherwise"
                    raise WrongCell(DECISION, problem)
                if number == answer.number and before.get(label) != person:
                    voice = anchor(talk, label, chain.common.voice_model)
                    yield Told(recording.session_id, voice, person, self._by, self._at)

    def _group(self, group_id: str) -> Group:
        if group_id not in self._groups:
            self._groups[group_id] = Group.of(self._study, group_id, self._table)
        return self._groups[group_id]


def _possible(group: Group, recording: Recording, cell: str, label: str | None) -> tuple[str, str]:
    """Return the person that a cell means and their label. Raises WrongCell if neither exists."""
    person = group.person(cell)
    if person is None:
        raise WrongCell(
            DECISION,
            f"choose from the list; a name that is not in the roster of {group.group_id} is "
            "added with `vuoro group add`, and a decision cannot be emptied",
        )
    member = group.members.get(person)
    if member and not member.attends(session_name(recording.session_number, recording.kind)):
        raise WrongCell(
            DECISION, "the roster says that they are absent from this session; correct it first"
        )
    if label is None:
        raise WrongCell(
            DECISION, "this voice is no longer found in the session; leave the cell empty"
        )
    return person, label
