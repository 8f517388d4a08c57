"""Validate that a data set conforms to ``pipeline.tables``.

Each file is checked alone, then against the others: identifiers, counts, order and times. Memory
holds one session at a time, and who talked for how long in its group. No message quotes text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from pipeline.dataset import files
from pipeline.dataset.consistency import (
    person_dynamics_problems,
    session_dynamics_problems,
    session_problems,
    transition_problems,
    turn_problems,
    word_problems,
)
from pipeline.dataset.presence import TALK, attendance_problems, people_problems, unlike_session
from pipeline.errors import DatasetError
from pipeline.records.ids import group_of
from pipeline.tables import SCHEMA_VERSION, TABLES
from pipeline.tables.columns import Row, in_rows


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem; ``file`` is the name within the table's folder."""

    table: str
    file: str
    message: str

    def __str__(self) -> str:
        return f"{self.table}/{self.file}: {self.message}."


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. ``n_files`` and ``n_rows`` are by table; damaged files count no rows."""

    problems: tuple[Problem, ...]
    n_files: dict[str, int]
    n_rows: dict[str, int]


def validate(dataset: Path) -> list[Problem]:
    """All problems of the data set; [] if there are none.

    Raises DatasetError if there is no data set, TransientError if it cannot be read.
    """
    return list(examine(dataset).problems)


def examine(dataset: Path) -> Report:
    """Check the data set and count its files and rows.

    Raises DatasetError if there is no data set, TransientError if it cannot be read.
    """
    if not any(files.files(dataset, name) for name in TABLES):
        raise DatasetError("There is no data set here.", "Run `vuoro run` to make it.")
    examination = _Examination(dataset)
    examination.run()
    return Report(tuple(examination.problems), examination.n_files, examination.n_rows)


@dataclass(slots=True)
class _Examination:
    """One pass over a data set, group by group, with what is known about the current group."""

    dataset: Path
    problems: list[Problem] = field(default_factory=list)
    n_files: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))
    n_rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))
    own: pa.Schema | None = None
    """The columns of the first file of people."""
    unsound: set[str] = field(default_factory=set)
    """Tables of which a file could not be read: what refers to them cannot be judged."""
    sources: dict[tuple[str, str], str] = field(default_factory=dict)
    sessions: dict[str, Row] = field(default_factory=dict)
    people: list[Row] = field(default_factory=list)
    turns: dict[str, list[Row]] = field(default_factory=dict)
    """Who had which kind of turn for how long, by session."""

    def run(self) -> None:
        names = self._names(files.SESSION_TABLES)
        sessions = {group: list(own) for group, own in groupby(names, key=group_of)}
        for group_id in sorted({*sessions, *self._names(files.GROUP_TABLES)}):
            self._check_group(group_id, sessions.get(group_id, []))

    def _names(self, tables: Iterable[str]) -> list[str]:
        found = (files.files(self.dataset, table) for table in tables)
        return sorted({file.stem for listing in found for file in listing})

    def _check_group(self, group_id: str, session_ids: list[str]) -> None:
        self.unsound, self.sources, self.sessions, self.turns = set(), {}, {}, {}
        for name in session_ids:
            if (file := files.file_of(self.dataset, "sessions", name)).is_file():
                self._read_session(file)
        self.people = self._read_group("people", group_id) or []
        for name in session_ids:
            self._check_session(name)
        attendance = self._read_group("attendance", group_id)
        if "turns" not in self.unsound:
            turns = [turn for rows in self.turns.values() for turn in rows]
            where = f"{group_id}.parquet"
            self._report("people", where, people_problems(self.people, turns))
            if attendance is not None and not {"people", "sessions"} & self.unsound:
                found = attendance_problems(attendance, self.people, self.sessions, turns)
                self._report("attendance", where, found)

    def _report(self, table: str, file: str, messages: Iterable[str]) -> None:
        self.problems += [Problem(table, file, message) for message in messages]

    def _load(self, table: str, file: Path) -> list[Row] | None:
        """The rows of a file that is valid on its own; None if they cannot be used."""
        self.n_files[table] += 1
        try:
            rows = files.read(file)
        except DatasetError:
            messages = ["the file is damaged"]
        else:
            self.n_rows[table] += rows.num_rows
            self._check_footer(table, file, files.footer(rows))
            messages = TABLES[table].structure_problems(rows) or self._other_columns(table, rows)
        if messages:
            self._report(table, file.name, messages)
            self.unsound.add(table)
            return None
        self._report(table, file.name, TABLES[table].value_problems(rows))
        loaded: list[Row] = rows.to_pylist()
        return loaded

    def _other_columns(self, table: str, rows: pa.Table) -> list[str]:
        """Whether a study's own columns are not the same in every file."""
        if not TABLES[table].takes_own:
            return []
        plain = rows.schema.remove_metadata()
        self.own = self.own or plain
        return [] if plain.equals(self.own) else ["its own columns are not those of other files"]

    def _check_footer(self, table: str, file: Path, footer: dict[str, str]) -> None:
        written = footer.get("vuoro.schema_version")
        if written is None:
            self._report(table, file.name, ["the footer gives no schema version"])
        elif written != SCHEMA_VERSION:
            message = f"the schema version is not {SCHEMA_VERSION}, which this vuoro reads"
            self._report(table, file.name, [message])
        if "vuoro.source" in footer:
            self.sources[table, file.stem] = footer["vuoro.source"]

    def _read_session(self, file: Path) -> None:
        rows = self._load("sessions", file)
        if rows is None:
            return
        if [row["session_id"] for row in rows] != [file.stem]:
            message = "the file does not hold the one session that it is named after"
            self._report("sessions", file.name, [message])
        elsewhere = [row for row in rows if row["group_id"] != group_of(file.stem)]
        self._found("sessions", file.name, "group_id is not that of the session", elsewhere)
        self.sessions |= {row["session_id"]: row for row in rows}

    def _read_group(self, table: str, group_id: str) -> list[Row] | None:
        """The rows of a group's file of people or attendance; None if there are no usable ones."""
        file = files.file_of(self.dataset, table, group_id)
        if not file.is_file():
            self._report(table, file.name, ["the file is missing"])
            return None
        rows = self._load(table, file)
        if rows is not None:
            self._check_references(table, file.name, rows)
            elsewhere = [row for row in rows if row["group_id"] != group_id]
            self._found(table, file.name, "group_id is not what the file is named after", elsewhere)
        return rows

    def _check_session(self, name: str) -> None:
        loaded: dict[str, list[Row] | None] = {}
        for table in files.SESSION_TABLES:
            file = files.file_of(self.dataset, table, name)
            if not file.is_file():
                self._report(table, file.name, ["the file is missing"])
                if table == "turns":
                    self.unsound.add(table)
            elif table != "sessions":  # those are read already
                loaded[table] = self._load(table, file)
        if len({self.sources.get((table, name)) for table in files.SESSION_TABLES}) > 1:
            message = "the files of the session do not come from the same run"
            self._report("sessions", f"{name}.parquet", [message])
        self._check_turns_and_words(name, loaded.get("turns"), loaded.get("words"))
        for table, rows in loaded.items():
            if table not in ("turns", "words"):
                self._check_other(table, name, rows, loaded.get("turns"))

    def _check_other(
        self, table: str, name: str, rows: list[Row] | None, turns: list[Row] | None
    ) -> None:
        """A table of a session other than its turns and words."""
        file = f"{name}.parquet"
        if rows is None:
            return
        self._check_references(table, file, rows, {turn["turn_id"] for turn in turns or ()})
        elsewhere = [row for row in rows if row.get("session_id", name) != name]
        self._found(table, file, "session_id is not what the file is named after", elsewhere)
        if session := self.sessions.get(name):
            self._found(table, file, "it is not as in sessions", unlike_session(session, rows))
        if TABLES[table].key == ("session_id",) and len(rows) != 1:
            self._report(table, file, ["the file does not hold one row"])
        elif turns is not None and table in _AGAINST_TURNS:
            self._report(table, file, _AGAINST_TURNS[table](rows, turns))

    def _check_turns_and_words(
        self, name: str, turns: list[Row] | None, words: list[Row] | None
    ) -> None:
        file = f"{name}.parquet"
        session = self.sessions.get(name)
        if turns is None:
            return
        self._check_turn_rows(name, turns)
        if session:
            self._check_references("sessions", file, [session])
            self._report("sessions", file, session_problems(session, turns))
        if words is None:
            return
        self._check_references("words", file, words, {turn["turn_id"] for turn in turns})
        self._report("words", file, word_problems(turns, words))
        if session:
            self._report("turns", file, turn_problems(session, turns, words))

    def _check_turn_rows(self, name: str, turns: list[Row]) -> None:
        """The people and other things that the turns of one file refer to."""
        file = f"{name}.parquet"
        self._check_references("turns", file, turns)
        elsewhere = [turn for turn in turns if turn["session_id"] != name]
        self._found("turns", file, "session_id is not what the file is named after", elsewhere)
        self.turns[name] = [{column: turn[column] for column in TALK} for turn in turns]

    def _check_references(
        self, table: str, file: str, rows: list[Row], turn_ids: Set[str] = frozenset()
    ) -> None:
        known: dict[str, Set[str]] = {
            "sessions.session_id": set(self.sessions),
            "sessions.group_id": {session["group_id"] for session in self.sessions.values()},
            "people.person_id": {person["person_id"] for person in self.people},
            "turns.turn_id": turn_ids,
        }
        for column in TABLES[table].columns:
            target = column.references
            if target not in known or target.split(".")[0] in self.unsound:
                continue
            lost = [row for row in rows if not _identifiers(row[column.name]) <= known[target]]
            self._found(table, file, f"{column.name} refers to nothing in {target}", lost)

    def _found(self, table: str, file: str, message: str, rows: list[Row]) -> None:
        if rows:
            where = in_rows(TABLES[table].row_name(rows[0]), len(rows))
            self._report(table, file, [f"{message}: {where}"])


_AGAINST_TURNS: Mapping[str, Callable[[list[Row], list[Row]], Iterable[str]]] = {
    "dynamics_session": lambda rows, turns: session_dynamics_problems(rows[0], turns),
    "dynamics_person": person_dynamics_problems,
    "transitions": transition_problems,
}
"""What the rows of a table say against the turns of their session."""


def _identifiers(value: str | list[str] | None) -> set[str]:
    if value is None:
        return set()
    return {value} if isinstance(value, str) else set(value)
