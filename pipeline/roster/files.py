"""Rosters on disk: YAML in the study, and a form that a spreadsheet opens.

private/rosters/<group_id>.yaml    mode 0600
The form has a sheet ``members``, one member a row, and a sheet ``names`` of what the talk names.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from pipeline.dataset.values import ROLES
from pipeline.disk import os_errors, write_atomically
from pipeline.errors import StudyError, VuoroError
from pipeline.roster.model import CONSENTS, NAMED, Member, Roster, parsed, wrong
from pipeline.sheets import FORMAT as FORM
from pipeline.sheets import Column, Sheet, cells, workbook
from pipeline.study import Study

MEMBERS, NAMES = "members", "names"
_COLUMNS = ("name", "aliases", "role", "organisation", "consent", "absent", "voice_sample")
_NAME_COLUMNS = ("type", "name", "aliases", "category")
_TYPES = {"organisation": "organisations", "place": "places", "project": "projects"}
_CHOICES: dict[str, tuple[str, ...]] = {
    "consent": CONSENTS,
    "role": tuple(ROLES),
    "type": tuple(_TYPES),
}
_INTRODUCTION = """\
# Who is in this group. Private: it identifies people. Each member:
#   - name: Maija Meikäläinen
#     aliases: [Maikki]
#     role: participant         # leader, facilitator, participant, interviewer
#     organisation: Esimerkki ry
#     consent: yes              # yes, no or withdrawn; left out counts as no
#     absent: [3, I1]           # not in meeting 3 and interview 1; or: all
#     voice_sample: maija.wav   # a file in private/voices
#     x_anything: 12            # columns of your own begin with x_
# Organisations, places and projects that the talk may name:
#   - {name: Esimerkki ry, aliases: [EJ], category: union}
"""


def place(study: Study, group_id: str) -> Path:
    """Where the roster of a group is."""
    return study.rosters / f"{group_id}.yaml"


def load(study: Study, group_id: str) -> Roster | None:
    """The roster of a group; None where it has none.

    Raises StudyError if it cannot be used, TransientError if it cannot be read.
    """
    file = place(study, group_id)
    return read(file, group_id) if os.path.lexists(file) else None


def load_all(study: Study) -> list[Roster]:
    """All rosters of a study, by group. Raises as ``load``."""
    return [read(file, file.stem) for file in _files(study)]


def usable(study: Study) -> tuple[list[Roster], dict[str, VuoroError]]:
    """The rosters that can be used, and by group why others cannot."""
    found: list[Roster] = []
    wrong: dict[str, VuoroError] = {}
    for file in _files(study):
        try:
            found.append(read(file, file.stem))
        except VuoroError as error:
            wrong[file.stem] = error
    return found, wrong


def _files(study: Study) -> list[Path]:
    return sorted(study.rosters.glob("[!.]*.yaml"))


def save(study: Study, roster: Roster) -> None:
    """Put the roster in the study, in the place of the group's earlier one.

    Raises TransientError where it cannot be written.
    """
    with os_errors("saving a roster"):
        study.rosters.mkdir(mode=0o700, exist_ok=True)
    write(roster, place(study, roster.group))


def read(file: Path, group_id: str) -> Roster:
    """The roster of a group from YAML or, where the file's name ends so, from a form.

    Raises StudyError if it cannot be used, TransientError if it cannot be read.
    """
    with os_errors(f"reading the roster of {group_id}"):
        data = file.read_bytes()
    found = _form_data(data) if file.suffix.lower() == FORM else _yaml_data(data, group_id)
    if isinstance(found, dict) and found.get("group") not in (None, "", group_id):
        raise wrong(["It is of another group."])
    if not isinstance(found, dict):
        raise wrong(["It holds no members."], group_id)
    return parsed({**found, "group": group_id})


def write(roster: Roster, file: Path) -> None:
    """Write the roster as YAML or, where the file's name ends so, as a form; mode 0600.

    Raises TransientError where it cannot be written.
    """
    data = _form(roster) if file.suffix.lower() == FORM else _yaml(roster)
    with os_errors("writing a roster"):
        write_atomically(file, data, mode=0o600)


def _yaml(roster: Roster) -> bytes:
    data = {
        "group": roster.group,
        "members": [_filled(member) for member in roster.members],
        **{
            table: [each.model_dump(mode="json") for each in getattr(roster, table)]
            for table in NAMED
        },
    }
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    return (_INTRODUCTION + text).encode()


def _filled(member: Member) -> dict[str, Any]:
    """What is known of a member."""
    known = member.model_dump(mode="json", exclude={*(member.model_extra or {})})
    return {k: v for k, v in known.items() if v not in ("", [], None)} | member.own_columns


def _yaml_data(data: bytes, group_id: str) -> Any:
    try:
        return yaml.safe_load(data.decode("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise wrong(["It is no YAML."], group_id) from None


def _form(roster: Roster) -> bytes:
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
        (members, [_cells(_filled(member)) for member in roster.members]),
        (names, [_cells(row) for row in named]),
    )


def _column(name: str) -> Column:
    return Column(name, name, choices=_CHOICES.get(name, ()))


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    return {k: "; ".join(v) if isinstance(v, list) else v for k, v in row.items()}


def _form_data(data: bytes) -> dict[str, Any]:
    pages = cells(data)
    if pages is None:
        raise wrong(["It is no XLSX file."])
    if MEMBERS not in pages:
        raise wrong([f"It has no sheet `{MEMBERS}`."])
    found: dict[str, Any] = {MEMBERS: _rows(pages[MEMBERS]), **{table: [] for table in NAMED}}
    for number, row in enumerate(_rows(pages.get(NAMES, [])), start=1):
        table = _TYPES.get(str(row.pop("type", "")).strip().casefold())
        if table is None:
            raise wrong([f"Row {number} of `{NAMES}`: `type` must be one of {', '.join(_TYPES)}."])
        found[table].append(row)
    return found


def _rows(page: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """The rows of a sheet that hold anything, by the names in the first row."""
    header, *rows = page or [()]
    names = [str(name or "").strip().casefold() for name in header]
    filled = [row for row in rows if any(value not in (None, "") for value in row)]
    return [{n: v for n, v in zip(names, row, strict=False) if v is not None} for row in filled]


def require_private(study: Study, file: Path) -> None:
    """Raises StudyError where a file that identifies people would be shared with the data set."""
    if file.resolve().is_relative_to(study.dataset.resolve()):
        raise StudyError(
            "A roster identifies people and must not be in dataset/.", "Choose another folder."
        )
