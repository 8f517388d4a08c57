"""The form of a roster for spreadsheet programs: filled in by people, one member a row.

It has a sheet ``members``, and a sheet ``names`` of other names used in the talk. A CSV file is
the first of the two.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from pipeline.people.roster.members import CONSENTS, NAMED, Roster, wrong
from pipeline.storage.borders.text import clean
from pipeline.storage.borders.workbook import Broken, CellRow, Page, Value
from pipeline.storage.sheets import Column, Sheet, workbook
from pipeline.tables.columns import OWN
from pipeline.tables.values import ROLES

MEMBERS, NAMES = "members", "names"
Rows = dict[str, list[int]]  # the rows of the entries of each table of a roster in its form

_COLUMNS = ("name", "aliases", "role", "organisation", "consent", "absent", "voice_sample")
_NAME_COLUMNS = ("type", "name", "aliases", "category")
_TYPES = {"organisation": "organisations", "place": "places", "project": "projects"}
_CHOICES: dict[str, tuple[str, ...]] = {
    "consent": CONSENTS,
    "role": tuple(ROLES),
    "type": tuple(_TYPES),
}


def form(roster: Roster) -> bytes:
    """The workbook of a roster."""
    own = dict.fromkeys(name for member in roster.members for name in member.own_columns)
    known = (*_COLUMNS, *(["person_id"] if any(m.person_id for m in roster.members) else ()))
    members = Sheet(MEMBERS, tuple(_column(name) for name in (*known, *own)), form=True)
    names = Sheet(NAMES, tuple(_column(name) for name in _NAME_COLUMNS), form=True)
    named = [
        {"type": type, **each.model_dump(mode="json")}
        for type, table in _TYPES.items()
        for each in getattr(roster, table)
    ]
    return workbook(
        (members, [_cells(member.filled) for member in roster.members]),
        (names, [_cells(row) for row in named]),
    )


def data_of(pages: dict[str, Page], group_id: str) -> tuple[dict[str, Any], Rows]:
    """The content of a form's sheets, as from YAML, and the row of each entry.

    The members' sheet may have any name if no other sheet holds anything. Raises StudyError that
    names the row of a cell that is empty, or holds a time, instead of text.
    """
    pages = {clean(name).casefold(): page for name, page in pages.items() if page}
    others = pages.keys() - {NAMES}
    if MEMBERS not in pages and len(others) == 1:
        pages[MEMBERS] = pages[others.pop()]
    if MEMBERS not in pages:
        raise wrong([f"It has no sheet `{MEMBERS}` with anything in it."], group_id)
    found: dict[str, Any] = {MEMBERS: [], **{table: [] for table in NAMED}}
    rows: Rows = {table: [] for table in found}
    for number, entry in _entries(pages[MEMBERS], MEMBERS, group_id):
        found[MEMBERS].append(entry)
        rows[MEMBERS].append(number)
    for number, entry in _entries(pages.get(NAMES, []), NAMES, group_id):
        table = _TYPES.get(str(entry.pop("type", "")).casefold())
        if table is None:
            what = f"Row {number} of `{NAMES}`: `type` must be one of {', '.join(_TYPES)}."
            raise wrong([what], group_id)
        found[table].append(entry)
        rows[table].append(number)
    return found, rows


def _entries(page: Page, sheet: str, group_id: str) -> list[tuple[int, dict[str, Any]]]:
    """The rows of a sheet under its headers, each with its number."""
    header, *rows = page or [CellRow(1)]
    names = {at: clean(str(title)).casefold() for at, title in header.cells.items()}
    seen: set[str] = set()
    for name in names.values():
        if name in seen:
            raise wrong([f"The sheet `{sheet}` has a header twice: {_shown(name)}."], group_id)
        seen.add(name)
    found = []
    for row in rows:
        entry = {names.get(at, ""): _cleaned(value) for at, value in row.cells.items()}
        mistakes = [
            f"Row {row.number} of `{sheet}`: {_shown(name)} holds {what}."
            for name, value in entry.items()
            if (what := _no_text(name, value))
        ]
        if mistakes:
            raise wrong(mistakes, group_id)
        if any(value != "" for value in entry.values()):
            found.append((row.number, entry))
    return found


def _cleaned(value: Value) -> Value:
    return clean(value) if isinstance(value, str) else value


def _no_text(name: str, value: Value) -> str:
    """What a cell holds instead of text; "" if it is correct."""
    if isinstance(value, Broken):
        return value.why
    is_time = isinstance(value, date | time | timedelta)
    return "a date or a time" if is_time and not name.startswith(OWN) else ""


def _shown(name: str) -> str:
    """A header in a sentence; one that vuoro does not define may be a person's name."""
    ours = {*_COLUMNS, *_NAME_COLUMNS, "person_id"}
    return f"`{name}`" if name in ours or name.startswith(OWN) else "a column of your own"


def _column(name: str) -> Column:
    return Column(name, name, choices=_CHOICES.get(name, ()))


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    return {k: "; ".join(v) if isinstance(v, list) else v for k, v in row.items()}
