"""Intake: what comes in, and under which number."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from hashlib import sha256
from pathlib import Path

import pytest
from inbox import SETTINGS, accept, contents, drop, drop_tracks, receipt_of

from pipeline import intake
from pipeline.errors import NoAudioError, StudyError, TooShortError
from pipeline.intake import Accepted, Duplicate
from pipeline.operations.repair import repair
from pipeline.records import Recording
from pipeline.settings import IntakeSettings
from pipeline.study import Study, accepted, create
from pipeline.study.accepted import write_record


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path / "study")


def test_accepted_recording_is_moved_and_recorded(study: Study) -> None:
    file = drop(study, "Järjestö A/Tapaaminen 3.WAV")
    data = file.read_bytes()
    recording = accept(study, file)
    assert recording.session_id == f"{recording.group_id}-S03"
    assert (recording.session_number, recording.kind) == (3, "meeting")
    assert recording.sha256 == sha256(data).hexdigest()
    assert (recording.original_name, recording.suffix) == ("Tapaaminen 3.WAV", ".wav")
    place = study.recordings / recording.session_id
    assert {path.name for path in place.iterdir()} == {"original.wav", "recording.json"}
    assert list(study.recordings.iterdir()) == [place]
    assert accepted.original(study, recording) == place / "original.wav"
    assert (place / "original.wav").read_bytes() == data
    assert (place / "recording.json").stat().st_mode & 0o777 == 0o600
    assert accepted.sessions(study) == [recording]
    assert accepted.recording(study, recording.session_id) == recording
    assert recording.session_id in receipt_of(file)
    assert intake.waiting(study) == []


def test_what_waits_is_in_natural_order(study: Study) -> None:
    wanted = ["b/tapaaminen 2.wav", "b/tapaaminen 10.wav", "a/x/2.wav", "A/10.mp4", "loose.wav"]
    ignored = [".DS_Store", "a/._2.wav", "a/.trash/3.wav", "a/~$x.mp4", "a/4.mp4.part", "a/5.TMP"]
    ignored += ["a/6.crdownload", "a/2.wav.vuoro.txt", "a/session.yaml", "Thumbs.db", "desktop.ini"]
    for name in wanted + ignored:
        (study.inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (study.inbox / name).touch()
    outside = study.root / "outside.wav"
    outside.touch()
    (study.inbox / "a" / "link.wav").symlink_to(outside)
    (study.inbox / "linked").symlink_to(study.root / "private", target_is_directory=True)
    os.mkfifo(study.inbox / "a" / "pipe.wav")
    found = [file.relative_to(study.inbox).as_posix() for file in intake.waiting(study)]
    assert found == ["A/10.mp4", "a/x/2.wav", *wanted[:2], "loose.wav"]


def test_groups_are_pseudonyms_that_stay(study: Study) -> None:
    first = accept(study, drop(study, "Nuorisoliitto/1.wav"))
    decomposed = unicodedata.normalize("NFD", "Omaishoitajat Ääni")
    second = accept(study, drop(study, f"{decomposed}/1.wav"))
    composed = unicodedata.normalize("NFC", decomposed).upper()
    again = accept(study, drop(study, f"{composed}/2.wav"))
    loose = accept(study, drop(study, "1.wav"))
    assert again.group_id == second.group_id
    assert len({first.group_id, second.group_id, loose.group_id}) == 3
    assert study.groups_file.stat().st_mode & 0o777 == 0o600
    assert json.loads(study.groups_file.read_text(encoding="utf-8")) == {
        "": loose.group_id,
        "nuorisoliitto": first.group_id,
        "omaishoitajat ääni": second.group_id,
    }


def test_group_numbers_are_drawn_not_counted(tmp_path: Path) -> None:
    studies = [create(tmp_path / str(number)) for number in range(12)]
    drawn = {accept(study, drop(study, "a/1.wav")).group_id for study in studies}
    assert len(drawn) > 4  # by chance fewer than once in 10^9
    assert all(re.fullmatch("G[0-9][0-9]", group_id) for group_id in drawn)


def known(study: Study, group_id: str, folder: str) -> None:
    """A session of a group, without sound."""
    record = Recording(
        f"{group_id}-S01", group_id, 1, "meeting", folder, "1.wav", ".wav", inbox_folder=folder
    )
    (study.recordings / record.session_id).mkdir()
    write_record(study.recordings / record.session_id, record)


@pytest.mark.parametrize("list_of_groups", [None, b"", b'{"a": "G0', b"\xff\xfe", b"[1]"])
def test_lost_list_of_groups_is_made_again_from_the_sessions(
    study: Study, list_of_groups: bytes | None
) -> None:
    for number in range(1, 99):
        known(study, f"G{number:02d}", f"folder {number}/sub")
    if list_of_groups is not None:
        study.groups_file.write_bytes(list_of_groups)
    file = drop(study, "folder 7/2.wav")
    with pytest.raises(StudyError, match=r"private/groups.json is (missing|damaged)"):
        accept(study, file)
    [note] = repair(study)
    assert "made again from the records" in note
    assert accept(study, file).session_id == "G07-S02"
    assert accept(study, drop(study, "new/1.wav")).group_id == "G99"
    aside = study.private / "groups.json.damaged"
    assert (aside.read_bytes() if aside.exists() else None) == list_of_groups


def test_list_of_groups_that_sessions_do_not_tell_gives_no_second_number(study: Study) -> None:
    known(study, "G07", "a")
    (study.rosters).mkdir()
    (study.rosters / "G12.yaml").write_text("members: []\n")  # of a folder that no session tells
    file = drop(study, "b/1.wav")
    assert repair(study) == [
        "private/groups.json is missing. Restore it from a backup: without it, a group could get a "
        "second number."
    ]
    with pytest.raises(StudyError, match="second number"):
        accept(study, file)
    assert file.exists() and not study.groups_file.exists()


def test_damaged_list_of_groups_moves_nothing(study: Study) -> None:
    file = drop(study, "a/1.wav")
    study.groups_file.write_text("{")
    with pytest.raises(StudyError, match="is damaged"):
        accept(study, file)
    assert intake.waiting(study) == [file]


def test_damaged_record_keeps_no_other_recording_out(study: Study) -> None:
    first = accept(study, drop(study, "a/1.wav"))
    (study.recordings / first.session_id / accepted.RECORD).write_text("{")
    second = accept(study, drop(study, "a/2.wav"))
    assert (second.group_id, second.session_number) == (first.group_id, 2)
    assert accepted.readable(study) == [second]
    assert isinstance(accepted.records(study)[first.session_id], StudyError)
    with pytest.raises(StudyError, match=r"recording.json is damaged"):
        accepted.sessions(study)


def test_numbers_that_are_taken_or_missing(study: Study) -> None:
    names = ["aloitus", "tapaaminen 1", "tapaaminen 2", "tapaaminen 2 uusi", "tapaaminen 3"]
    names += ["haastattelu", "haastattelu 2"]
    for name in names:
        drop(study, f"a/{name}.wav")
    numbers = {}
    for file in intake.waiting(study):
        recording = accept(study, file)
        numbers[file.stem] = recording.session_id.partition("-")[2]
    # A number that a name still waiting asks for is not given to another.
    assert numbers == {
        **{"aloitus": "S04", "tapaaminen 1": "S01", "tapaaminen 2": "S02"},
        **{"tapaaminen 2 uusi": "S05", "tapaaminen 3": "S03"},
        **{"haastattelu": "I01", "haastattelu 2": "I02"},
    }


def test_same_bytes_are_taken_once(study: Study) -> None:
    file = drop(study, "a/1.wav")
    data = file.read_bytes()
    recording = accept(study, file)
    copy = study.inbox / "b" / "copy.wav"
    copy.parent.mkdir()
    copy.write_bytes(data)
    assert intake.accept(study, copy, SETTINGS) == Duplicate(recording.session_id)
    assert accepted.sessions(study) == [recording]
    assert intake.waiting(study) == []
    assert (study.quarantine / "b" / "copy.wav").read_bytes() == data
    assert recording.session_id in receipt_of(copy)


@pytest.mark.parametrize(
    "name",
    [
        "a/" + unicodedata.normalize("NFD", "Tapaaminen ä ö 2") + ".wav",
        "työ 🎤 ryhmä/möte 2 🎬.wav",
        "a/" + "ä" * 124 + " 2.wav",  # 254 bytes, the longest that fits
        "a/2 with ' \" $( ) & ; \n newline.wav",
        "a/2 ends with a dot.",
        os.fsdecode(b"a/2 latin-\xe4.wav"),
    ],
)
def test_names_of_all_kinds(name: str, study: Study) -> None:
    recording = accept(study, drop(study, name))
    assert recording.session_number == 2
    assert accepted.original(study, recording).is_file()
    place = intake.quarantine_session(study, recording.session_id, NoAudioError("None."))
    assert place.is_file()
    assert intake.quarantine(study, drop(study, name, 2), NoAudioError("None.")).is_file()


def test_a_folder_of_tracks_is_one_recording(study: Study) -> None:
    drop(study, "a/tapaaminen 5.wav")
    folder = drop_tracks(study)
    data = contents(folder)
    assert intake.waiting(study) == [folder, study.inbox / "a/tapaaminen 5.wav"]
    recording = accept(study, folder)
    assert (recording.session_number, recording.suffix) == (4, ".tracks")
    assert contents(accepted.original(study, recording)) == data
    assert not folder.exists()
    assert recording.session_id in receipt_of(folder)


def test_the_same_tracks_are_taken_once(study: Study) -> None:
    first = accept(study, drop_tracks(study))
    again = drop_tracks(study)
    (again / "Aino.m4a").rename(again / "Toinen.m4a")
    outcome = intake.accept(study, again, SETTINGS)
    assert outcome == Duplicate(first.session_id)
    assert len(contents(study.quarantine / "a" / again.name)) == 3


def test_tracks_that_are_half_copied_wait(study: Study) -> None:
    folder = drop_tracks(study)
    (folder / "Kaisa.m4a.part").touch()
    (study.inbox / "a" / "tyhjät raidat").mkdir()
    assert intake.waiting(study) == []
    (folder / "Kaisa.m4a.part").unlink()
    assert intake.waiting(study) == [folder]


def test_too_short_is_refused_at_once(study: Study) -> None:
    file = drop(study, "a/1.wav", 0.2)
    with pytest.raises(TooShortError):
        intake.accept(study, file, SETTINGS)
    outcome = intake.accept(study, file, IntakeSettings(min_duration_s=0.1))
    assert isinstance(outcome, Accepted)
