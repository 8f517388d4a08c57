"""Whether `vuoro up` serves a study: only while its lock is held does its file mean anything."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows import address
from flows.address import Address
from pipeline.errors import StudyError

HERE = Address(os.getpid(), 4200, "2026-01-01T12:00:00+02:00")


def test_served_only_while_the_lock_is_held(tmp_path: Path) -> None:
    assert address.read(tmp_path) is None
    with address.held(tmp_path):
        assert address.read(tmp_path) is None  # held, but it does not answer yet
        address.write(tmp_path, HERE)
        assert address.read(tmp_path) == HERE
        assert address.address_of(tmp_path) == "http://127.0.0.1:4200/api"
    assert address.read(tmp_path) is None


def test_what_a_killed_one_left_is_not_taken_for_it(tmp_path: Path) -> None:
    address.write(tmp_path, HERE)  # its number may be another program's by now
    assert address.read(tmp_path) is None
    with address.held(tmp_path):
        assert address.read(tmp_path) is None


def test_a_second_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "HOLD_WITHIN_S", 0.1)
    with (
        address.held(tmp_path),
        pytest.raises(StudyError, match="at work already"),
        address.held(tmp_path),
    ):
        pass


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    with address.held(tmp_path):
        address.write(tmp_path, HERE)
        assert (tmp_path / "up.json").stat().st_mode & 0o077 == 0
