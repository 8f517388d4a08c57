"""Files as accidents and attacks leave them: bytes flipped, cut, doubled, swapped or put in.

The same seed gives the same file.
"""

from __future__ import annotations

import io
import re
import zipfile
from random import Random

STRANGE = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3\x28", b"\xed\xa0\x80", b"\xe4", b"\x1b[2J"),
    *(b"\n", b"\r", b"\t", b'"', b"'", b"{", b"}", b"[", b"]", b":", b",", b";", b"/", b"../.."),
    *(b"[" * 3_000, b"{" * 3_000, b"- " * 500, b'{"a":' * 3_000, b"9" * 5_000, b" " * 40_000),
    *(b"-1", b"1e999", b"NaN", b"null", b"true", b"[]", b"{}", b"0", b"99999999999999999999"),
    *(b"&a [*a, *a]", b"*a", b"!!python/object/apply:os.getpid []", b"<<: *a", b"? [a]\n: b\n"),
    *(b"2015-31-12", b"12:30:00", b"0x" + b"f" * 400, b".inf", b"---\n", b"...\n", b"%YAML 9.9\n"),
    *(b"_x0000_", b"<!DOCTYPE a>", b"&a;", b"<![CDATA[", b'r="XFD1048576"', b'r="A0"', b't="s"'),
    *("\u202e".encode(), "\u200b".encode(), "a\u0308".encode(), "\u2028".encode(), b"=1+1"),
)
_NUMBER = re.compile(rb"\d+")


def mutated(data: bytes, seed: int) -> bytes:
    """The data with one to four changes; of a compressed folder every other time inside of it."""
    random = Random(seed)
    if data.startswith(b"PK") and random.random() < 0.5:
        return _within(data, random)
    return _changed(data, random)


def _changed(data: bytes, random: Random) -> bytes:
    for _ in range(random.randint(1, 4)):
        data = random.choice(_CHANGES)(data, random)
    return data


def _within(data: bytes, random: Random) -> bytes:
    """A compressed folder, whole, with one of its files changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        changed = random.choice(names)
        for name in names:
            member = old.read(name)
            if name != changed:
                new.writestr(name, member)
            elif random.random() < 0.9:  # else it is gone
                new.writestr(name, _changed(member, random))
    return out.getvalue()


def _place(data: bytes, random: Random) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + random.choice((1, 2, 8, 100, 5_000)))


def _flip(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 4, 30))):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _without(data: bytes, random: Random) -> bytes:
    start, end = _place(data, random)
    return data[:start] + data[end:]


def _doubled(data: bytes, random: Random) -> bytes:
    start, end = _place(data, random)
    return data[:end] + data[start:end] * random.choice((1, 1, 50)) + data[end:]


def _zeroed(data: bytes, random: Random) -> bytes:
    start, end = _place(data, random)
    return data[:start] + bytes(end - start) + data[end:]


def _put_in(data: bytes, random: Random) -> bytes:
    start, _ = _place(data, random)
    return data[:start] + random.choice(STRANGE) + data[start:]


def _replaced(data: bytes, random: Random) -> bytes:
    start, end = _place(data, random)
    return data[:start] + random.choice(STRANGE) + data[end:]


def _swapped(data: bytes, random: Random) -> bytes:
    first, second = sorted((_place(data, random), _place(data, random)))
    if first[1] > second[0]:
        return data
    parts = (slice(0, first[0]), slice(*second), slice(first[1], second[0]), slice(*first))
    return b"".join(data[part] for part in parts) + data[second[1] :]


def _other_number(data: bytes, random: Random) -> bytes:
    """A number, where there is one, is another: lengths and counts are what parsers trust."""
    found = [*_NUMBER.finditer(data)]
    if not found:
        return data
    at = random.choice(found)
    other = random.choice((b"-1", b"0", b"65536", b"2147483648", b"18446744073709551616"))
    return data[: at.start()] + other + data[at.end() :]


_CHANGES = (
    _flip, _cut, _without, _doubled, _zeroed, _put_in, _replaced, _swapped, _other_number
)  # fmt: skip
