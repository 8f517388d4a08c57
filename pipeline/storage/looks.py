"""A file's size and times, to detect whether it still changes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pipeline.storage.disk import PENDING, files_in, last_change_ns

Look = list[tuple[int, int]]
"""Size in bytes and modification time in ns of a file; for a folder, of all files in it."""


def look(path: Path) -> Look:
    """The present look of a file or a folder of tracks. Raises OSError if it is gone."""
    files = [path, *files_in(path)] if path.is_dir() else [path]
    return [(info.st_size, info.st_mtime_ns) for info in (file.stat() for file in files)]


def changed_at_ns(path: Path) -> int:
    """When a file, or anything in a folder, last changed, by its file system's clock.

    Some copying programs set the modification time to that of the source while still writing, so
    the time of the last change of any kind (on Windows, of creation) counts too.
    """
    files = [path, *files_in(path)] if path.is_dir() else [path]
    return max(last_change_ns(file.stat()) for file in files)


def now_ns(folder: Path) -> int:
    """The time by the clock of a folder's file system; machines' clocks differ."""
    with tempfile.NamedTemporaryFile(prefix=".vuoro-", suffix=PENDING, dir=folder) as probe:
        return Path(probe.name).stat().st_mtime_ns
