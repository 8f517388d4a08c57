"""Intake: what comes in, under which number, and that no crash loses a file."""

from __future__ import annotations

import errno
import json
import os
import re
import tempfile
import unicodedata
from contextlib import suppress
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from media import Track, tone, write
from pydantic import TypeAdapter

from pipeline import intake
from pipeline.disk import clear_pending, sha256_of
from pipeline.errors import (
    DiskFullError,
    NoAudioError,
    NotMediaError,
    RecordingError,
    StudyError,
    TooShortError,
    TransientError,
    UnreadableError,
)
from pipeline.file_names import is_tracks_folder, session_kind, session_number
from pipeline.intake import Accepted, Duplicate
from pipeline.records import Recording
from pipeline.settings import IntakeSettings
from pipeline.study import Study, create

SETTINGS = IntakeSettings()


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours catches it."""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path / "study")


def drop(study: Study, name: str, duration_s: float = 1.5) -> Path:
    """A recording in the inbox, unlike any of another name or length."""
    file = study.inbox / name
    file.parent.mkdir(parents=True, exist_ok=True)
    number = int(sha256(os.fsencode(name)).hexdigest()[:6], 16)
    track = Track(tone(duration_s, frequency_hz=100 + number / 2000), "pcm_s16le")
    return write(file, track, container="wav")


def drop_tracks(study: Study, name: str = "a/tapaaminen 4 raidat") -> Path:
    """A folder of two tracks in the inbox, and what meeting software leaves beside them."""
    for person in ("Aino.m4a", "Eero.m4a"):
        drop(study, f"{name}/{person}")
    (study.inbox / name / "chat.txt").write_text("hei")
    return study.inbox / name


def contents(place: Path) -> dict[str, bytes]:
    """All bytes of a file, or of the files of a folder by name."""
    if place.is_file():
        return {"": place.read_bytes()}
    return {file.name: file.read_bytes() for file in place.iterdir()}


def accept(study: Study, file: Path) -> Recording:
    outcome = intake.accept(study, file, SETTINGS)
    assert isinstance(outcome, Accepted)
    return outcome.recording


def receipt_of(file: Path) -> str:
    return file.with_name(f"{file.name}.vuoro.txt").read_text(encoding="utf-8")


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
    assert intake.original(study, recording) == place / "original.wav"
    assert (place / "original.wav").read_bytes() == data
    assert (place / "recording.json").stat().st_mode & 0o777 == 0o600
    assert intake.sessions(study) == [recording]
    assert intake.recording(study, recording.session_id) == recording
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


def test_lost_list_of_groups_does_not_merge_two(study: Study) -> None:
    for number in range(1, 99):
        known = Recording(f"G{number:02d}-S01", f"G{number:02d}", 1, "meeting", str(number), "", "")
        (study.recordings / known.session_id).mkdir()
        data = TypeAdapter(Recording).dump_json(known)
        (study.recordings / known.session_id / "recording.json").write_bytes(data)
    assert accept(study, drop(study, "new/1.wav")).group_id == "G99"
    accept(study, drop(study, "newer/1.wav"))
    assert len({recording.group_id for recording in intake.sessions(study)}) == 100


@pytest.mark.parametrize(
    "place", ["private/groups.json", "private/recordings/G01-S01/recording.json"]
)
def test_damaged_record_stops_and_moves_nothing(place: str, study: Study) -> None:
    file = drop(study, "a/1.wav")
    (study.root / place).parent.mkdir(exist_ok=True)
    (study.root / place).write_text("{")
    with pytest.raises(StudyError, match="is damaged"):
        accept(study, file)
    assert intake.waiting(study) == [file]


NUMBERED = {
    1: "gruppintervju_1.mp3",
    2: "sessio 2.wav / 2nd meeting.mp4 / Ryhmähaastattelu 2.mp3",
    3: "Tapaaminen 3.mp4 / tapaaminen_03_2015-03-12.mp4 / 3. tapaaminen 12.3.2015.mp4"
    " / 3:e träffen.mp4 / 03 vertaisryhmä.mp4 / vertaisryhmä_3.mp4 / vertaisryhmä 3",
    4: "2015-03-12 tapaaminen 4.mp4 / " + unicodedata.normalize("NFD", "Träff 4.mp4"),
    5: "Kokous nro 5 12.3.2015 klo 18.30.mkv / Ryhmä 2, 5. tapaaminen.mp4",
    6: "group 4 session 6.m4a",
    7: "istunto-7.webm / 7.mp4",
    8: "Möte nr 8.mp4",
    12: "tapaaminen12.mp4",
    None: "2015-03-12.mp4 / 12.3.2015 vertaisryhmä.mp4 / vertaisryhmä 12.3..mp4 / aloitus.mp4"
    " / tapaaminen 2015.mp4 / tapaaminen klo 18.mp4 / DS_0003.mp3 / video (2).mp4 / ryhmä4.mp4"
    " / GMT20150312-120000_Recording_1920x1080.mp4 / tapaaminen 0.mp4",
}


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, number) for number, names in NUMBERED.items() for name in names.split(" / ")],
)
def test_session_number_in_the_name(name: str, number: int | None) -> None:
    assert session_number(name) == number


def test_kind_in_the_name() -> None:
    for name in ("Ryhmähaastattelu.mp4", "INTERVJU 2.mp4", "group interview.wav"):
        assert session_kind(name) == "group_interview"
    for name in ("tapaaminen 2.mp4", "x.mp4"):
        assert session_kind(name) == "meeting"


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
        **{"haastattelu": "I03", "haastattelu 2": "I02"},
    }


def test_same_bytes_are_taken_once(study: Study) -> None:
    file = drop(study, "a/1.wav")
    data = file.read_bytes()
    recording = accept(study, file)
    copy = study.inbox / "b" / "copy.wav"
    copy.parent.mkdir()
    copy.write_bytes(data)
    assert intake.accept(study, copy, SETTINGS) == Duplicate(recording.session_id)
    assert intake.sessions(study) == [recording]
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
    assert intake.original(study, recording).is_file()
    place = intake.quarantine_session(study, recording.session_id, NoAudioError("None."))
    assert place.is_file()
    assert intake.quarantine(study, drop(study, name, 2), NoAudioError("None.")).is_file()


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


def test_a_folder_of_tracks_is_one_recording(study: Study) -> None:
    drop(study, "a/tapaaminen 5.wav")
    folder = drop_tracks(study)
    data = contents(folder)
    assert intake.waiting(study) == [folder, study.inbox / "a/tapaaminen 5.wav"]
    recording = accept(study, folder)
    assert (recording.session_number, recording.suffix) == (4, ".tracks")
    assert contents(intake.original(study, recording)) == data
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


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        *(("Audio Record", True), ("session 3.tracks", True), ("3. tapaaminen raidat", True)),
        *(("möte 3 spår", True), ("Ääniraidat", True), ("audio_tracks", True), ("raidat", True)),
        *(("soundtracks", False), ("raidat vanhat", False), ("tapaaminen 3", False)),
    ],
)
def test_names_of_folders_of_tracks(name: str, holds: bool) -> None:
    assert is_tracks_folder(name) is holds


def test_too_short_is_refused_at_once(study: Study) -> None:
    file = drop(study, "a/1.wav", 0.2)
    with pytest.raises(TooShortError):
        intake.accept(study, file, SETTINGS)
    outcome = intake.accept(study, file, IntakeSettings(min_duration_s=0.1))
    assert isinstance(outcome, Accepted)


def test_session_that_proves_useless_goes_to_quarantine(study: Study) -> None:
    lay = drop(study, "a/tapaaminen 2.wav")
    recording = accept(study, lay)
    assert f"taken in: {recording.session_id}" in receipt_of(lay)
    place = intake.quarantine_session(study, recording.session_id, NoAudioError("None."))
    assert place == study.quarantine / "a" / "tapaaminen 2.wav"
    assert "Tallennetta ei voi käyttää" in receipt_of(lay)
    assert sha256_of(place) == recording.sha256
    assert intake.sessions(study) == []
    assert list(study.recordings.iterdir()) == []
    with pytest.raises(StudyError, match=recording.session_id):
        intake.recording(study, recording.session_id)


def kill_before(step: int, patched: pytest.MonkeyPatch, other_file_system: bool) -> None:
    """Have the process end before its ``step``-th change of a name on the disk."""
    done = 0

    def counted(name: str) -> None:
        plain = getattr(Path, name)

        def change(self: Path, *args: Any, **kwargs: Any) -> object:
            nonlocal done
            done += 1
            if done == step:
                raise Killed
            elsewhere = name == "rename" and self.parent.name == "a" != args[0].parent.name
            if other_file_system and elsewhere:
                raise OSError(errno.EXDEV, "Invalid cross-device link")
            return plain(self, *args, **kwargs)

        patched.setattr(Path, name, change)

    for name in ("rename", "replace", "mkdir", "unlink"):
        counted(name)


@pytest.mark.faults
@pytest.mark.parametrize("of_tracks", [False, True], ids=["file", "folder of tracks"])
@pytest.mark.parametrize("other_file_system", [False, True], ids=["rename", "copy"])
def test_killed_at_any_step_loses_nothing(
    of_tracks: bool, other_file_system: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in count(1):
        study = create(tmp_path / str(step))
        place = drop_tracks(study) if of_tracks else drop(study, "a/tapaaminen 4.wav")
        data = contents(place)
        with monkeypatch.context() as patched:
            kill_before(step, patched, other_file_system)
            with suppress(Killed):
                intake.accept(study, place, SETTINGS)
                break
        for left in intake.waiting(study):
            intake.accept(study, left, SETTINGS)
        intake.repair(study)
        (recording,) = intake.sessions(study)
        assert recording.session_number == 4
        assert contents(intake.original(study, recording)) == data
        assert not list(study.recordings.glob(".*"))
        clear_pending(study.root)
        assert not list(study.root.rglob("*.pending"))
    assert step > 8


@pytest.mark.faults
def test_killed_on_the_way_to_quarantine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in count(1):
        study = create(tmp_path / str(step))
        file = drop(study, "a/1.wav")
        data = file.read_bytes()
        recording = accept(study, file)
        with monkeypatch.context() as patched:
            kill_before(step, patched, other_file_system=False)
            with suppress(Killed):
                intake.quarantine_session(study, recording.session_id, NoAudioError("None."))
                break
        intake.repair(study)
        places = [intake.original(study, known) for known in intake.sessions(study)]
        places += study.quarantine.rglob("*.wav")
        assert [place.read_bytes() for place in places] == [data]
    assert step > 4


def fill_disk(folder: Path, patched: pytest.MonkeyPatch) -> None:
    """Have the disk that new files of this folder are written to be a full one."""
    plain = tempfile.mkstemp

    def mkstemp(*, dir: Path, **names: str) -> tuple[int, str]:
        if dir == folder:
            return os.open("/dev/full", os.O_WRONLY), str(folder / ".full.pending")
        return plain(dir=dir, **names)

    patched.setattr(tempfile, "mkstemp", mkstemp)


@pytest.mark.faults
def test_disk_full(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    file = drop(study, "a/1.wav")
    with monkeypatch.context() as patched, pytest.raises(DiskFullError):
        fill_disk(study.private, patched)
        intake.accept(study, file, SETTINGS)
    assert intake.waiting(study) == [file]
    assert "Levy on täynnä" in receipt_of(file)
    assert accept(study, file).session_number == 1
    assert "Levy" not in receipt_of(file)


@pytest.mark.faults
def test_file_that_may_not_be_read_stays(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    file = drop(study, "a/nimi 1.wav")
    plain = os.open

    def guarded(path: Path, *args: int, **kwargs: int) -> int:  # root may read anything
        if path == file:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return plain(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", guarded)
    with pytest.raises(UnreadableError, match="EACCES") as caught:
        intake.accept(study, file, SETTINGS)
    assert "nimi" not in str(caught.value)
    assert intake.waiting(study) == [file]
    assert "Tarkista käyttöoikeudet" in receipt_of(file)


@pytest.mark.faults
def test_file_that_still_grows_stays(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    file = drop(study, "a/1.wav")

    def hashed_while_written(path: Path) -> str:
        os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))
        return sha256_of(path)

    monkeypatch.setattr(intake, "sha256_of", hashed_while_written)
    with pytest.raises(UnreadableError, match="being copied"):
        intake.accept(study, file, SETTINGS)
    assert intake.waiting(study) == [file]


def test_recordings_that_are_not_there_are_not_taken_for_none(study: Study) -> None:
    """A disk that is not mounted must not empty the data set."""
    study.recordings.rename(study.private / "elsewhere")
    with pytest.raises(TransientError):
        intake.sessions(study)
    with pytest.raises(TransientError):
        intake.sessions_of(study, "G07")
