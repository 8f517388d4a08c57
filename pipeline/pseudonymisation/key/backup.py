"""The copies of the key that vuoro keeps beside it: the newest is the key as last written.

names.key.1 (newest), names.key.2, names.key.3    encrypted as the key is
"""

from __future__ import annotations

from pathlib import Path

from pipeline.storage.disk import write_atomically

KEPT = 3


def copies(key: Path) -> list[Path]:
    """The existing copies of the key at this path, newest first."""
    return [place for place in _places(key) if place.is_file()]


def keep(key: Path, data: bytes) -> None:
    """Keep a copy of the key as it is now. Raises OSError."""
    places = _places(key)
    for older, newer in zip(places[:0:-1], places[-2::-1], strict=True):
        if newer.is_file():
            newer.replace(older)
    write_atomically(places[0], data, 0o600)


def drop(key: Path) -> None:
    """Remove all copies: they open with an earlier secret, or hold data to be forgotten."""
    for place in copies(key):
        place.unlink(missing_ok=True)


def renew(key: Path) -> None:
    """Keep a single copy, of the key as it is now. Raises OSError."""
    drop(key)
    if key.is_file():
        keep(key, key.read_bytes())


def _places(key: Path) -> list[Path]:
    target = key.resolve()
    return [target.with_name(f"{target.name}.{n}") for n in range(1, KEPT + 1)]
