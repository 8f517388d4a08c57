"""The store of stage results: whole or not there, whatever happens on the way."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.errors import DiskFullError
from pipeline.storage.digests import digest
from pipeline.study.store import MANIFEST, RESULT, Store, read_record, write_record


@dataclass(frozen=True)
class Note:
    number: int
    words: tuple[str, ...]


NOTE = Note(7, ("ääni", "tila"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "stages")


def put(store: Store, key: str = "abc", note: Note = NOTE) -> Path:
    with store.writing("listen", key) as folder:
        write_record(folder, note)
        (folder / "sound.wav").write_bytes(b"RIFF" * 100)
    return store.root / "listen" / key


def test_what_is_written_is_found_and_read(store: Store) -> None:
    put(store)
    result = store.find("listen", "abc")
    assert result is not None
    assert read_record(result.folder, Note) == NOTE


def test_records_are_readable_text(store: Store) -> None:
    assert '"ääni"' in (put(store) / RESULT).read_text(encoding="utf-8")


def test_store_finds_no_result_that_was_not_made(store: Store) -> None:
    assert store.find("listen", "abc") is None


def test_the_digest_is_of_the_content_not_of_the_key(store: Store) -> None:
    put(store, "one"), put(store, "two"), put(store, "three", Note(8, ()))
    one, two, three = (store.find("listen", key) for key in ("one", "two", "three"))
    assert one and two and three
    assert one.digest == two.digest != three.digest


def test_an_error_while_writing_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.writing("listen", "abc") as folder:
        write_record(folder, NOTE)
        1 / 0  # noqa: B018
    assert store.find("listen", "abc") is None
    assert [p for p in store.root.rglob("*") if p.is_file()] == []


def test_the_later_of_two_workers_keeps_the_earlier_result(store: Store) -> None:
    with store.writing("listen", "abc") as slow:
        write_record(slow, Note(1, ()))
        put(store, "abc", Note(2, ()))
    result = store.find("listen", "abc")
    assert result and read_record(result.folder, Note) == Note(2, ())


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / "sound.wav").write_bytes(b"RIFX" * 100),
        lambda folder: (folder / "sound.wav").write_bytes(b"RIFF"),
        lambda folder: (folder / "sound.wav").unlink(),
        lambda folder: (folder / "more.txt").write_text("hei"),
        lambda folder: (folder / MANIFEST).write_text('{"sound'),
        lambda folder: (folder / MANIFEST).unlink(),
    ],
    ids=["tampered", "torn", "file gone", "file added", "manifest torn", "manifest gone"],
)
def test_a_damaged_result_is_moved_aside_and_can_be_made_again(store: Store, harm: object) -> None:
    harm(put(store))  # type: ignore[operator]
    assert store.find("listen", "abc") is None
    assert not (store.root / "listen" / "abc").exists()
    assert len(list((store.root / "damaged").iterdir())) == 1
    put(store)
    assert store.find("listen", "abc") is not None


def test_a_quick_look_moves_nothing(store: Store) -> None:
    (put(store) / "sound.wav").unlink()
    assert store.find("listen", "abc", verify=False) is None
    assert (store.root / "listen" / "abc").exists()


def test_a_quick_look_hashes_what_was_written_to_since(store: Store) -> None:
    folder = put(store)
    assert store.find("listen", "abc", verify=False) is not None
    file = folder / "sound.wav"
    file.write_bytes(bytes(file.stat().st_size))
    later_ns = (folder / MANIFEST).stat().st_mtime_ns + 1_000_000_000
    os.utime(file, ns=(later_ns, later_ns))
    assert store.find("listen", "abc", verify=False) is None


def test_what_killed_runs_left_is_cleared(store: Store) -> None:
    (store.root / ".pending" / "listen-x").mkdir(parents=True)
    store.clear_pending()
    assert not (store.root / ".pending").exists()


def test_a_full_disk_is_one_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "private/name.wav")

    with pytest.raises(DiskFullError) as caught, store.writing("listen", "abc") as folder:
        monkeypatch.setattr(Path, "write_bytes", full)
        write_record(folder, NOTE)
    assert "name.wav" not in str(caught.value)
    monkeypatch.undo()
    assert store.find("listen", "abc") is None


def test_digest_is_of_the_value_not_of_the_order_of_keys() -> None:
    assert digest({"a": 1, "ä": [2.5, None]}) == digest({"ä": [2.5, None], "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})
