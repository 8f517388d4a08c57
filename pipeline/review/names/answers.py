"""From the answers in a sheet to decisions: all of them, or none where a cell is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from pipeline.pseudonymisation.entities import Action, Decision, Entity, EntityTable, Id, Verdict
from pipeline.pseudonymisation.search import Names
from pipeline.records import EntityType
from pipeline.review import titles as words
from pipeline.review.names.candidates import NEW
from pipeline.review.names.sheet import SHEET, decided_cells
from pipeline.review.round_trip import DECIDED_SINCE, WrongCell, WrongCells
from pipeline.storage.sheets import Answer

WITH_MERGE = frozenset({"merge", "decision", "note"})
_VERDICTS = ", ".join(words.VERDICTS.values())
_MEANS: Mapping[str, Callable[[str], object]] = {
    "decision": words.verdict,
    "type": words.entity_type,
}

_T = TypeVar("_T")

SpokenAs = Mapping[str, frozenset[str]]  # the names (nominatives) of each form, both casefolded


@dataclass(frozen=True, slots=True)
class Decided:
    """The table after the decisions; unchanged if there are ``problems``, one sentence each."""

    table: EntityTable
    n_decisions: int
    problems: tuple[str, ...] = ()


def decided(
    table: EntityTable,
    answers: Sequence[Answer],
    *,
    by: str,
    at: str,
    spoken_as: SpokenAs | None = None,
    random: Random | None = None,
) -> Decided:
    """Return the table with the changes of the answers.

    Only changed cells count, and only where they differ from the table as it is now: a sheet
    applied twice changes nothing more. A row whose decision has changed since its sheet was written
    is a problem. ``by`` is who decides, ``at`` when (ISO 8601). No problem contains a name.
    """
    work = _Deciding(table, by, at, spoken_as or {}, random)
    # merges first, so that other rows apply to the merged entities
    for answer in sorted(answers, key=lambda answer: not answer.filled("merge")):
        work.carry_out(answer)
    work.check_categories()
    if problems := work.wrong.sentences:
        return Decided(table, 0, problems)
    return Decided(work.table, len(work.table.decisions) - len(table.decisions))


class _Deciding:
    """The table while a sheet is applied, row by row, and its wrong cells."""

    def __init__(
        self, table: EntityTable, by: str, at: str, spoken_as: SpokenAs, random: Random | None
    ) -> None:
        self.table = table
        self.wrong = WrongCells(SHEET)
        self._before = table
        self._by, self._at, self._random = by, at, random
        self._spoken_as = spoken_as
        self._rows: dict[str, int] = {}
        self._said: dict[tuple[Id, str], tuple[str, int]] = {}
        self._categories: list[tuple[int, str]] = []

    def carry_out(self, answer: Answer) -> None:
        filled = {c: text for c in answer.cells if (text := answer.filled(c)) is not None}
        if filled:
            with self.wrong.of_row(answer.number):
                self._carry_out(answer, filled)

    def check_categories(self) -> None:
        """Check that no category holds anything masked: categories are published."""
        masked = Names({key: e.id for key, e in self.table.by_name.items() if e.is_masked})
        for number, category in self._categories:
            if any(masked.find(category.split())):
                self.wrong.add(
                    number,
                    "category",
                    "a category is published, so it must not hold a name that is masked",
                )

    def _carry_out(self, answer: Answer, filled: Mapping[str, str]) -> None:
        self._once(answer, next(iter(filled)))
        verdict, type, into = _verdict(filled), _type(filled), self._into(filled, answer)
        self._require_current(answer, filled, into)
        if into:
            self._merge_row(answer, filled, verdict, into)
            return
        if _is_new(answer):
            if verdict is None:
                raise WrongCell("decision", f"a new row needs a decision first: {_VERDICTS}")
            id = self._made(answer, type or words.entity_type(answer.cells["type"]) or "person")
        else:
            id = self._present(answer, next(iter(filled)))
        if split := filled.get("split"):
            self._split(id, split)
        if type:
            self._agree(id, "type", type, answer)
            if (before := self._entity(id)).type != type:
                now = self._decide("retype", id, other=(type, 0))
                said = {c: t for (about, c), t in self._said.items() if about == before.id}
                self._said |= {(now, column): t for column, t in said.items()}
        if verdict:
            self._agree(id, "decision", verdict, answer)
            self._judge(id, verdict)
        for column in ("category", "note"):
            if column in filled:
                self._agree(id, column, filled[column], answer)
                self._write(id, column, filled[column], answer.number)

    def _merge_row(
        self, answer: Answer, filled: Mapping[str, str], verdict: Verdict | None, into: Id
    ) -> None:
        """Apply a row that is another entity; its other answers apply to it before the merge."""
        if others := filled.keys() - WITH_MERGE:
            raise WrongCell(min(others), "leave this as it was in a row that is merged")
        if verdict not in (None, "name"):
            raise WrongCell("decision", f"a row that is merged takes {words.VERDICTS['name']} only")
        if _is_new(answer):
            self._made(answer, into[0], into, filled.get("note", ""))
            return
        id = self._present(answer, "merge")
        if self._entity(id).id == self._entity(into).id:
            return  # merged before
        if verdict:
            self._judge(id, verdict)
        if "note" in filled:
            self._write(id, "note", filled["note"], answer.number)
        self._decide("merge", id, other=into)

    # --- the row

    def _once(self, answer: Answer, column: str) -> None:
        first = self._rows.setdefault(answer.id, answer.number)
        if first != answer.number and answer.id:
            raise WrongCell(column, f"row {first} is the same row; fill in one of them only")

    def _require_current(self, answer: Answer, filled: Mapping[str, str], into: Id | None) -> None:
        """Refuse a row that would undo a decision made since its sheet was written."""
        id, entity = words.entity_id(answer.id), self._entity_before(answer)
        if entity is None or (into and (other := self._before.entity(into)) and other == entity):
            return  # a new row, or merged before
        if id and self._before.is_merged(id):
            raise WrongCell(next(iter(filled)), DECIDED_SINCE)
        now = decided_cells(entity)
        stale = {c for c in now if answer.is_stale(c, now[c], _MEANS.get(c, words.plain))}
        if _is_new(answer):
            stale.discard("type")  # the sheet had a suggestion there, not a decision
        for column in filled:
            if column in stale or (column in ("merge", "split") and stale & {"decision", "type"}):
                raise WrongCell(column, DECIDED_SINCE)

    def _entity_before(self, answer: Answer) -> Entity | None:
        """Return the row's entity before this sheet; None if there was none yet."""
        if not _is_new(answer):
            id = words.entity_id(answer.id)
            return self._before.entity(id) if id else None
        known = {name: entity for (_, name), entity in self._before.by_name.items()}
        forms = answer.id.removeprefix(NEW).strip().split("|")
        return next((known[form] for form in forms if form in known), None)

    def _present(self, answer: Answer, column: str) -> Id:
        id = words.entity_id(answer.id)
        if id is None or self.table.entity(id) is None:
            raise WrongCell(
                column, "what this row is about is not in the study; leave the cell empty"
            )
        return id

    def _made(self, answer: Answer, type: EntityType, into: Id | None = None, note: str = "") -> Id:
        """Return the entity of a new row: added now, or in an earlier application of the row.

        Forms that the table does not know yet join the entity that has the others, or ``into``.
        """
        forms = answer.id.removeprefix(NEW).strip().split("|")
        known = {name: entity.id for (_, name), entity in self.table.by_name.items()}
        joining = [known[form] for form in forms if form in known]
        home = into or next(iter(joining), None)
        joining = joining if into else []  # without a person's merge, two entities stay two
        if missing := tuple(form for form in forms if form not in known):
            added = self._decide("add", (type, 0), names=missing)
            self._write(added, "note", note, answer.number)
            home = home or added
            joining.append(added)
        assert home is not None
        for id in joining:
            if self._entity(id).id != self._entity(home).id:
                self._decide("merge", id, other=home)
        return home

    def _entity(self, id: Id) -> Entity:
        entity = self.table.entity(id)
        assert entity is not None
        return entity

    def _agree(self, id: Id, column: str, value: str, answer: Answer) -> None:
        """Refuse two rows that are the same entity by now and have different answers."""
        said, number = self._said.setdefault((self._entity(id).id, column), (value, answer.number))
        if said != value:
            raise WrongCell(column, f"row {number} is the same entity by now and says otherwise")

    # --- the columns

    def _into(self, filled: Mapping[str, str], answer: Answer) -> Id | None:
        if not filled.get("merge"):
            return None
        id = words.entity_id(filled["merge"])
        if id is None or self.table.entity(id) is None:
            raise WrongCell(
                "merge", "write the pseudonym of another row, e.g. Henkilö 7 or Person 7"
            )
        if id == words.entity_id(answer.id):
            raise WrongCell(
                "merge", "a row cannot be merged into itself; write another's pseudonym"
            )
        return id

    def _judge(self, id: Id, verdict: Verdict) -> None:
        if verdict != "open" and self._entity(id).verdict != verdict:
            self._decide(verdict, id)

    def _split(self, id: Id, cell: str) -> None:
        entity = self._entity(id)
        out: list[str] = []
        for form in map(words.form, cell.split(";")):
            if not form:
                continue
            here = [n for n in entity.names if n in {form, *self._spoken_as.get(form, ())}]
            if not here and not self._was_split(form):
                raise WrongCell("split", "write forms that stand in this row, separated by ;")
            out += here
        if not out:
            return  # taken out before
        if {*out} == {*entity.names}:
            raise WrongCell("split", "one name must stay in the row; name the others only")
        self._decide("split", id, names=tuple(dict.fromkeys(out)), other=(entity.type, 0))

    def _was_split(self, form: str) -> bool:
        names = {form, *self._spoken_as.get(form, ())}
        return any(d.action == "split" and names & {*d.names} for d in self.table.decisions)

    def _write(self, id: Id, column: str, text: str, number: int) -> None:
        if column == "category" and text:
            self._categories.append((number, text))
        if getattr(self._entity(id), column) != text:
            self._decide("category" if column == "category" else "note", id, text=text)

    def _decide(
        self,
        action: Action,
        id: Id,
        *,
        other: Id | None = None,
        names: tuple[str, ...] = (),
        text: str = "",
    ) -> Id:
        """Record one decision; return the entity that it adds or joins, else its own."""
        decision = Decision(self._at, self._by, action, id, other, names, text)
        self.table = self.table.decide(decision, self._random)
        return self.table.decisions[-1].other or id


def _is_new(answer: Answer) -> bool:
    return answer.id.startswith(f"{NEW} ")


def _verdict(filled: Mapping[str, str]) -> Verdict | None:
    allowed = f"choose {_VERDICTS}; a decision cannot be emptied"
    return _chosen(filled, "decision", words.verdict, allowed)


def _type(filled: Mapping[str, str]) -> EntityType | None:
    allowed = f"choose {', '.join(words.TYPES.values())}; it cannot be emptied"
    return _chosen(filled, "type", words.entity_type, allowed)


def _chosen(
    filled: Mapping[str, str], column: str, means: Callable[[str], _T | None], allowed: str
) -> _T | None:
    """Return the meaning of a cell; None if it is empty. Raises WrongCell if it means nothing."""
    if column not in filled:
        return None
    meant = means(filled[column])
    if meant is None:
        raise WrongCell(column, allowed)
    return meant
