"""Files that are whole or not there at all."""

from __future__ import annotations

import os
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline.storage.disk import clear_pending, file_sha256, write_atomically


def test_written_with_content_and_mode(tmp_path: Path) -> None:
    file = tmp_path / "names.json"
    write_atomically(file, b"one", 0o600)
    write_atomically(file, b"two", 0o600)
    assert file.read_bytes() == b"two"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_the_old_file_stays_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "names.json"
    write_atomically(file, b"old")
    full = os.open("/dev/full", os.O_WRONLY), str(tmp_path / ".full.pending")
    monkeypatch.setattr(tempfile, "mkstemp", lambda **_: full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(file, b"new")
    assert file.read_bytes() == b"old"


def test_leftovers_of_killed_runs_go_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    left, kept = tmp_path / "deep" / ".vuoro-abc.pending", tmp_path / "deep" / "mine.pending"
    left.touch(), kept.touch()
    clear_pending(tmp_path)
    assert not left.exists() and kept.exists()


def test_hash_is_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"turn")
    assert file_sha256(tmp_path / "a") == sha256(b"turn").hexdigest()
