"""A result is whole or not there, wherever its writer is killed or its files are damaged."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.study.store import Result, Store, read_record, write_record

FILES = {"sound.wav": b"RIFF" * 100, "more.bin": bytes(range(256))}


@dataclass(frozen=True)
class Note:
    words: tuple[str, ...]


NOTE = Note(("ääni", "tila") * 20)


def write(store: Store) -> None:
    with store.writing("listen", "abc") as folder:
        write_record(folder, NOTE)
        for name, data in FILES.items():
            (folder / name).write_bytes(data)


def is_whole(result: Result) -> bool:
    there = all((result.folder / name).read_bytes() == data for name, data in FILES.items())
    return there and read_record(result.folder, Note) == NOTE


def killed(store: Store, at: int) -> bool:
    """Write in a process of its own, killed when it calls its ``at``-th function; if it was."""
    child = os.fork()
    if child == 0:
        left = at

        def count(frame: object, event: str, argument: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(count)
        write(store)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@cache
def n_calls() -> int:
    """About how many functions are called while a result is written."""
    with tempfile.TemporaryDirectory() as folder:
        at = 64
        while killed(Store(Path(folder) / str(at)), at):
            at *= 2
        return at


@given(st.floats(0, 1))
def test_a_killed_writer_leaves_a_whole_result_or_none(share: float) -> None:
    at = 1 + round(share * n_calls())
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        was_killed = killed(store, at)
        found = store.find("listen", "abc")
        assert (was_killed and found is None) or (found is not None and is_whole(found))
        write(store)
        again = store.find("listen", "abc")
        assert again is not None and is_whole(again)


@given(
    st.sampled_from(("result.json", "manifest.json", *FILES)),
    st.sampled_from(("cut", "changed", "longer", "gone")),
    st.floats(0, 1, exclude_max=True),
)
def test_a_result_with_a_damaged_file_is_not_found_and_can_be_made_again(
    name: str, damage: str, share: float
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        write(store)
        file = store.root / "listen" / "abc" / name
        data = bytearray(file.read_bytes())
        at = int(share * len(data))
        if damage == "gone":
            file.unlink()
        else:
            data[at] ^= 0x11
            file.write_bytes({"cut": data[:at], "changed": data, "longer": data + b"x"}[damage])
        found = store.find("listen", "abc")
        assert found is None or (name == "manifest.json" and is_whole(found))
        shutil.rmtree(store.root / "listen" / "abc", ignore_errors=True)
        write(store)
        again = store.find("listen", "abc")
        assert again is not None and is_whole(again)
