"""Rosters on disk: YAML in the study, and a form for spreadsheet programs.

private/rosters/<group_id>.yaml    mode 0600

A lost roster is not the same as a group without one: its consents would be lost with it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import yaml

from pipeline.errors import StudyError, VuoroError
from pipeline.people.roster import forms
from pipeline.people.roster.members import NAMED, REMEDY, Roster, parsed, wrong
from pipeline.storage.borders.archive import MAX_BYTES as MAX_WORKBOOK
from pipeline.storage.borders.table import table_in
from pipeline.storage.borders.text import MAX_BYTES, data_in
from pipeline.storage.borders.workbook import workbook_in
from pipeline.storage.borders.yaml import yaml_in
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.storage.sheets import FORMAT as FORM
from pipeline.study import Study, marks

_YAML = (".yaml", ".yml")
_CSV = (".csv", ".tsv", ".txt")
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
    """The place of a group's roster."""
    return study.rosters / f"{group_id}.yaml"


def load(study: Study, group_id: str) -> Roster | None:
    """The roster of a group; None if it never had one.

    Raises StudyError if it cannot be used or is gone, TransientError if it cannot be read.
    """
    file = place(study, group_id)
    return _own(study, file) if file in places(study) else None


def load_all(study: Study) -> list[Roster]:
    """All rosters of a study, by group. Raises as ``load``."""
    return [_own(study, file) for file in places(study)]


def usable(study: Study) -> tuple[list[Roster], dict[str, VuoroError]]:
    """The usable rosters, and by group why others cannot be used."""
    found: list[Roster] = []
    wrong: dict[str, VuoroError] = {}
    for file in places(study):
        try:
            found.append(_own(study, file))
        except VuoroError as error:
            wrong[file.stem] = error
    return found, wrong


def places(study: Study) -> list[Path]:
    """The rosters that a study has, and those that it had."""
    there = study.rosters.glob("[!.]*.yaml")
    return sorted({*there, *marks.marked(study, study.rosters)})


def _own(study: Study, file: Path) -> Roster:
    marks.require(study, file, int(os.path.lexists(file)))
    return read(file, file.stem)


def save(study: Study, roster: Roster) -> None:
    """Save the roster in the study, replacing the group's earlier one.

    Raises TransientError if it cannot be written.
    """
    with os_errors("saving a roster"):
        study.rosters.mkdir(mode=0o700, exist_ok=True)
    file = place(study, roster.group)
    with marks.moving(study, file, 1):
        write(roster, file)


def read(file: Path, group_id: str, notify: Callable[[str], None] | None = None) -> Roster:
    """The roster of a group from YAML, or from a form: a workbook or CSV, by the file's name.

    ``notify`` gets a sentence for the user if the encoding of a CSV file was guessed. Raises
    StudyError if the roster cannot be used, TransientError if it cannot be read.
    """
    subject = f"The roster of {group_id}"
    kind = file.suffix.lower()
    rows: forms.Rows = {}
    if kind in _YAML:
        found = yaml_in(data_in(file, subject), subject, REMEDY)
    elif kind in _CSV:
        page, note = table_in(data_in(file, subject), subject)
        found, rows = forms.data_of({forms.MEMBERS: page}, group_id)
        if note and notify:
            notify(note)
    else:
        pages = workbook_in(data_in(file, subject, MAX_WORKBOOK), subject)
        found, rows = forms.data_of(pages, group_id)
    if not isinstance(found, dict):
        raise wrong(["It holds no members."], group_id)
    if found.get("group") not in (None, "", group_id):
        raise wrong(["It is of another group."])
    return parsed({**found, "group": group_id}, rows)


def write(roster: Roster, file: Path) -> None:
    """Write the roster as YAML, or as a form if the file's name says so; mode 0600.

    Raises StudyError if it is too large to be read back, TransientError if it cannot be written.
    """
    data = forms.form(roster) if file.suffix.lower() == FORM else _yaml(roster)
    with os_errors("writing a roster"):
        write_atomically(file, data, mode=0o600)


def _yaml(roster: Roster) -> bytes:
    data = {
        "group": roster.group,
        "members": [member.filled for member in roster.members],
        **{
            table: [each.model_dump(mode="json") for each in getattr(roster, table)]
            for table in NAMED
        },
    }
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    written = (_INTRODUCTION + text).encode()
    if len(written) > MAX_BYTES:
        raise wrong(["It is too large for one group."], roster.group)
    return written


def require_private(study: Study, file: Path) -> None:
    """Raise StudyError if a file that identifies people would be shared with the data set."""
    if file.resolve().is_relative_to(study.dataset.resolve()):
        raise StudyError(
            "A roster identifies people and must not be in dataset/.", "Choose another folder."
        )
