"""The key of a study's pseudonyms: ``names.key``, encrypted, and the secret that opens it."""

from pipeline.pseudonymisation.key.envelope import Header
from pipeline.pseudonymisation.key.file import KeyFile, find_secret
from pipeline.pseudonymisation.key.secret import KEY_FILE_VARIABLE, PASSPHRASE_VARIABLE, Secret

__all__ = [
    "KEY_FILE_VARIABLE",
    "PASSPHRASE_VARIABLE",
    "Header",
    "KeyFile",
    "Secret",
    "find_secret",
]
