"""Claims: a file being taken in, which no other process may take meanwhile.

private/recordings/.claim-<random>/lay.json             where in the inbox it lay (its bytes, hex)
                                   original.<suffix>    the file, moved here by one rename; or
                                   original.parts/      the parts of one session, each so
                                   recording.json       what it becomes, written last
private/recordings/.claim-<session_id>/                 a session on its way to quarantine

A file on another file system is first claimed by renaming it in place, to .vuoro-claim-<random>,
and then copied.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from pipeline.errors import UnreadableError, VuoroError
from pipeline.intake.growing import GROWS
from pipeline.records import Recording
from pipeline.storage.disk import files_in, move, os_errors, sync, write_atomically
from pipeline.storage.json_files import read_json
from pipeline.study import Study
from pipeline.study.accepted import (
    ORIGINAL,
    PART_PREFIX,
    PARTS,
    TRACKS,
    is_loose_parts,
    write_record,
)
from pipeline.study.file_names import fitted, is_parts_folder, suffix
from pipeline.study.leases import lease
from pipeline.study.references import refer

CLAIM = ".claim-"
LAY = "lay.json"
_LEASE = "claim-"
_PARKED = ".vuoro-claim-"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claimed file: where it is now, and where in the inbox it was (and still is, if it stays).

    For several parts, the place of the first; the others were beside it.
    """

    folder: Path
    file: Path
    lay: Path

    @property
    def suffix(self) -> str:
        """The suffix under which the recording is kept."""
        return _suffix(self.lay) if self.stays else self.file.suffix

    @property
    def stays(self) -> bool:
        return self.file == self.lay

    def complete(self, recording: Recording) -> None:
        """Turn the claim into the session. The caller holds the study's names."""
        write_record(self.folder, recording)
        publish(self.folder, recording)

    def remove(self) -> None:
        """Remove what is left of the claim, when the file is elsewhere."""
        shutil.rmtree(self.folder)

    def give_back(self) -> None:
        """Put the file back where it was, or beside that place if the name is now taken."""
        with os_errors("putting a file back into the inbox"):
            if not self.stays:
                put_back(self.file, self.lay)
            self.remove()


@contextmanager
def claimed(study: Study, files: Sequence[Path], *, stays: bool) -> Iterator[Claim]:
    """Claim a file of the inbox, or the parts of one session, while the block lasts.

    The block completes the claim or removes it. If it raises a VuoroError, the files are put back.
    With ``stays``, the file is not moved. Raises UnreadableError if a file is no longer there.
    """
    with claiming(study, secrets.token_hex(8)) as folder:
        with os_errors("taking a recording in"):
            folder.mkdir(mode=0o700)
            if stays:
                claim = _left(files[0], folder)
            elif len(files) == 1:
                claim = _taken(study, files[0], folder)
            else:
                claim = _taken_parts(study, files, folder)
        try:
            yield claim
        except VuoroError:
            if not (folder / GROWS).exists():  # else `repair` continues
                claim.give_back()
            raise


@contextmanager
def claiming(study: Study, name: str) -> Iterator[Path]:
    """Make the folder of a claim, which ``repair`` leaves alone while the block lasts."""
    with lease(study, f"{_LEASE}{name}"):
        yield study.recordings / f"{CLAIM}{name}"


def _taken(study: Study, file: Path, folder: Path) -> Claim:
    place = folder / f"{ORIGINAL}{_suffix(file)}"
    _note_lay(study, file, folder)
    try:
        _move_in(file, place, folder)
    except FileNotFoundError:
        raise _gone(folder) from None
    return Claim(folder, place, file)


def _taken_parts(study: Study, files: Sequence[Path], folder: Path) -> Claim:
    place = folder / f"{ORIGINAL}{PARTS}"
    place.mkdir(mode=0o700)
    for number, file in enumerate(files, start=1):
        _note_lay(study, file, folder)
        try:
            _move_in(file, place / fitted(f"{number:02d} {file.name}", ""), folder)
        except FileNotFoundError:
            put_back(place, file)
            raise _gone(folder) from None
    _note_lay(study, files[0], folder)
    return Claim(folder, place, files[0])


def _note_lay(study: Study, file: Path, folder: Path) -> None:
    noted = json.dumps(os.fsencode(file.relative_to(study.inbox)).hex())
    write_atomically(folder / LAY, noted.encode(), 0o600)


def _suffix(file: Path) -> str:
    """The suffix under which a recording of the inbox is kept."""
    if not file.is_dir():
        return suffix(file.name)
    return PARTS if is_parts_folder(file.name) else TRACKS


def put_back(file: Path, lay: Path) -> None:
    """Put a claimed file back where it was; parts that were claimed one by one, each."""
    if not is_loose_parts(file, lay):
        move(file, free(lay))
        return
    for part in files_in(file):
        move(part, free(lay.with_name(PART_PREFIX.sub("", part.name))))
    file.rmdir()


def _left(file: Path, folder: Path) -> Claim:
    try:
        refer(file, folder)
    except FileNotFoundError:
        raise _gone(folder) from None
    return Claim(folder, file, file)


def _gone(folder: Path) -> UnreadableError:
    shutil.rmtree(folder)
    return UnreadableError(
        "The file is no longer in the inbox.", "Another run took it, or it was moved away."
    )


def publish(folder: Path, recording: Recording) -> None:
    """Make a claim with its record the session."""
    (folder / LAY).unlink(missing_ok=True)
    sync(folder)
    folder.rename(folder.with_name(recording.session_id))
    sync(folder.parent)


def _move_in(file: Path, place: Path, folder: Path) -> None:
    try:
        file.rename(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        waits = parked(file, folder)
        file.rename(waits)
        move(waits, place)


def parked(lay: Path, folder: Path) -> Path:
    """The place of a claimed file while it is copied from another file system."""
    return lay.with_name(f"{_PARKED}{folder.name.removeprefix(CLAIM)}")


def lay_of(study: Study, folder: Path) -> Path | None:
    """Where in the inbox the file of a claim was; None if that is unknown."""
    try:
        noted = read_json(folder / LAY, str)
        return None if noted is None else inside(study, Path(os.fsdecode(bytes.fromhex(noted))))
    except (VuoroError, ValueError):
        return None


def inside(study: Study, path: Path) -> Path | None:
    """The place at this path relative to the inbox; None if it would be outside."""
    is_inside = path.parts and not path.is_absolute() and ".." not in path.parts
    return study.inbox / path if is_inside else None


def lease_of(folder: Path) -> str:
    """The name of the lease that a process working on a claim holds."""
    return f"{_LEASE}{folder.name.removeprefix(CLAIM)}"


def free(lay: Path) -> Path:
    """A place to put a file back without overwriting one dropped since."""
    lay.parent.mkdir(parents=True, exist_ok=True)
    ending = suffix(lay.name)
    stem = lay.name[: len(lay.name) - len(ending)]
    others = (lay.with_name(fitted(stem, f" ({n}){ending}")) for n in count(2))
    return lay if not os.path.lexists(lay) else next(p for p in others if not os.path.lexists(p))
