"""A file that is just being taken in, and is nobody else's meanwhile.

private/recordings/.claim-<random>/lay.json             where in the inbox it lay (its bytes, hex)
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
from pipeline.intake.references import refer
from pipeline.intake.sessions import ORIGINAL, TRACKS, write_record
from pipeline.json_files import read_json
from pipeline.leases import lease
from pipeline.records import Recording
from pipeline.study import Study

CLAIM = ".claim-"
LAY = "lay.json"
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
        publish(self.folder, recording)

    def remove(self) -> None:
        """Remove what is left of the claim, when the file is elsewhere."""
        shutil.rmtree(self.folder)

    def give_back(self) -> None:
        """Put the file back where it lay, or, if that name is taken by now, beside it."""
        with os_errors("putting a file back into the inbox"):
            if not self.stays:
                move(self.file, free(self.lay))
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
            claim = _left(file, folder) if stays else _taken(study, file, folder)
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


def _taken(study: Study, file: Path, folder: Path) -> Claim:
    place = folder / f"{ORIGINAL}{TRACKS if file.is_dir() else suffix(file.name)}"
    told = json.dumps(os.fsencode(file.relative_to(study.inbox)).hex())
    write_atomically(folder / LAY, told.encode(), 0o600)
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


def publish(folder: Path, recording: Recording) -> None:
    """Make a claim with its record the session."""
    (folder / LAY).unlink(missing_ok=True)
    sync(folder)
    folder.rename(folder.with_name(recording.session_id))
    sync(folder.parent)


def _move_in(file: Path, place: Path) -> None:
    try:
        file.rename(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        waits = parked(file, place.parent)
        file.rename(waits)
        move(waits, place)


def parked(lay: Path, folder: Path) -> Path:
    """Where a claimed file is while it is copied from another file system."""
    return lay.with_name(f"{_PARKED}{folder.name.removeprefix(CLAIM)}")


def lay_of(study: Study, folder: Path) -> Path | None:
    """Where in the inbox the file of a claim lay; None if that cannot be told."""
    try:
        told = read_json(folder / LAY, str)
        return None if told is None else inside(study, Path(os.fsdecode(bytes.fromhex(told))))
    except (VuoroError, ValueError):
        return None


def inside(study: Study, path: Path) -> Path | None:
    """A place in the inbox, by its path there; None if it would be outside."""
    is_inside = path.parts and not path.is_absolute() and ".." not in path.parts
    return study.inbox / path if is_inside else None


def lease_of(folder: Path) -> str:
    """What who works on a claim holds."""
    return f"{_LEASE}{folder.name.removeprefix(CLAIM)}"


def free(lay: Path) -> Path:
    """Where a file may be put back without overwriting what was dropped since."""
    lay.parent.mkdir(parents=True, exist_ok=True)
    ending = suffix(lay.name)
    stem = lay.name[: len(lay.name) - len(ending)]
    others = (lay.with_name(fitted(stem, f" ({n}){ending}")) for n in count(2))
    return lay if not os.path.lexists(lay) else next(p for p in others if not os.path.lexists(p))
