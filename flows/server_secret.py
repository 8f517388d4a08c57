"""The secret of a study's Prefect server: it distinguishes the owner's processes from all others.

It is stored in the study's private folder, for its owner only, and passed to processes in their
environment, which the system shows to no other user: never as an argument, never in a log.
"""

from __future__ import annotations

import re
import secrets
from base64 import b64encode
from pathlib import Path

from filelock import FileLock

from pipeline.storage.disk import os_errors, write_atomically

CLIENT_VARIABLE = "PREFECT_API_AUTH_STRING"
SERVER_VARIABLE = "PREFECT_SERVER_API_AUTH_STRING"
FILE = "secret"
_FORM = re.compile(r"vuoro:[\w-]{43}", re.ASCII)  # what Prefect takes for a user and a password


def secret_of(home: Path) -> str:
    """Return the secret of the server in this folder, drawn on the first call. TransientError."""
    file = home / FILE
    with os_errors("reading the secret of the study's Prefect server"):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(home / f"{FILE}.lock"):
            found = file.read_text(encoding="ascii", errors="replace") if file.exists() else ""
            if not _FORM.fullmatch(found):
                found = f"vuoro:{secrets.token_urlsafe(32)}"
                write_atomically(file, found.encode(), mode=0o600)
    return found


def basic(secret: str) -> str:
    """The secret as HTTP's scheme "Basic" writes it (RFC 7617)."""
    return b64encode(secret.encode()).decode()
