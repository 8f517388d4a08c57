"""The key on disk: written whole or not at all, where it may lie, its change and its end."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from keys import NAMES, NEW, OLD, sealed_by_hand

from pipeline.errors import DiskFullError, StudyError, UnreadableError, VuoroError
from pipeline.pseudonymisation.key import KeyFile, Secret, find_secret
from pipeline.pseudonymisation.key.envelope import derived
from pipeline.pseudonymisation.key.file import header_of
from pipeline.study import Study, create


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_written_and_read_for_its_owner_only(written: Path) -> None:
    assert KeyFile(written, OLD).read() == NAMES
    assert mode(written) == 0o600
    names = sorted(file.name for file in written.parent.glob("*names*"))
    assert names == ["names.key", "names.key.1"]


def test_no_file_holds_nothing(path: Path) -> None:
    assert KeyFile(path, OLD).read() is None
    assert not path.exists()


def test_written_again_under_the_same_lock_and_a_new_nonce(written: Path) -> None:
    line, body = written.read_bytes().split(b"\n", 1)
    KeyFile(written, OLD).write(NAMES)
    again, new_body = written.read_bytes().split(b"\n", 1)
    assert json.loads(again) == json.loads(line) | {"generation": 2}
    assert new_body[:12] != body[:12]
    assert KeyFile(written, OLD).read() == NAMES


def test_scrypt_runs_once_a_process(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    derived.cache_clear()
    for _ in range(3):
        KeyFile(written, Secret.passphrase("vanha ja pitkä tunnuslause")).read()
    assert derived.cache_info().misses == 1


@pytest.mark.parametrize("act", ["read", "write", "change"])
def test_a_wrong_passphrase_stops_and_touches_nothing(written: Path, act: str) -> None:
    before = written.read_bytes()
    wrong = KeyFile(written, NEW)
    acts: dict[str, Callable[[], object]] = {
        "read": wrong.read,
        "write": lambda: wrong.write(b"{}"),
        "change": lambda: wrong.change(OLD),
    }
    with pytest.raises(StudyError, match="passphrase does not open") as error:
        acts[act]()
    assert "VUORO_PASSPHRASE" in error.value.remedy
    assert written.read_bytes() == before


def test_an_unreadable_file_is_no_new_study(study: Study) -> None:
    path = study.private / "names.key"
    path.mkdir()
    with pytest.raises(UnreadableError):
        KeyFile(path, OLD).read()


# --- interrupted


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.replace", "pathlib.Path.chmod"])
@pytest.mark.parametrize("act", ["write", "change"])
def test_the_old_file_stays_when_interrupted(
    written: Path, monkeypatch: pytest.MonkeyPatch, call: str, act: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before, beside = written.read_bytes(), set(written.parent.iterdir())
    key = KeyFile(written, OLD)
    with monkeypatch.context() as patch:
        patch.setattr(call, full)
        with pytest.raises(DiskFullError):
            key.write(b"{}") if act == "write" else key.change(NEW)
    assert written.read_bytes() == before
    assert set(written.parent.iterdir()) == beside
    assert key.read() == NAMES


def test_a_change_that_does_not_read_back_is_not_made(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = written.read_bytes()
    real = Path.read_bytes

    def bad_disk(file: Path) -> bytes:
        data = real(file)
        return data if file == written else data[:-1] + b"?"

    monkeypatch.setattr(Path, "read_bytes", bad_disk)
    with pytest.raises(VuoroError):
        KeyFile(written, OLD).change(NEW)
    assert written.read_bytes() == before
    assert not list(written.parent.glob(".vuoro-*"))


# --- changing the lock


def test_a_change_keeps_the_content_and_the_study_and_ends_the_old_secret(written: Path) -> None:
    before = header_of(written)
    changed = KeyFile(written, OLD).change(NEW)
    assert changed.read() == KeyFile(written, NEW).read() == NAMES
    assert mode(written) == 0o600
    after = header_of(written)
    assert before and after and before.id == after.id and before.salt != after.salt
    with pytest.raises(StudyError, match="does not open"):
        KeyFile(written, OLD).read()


def test_from_machine_to_passphrase_and_back(path: Path, keys: Path) -> None:
    machine = KeyFile(path, Secret.machine())
    machine.write(NAMES)
    with pytest.raises(StudyError, match="already"):
        machine.change(Secret.machine())
    assert machine.change(NEW).change(Secret.machine()).read() == NAMES
    assert len(list(keys.iterdir())) == 1


def test_nothing_to_change(path: Path) -> None:
    with pytest.raises(StudyError, match="no key yet"):
        KeyFile(path, OLD).change(NEW)


# --- destroying


def test_destroyed_for_every_copy_that_this_machine_locked(path: Path, keys: Path) -> None:
    KeyFile(path, Secret.machine()).write(NAMES)
    copy = path.read_bytes()
    assert KeyFile(path, Secret.machine()).destroy() is True
    assert not path.exists()
    assert list(keys.iterdir()) == []
    path.write_bytes(copy)
    with pytest.raises(StudyError, match="not here"):
        KeyFile(path, Secret.machine()).read()


def test_destroying_needs_no_secret_nor_a_whole_file(written: Path) -> None:
    assert KeyFile(written, NEW).destroy() is False
    written.write_bytes(b"torn")
    KeyFile(written, NEW).destroy()
    assert not written.exists()
    with pytest.raises(StudyError, match="no key yet"):
        KeyFile(written, NEW).destroy()


# --- where it may lie


def test_never_inside_the_data_set(study: Study, tmp_path: Path) -> None:
    elsewhere = tmp_path / "share"
    elsewhere.mkdir()
    study.dataset.rmdir()
    study.dataset.symlink_to(elsewhere)
    into = tmp_path / "into"
    into.symlink_to(elsewhere)
    link = study.private / "names.key"
    link.symlink_to(study.dataset / "names.key")
    for path in (
        study.dataset / "names.key",
        study.dataset / "deep" / "names.key",
        study.private / ".." / "dataset" / "names.key",
        link,
    ):
        with pytest.raises(StudyError, match="dataset/"):
            KeyFile(path, OLD).write(NAMES)
        with pytest.raises(StudyError, match="dataset/"):
            KeyFile(path, OLD).read()
    assert list(elsewhere.iterdir()) == []


def test_a_folder_that_merely_is_called_dataset_is_no_hindrance(tmp_path: Path) -> None:
    study = create(tmp_path / "dataset" / "study")
    KeyFile(study.private / "names.key", OLD).write(NAMES)
    assert KeyFile(study.private / "names.key", OLD).read() == NAMES


def test_kept_on_a_disk_that_is_not_connected(study: Study, tmp_path: Path) -> None:
    """A missing disk must not pass for a study without a key: all numbers would be drawn anew."""
    stick = tmp_path / "stick"
    stick.mkdir()
    link = study.private / "names.key"
    link.symlink_to(stick / "names.key")
    (stick / "names.key").write_bytes(sealed_by_hand(b"sana", NAMES))
    key = KeyFile(link, Secret.passphrase("sana"))
    key.write(b"{}")
    assert link.is_symlink() and key.read() == b"{}"
    (stick / "names.key").rename(tmp_path / "gone")
    for act in (key.read, lambda: key.write(NAMES), key.destroy, lambda: find_secret(link)):
        with pytest.raises(StudyError, match="not there now"):
            act()
    (tmp_path / "gone").rename(stick / "names.key")
    key.destroy()
    assert not link.is_symlink() and not (stick / "names.key").exists()
