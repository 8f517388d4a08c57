"""Recordings that stay where they are: taken once, and found again or missed in plain words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from inbox import contents, drop, drop_tracks

from pipeline import intake
from pipeline.errors import NoAudioError, UnreadableError
from pipeline.intake import stillness
from pipeline.records import Recording
from pipeline.settings import IntakeSettings
from pipeline.study import Study, accepted, create
from pipeline.study.listener import Listener

SETTINGS = IntakeSettings(originals="reference")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setattr(stillness, "QUIET_S", 0.0)
    return create(tmp_path / "study")


def accept(study: Study, file: Path) -> Recording:
    outcome = intake.accept(study, file, SETTINGS)
    assert isinstance(outcome, intake.Accepted)
    return outcome.recording


def test_the_file_stays_and_is_taken_once(study: Study) -> None:
    file, folder = drop(study, "a/2.wav"), drop_tracks(study)
    data = contents(file), contents(folder)
    for place, before in zip((file, folder), data, strict=True):
        recording = accept(study, place)
        assert accepted.original(study, recording) == place
        assert contents(place) == before
        assert {each.name for each in (study.recordings / recording.session_id).iterdir()} == {
            *("recording.json", "reference.json")
        }
    assert intake.waiting(study) == []
    assert intake.take_in(study, SETTINGS, Listener()) == 0


def test_a_lost_note_does_not_bring_it_to_quarantine(study: Study) -> None:
    file = drop(study, "a/2.wav")
    recording = accept(study, file)
    for note in study.references.iterdir():
        note.unlink()
    assert intake.take_in(study, SETTINGS, Listener()) == 0
    assert accepted.original(study, recording) == file and file.exists()
    assert intake.waiting(study) == []


def test_missing_original_is_reported_without_its_name(study: Study) -> None:
    file = drop(study, "a/Salanimi 2.wav")
    recording = accept(study, file)
    file.rename(study.root / "x.wav")
    with pytest.raises(UnreadableError, match="no longer where it was") as caught:
        accepted.original(study, recording)
    assert "Salanimi" not in str(caught.value)
    (study.root / "x.wav").rename(study.recordings / recording.session_id / "original.wav")
    assert accepted.original(study, recording).name == "original.wav"


def test_changed_original_is_refused(study: Study) -> None:
    file = drop(study, "a/2.wav")
    data = file.read_bytes()
    recording = accept(study, file)
    os.utime(file, (1, 1))  # copied to another disk, say: another time, the same content
    assert accepted.original(study, recording) == file
    file.write_bytes(data[:-2])
    with pytest.raises(UnreadableError, match="was changed where it is"):
        accepted.original(study, recording)
    assert intake.take_in(study, SETTINGS, Listener()) == 1  # what it is now is another recording
    assert len(accepted.sessions(study)) == 2


def test_what_cannot_be_used_goes_to_quarantine(study: Study) -> None:
    file = drop(study, "a/2.wav")
    data = file.read_bytes()
    recording = accept(study, file)
    place = intake.quarantine_session(study, recording.session_id, NoAudioError("None."))
    assert place.read_bytes() == data
    assert not file.exists() and accepted.sessions(study) == []


def test_where_originals_are_kept_redoes_nothing() -> None:
    moved = IntakeSettings()
    assert SETTINGS.model_dump() == moved.model_dump()
