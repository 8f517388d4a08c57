"""Killed at any moment, on a full disk, on a file that changes: nothing is lost."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from inbox import SETTINGS, accept, contents, drop, drop_tracks, receipt_of

from pipeline import intake
from pipeline.errors import DiskFullError, NoAudioError, NotMediaError, UnreadableError
from pipeline.intake import accepting, stillness
from pipeline.operations.repair import repair
from pipeline.settings import IntakeSettings
from pipeline.storage.disk import clear_pending, sha256_of
from pipeline.study import Study, accepted, create
from pipeline.study.listener import Listener

pytestmark = pytest.mark.faults


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours catches it."""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path / "study")


def forget_leases(study: Study) -> None:
    """What others see when the process is gone that held them."""
    shutil.rmtree(study.private / "leases", ignore_errors=True)


def kill_before(step: int, patched: pytest.MonkeyPatch, other_file_system: bool) -> None:
    """Have the process end before its ``step``-th change of a name on the disk."""
    done = 0

    def counted(name: str) -> None:
        plain = getattr(Path, name)

        def change(self: Path, *args: Any, **kwargs: Any) -> object:
            nonlocal done
            done += 1
            if done == step:
                raise Killed
            elsewhere = name == "rename" and self.parent.name == "a" != args[0].parent.name
            if other_file_system and elsewhere:
                raise OSError(errno.EXDEV, "Invalid cross-device link")
            return plain(self, *args, **kwargs)

        patched.setattr(Path, name, change)

    for name in ("rename", "replace", "mkdir", "unlink"):
        counted(name)


