"""What interrupted runs leave is completed, put back or set aside, and never deleted."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from inbox import accept, drop

from pipeline.operations.overview import overview
from pipeline.operations.repair import repair
from pipeline.study import Study, accepted, create


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path / "study")


def claim(study: Study, name: str = "0123456789abcdef", **files: bytes) -> Path:
    folder = study.recordings / f".claim-{name}"
    folder.mkdir()
    for file, data in files.items():
        (folder / file.replace("__", ".")).write_bytes(data)
    return folder


def lay(place: str) -> bytes:
    return json.dumps(os.fsencode(place).hex()).encode()


def recovered(study: Study) -> list[tuple[str, bytes]]:
    """What was set aside, but for the reasons."""
    found = study.quarantine.glob("recovered-*")
    return sorted((f.name, f.read_bytes()) for f in found if not f.name.endswith(".reason.txt"))


@pytest.mark.parametrize(
    "told",
    [None, b"", b"{", b"[" * 100_000, b'"/x"', b'"zz"', lay("/x/1.ogg"), lay("../1.ogg"), lay("")],
)
def test_recording_of_which_nothing_tells_where_it_lay_is_set_aside(
    study: Study, told: bytes | None
) -> None:
    folder = claim(study, original__ogg=b"sound", recording__json=b"{")
    if told is not None:
        (folder / "lay.json").write_bytes(told)
    [note] = repair(study)
    assert "moved to quarantine/" in note
    assert recovered(study) == [("recovered-0123456789abcdef.ogg", b"sound")]
    assert not folder.exists() and repair(study) == []
    [entry] = overview(study, study.settings()).entries
    assert (entry.situation, entry.next) == ("in quarantine", "Move it into the inbox.")
    assert "into its group's folder" in entry.why


def test_recording_goes_back_to_where_it_lay(study: Study) -> None:
    (study.inbox / "a").mkdir()
    claim(study, original__ogg=b"sound", lay__json=lay("a/1.ogg"))
    assert repair(study) == []
    assert (study.inbox / "a" / "1.ogg").read_bytes() == b"sound" and not recovered(study)


def test_claims_that_are_none_stop_nothing(study: Study) -> None:
    (study.recordings / ".claim-00112233").write_text("left by a program")
    (study.recordings / ".claim-link").symlink_to(study.inbox)
    claim(study, "ä b\n1", lay__json=b'"/x"')
    claim(study, "strange", notes__txt=b"mine")
    claim(study, "a" * 16, original__wav=b"sound", lay__json=lay("a/2.wav"))
    assert len(repair(study)) == 3
    assert not [*study.recordings.glob(".claim-*")]
    assert ("recovered-00112233", b"left by a program") in [
        (f.name, f.read_bytes()) for f in study.quarantine.iterdir() if f.is_file()
    ]
    assert (study.quarantine / "recovered-strange" / "notes.txt").read_bytes() == b"mine"
    assert (study.inbox / "a" / "2.wav").read_bytes() == b"sound"
    assert study.inbox.is_dir()


def test_file_whose_name_is_no_text_is_claimed_and_put_back(study: Study) -> None:
    file = drop(study, os.fsdecode(b"a/\xe4\xe4ni.wav"))
    data = file.read_bytes()
    recording = accept(study, file)
    folder = study.recordings / recording.session_id
    (folder / accepted.RECORD).unlink()
    folder.rename(study.recordings / ".claim-x")
    (study.recordings / ".claim-x" / "lay.json").write_bytes(lay(os.fsdecode(b"a/\xe4\xe4ni.wav")))
    assert repair(study) == []
    assert file.read_bytes() == data
