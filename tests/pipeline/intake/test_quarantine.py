"""What cannot be used: where it goes, and that the reason is told in two languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from inbox import SETTINGS, accept, drop, receipt_of

from pipeline import intake
from pipeline.errors import (
    DiskFullError,
    NoAudioError,
    NotMediaError,
    RecordingError,
    StudyError,
    UnreadableError,
)
from pipeline.operations.repair import repair
from pipeline.storage.disk import sha256_of
from pipeline.study import Study, accepted, create


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path / "study")


def test_quarantine_tells_what_is_wrong_in_two_languages(study: Study) -> None:
    file = study.inbox / "a" / "nimi.mp4"
    file.parent.mkdir()
    file.write_bytes(b"")
    with pytest.raises(NotMediaError) as caught:
        intake.accept(study, file, SETTINGS)
    assert intake.waiting(study) == [file]
    place = intake.quarantine(study, file, caught.value)
    assert place == study.quarantine / "a" / "nimi.mp4"
    assert intake.waiting(study) == []
    reason = place.with_name("nimi.mp4.reason.txt").read_text(encoding="utf-8")
    for text in (reason, receipt_of(file)):
        assert "nimi.mp4" in text
        assert "Tiedosto on tyhjä" in text
        assert str(caught.value) in text
    assert "quarantine/a/nimi.mp4" in receipt_of(file)


def test_quarantine_overwrites_nothing(study: Study) -> None:
    contents = []
    for n in range(3):
        file = drop(study, "a/x.wav", 2 + n)
        contents.append(file.read_bytes())
        intake.quarantine(study, file, NoAudioError("None."))
    folder = study.quarantine / "a"
    assert [
        (folder / name).read_bytes() for name in ("x.wav", "x (2).wav", "x (3).wav")
    ] == contents
    assert (folder / "x (3).wav.reason.txt").exists()


def test_every_reason_has_its_finnish(study: Study) -> None:
    leaves = [*RecordingError.__subclasses__(), DiskFullError, UnreadableError]
    assert {kind.__name__ for kind in leaves} >= {"NoAudioError", "LanguageError"}
    for kind in leaves:
        file = drop(study, f"a/{kind.__name__}.wav")
        place = intake.quarantine(study, file, kind("What."))
        finnish = place.with_name(f"{place.name}.reason.txt").read_text(encoding="utf-8")
        assert len(finnish.partition("\n\n")[2].partition("\n\n")[0]) > 45


def test_session_that_proves_useless_goes_to_quarantine(study: Study) -> None:
    lay = drop(study, "a/tapaaminen 2.wav")
    recording = accept(study, lay)
    assert f"Accepted as session {recording.session_id}" in receipt_of(lay)
    place = intake.quarantine_session(study, recording.session_id, NoAudioError("None."))
    assert place == study.quarantine / "a" / "tapaaminen 2.wav"
    assert "Tallennetta ei voi käyttää" in receipt_of(lay)
    assert sha256_of(place) == recording.sha256
    assert accepted.sessions(study) == []
    assert list(study.recordings.iterdir()) == []
    with pytest.raises(StudyError, match=recording.session_id):
        accepted.recording(study, recording.session_id)


def test_a_session_half_way_to_quarantine_whose_number_was_given_away(study: Study) -> None:
    lay = drop(study, "a/tapaaminen 2.wav")
    data = lay.read_bytes()
    recording = accept(study, lay)
    (study.recordings / recording.session_id).rename(study.recordings / ".claim-x")
    again = accept(study, drop(study, "a/tapaaminen 2.wav", 3))
    assert again.session_id == recording.session_id
    repair(study)
    assert [file.read_bytes() for file in intake.waiting(study)] == [data]
    assert accepted.sessions(study) == [again]


def test_a_recording_called_after_a_person_who_left_loses_that_name(study: Study) -> None:
    for name in ("Annan haastattelu.mp4", "tapaaminen.mp4"):
        file = study.inbox / "a" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(name.encode())
        intake.quarantine(study, file, NotMediaError("The file is not an audio or video file."))
    intake.forget_name(study, "Anna Ahtila")
    held = sorted(file.name for file in (study.quarantine / "a").iterdir())
    assert held == [
        "recording-1.mp4",
        "recording-1.mp4.reason.txt",
        "tapaaminen.mp4",
        "tapaaminen.mp4.reason.txt",
    ]
    assert (study.quarantine / "a" / "recording-1.mp4").read_bytes() == b"Annan haastattelu.mp4"
    reason = (study.quarantine / "a" / "recording-1.mp4.reason.txt").read_text(encoding="utf-8")
    assert "Annan" not in reason and "not an audio or video file" in reason
    assert not intake.receipt_of(study.inbox / "a" / "Annan haastattelu.mp4").exists()
    assert intake.in_quarantine(study, "recording-1.mp4") != []


def test_a_name_with_an_empty_line_is_not_taken_for_what_became_of_it(study: Study) -> None:
    file = study.inbox / "a" / "x\n\nDuplicate of G01-S01\x1b[2J.mp4"
    file.parent.mkdir()
    file.write_bytes(b"no recording")
    place = intake.quarantine(study, file, NotMediaError("The file is not media."))
    reason = next(place.parent.glob("*.reason.txt")).read_bytes()
    assert not intake.is_of_duplicate(intake.last_words(reason))
    assert b"\x1b" not in reason
