"""``names.key`` on disk: where it may be, how it is written, locked again and destroyed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StudyError, UnreadableError
from pipeline.pseudonymisation.key import backup
from pipeline.pseudonymisation.key.envelope import Header, Lock, Sealed, new_header, seal, unsealed
from pipeline.pseudonymisation.key.secret import (
    KEY_FILE_VARIABLE,
    PASSPHRASE_VARIABLE,
    Secret,
    forget_machine_secret,
    machine_file,
    make_machine_secret,
)
from pipeline.settings.file import NAME as SETTINGS_FILE
from pipeline.storage.disk import PENDING, lies_in, os_errors, sync, write_atomically
from pipeline.study import Study

_NEEDS: dict[Lock, tuple[str, str]] = {
    "passphrase": (
        "a passphrase",
        f"Set {PASSPHRASE_VARIABLE} to it, or {KEY_FILE_VARIABLE} to a file that holds it, and "
        "run again.",
    ),
    "key file": (
        "a key file",
        f"Set {KEY_FILE_VARIABLE} to where that file is, and run again.",
    ),
    "machine": (
        "a secret that vuoro keeps, for the user who made the key, on the machine where it was "
        "made",
        f"There, `vuoro key change --passphrase` makes the study ready to move. Or set "
        f"{KEY_FILE_VARIABLE} to a copy of that secret; `vuoro key show` tells where it is kept.",
    ),
}
_GIVEN: dict[Lock, str] = {
    "passphrase": "The passphrase",
    "key file": "The key file",
    "machine": "This machine's secret",
}


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The encrypted file at ``path``. A caller that reads and then writes holds the study's lock.

    Links are followed: the key may be kept outside the study, but never in a study's ``dataset/``.
    """

    path: Path
    secret: Secret

    def read(self) -> bytes | None:
        """The data last written; None where there is no file.

        Raises StudyError if the secret is missing or wrong, or the file damaged or in ``dataset/``;
        UnreadableError if it cannot be read.
        """
        _allowed(self.path)
        sealed = _sealed(self.path)
        return None if sealed is None else sealed.opened(self._fitting(sealed.header))

    def write(self, data: bytes) -> Header:
        """Replace the content of the file with ``data``; the old file stays until then.

        A new file is locked with the secret. A copy is kept beside it. Returns the header of the
        file as written.

        Raises as ``read`` does, and then has changed nothing; TransientError where the file cannot
        be written.
        """
        target = _allowed(self.path)
        sealed = _sealed(self.path)
        header = sealed.header if sealed else _locked(self.path, secrets.token_hex(16), self.secret)
        header = header.model_copy(update={"generation": header.generation + 1})
        new = seal(header, self._fitting(header), data)
        with os_errors("saving the key"):
            write_atomically(target, new, mode=0o600)
            backup.keep(target, new)
        return header

    def change(self, new: Secret) -> KeyFile:
        """Lock the file with another secret; the old file stays until the new one was read back.

        Earlier copies still open with the old secret; those that vuoro keeps are replaced.

        Raises as ``write`` does; StudyError if there is no file, or if the file is already locked
        with this machine's own secret and that is asked for again.
        """
        target = _allowed(self.path)
        sealed = _sealed(self.path)
        if sealed is None:
            raise no_key()
        if sealed.header.lock == new.lock == "machine":
            raise StudyError(
                "This study's key is locked with this machine's own secret already.",
                "Lock it with another kind: `vuoro key change --passphrase` or `--key-file`.",
            )
        data = sealed.opened(self._fitting(sealed.header))
        changed = KeyFile(self.path, new)
        header = _locked(self.path, sealed.header.id, new)
        header = header.model_copy(update={"generation": sealed.header.generation})
        pending = target.with_name(f".vuoro-{target.name}{PENDING}")
        try:
            with os_errors("locking the key again"):
                write_atomically(pending, seal(header, changed._fitting(header), data), mode=0o600)
                back = unsealed(pending.read_bytes())
                if back.opened(changed._fitting(back.header)) != data:
                    raise UnreadableError("The newly locked key could not be read back.")
                pending.replace(target)
                sync(target.parent)
                backup.renew(target)
        finally:
            pending.unlink(missing_ok=True)
        return changed

    def destroy(self) -> bool:
        """Remove the file, its copies and this machine's secret for the study; needs no secret.

        Nothing is overwritten: on SSDs and journalling file systems that reaches no old copy.
        Copies of the key become unreadable because the secret is removed, if it was this machine's
        own: then returns True. The secret goes first, so that a killed run can be repeated.

        Raises StudyError if there is no file, UnreadableError if one cannot be removed.
        """
        data = _content(self.path)
        if data is None:
            raise no_key()
        try:
            forgotten = forget_machine_secret(unsealed(data).header.id)
        except StudyError:  # damaged: it does not say whose it is, and is removed anyway
            forgotten = False
        with os_errors("removing the key"):
            target = self.path.resolve()
            backup.drop(target)
            target.unlink()
            self.path.unlink(missing_ok=True)  # the link, if it was one
            sync(target.parent)
        return forgotten

    def _fitting(self, header: Header) -> bytes:
        """The secret, if it opens the file with this header.

        Raises StudyError if it does not, or is not on this machine.
        """
        secret = self.secret.of(header.id)
        if secret is None:
            raise _missing(header.lock)
        if header.fits(secret):
            return secret
        kind, remedy = _NEEDS[header.lock]
        if header.lock == "machine" and self.secret.lock != "machine":
            remedy = (
                f"Leave {PASSPHRASE_VARIABLE} and {KEY_FILE_VARIABLE} unset, or lock the key with "
                "a passphrase by `vuoro key change --passphrase`."
            )
        raise StudyError(
            f"{_GIVEN[self.secret.lock]} does not open this study's key, which is locked with "
            f"{kind}; nothing was changed.",
            remedy,
        )


