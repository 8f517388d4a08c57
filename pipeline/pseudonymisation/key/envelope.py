r"""The format of ``names.key``.

    names.key = header, "\n", nonce (12 bytes), ciphertext and tag (AES-256-GCM)
    header    = one line of JSON, see ``Header``; with its "\n" it is the associated data
    scrypt(secret, salt, n, r, p) = 48 bytes: the cipher's key (32), the check (16)

The header is in clear, so that vuoro can say which secret is needed. The check distinguishes a
wrong secret from a damaged file, which authenticated encryption alone cannot; it does not help an
attacker, as each guess costs one scrypt with or without it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from hmac import compare_digest
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pipeline.errors import StudyError
from pipeline.storage.json_files import parsed

Lock = Literal["passphrase", "key file", "machine"]
Hex16Bytes = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]

FORMAT: Literal["vuoro names.key"] = "vuoro names.key"
VERSION: Literal[1] = 1
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**15, 8, 1
_KEY_BYTES, _CHECK_BYTES, _NONCE_BYTES, _TAG_BYTES = 32, 16, 12, 16


def _power_of_two(n: int) -> int:
    if n & (n - 1):
        raise ValueError
    return n


class Header(BaseModel):
    """The clear first line of ``names.key``. Bytes are in lower-case hexadecimal.

    The bounds on scrypt's costs keep a forged file from taking gigabytes and minutes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["vuoro names.key"] = FORMAT
    version: Literal[1] = VERSION
    id: Hex16Bytes  # of the study: random, and kept when the study moves or the lock changes
    lock: Lock
    since: date  # UTC
    generation: int = Field(default=0, ge=0)  # number of writes: lower in an older copy
    kdf: Literal["scrypt"] = "scrypt"
    n: Annotated[int, AfterValidator(_power_of_two)] = Field(default=SCRYPT_N, ge=2**14, le=2**18)
    r: int = Field(default=SCRYPT_R, ge=8, le=8)
    p: int = Field(default=SCRYPT_P, ge=1, le=4)
    salt: Hex16Bytes
    check: Hex16Bytes
    cipher: Literal["AES-256-GCM"] = "AES-256-GCM"

    def fits(self, secret: bytes) -> bool:
        """Whether this secret opens the file. Takes about 0.1 s, once per process."""
        return compare_digest(self._derived(secret)[1], bytes.fromhex(self.check))

    def key(self, secret: bytes) -> bytes:
        """The cipher's key (32 bytes) of a secret that fits."""
        return self._derived(secret)[0]

    def _derived(self, secret: bytes) -> tuple[bytes, bytes]:
        return derived(secret, bytes.fromhex(self.salt), self.n, self.r, self.p)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A parsed ``names.key``: header, the line it was read from, and the encrypted part."""

    header: Header
    line: bytes
    body: bytes

    def opened(self, secret: bytes) -> bytes:
        """The decrypted data; the secret must fit.

        Raises StudyError if a byte was changed.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce, ciphertext = self.body[:_NONCE_BYTES], self.body[_NONCE_BYTES:]
        try:
            return AESGCM(self.header.key(secret)).decrypt(nonce, ciphertext, self.line)
        except InvalidTag:
            raise damaged() from None


@lru_cache(maxsize=8)
def derived(secret: bytes, salt: bytes, n: int, r: int, p: int) -> tuple[bytes, bytes]:
    """The cipher's key and the check, cached in the process: scrypt is slow on purpose."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    both = Scrypt(salt=salt, length=_KEY_BYTES + _CHECK_BYTES, n=n, r=r, p=p).derive(secret)
    return both[:_KEY_BYTES], both[_KEY_BYTES:]


def new_header(study_id: str, lock: Lock, secret: bytes) -> Header:
    """The header of a file that this secret opens from today on."""
    salt = secrets.token_bytes(16)
    check = derived(secret, salt, SCRYPT_N, SCRYPT_R, SCRYPT_P)[1]
    today = datetime.now(UTC).date()
    return Header(id=study_id, lock=lock, since=today, salt=salt.hex(), check=check.hex())


def seal(header: Header, secret: bytes, data: bytes) -> bytes:
    """The bytes of a ``names.key`` that holds ``data``, under a nonce never used before."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    line = header.model_dump_json().encode() + b"\n"
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return line + nonce + AESGCM(header.key(secret)).encrypt(nonce, data, line)


def unsealed(data: bytes) -> Sealed:
    """The parts of a ``names.key``.

    Raises StudyError if it is cut short, not a ``names.key``, or from a later version of vuoro.
    """
    text, newline, body = data.partition(b"\n")
    try:
        fields = parsed(text, dict[str, Any])
        later = fields["format"] == FORMAT and int(fields["version"]) > VERSION
        header = None if later else Header.model_validate(fields)
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        # pydantic's and Unicode's errors are ValueErrors
        raise damaged() from None
    if header is None:
        raise StudyError(
            "This study's key was written by a later version of vuoro; it was left as it is.",
            "Update vuoro, then run again.",
        )
    if len(body) < _NONCE_BYTES + _TAG_BYTES:
        raise damaged()
    return Sealed(header, text + newline, body)


def damaged() -> StudyError:
    """The error for a file that differs from what vuoro wrote."""
    return StudyError(
        "This study's key, names.key, is damaged; it was left as it is.",
        "Put back a copy: `vuoro key restore` takes the one that vuoro keeps, or yours.",
    )
