"""The rooms of the house: a room imports only from rooms below it, and no two import each other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from copied import ROOT, copy_packages

MOST_ENTRIES = 26  # directly below pipeline/
CHECK = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"


def contracts(folder: Path) -> str:
    """What the linter says of the contracts."""
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, '.'); {CHECK}"]
    process = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return process.stdout


def test_a_wrong_import_breaks_both_contracts(tmp_path: Path) -> None:
    copy = copy_packages(tmp_path)
    assert "Contracts: 2 kept, 0 broken." in contracts(copy)
    room = copy / "pipeline" / "media" / "levels.py"
    room.write_text(f"{room.read_text()}\nimport pipeline.people.register\n")
    said = contracts(copy)
    assert "No two rooms import each other BROKEN" in said
    assert "One direction BROKEN" in said


def test_a_newcomer_meets_few_entries() -> None:
    entries = {path.name for path in (ROOT / "pipeline").iterdir()} - {"__pycache__"}
    assert len(entries) <= MOST_ENTRIES, sorted(entries)
