"""A copy of the packages, for tests that change their source."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from runs import environment

ROOT = Path(__file__).parents[2]


def copy_packages(folder: Path) -> Path:
    """The packages with the contracts of their imports, in another folder."""
    for package in ("pipeline", "flows", "models"):
        shutil.copytree(ROOT / package, folder / package)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def python(folder: Path, code: str, *arguments: str) -> str:
    """What a program prints that imports the packages of this folder."""
    path = f"{folder}:{ROOT / 'tests' / 'support'}"
    process = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        cwd=folder,
        env=environment(PYTHONPATH=path, COLUMNS="100"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout
