"""The stages of the whole data set: its people, and the documents that describe it.

They read the whole data set, so they are not redone while neither a file of the data set nor
anything else that they come from has changed, according to ``Study.documented_file``.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from pipeline.dataset import files
from pipeline.dataset.group_rows import Background, Group
from pipeline.errors import UnreadableError
from pipeline.people.roster.members import Member, Roster
from pipeline.people.roster.on_disk import usable
from pipeline.people.roster.seed import person_id
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.stages.publish import publish_people, remove_stale, write_documentation
from pipeline.stages.stage import Stage
from pipeline.storage.digests import digest
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.study import Study, accepted, settings_log


def background(study: Study, rosters: Collection[Roster]) -> dict[str, Group]:
    """Return what the rosters say of their members, by group and person_id.

    Of a member without consent, only that is included.

    Raises StudyError if the key cannot be used, TransientError.
    """
    table = EntityTable.load(study) if rosters else EntityTable()
    return {
        roster.group: {
            id: _background_of(member)
            for member in roster.members
            if (id := person_id(table, member))
        }
        for roster in rosters
    }


def _background_of(member: Member) -> Background:
    if member.consent == "yes":
        return Background(member.role, member.own_columns, "yes")
    return Background(consent="unknown" if member.consent is None else "no")


def _list_people(study: Study) -> bool:
    """Write people and attendance; remove what is left of sessions that the study no longer has.

    For a group whose roster cannot be used, both stay as they are.
    """
    made_from = _made_from(study)  # before: the next check sees what changes meanwhile
    remove_stale(study.dataset, sorted(accepted.ids(study)))
    rosters, damaged = usable(study)
    publish_people(study.dataset, background(study, rosters), left=damaged)
    _note(study, made_from)
    return True


def _document(study: Study) -> bool:
    """Write dictionary and data sheet, and the mark: from the people as read, and these files."""
    write_documentation(study.dataset, settings_log.used(study))
    with os_errors("noting how the data set looks"):
        made_from = study.documented_file.read_bytes().decode()
    _note(study, _mark(study, made_from))
    return True


def _is_documented(study: Study) -> bool | None:
    wanted = _mark(study, _made_from(study)).encode()
    with os_errors("looking whether the data set has changed"):
        mark = study.documented_file
        return (mark.is_file() and mark.read_bytes() == wanted) or None


def _note(study: Study, mark: str) -> None:
    with os_errors("noting how the data set looks"):
        write_atomically(study.documented_file, mark.encode(), 0o600)


def _mark(study: Study, made_from: str) -> str:
    return digest([made_from, files.looks(study.dataset)])


def _made_from(study: Study) -> str:
    decided = [*sorted(study.rosters.glob("*")), study.key_file]
    touched = [[ascii(file.name), _changed_ns(file)] for file in decided]
    versions = [LIST_PEOPLE.version, DOCUMENT.version]
    return digest([versions, sorted(accepted.ids(study)), files.origin(""), touched])


def _changed_ns(file: Path) -> int | None:
    try:
        return files.changed_ns(file)
    except UnreadableError:  # a roster: the sessions of its group report it
        return None


LIST_PEOPLE = Stage(
    "list_people",
    1,
    _list_people,
    label="people and attendance",
    phase="whole",
    scope="study",
    standing=_is_documented,
)
DOCUMENT = Stage(
    "document",
    3,
    _document,
    label="dictionary and data sheet",
    phase="whole",
    scope="study",
    standing=_is_documented,
)
