"""The secret that opens a study's key: a passphrase, a key file, or one that this machine keeps.

A passphrase and a key file are the same secret in two places: a key file's content, without the
final line break, can be given as the passphrase. So a server can read from a file what a person
types, and a copy of a machine's own secret opens the study on another machine.
"""

from __future__ import annotations

import os
import secrets
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.pseudonymisation.key.envelope import Lock
from pipeline.storage.disk import os_errors, sync, write_atomically

PASSPHRASE_VARIABLE = "VUORO_PASSPHRASE"
KEY_FILE_VARIABLE = "VUORO_KEY_FILE"
KEYS_VARIABLE = "VUORO_KEYS"

_MACHINE_SECRET_BYTES = 32
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Secret:
    """The secret that opens a key. Its ``repr`` shows only the kind.

    ``note`` is a sentence for the user if the secret is kept unsafely, "" otherwise. This machine's
    secret is looked up by the study's id when it is needed.
    """

    lock: Lock
    value: bytes = field(default=b"", repr=False)
    file: Path | None = field(default=None, repr=False)
    note: str = ""

    @classmethod
    def passphrase(cls, text: str) -> Secret:
        """A secret that a person remembers.

        Raises StudyError if it is empty.
        """
        value = _normalised(text.encode("utf-8", "surrogateescape"))
        if not value:
            raise StudyError("The passphrase is empty.", "Give one, or leave the variable unset.")
        return cls("passphrase", value)

    @classmethod
    def key_file(cls, file: Path) -> Secret:
        """A secret that is the content of a file.

        Raises StudyError if the file is missing or empty, UnreadableError if it cannot be read.
        """
        remedy = "Give a file that holds a long random secret on one line."
        with os_errors("reading the key file"):
            try:
                file = file.expanduser().resolve()
                value = _normalised(file.read_bytes())
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                raise StudyError("The key file is not there.", remedy) from None
            note = (
                "Other users of this machine can read the key file: chmod 600 would stop that."
                if _readable_by_others(file)
                else ""
            )
        if not value:
            raise StudyError("The key file is empty.", remedy)
        return cls("key file", value, file, note)

    @classmethod
    def machine(cls) -> Secret:
        """The secret that vuoro creates and keeps for a study, in this user's data folder."""
        return cls("machine")

    def of(self, study_id: str) -> bytes | None:
        """The secret itself for this study; None if this machine has none for it.

        Raises UnreadableError if this machine's secret cannot be read.
        """
        if self.lock != "machine":
            return self.value
        with os_errors("reading this machine's secret for the study"):
            try:
                return _normalised(machine_file(study_id).read_bytes()) or None
            except FileNotFoundError:
                return None


def machine_file(study_id: str) -> Path:
    """Where this machine keeps its secret for a study: outside it, so that copies lack it.

    In the folder that VUORO_KEYS names (e.g. in a container without a persistent home), else in the
    user's data folder.
    """
    if named := os.environ.get(KEYS_VARIABLE):
        folder = Path(named).expanduser().absolute()
    else:
        from platformdirs import user_data_path

        folder = user_data_path("vuoro", appauthor=False) / "keys"
    return folder / f"{study_id}.secret"


def make_machine_secret(study_id: str) -> None:
    """Create this machine's secret for a study, unless it already has one.

    Raises TransientError where it cannot be written.
    """
    file = machine_file(study_id)
    if Secret.machine().of(study_id) is not None:
        return
    with os_errors("keeping this machine's secret for the study"):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(file, secrets.token_hex(_MACHINE_SECRET_BYTES).encode() + b"\n", 0o600)
        sync(file.parent)  # a power cut must not leave a key without its secret


def forget_machine_secret(study_id: str) -> bool:
    """Remove this machine's secret for a study; False if it has none.

    Raises UnreadableError if it cannot be removed.
    """
    file = machine_file(study_id)
    with os_errors("removing this machine's secret for the study"):
        try:
            file.unlink()
        except FileNotFoundError:
            return False
        sync(file.parent)
    return True


def _normalised(raw: bytes) -> bytes:
    """The same bytes for the same secret, regardless of keyboard or editor."""
    raw = raw.removeprefix(_BYTE_ORDER_MARK).rstrip(b"\r\n")
    try:
        return unicodedata.normalize("NFC", raw.decode()).encode()
    except UnicodeDecodeError:
        return raw


def _readable_by_others(file: Path) -> bool:
    return os.name != "nt" and bool(file.stat().st_mode & 0o077)
