"""What takes long to make is made once a process, and copied for each test that begins with it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

_FOLDER = tempfile.TemporaryDirectory(prefix="vuoro-templates-")
_MADE: dict[object, Path] = {}


def copy_made(make: Callable[..., object], target: Path, *arguments: Any, **named: Any) -> None:
    """Have at ``target`` what ``make(folder, …)`` makes: a copy, if it was made before.

    Keys of pseudonyms are locked by secrets of the machine: with other secrets it is made again.
    """
    known_by = (make, repr(arguments), repr(named), os.environ.get("VUORO_KEYS"))
    if known_by not in _MADE:
        folder = Path(tempfile.mkdtemp(dir=_FOLDER.name)) / "made"
        make(folder, *arguments, **named)
        _MADE[known_by] = folder
    shutil.copytree(_MADE[known_by], target, symlinks=True, dirs_exist_ok=True)
