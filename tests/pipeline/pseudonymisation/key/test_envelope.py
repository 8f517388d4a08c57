"""What the bytes of the key are, and that every damage to them is noticed."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from keys import NAMES, NEW, OLD, sealed_by_hand

from pipeline.errors import StudyError
from pipeline.pseudonymisation.key import KeyFile, Secret
from pipeline.pseudonymisation.key.file import header_of
from pipeline.pseudonymisation.key.secret import machine_file


def test_reads_what_was_sealed_by_hand(path: Path) -> None:
    """Parameters are the header's: a file stays readable when the defaults are raised."""
    path.write_bytes(sealed_by_hand("sävel ja sana".encode(), NAMES))
    assert KeyFile(path, Secret.passphrase("sävel ja sana")).read() == NAMES


def test_what_is_written_opens_by_hand(written: Path) -> None:
    line, body = written.read_bytes().split(b"\n", 1)
    header = json.loads(line)
    assert (header["n"], header["r"], header["p"]) == (32768, 8, 1)
    both = hashlib.scrypt(
        b"vanha ja pitk\xc3\xa4 tunnuslause",
        salt=bytes.fromhex(header["salt"]),
        **{"n": header["n"], "r": header["r"], "p": header["p"], "dklen": 48, "maxmem": 2**26},
    )
    assert both[32:].hex() == header["check"]
    nonce, text, tag = body[:12], body[12:-16], body[-16:]
    cipher = Cipher(algorithms.AES(both[:32]), modes.GCM(nonce, tag)).decryptor()
    cipher.authenticate_additional_data(line + b"\n")
    assert cipher.update(text) + cipher.finalize() == NAMES


def test_nothing_of_the_content_or_the_secret_is_in_the_file(path: Path) -> None:
    KeyFile(path, Secret.machine()).write(NAMES)
    header = header_of(path)
    assert header is not None
    secret = machine_file(header.id).read_bytes().strip()
    for clear in (b"Nieminen", b"entities", secret, bytes.fromhex(secret.decode())):
        assert clear not in path.read_bytes()
    assert len(secret) == 64


def test_every_changed_byte_is_noticed(written: Path) -> None:
    """Header, nonce, ciphertext and tag; in the salt and the check it looks like a wrong secret."""
    whole = written.read_bytes()
    end_of_header = whole.index(b"\n")
    since = whole.index(b'"since":"2') + len(b'"since":"202')
    for place in (since, end_of_header + 1, end_of_header + 14, len(whole) - 1):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        written.write_bytes(damaged)
        for act in (KeyFile(written, OLD).read, lambda: KeyFile(written, OLD).change(NEW)):
            with pytest.raises(StudyError, match="damaged"):
                act()
        assert written.read_bytes() == damaged


def test_a_truncated_file_is_damaged_not_absent(written: Path) -> None:
    whole = written.read_bytes()
    for length in (0, 10, whole.index(b"\n"), whole.index(b"\n") + 20, len(whole) - 1):
        written.write_bytes(whole[:length])
        with pytest.raises(StudyError, match="damaged"):
            KeyFile(written, OLD).read()


@pytest.mark.parametrize(
    ("old", "new"), [(b'"n":32768', b'"n":1073741824'), (b'"n":32768', b'"n":2'), (b"GCM", b"CBC")]
)
def test_a_forged_header_is_refused_before_it_costs_anything(
    written: Path, old: bytes, new: bytes
) -> None:
    written.write_bytes(written.read_bytes().replace(old, new))
    with pytest.raises(StudyError, match="damaged"):
        KeyFile(written, OLD).read()


def test_a_later_version_says_so(written: Path) -> None:
    written.write_bytes(written.read_bytes().replace(b'"version":1', b'"version":2'))
    with pytest.raises(StudyError, match="later version") as error:
        KeyFile(written, OLD).write(NAMES)
    assert "Update" in error.value.remedy


def test_no_secret_and_no_content_is_ever_shown(written: Path) -> None:
    shown = [repr(OLD), str(OLD), repr(KeyFile(written, OLD))]
    written.write_bytes(written.read_bytes()[:-1] + b"?")
    for secret in (OLD, NEW):
        with pytest.raises(StudyError) as error:
            KeyFile(written, secret).read()
        shown += [repr(error.value), str(error.value)]
        assert error.value.__suppress_context__ or error.value.__context__ is None
    for text in shown:
        for clear in ("tunnuslause", "Nieminen", base64.b64encode(OLD.value).decode()):
            assert clear not in text
