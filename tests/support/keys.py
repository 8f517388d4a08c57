"""Secrets, and a key sealed by hand: after the description of the format, without its code."""

from __future__ import annotations

import hashlib
import json

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from pipeline.pseudonymisation.key import Secret

NAMES = '{"entities": [{"type": "person", "entity": "Äijö Nieminen", "number": 7}]}'.encode()
OLD = Secret.passphrase("vanha ja pitkä tunnuslause")
NEW = Secret.passphrase("uusi ja pitkä tunnuslause")


def sealed_by_hand(passphrase: bytes, data: bytes, lock: str = "passphrase") -> bytes:
    salt, nonce = bytes(range(16)), bytes(range(12))
    both = hashlib.scrypt(passphrase, salt=salt, n=2**14, r=8, p=2, dklen=48, maxmem=2**26)
    header = {
        "version": 1,
        "format": "vuoro names.key",
        "since": "2015-03-12",
        "lock": lock,
        "id": "0123456789abcdef" * 2,
        "cipher": "AES-256-GCM",
        "kdf": "scrypt",
        **{"p": 2, "r": 8, "n": 2**14},
        "salt": salt.hex(),
        "check": both[32:].hex(),
    }
    line = json.dumps(header).encode() + b"\n"
    cipher = Cipher(algorithms.AES(both[:32]), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(line)
    return line + nonce + cipher.update(data) + cipher.finalize() + cipher.tag
