"""Which inbox folder is which group."""

from __future__ import annotations

import json
import secrets

from pipeline.dataset.files import group_of
from pipeline.disk import os_errors, write_atomically
from pipeline.file_names import folded
from pipeline.intake.sessions import ids, loaded
from pipeline.study import Study


def known_group(study: Study, group: str) -> str | None:
    """The id of a group, by its inbox folder or its id; None if there is no such group.

    Raises StudyError if a record is damaged, TransientError.
    """
    with os_errors("reading the list of groups"):
        groups = _groups(study)
        known = {*groups.values(), *_in_use(study)}
    return groups.get(folded(group).strip(), group if group in known else None)


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
    key = folded(folder).strip()
    groups = _groups(study)
    if key not in groups:
        taken = _in_use(study) | {*groups.values()}
        free = [g for n in range(1, 1000) if (g := f"G{n:02d}") not in taken]
        groups[key] = secrets.choice([g for g in free if len(g) == len("G07")] or free)
        data = json.dumps(groups, indent=1, sort_keys=True).encode()
        write_atomically(study.groups_file, data, 0o600)
    return groups[key]


def _in_use(study: Study) -> set[str]:
    """The ids of groups that have a session or a roster."""
    rosters = {file.stem for file in study.rosters.glob("*.yaml")}
    return rosters | {group_of(session_id) for session_id in ids(study)}


def _groups(study: Study) -> dict[str, str]:
    """The id of each group, by its inbox folder."""
    return loaded(study.groups_file, dict[str, str]) if study.groups_file.exists() else {}