@pytest.mark.parametrize("of_tracks", [False, True], ids=["file", "folder of tracks"])
@pytest.mark.parametrize("how", ["rename", "copy", "reference"])
def test_killed_at_any_step_loses_nothing(
    of_tracks: bool, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = IntakeSettings(originals="reference" if how == "reference" else "move")
    for step in count(1):
        study = create(tmp_path / str(step))
        place = drop_tracks(study) if of_tracks else drop(study, "a/tapaaminen 4.wav")
        data = contents(place)
        with monkeypatch.context() as patched:
            kill_before(step, patched, how == "copy")
            with suppress(Killed):
                intake.accept(study, place, settings)
                break
        forget_leases(study)
        repair(study)
        for left in intake.waiting(study):
            intake.accept(study, left, settings)
        (recording,) = accepted.sessions(study)
        assert recording.session_number == 4
        assert contents(accepted.original(study, recording)) == data
        assert not list(study.recordings.glob(".*"))
        assert not list(study.quarantine.rglob("*.wav"))
        clear_pending(study.root)
        assert not list(study.root.rglob("*.pending"))
    assert step > 8


@pytest.mark.parametrize(
    ("is_late", "other_file_system"), [(False, True), (True, False)], ids=["together", "later"]
)
def test_killed_while_parts_are_taken_in(
    is_late: bool, other_file_system: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stillness, "QUIET_S", 0.0)
    for step in count(1):
        study = create(tmp_path / str(step))
        files = [drop(study, f"a/meeting 1{part}.wav") for part in ("", " part 2")]
        data = [file.read_bytes() for file in files]
        if is_late:
            accept(study, files[0])
            files[1].with_name("meeting 1 part 2.session.yaml").write_text("number: 1\npart: 2")
        with monkeypatch.context() as patched:
            kill_before(step, patched, other_file_system)
            with suppress(Killed):
                intake.take_in(study, SETTINGS, Listener())
                break
        forget_leases(study)
        repair(study)
        intake.take_in(study, SETTINGS, Listener())
        (recording,) = accepted.sessions(study)
        assert recording.session_number == 1
        kept = contents(accepted.original(study, recording))
        assert [kept[name] for name in sorted(kept)] == data
        assert intake.waiting(study) == []
        assert not list(study.recordings.glob(".*"))
        assert not list(study.quarantine.rglob("*.wav"))
    assert step > 8


@pytest.mark.parametrize("other_file_system", [False, True], ids=["rename", "copy"])
def test_killed_while_a_file_that_cannot_be_used_is_put_back(
    other_file_system: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in count(1):
        study = create(tmp_path / str(step))
        file = study.inbox / "a" / "muistio.mp4"
        file.parent.mkdir()
        file.write_bytes(b"no recording at all")
        with monkeypatch.context() as patched:
            kill_before(step, patched, other_file_system)
            with suppress(Killed):
                with pytest.raises(NotMediaError):
                    intake.accept(study, file, SETTINGS)
                break
        forget_leases(study)
        repair(study)
        assert intake.waiting(study) == [file]
        assert file.read_bytes() == b"no recording at all"
        assert not list(study.recordings.glob(".*"))
    assert step > 5


def test_what_was_dropped_under_the_same_name_meanwhile_is_not_overwritten(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = study.inbox / "a" / "muistio.mp4"
    file.parent.mkdir()
    file.write_bytes(b"first")

    def probe(source: Path) -> None:
        file.write_bytes(b"second")
        raise NotMediaError("None.")

    monkeypatch.setattr(accepting.audio, "probe", probe)
    with pytest.raises(NotMediaError):
        intake.accept(study, file, SETTINGS)
    assert [file.read_bytes() for file in intake.waiting(study)] == [b"second", b"first"]


def test_killed_on_the_way_to_quarantine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in count(1):
        study = create(tmp_path / str(step))
        file = drop(study, "a/1.wav")
        data = file.read_bytes()
        recording = accept(study, file)
        with monkeypatch.context() as patched:
            kill_before(step, patched, other_file_system=False)
            with suppress(Killed):
                intake.quarantine_session(study, recording.session_id, NoAudioError("None."))
                break
        forget_leases(study)
        repair(study)
        places = [accepted.original(study, known) for known in accepted.sessions(study)]
        places += study.quarantine.rglob("*.wav")
        assert [place.read_bytes() for place in places] == [data]
    assert step > 4


def fill_disk(folder: Path, patched: pytest.MonkeyPatch) -> None:
    """Have the disk that new files of this folder are written to be a full one."""
    plain = tempfile.mkstemp

    def mkstemp(*, dir: Path, **names: str) -> tuple[int, str]:
        if dir == folder:
            return os.open("/dev/full", os.O_WRONLY), str(folder / ".full.pending")
        return plain(dir=dir, **names)

    patched.setattr(tempfile, "mkstemp", mkstemp)


def test_disk_full(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    file = drop(study, "a/1.wav")
    with monkeypatch.context() as patched, pytest.raises(DiskFullError):
        fill_disk(study.private, patched)
        intake.accept(study, file, SETTINGS)
    assert intake.waiting(study) == [file]
    assert "Levy on täynnä" in receipt_of(file)
    assert accept(study, file).session_number == 1
    assert "Levy" not in receipt_of(file)


def test_file_that_may_not_be_read_stays(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    file = drop(study, "a/nimi 1.wav")
    plain = os.open

    def guarded(path: Path, *args: int, **kwargs: int) -> int:  # root may read anything
        if Path(path).name == "original.wav":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return plain(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", guarded)
    with pytest.raises(UnreadableError, match="EACCES") as caught:
        intake.accept(study, file, SETTINGS)
    assert "nimi" not in str(caught.value)
    assert intake.waiting(study) == [file]
    assert "Tarkista käyttöoikeudet" in receipt_of(file)


def test_file_that_still_grows_stays(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    file = drop(study, "a/1.wav")

    def hashed_while_written(path: Path) -> str:
        os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))
        return sha256_of(path)

    monkeypatch.setattr(accepting, "sha256_of", hashed_while_written)
    with pytest.raises(UnreadableError, match="being copied"):
        intake.accept(study, file, SETTINGS)
    assert intake.waiting(study) == [file]
