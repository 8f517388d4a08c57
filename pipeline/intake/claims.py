"""A file that is just being taken in, and is nobody else's meanwhile.

private/recordings/.claim-<random>/lay.json             where in the inbox it lay
                                   original.<suffix>    the file, moved here by one rename
                                   recording.json       what it becomes, written last
private/recordings/.claim-<session_id>/                 a session on its way to quarantine

A file that lies on another file system is renamed where it lies first, to .vuoro-claim-<random>:
that claims it. Then it is copied.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from pipeline.disk import move, os_errors, sync, write_atomically
from pipeline.errors import UnreadableError, VuoroError
from pipeline.file_names import fitted, suffix
from pipeline.intake.references import REFERENCE, refer
from pipeline.intake.sessions import ORIGINAL, RECORD, TRACKS, loaded, write_record
from pipeline.leases import lease, living
from pipeline.records import Recording
from pipeline.study import Study

CLAIM = ".claim-"
_LAY = "lay.json"
_LEASE = "claim-"
_PARKED = ".vuoro-claim-"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claimed file: where it is now, and where in the inbox it lay (and lies, if it stays)."""

    folder: Path
    file: Path
    lay: Path

    @property
    def stays(self) -> bool:
        return self.file == self.lay

    def complete(self, recording: Recording) -> None:
        """Make the claim the session. Whoever calls holds the study's names."""
        write_record(self.folder, recording)
        _publish(self.folder, recording)

    def remove(self) -> None:
        """Remove what is left of the claim, when the file is elsewhere."""
        shutil.rmtree(self.folder)

    def give_back(self) -> None:
        """Put the file back where it lay, or, if that name is taken by now, beside it."""
        with os_errors("putting a file back into the inbox"):
            if not self.stays:
                move(self.file, _free(self.lay))
            self.remove()


@contextmanager
def claimed(study: Study, file: Path, *, stays: bool) -> Iterator[Claim]:
    """Claim a file of the inbox while the block lasts, which completes the claim or removes it.

    Where it raises an error of ours, the file is put back. One that ``stays`` where it is is not
    moved. Raises UnreadableError if the file is no longer there.
    """
    with claiming(study, secrets.token_hex(8)) as folder:
        with os_errors("taking a recording in"):
            folder.mkdir(mode=0o700)
            claim = _left(file, folder) if stays else _taken(file, folder)
        try:
            yield claim
        except VuoroError:
            claim.give_back()
            raise


@contextmanager
def claiming(study: Study, name: str) -> Iterator[Path]:
    """The folder of a claim, which ``repair`` leaves alone as long as the block lasts."""
    with lease(study, f"{_LEASE}{name}"):
        yield study.recordings / f"{CLAIM}{name}"


def _taken(file: Path, folder: Path) -> Claim:
    place = folder / f"{ORIGINAL}{TRACKS if file.is_dir() else suffix(file.name)}"
    write_atomically(folder / _LAY, json.dumps(str(file)).encode(), 0o600)
    try:
        _move_in(file, place)
    except FileNotFoundError:
        raise _gone(folder) from None
    return Claim(folder, place, file)


def _left(file: Path, folder: Path) -> Claim:
    try:
        refer(file, folder)
    except FileNotFoundError:
        raise _gone(folder) from None
    return Claim(folder, file, file)


def _gone(folder: Path) -> UnreadableError:
    shutil.rmtree(folder)
    return UnreadableError(
        "The file is no longer in the inbox.", "Another run took it, or somebody moved it away."
    )


def repair(study: Study) -> list[Recording]:
    """Complete what was interrupted, or put it back into the inbox; the sessions completed.

    Claims of those who are at work are left alone. Raises StudyError if a record is damaged,
    TransientError.
    """
    completed = []
    with os_errors("completing what was interrupted"):
        found = sorted(study.recordings.glob(f"{CLAIM}*"))
        at_work = {*living(study)}  # looked for later: a claim is leased before it is made
        for folder in found:
            if f"{_LEASE}{folder.name.removeprefix(CLAIM)}" in at_work:
                continue
            recording = _repaired(study, folder)
            completed += [recording] if recording else []
    return completed


def _repaired(study: Study, folder: Path) -> Recording | None:
    lay = _lay(folder)
    if lay is not None and (parked := _parked(lay, folder)).exists():
        parked.rename(_free(lay))  # it is whole; what was copied of it may not be
        shutil.rmtree(folder)
        return None
    file = next(folder.glob(f"{ORIGINAL}*"), None)
    if (folder / RECORD).exists() and (file or (folder / REFERENCE).exists()):
        recording = loaded(folder / RECORD, Recording)
        if not (folder.parent / recording.session_id).exists():
            _publish(folder, recording)
            return recording
        lay = lay or study.inbox / recording.inbox_folder / recording.original_name
    if file is not None and lay is not None:
        move(file, _free(lay))
    shutil.rmtree(folder)
    return None


def _publish(folder: Path, recording: Recording) -> None:
    (folder / _LAY).unlink(missing_ok=True)
    sync(folder)
    folder.rename(folder.with_name(recording.session_id))
    sync(folder.parent)


def _move_in(file: Path, place: Path) -> None:
    try:
        file.rename(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        parked = _parked(file, place.parent)
        file.rename(parked)
        move(parked, place)


def _parked(lay: Path, folder: Path) -> Path:
    """Where a claimed file is while it is copied from another file system."""
    return lay.with_name(f"{_PARKED}{folder.name.removeprefix(CLAIM)}")


def _lay(folder: Path) -> Path | None:
    file = folder / _LAY
    return Path(loaded(file, str)) if file.exists() else None


def _free(lay: Path) -> Path:
    """Where a file may be put back without overwriting what was dropped since."""
    lay.parent.mkdir(parents=True, exist_ok=True)
    ending = suffix(lay.name)
    stem = lay.name[: len(lay.name) - len(ending)]
    others = (lay.with_name(fitted(stem, f" ({n}){ending}")) for n in count(2))
    return lay if not os.path.lexists(lay) else next(p for p in others if not os.path.lexists(p))
