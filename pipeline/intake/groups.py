"""Which inbox folder is which group."""

from __future__ import annotations

import json
import re
import secrets
from collections import defaultdict
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from pipeline.errors import StudyError, did_you_mean
from pipeline.intake.waiting import group_folder, waiting
from pipeline.records.ids import group_id_of, group_of
from pipeline.storage.disk import os_errors, remove, write_atomically
from pipeline.storage.json_files import read_json
from pipeline.study import Study, marks
from pipeline.study.accepted import ids, readable
from pipeline.study.file_names import folded

ALIKE = 0.8  # from which two words differ by a typing mistake
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
    """The id of a group, as ``known_group``; drawn at random for a new folder.

    The caller holds the study's names. Raises StudyError if a record is damaged, TransientError.
    """
    with os_errors("numbering a group"):
        return known_group(study, group) or group_of_folder(study, group)


def no_group(study: Study, group: str, remedy: str) -> StudyError:
    """The error that there is no such group; it names the one that may be meant."""
    slip = nearest_group(study, group)
    meant = did_you_mean(group, [slip] if slip else [*_groups(study).values(), *_in_use(study)])
    return StudyError(f"There is no group '{group}'. {meant}".rstrip(), remedy)


def nearest_group(study: Study, group: str) -> str | None:
    """The group or inbox folder whose name differs from a new group's by a typing mistake.

    None if no name is that close, or if the inbox has a folder of exactly this name. Raises as
    ``known_group``.
    """
    name = folded(group).strip()
    with os_errors("reading the list of groups"):
        folders = {folded(each.name).strip() for each in study.inbox.iterdir() if each.is_dir()}
        known = {*_groups(study), *folders}
    near = [each for each in sorted(known) if _is_slip(name, each)]
    return None if name in known else max(near, key=lambda each: _alike(name, each), default=None)


def _is_slip(name: str, other: str) -> bool:
    """Whether two names are alike in every word, and the same in every number."""
    if re.findall(r"\d+", name) != re.findall(r"\d+", other):
        return False
    words, others = name.split(), other.split()
    if len(words) != len(others):
        words, others = ["".join(words)], ["".join(others)]
    return all(_alike(one, two) >= ALIKE for one, two in zip(words, others, strict=True))


def _alike(one: str, two: str) -> float:
    return SequenceMatcher(None, one, two).ratio()


def remove_group(study: Study, group_id: str) -> None:
    """Remove a group that has no sessions: its roster, its guide and its number.

    The caller holds the study's names. Raises StudyError if it has sessions, or recordings waiting
    in the inbox; otherwise as ``known_group``.
    """
    with os_errors("removing a group"):
        if any(group_of(session_id) == group_id for session_id in ids(study)):
            raise StudyError(
                f"{group_id} has sessions, so it stays.",
                "Move them with `vuoro session SESSION --group GROUP`, then remove the group.",
            )
        groups = _groups(study)
        names = {name for name, known in groups.items() if known == group_id}
        if any(folded(group_folder(study, file)).strip() in names for file in waiting(study)):
            raise StudyError(
                f"Recordings of {group_id} wait in the inbox, so it stays.",
                "Move them out of its folder first.",
            )
        roster = study.rosters / f"{group_id}.yaml"
        with marks.moving(study, roster, 0):
            remove(roster)
        for file in (study.guides / f"{group_id}.txt", study.people / f"{group_id}.json"):
            remove(file)
        if names:
            left = {name: known for name, known in groups.items() if known != group_id}
            _write(study, left)


def group_of_folder(study: Study, folder: str) -> str:
    """The pseudonym of the group whose inbox folder this is; drawn at random for a new one.

    A folder's name may be that of a work community, and numbers in order would reveal which.
    The caller holds the study's names.
    """
    key = _key(folder)
    groups = _groups(study)
    if key not in groups:
        known = _folders(study).get(key, set())
        if len(known) == 1:  # the list is older than the recordings
            groups[key] = min(known)
            _write(study, groups)
    if key not in groups:
        taken = _in_use(study) | {*groups.values()}
        free = [g for n in range(1, 1000) if (g := group_id_of(n)) not in taken]
        groups[key] = secrets.choice([g for g in free if len(g) == len("G07")] or free)
        _write(study, groups)
    return groups[key]


def repair(study: Study) -> list[str]:
    """Rebuild the list of groups if it is missing or damaged; return sentences that report it.

    It is rebuilt from the sessions' records if they give the folder of every group that has a
    session or a roster; otherwise a group with a number could get another. The damaged file stays
    beside it. Raises TransientError.
    """
    try:
        _groups(study)
    except StudyError as error:
        groups = _groups_of_sessions(study)
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


def _groups_of_sessions(study: Study) -> dict[str, str] | None:
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