def find_secret(path: Path, prompt: Callable[[], str] | None = None) -> Secret:
    """The secret for the key at ``path``.

    In this order: the passphrase in VUORO_PASSPHRASE; the key file that VUORO_KEY_FILE names; this
    machine's own secret, for a key that is locked with it or does not exist yet; what ``prompt``
    returns (a passphrase that a person types). A secret that is given but does not fit is never
    skipped for the next one.

    Raises StudyError if the key needs a secret that is not given, or one given is empty or
    missing; UnreadableError if a file cannot be read.
    """
    if (text := os.environ.get(PASSPHRASE_VARIABLE)) is not None:
        return Secret.passphrase(text)
    if (name := os.environ.get(KEY_FILE_VARIABLE)) is not None:
        return Secret.key_file(Path(name))
    header = header_of(path)
    if header is None or header.lock == "machine":
        return Secret.machine()
    if header.lock == "passphrase" and prompt is not None:
        return Secret.passphrase(prompt())
    raise _missing(header.lock)


def secret_in_use(path: Path, prompt: Callable[[], str] | None = None) -> Secret:
    """As ``find_secret``, but this machine's own first where it fits: for changing the lock.

    This lets a user who has set VUORO_PASSPHRASE too early change the lock, as the error advises.
    """
    header, machine = header_of(path), Secret.machine()
    if header is not None and header.lock == "machine":
        value = machine.of(header.id)
        if value is not None and header.fits(value):
            return machine
    return find_secret(path, prompt)


def header_of(path: Path) -> Header | None:
    """The clear header of the key at ``path``; None where there is no file.

    Raises StudyError if the file is damaged, UnreadableError if it cannot be read.
    """
    sealed = _sealed(path)
    return None if sealed is None else sealed.header


def no_key() -> StudyError:
    """The error for a study whose names have not been numbered yet."""
    return StudyError(
        "This study has no key yet.",
        f"The first `vuoro run` that finds a name makes it; to lock it with a passphrase from the "
        f"start, set {PASSPHRASE_VARIABLE} for that run.",
    )


def _missing(lock: Lock) -> StudyError:
    kind, remedy = _NEEDS[lock]
    return StudyError(f"This study's key is locked with {kind}, which is not here.", remedy)


def _sealed(path: Path) -> Sealed | None:
    data = _content(path)
    return None if data is None else unsealed(data)


def _content(path: Path) -> bytes | None:
    with os_errors("reading the key"):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            if not path.is_symlink():
                return None
    # a disk that is not connected must not look like a study without a key
    raise StudyError(
        "This study's key is kept outside the study, and is not there now.",
        "Connect the disk or share that it is on, then run again.",
    )


def _locked(path: Path, study_id: str, secret: Secret) -> Header:
    """A new header for the key at ``path`` and this secret; this machine's is created first."""
    file = machine_file(study_id) if secret.lock == "machine" else secret.file
    if file and lies_in(file, [study.root for study in _studies_around(path)]):
        raise StudyError(
            "The secret would be inside the study: a copy of the study would hold both.",
            f"Keep the key file out of the study's folder, or set {PASSPHRASE_VARIABLE}.",
        )
    if secret.lock == "machine":
        make_machine_secret(study_id)
    value = secret.of(study_id)
    if value is None:
        raise _missing(secret.lock)
    return new_header(study_id, secret.lock, value)


def _allowed(path: Path) -> Path:
    """The file itself, links followed.

    Raises StudyError if it is in a folder that a study shares.
    """
    with os_errors("looking where the key is"):
        if lies_in(path, [study.dataset for study in _studies_around(path)]):
            raise StudyError(
                "The key would be inside dataset/, which is for sharing.",
                "Move it, or the link to it, to private/ or out of the study.",
            )
        return path.resolve()


def _studies_around(path: Path) -> list[Study]:
    """The studies that contain a path, by its own name or after following links."""
    folders = dict.fromkeys([*path.absolute().parents, *path.resolve().parents])
    return [Study(folder) for folder in folders if (folder / SETTINGS_FILE).is_file()]
