"""What lies in the inbox and is a recording."""

from __future__ import annotations

import os
import re
from pathlib import Path

from pipeline.disk import os_errors
from pipeline.file_names import is_tracks_folder, natural
from pipeline.intake.references import is_taken
from pipeline.study import Study

_HALF_COPIED = re.compile(
    r".*\.(part|partial|filepart|crdownload|download|tmp)", re.IGNORECASE | re.DOTALL
)
_NO_RECORDING = re.compile(
    r"\.|~\$|((.*\.)?session\.yaml|thumbs\.db|desktop\.ini|.*\.vuoro\.txt)$|"
    + _HALF_COPIED.pattern
    + "$",
    re.IGNORECASE | re.DOTALL,
)


def waiting(study: Study, below: Path | None = None) -> list[Path]:
    """The recordings in the inbox, by group and name in natural order (2 before 10).

    A folder of tracks is one recording. Left out: hidden and half-copied files, receipts, links,
    what programs leave behind, and recordings that were taken and stay where they are; and a
    folder of tracks in which a file is half-copied. ``below`` is a folder of the inbox to look
    through instead. Raises TransientError where a folder cannot be read.
    """
    found = []
    with os_errors("reading the inbox"):
        for folder, subfolders, names in os.walk(below or study.inbox, onerror=_reraise):
            visible = [name for name in subfolders if not name.startswith(".")]
            tracks = [name for name in visible if is_tracks_folder(name)]
            subfolders[:] = [name for name in visible if name not in tracks]
            files = (Path(folder, name) for name in names if not _NO_RECORDING.match(name))
            found += [file for file in files if not file.is_symlink() and file.is_file()]
            found += [place for name in tracks if _complete_tracks(place := Path(folder, name))]
        if study.references.is_dir():
            found = [file for file in found if not is_taken(study, file)]
    return sorted(found, key=lambda file: natural(file.relative_to(study.inbox)))


def group_folder(study: Study, file: Path) -> str:
    """The folder right below the inbox that a file is in; '' for the inbox itself."""
    return next(iter(file.relative_to(study.inbox).parent.parts), "")


def _complete_tracks(folder: Path) -> bool:
    """Whether a folder of tracks holds files, none of them half-copied."""
    try:
        names = [file.name for file in folder.iterdir()]
    except FileNotFoundError:  # another process has taken it since
        return False
    copied = any(not _NO_RECORDING.match(name) for name in names)
    return copied and not folder.is_symlink() and not any(map(_HALF_COPIED.fullmatch, names))


def _reraise(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):  # a folder that somebody moves away just now
        raise error
