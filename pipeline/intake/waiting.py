"""The recordings in the inbox."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import UnreadableError, VuoroError, from_os_error
from pipeline.intake.litter import HALF_COPIED, in_the_cloud, is_document, is_foreign, is_litter
from pipeline.storage.disk import files_in, os_errors
from pipeline.study import Study
from pipeline.study.file_names import is_parts_folder, is_tracks_folder, natural
from pipeline.study.references import is_taken


@dataclass(frozen=True, slots=True)
class Inbox:
    """The recordings in the inbox, and what cannot be taken, each with the reason."""

    recordings: list[Path] = field(default_factory=list)
    untaken: list[tuple[Path, VuoroError]] = field(default_factory=list)


def waiting(study: Study, below: Path | None = None) -> list[Path]:
    """The recordings in the inbox, by group and name in natural order. Raises as ``survey``."""
    return survey(study, below).recordings


def survey(study: Study, below: Path | None = None) -> Inbox:
    """The recordings in the inbox, by group and name in natural order (2 before 10).

    A folder of tracks, or of parts, is one recording; folders directly below the inbox are groups,
    whatever their name. Left out: hidden and half-copied files, receipts, links, documents, what
    other programs, systems and clouds leave behind, recordings that were taken and stay where they
    are, and a folder of tracks in which a file is half-copied. Files that are only in the cloud,
    and folders that cannot be read, are ``untaken``. ``below`` is a folder of the inbox to scan
    instead. Raises UnreadableError if the inbox is missing or cannot be read.
    """
    found = Inbox()
    with os_errors("reading the inbox"):
        if not study.inbox.is_dir():
            raise UnreadableError(
                f"The inbox of the study, {study.inbox.name}/, is not there.",
                "If it is on a network share or another disk, connect that; otherwise make the "
                "folder again.",
            )
        _look_through(study, below or study.inbox, found)
        if study.references.is_dir():
            found.recordings[:] = [file for file in found.recordings if not is_taken(study, file)]
    found.recordings.sort(key=lambda file: natural(file.relative_to(study.inbox)))
    return found


def group_folder(study: Study, file: Path) -> str:
    """The folder directly below the inbox that a file is in; '' for the inbox itself."""
    return next(iter(file.relative_to(study.inbox).parent.parts), "")


def is_one_recording(name: str) -> bool:
    """Whether the files in a folder of this name, below a group's, are one recording."""
    return is_tracks_folder(name) or is_parts_folder(name)


def _look_through(study: Study, folder: Path, found: Inbox) -> None:
    try:
        entries = _entries(folder)
    except FileNotFoundError:  # moved away just now
        return
    except OSError as error:
        if folder == study.inbox:
            raise
        found.untaken.append((folder, from_os_error(error, "looking into this folder")))
        return
    for entry in entries:
        place = Path(entry.path)
        if entry.is_symlink():
            continue
        if entry.is_dir():
            if is_litter(entry.name):
                continue
            if folder == study.inbox or not is_one_recording(entry.name):
                _look_through(study, place, found)
            elif _is_complete(place):
                found.recordings.append(place)
        elif entry.is_file():
            found.recordings.extend(_recording(entry, found))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _recording(entry: os.DirEntry[str], found: Inbox) -> Iterator[Path]:
    """The file, if it is a recording; one that is only in the cloud is noted."""
    try:
        elsewhere = in_the_cloud(entry)
        if elsewhere is not None:
            found.untaken.append(elsewhere)
        elif not (is_litter(entry.name) or is_document(entry.name) or is_foreign(entry)):
            yield Path(entry.path)
    except FileNotFoundError:  # taken just now
        return


def _is_complete(folder: Path) -> bool:
    """Whether a folder of tracks or parts holds files, none of them half-copied."""
    try:
        names = [file.name for file in files_in(folder)]
    except FileNotFoundError:  # another process has taken it since
        return False
    copied = any(not is_litter(name) for name in names)
    return copied and not any(map(HALF_COPIED.fullmatch, names))
