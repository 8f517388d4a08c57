"""Stage results on disk: content-addressed, atomic, readable, never pickled.

    stages/<stage>/<key>/result.json     the stage's record
                         …               files that go with it (the decoded sound)
                         manifest.json   where it belongs, sha256 of every file; written last

A result becomes visible by one rename of its complete folder, so a reader sees all of it or
nothing, and two workers that race for one key cannot corrupt each other's result: the later one
finds the place taken and discards its own copy. A result that does not match its manifest is moved
to ``stages/damaged/`` and counts as not done. Files that the manifest marks as dropped may be
missing: the result is finished without them, and they are recreated, byte for byte, when needed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from pipeline.errors import StudyError
from pipeline.storage.digests import digest
from pipeline.storage.disk import (
    file_sha256,
    last_change_ns,
    may_publish,
    os_errors,
    sync,
    write_atomically,
)
from pipeline.storage.json_files import adapter, damaged, parsed

R = TypeVar("R")

RESULT = "result.json"
MANIFEST = "manifest.json"
_PENDING = ".pending"
_DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Result:
    """A finished stage result: its folder, and one digest over all its files."""

    folder: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Store:
    """The stage results below one folder."""

    root: Path

    def find(self, stage: str, key: str, *, verify: bool = True) -> Result | None:
        """The finished result under this key, or None.

        With ``verify`` every file is hashed and a torn or tampered result is moved aside; without,
        only files written after the manifest, which is written last. That is enough to know what
        is done; a result that is used is verified. Raises TransientError if it cannot be read.
        """
        folder = self.root / stage / key
        with os_errors(f"reading the result of the stage '{stage}'"):
            if not folder.is_dir():
                return None
            hashes = _intact(folder, verify=verify)
        if hashes is None:
            if verify:
                self._move_aside(folder, stage)
            return None
        return Result(folder, digest(hashes))

    @contextmanager
    def writing(self, stage: str, key: str) -> Iterator[Path]:
        """A new folder to write one result into; published if the block ends without an error.

        Raises TransientError if the disk is full or cannot be written, LostError if another process
        has taken over the work.
        """
        with self._pending(stage) as folder:
            yield folder
            self._publish(folder, self.root / stage / key)

    def drop(self, folder: Path, names: Collection[str]) -> None:
        """Remove files of the result in this folder that can be recreated; it stays finished.

        Raises TransientError.
        """
        with os_errors("dropping files of a stage result"):
            manifest = _manifest(folder)
            marked = {
                name: replace(entry, dropped=entry.dropped or name in names)
                for name, entry in manifest.files.items()
            }
            data = adapter(_Manifest).dump_json(replace(manifest, files=marked), indent=1)
            write_atomically(folder / MANIFEST, data)
            for name in names:
                (folder / name).unlink(missing_ok=True)

    @contextmanager
    def restoring(self, result: Result) -> Iterator[Path]:
        """A new folder in which to recreate the dropped, missing files of a result.

        Raises StudyError if they differ from what was dropped, TransientError.
        """
        with self._pending(result.folder.parent.name) as folder:
            yield folder
            for name, entry in missing(result.folder).items():
                if file_sha256(folder / name) != entry.sha256:
                    raise StudyError(
                        "What was cleaned away of a session cannot be made as it was, with the "
                        "programs of today.",
                        "`vuoro reprocess SESSION --from decode` redoes the session.",
                    )
                sync(folder / name)
                may_publish()
                (folder / name).replace(result.folder / name)
            os.utime(result.folder / MANIFEST)  # what was restored has been hashed

    @contextmanager
    def _pending(self, stage: str) -> Iterator[Path]:
        """A folder to write into, removed afterwards."""
        pending = self.root / _PENDING
        with os_errors(f"writing the result of the stage '{stage}'"):
            pending.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix=f"{stage}-", dir=pending))
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def clear_pending(self) -> None:
        """Remove what killed runs left half-written. Only while no other run is in progress."""
        shutil.rmtree(self.root / _PENDING, ignore_errors=True)

    def _publish(self, folder: Path, place: Path) -> None:
        files = {
            file.name: StoredFile(file_sha256(file), file.stat().st_size)
            for file in sorted(folder.iterdir())
        }
        manifest = _Manifest(_place(place), files)
        (folder / MANIFEST).write_bytes(adapter(_Manifest).dump_json(manifest, indent=1))
        for file in folder.iterdir():
            sync(file)
        place.parent.mkdir(parents=True, exist_ok=True)
        may_publish()
        try:
            folder.rename(place)
        except OSError:
            if not place.is_dir():  # not a lost race: a real failure
                raise
        else:
            sync(place.parent)

    def _move_aside(self, folder: Path, stage: str) -> None:
        damaged = self.root / _DAMAGED
        with os_errors("moving a damaged stage result aside"):
            damaged.mkdir(exist_ok=True)
            place = Path(tempfile.mkdtemp(prefix=f"{stage}-", dir=damaged))
            try:
                folder.rename(place / folder.name)
            except FileNotFoundError:  # another process was faster
                place.rmdir()


def write_record(folder: Path, record: object) -> None:
    """Write a stage's record as readable JSON into the folder of its result."""
    data = adapter(type(record)).dump_json(record, indent=1)
    (folder / RESULT).write_bytes(data)


def read_record(folder: Path, kind: type[R]) -> R:
    """The record of type ``kind`` in the folder of a verified result.

    Raises StudyError if it is of another kind or damaged.
    """
    try:
        return parsed((folder / RESULT).read_bytes(), kind)
    except ValidationError:
        raise damaged(
            folder / RESULT, "Redo that stage of the session: `vuoro reprocess --help`."
        ) from None


def missing(folder: Path) -> dict[str, StoredFile]:
    """The dropped, missing files of the result in this folder. Raises TransientError."""
    with os_errors("looking for what was dropped of a stage result"):
        entries = _manifest(folder).files.items()
        return {n: e for n, e in entries if e.dropped and not (folder / n).exists()}


def _intact(folder: Path, *, verify: bool) -> dict[str, str] | None:
    """sha256 by file name if the folder matches its manifest, else None."""
    try:
        manifest = _manifest(folder)
        if manifest.place != _place(folder):  # complete, but of another result
            return None
        there = {file.name for file in folder.iterdir()} - {MANIFEST}
        needed = {name for name, entry in manifest.files.items() if not entry.dropped}
        if not needed <= there <= manifest.files.keys():
            return None
        written_ns = last_change_ns((folder / MANIFEST).stat())
        has_changed = False
        for name in there:
            file, entry = folder / name, manifest.files[name]
            info = file.stat()
            if info.st_size != entry.bytes:
                return None
            is_changed = last_change_ns(info) > written_ns
            if (verify or is_changed) and file_sha256(file) != entry.sha256:
                return None
            has_changed |= is_changed
        if has_changed:  # as in a copied study: nothing changed, so there is no need to hash again
            with suppress(PermissionError):
                os.utime(folder / MANIFEST)
    except (ValidationError, FileNotFoundError):
        return None
    return {name: entry.sha256 for name, entry in manifest.files.items()}


def _manifest(folder: Path) -> _Manifest:
    return parsed((folder / MANIFEST).read_bytes(), _Manifest)


def _place(folder: Path) -> str:
    """The place of a result below the store: its stage and key."""
    return f"{folder.parent.name}/{folder.name}"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a result, as in its manifest; ``dropped``: it may be missing."""

    sha256: str
    bytes: int
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class _Manifest:
    place: str
    files: dict[str, StoredFile]
