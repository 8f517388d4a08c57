"""Which inbox folder is which group."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from pathlib import PurePosixPath

from pipeline.dataset.files import group_of
from pipeline.disk import os_errors, write_atomically
from pipeline.errors import StudyError
from pipeline.file_names import folded
from pipeline.intake.sessions import ids, readable
from pipeline.json_files import read_json
from pipeline.study import Study

_DAMAGED = ".damaged"


def known_group(study: Study, group: str) -> str | None:
    """The id of a group, by its inbox folder or its id; None if there is no such group.

    Raises StudyError if a record is damaged, TransientError.
    """
    in_use = _in_use(study)
    try:
        groups = _groups(study)
    except StudyError:
        if group in in_use:
            return group
        raise
    known = {*groups.values(), *in_use}
    return groups.get(_key(group), group if group in known else None)


def group_id(study: Study, group: str) -> str:
    """The id of a group, as ``known_group``; drawn at random for a folder that is new.

    Whoever calls holds the study's names. Raises StudyError if a record is damaged, TransientError.
    """
    with os_errors("numbering a group"):
        return known_group(study, group) or group_of_folder(study, group)


def group_of_folder(study: Study, folder: str) -> str:
    """The pseudonym of the group whose inbox folder this is; drawn at random for a new one.

    The name of a folder may be that of a work community, and numbers by order would tell which.
    Whoever calls holds the study's names.
    """
    key = _key(folder)
    groups = _groups(study)
    if key not in groups:
        told = _folders(study).get(key, set())
        if len(told) == 1:  # the list is older than the recordings
            groups[key] = min(told)
            _write(study, groups)
    if key not in groups:
        taken = _in_use(study) | {*groups.values()}
        free = [g for n in range(1, 1000) if (g := f"G{n:02d}") not in taken]
        groups[key] = secrets.choice([g for g in free if len(g) == len("G07")] or free)
        _write(study, groups)
    return groups[key]


def repair(study: Study) -> list[str]:
    """Make the list of groups again where it is missing or damaged; a sentence that tells so.

    It is made of the sessions' records, if they tell the folder of every group that has a session
    or a roster: else a group that has a number could get another. The damaged file stays beside it.
    Raises TransientError.
    """
    try:
        _groups(study)
    except StudyError as error:
        groups = _told_by_sessions(study)
        if groups is None:
            return [str(error)]
        with os_errors("making the list of groups again"):
            if study.groups_file.exists():
                study.groups_file.rename(f"{study.groups_file}{_DAMAGED}")
            _write(study, groups)
        return [f"{error.what} It was made again from the records of the sessions."]
    return []


def _in_use(study: Study) -> set[str]:
    """The ids of groups that have a session or a roster."""
    rosters = {file.stem for file in study.rosters.glob("*.yaml")}
    return rosters | {group_of(session_id) for session_id in ids(study)}


def _groups(study: Study) -> dict[str, str]:
    """The id of each group, by its inbox folder.

    Raises StudyError if the list is damaged, or missing though groups are in use.
    """
    remedy = "Restore it from a backup: without it, a group could get a second number."
    groups = read_json(study.groups_file, dict[str, str], remedy)
    if groups is None and _in_use(study):
        raise StudyError("private/groups.json is missing.", remedy)
    return groups or {}


def _told_by_sessions(study: Study) -> dict[str, str] | None:
    """The id of each group, by its inbox folder, as the sessions' records have them.

    None where a folder has several, or a group no folder.
    """
    found = _folders(study)
    groups = {folder: min(ids) for folder, ids in found.items()}
    is_whole = all(len(ids) == 1 for ids in found.values()) and _in_use(study) <= {*groups.values()}
    return groups if is_whole else None


def _folders(study: Study) -> dict[str, set[str]]:
    """The groups of the sessions of each inbox folder."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for each in readable(study):
        top = next(iter(PurePosixPath(each.inbox_folder).parts), "")
        found[_key(top)].add(each.group_id)
    return found


def _key(folder: str) -> str:
    return folded(folder).strip()


def _write(study: Study, groups: dict[str, str]) -> None:
    data = json.dumps(groups, indent=1, sort_keys=True).encode()
    write_atomically(study.groups_file, data, 0o600)
