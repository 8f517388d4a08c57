"""What lies in an inbox besides recordings: left alone or told, and no session comes of it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from inbox import SETTINGS, contents, drop, drop_tracks

from pipeline import intake
from pipeline.errors import CloudError, UnreadableError, VuoroError
from pipeline.intake import stillness
from pipeline.operations.overview import overview
from pipeline.study import Study, accepted, create
from pipeline.study.listener import Listener

LITTER = (
    "@eaDir/1.wav/SYNOFILE_THUMB_M.jpg / @eaDir/1.wav@SynoEAStream / #recycle/9.wav"
    " / @Recycle/9.wav / .Trash-1000/files/8.wav / $RECYCLE.BIN/S-1-5/$R1.wav"
    " / System Volume Information/x.wav"
    " / lost+found/#1.wav / .stfolder/x / .stversions/1~20240115-093014.wav / Icon\r / Thumbs.db"
    " / .DS_Store / ._1.wav / ~$members.xlsx / desktop.ini / 7.mp4.part / 6.mp4.crdownload"
    " / .syncthing.5.wav.tmp / __MACOSX/._1.wav / muistio.txt / IMG_0001.jpg / esityslista.docx"
    " / meeting 1.vtt / #snapshot/2024/1.wav / @Trash/1.wav / Papierkorb/1.wav / LOST.DIR/1.wav"
    " / 5.wav.ocdownload / ~syncthing~5.wav.tmp / 5.wav.!sync / 5.wav.~1a2b / GL010123.LRV"
)


class Told(Listener):
    """Keeps what a user would read."""

    def __init__(self) -> None:
        self.refusals: list[tuple[str, VuoroError]] = []

    def refused(self, file: Path, error: VuoroError) -> None:
        self.refusals.append((file.name, error))


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setattr(stillness, "QUIET_S", 0.0)
    return create(tmp_path / "study")


def names(study: Study) -> list[str]:
    return [recording.original_name for recording in accepted.sessions(study)]


@pytest.mark.parametrize("folder", ["a", "."])
def test_litter_is_left_alone(folder: str, study: Study) -> None:
    litter = [study.inbox / folder / name for name in LITTER.split(" / ")]
    for file in litter:
        drop(study, str(file.relative_to(study.inbox)))
    drop(study, f"{folder}/1.wav")
    told = Told()
    assert intake.take_in(study, SETTINGS, told) == 1
    assert told.refusals == []
    assert all(file.is_file() for file in litter)
    assert names(study) == ["1.wav"]
    assert [*study.quarantine.iterdir()] == []


@pytest.mark.parametrize(
    "name",
    [
        "1.aup3",
        "1.eaf",
        "1.wav.reapeaks",
        "Thumbs.db:encryptable",
        "1.wav:Zone.Identifier",
        "README",
    ],
)
def test_what_other_programs_keep_beside_recordings_stays_there(name: str, study: Study) -> None:
    file = study.inbox / "a" / name
    drop(study, "a/1.wav")
    file.write_bytes(b"what a program keeps")
    told = Told()
    assert intake.take_in(study, SETTINGS, told) == 1
    assert (told.refusals, file.read_bytes()) == ([], b"what a program keeps")
    assert not file.with_name(f"{name}.vuoro.txt").exists()


@pytest.mark.parametrize("name", ["meeting 1", "12.3.2015", "meeting 1.nauha"])
def test_a_recording_is_taken_whatever_it_is_called(name: str, study: Study) -> None:
    drop(study, f"a/{name}")
    assert intake.take_in(study, SETTINGS, Told()) == 1


@pytest.mark.parametrize(
    ("name", "called", "what"),
    [
        (".meeting 2.mp4.icloud", "meeting 2.mp4", "still in the cloud"),
        ("meeting 2.mp4.cloud", "meeting 2.mp4", "still in the cloud"),
        ("meeting 2.mp4.nextcloud", "meeting 2.mp4", "still in the cloud"),
        ("meeting 2.url", "meeting 2.url", "a link"),
    ],
)
def test_what_is_in_the_cloud_is_told_once(name: str, called: str, what: str, study: Study) -> None:
    placeholder = study.inbox / "a" / name
    placeholder.parent.mkdir()
    placeholder.write_bytes(b"bplist00")
    told = Told()
    for _ in range(2):
        assert intake.take_in(study, SETTINGS, told) == 0
    [(file, error)] = told.refusals
    assert (file, type(error)) == (called, CloudError)
    assert what in str(error)
    receipt = (study.inbox / "a" / f"{called}.vuoro.txt").read_text()
    assert "pilvessä" in receipt and what in receipt
    assert placeholder.read_bytes() == b"bplist00"
    [entry] = overview(study, study.settings()).entries
    assert (entry.name, entry.situation) == (called, "not here")


def test_a_recording_that_was_downloaded_is_taken(study: Study) -> None:
    drop(study, "a/meeting 2.mp4")
    (study.inbox / "a" / ".meeting 2.mp4.icloud").write_bytes(b"bplist00")
    told = Told()
    assert intake.take_in(study, SETTINGS, told) == 1
    assert told.refusals == []


def test_file_that_stays_refused_is_reported_once(study: Study) -> None:
    file = drop(study, "a/1.wav")
    beside = file.with_name("session.yaml")
    beside.write_text("number: 300")
    told = Told()
    for _ in range(3):
        intake.take_in(study, SETTINGS, told)
    assert len(told.refusals) == 1
    beside.write_text("kind: party")
    intake.take_in(study, SETTINGS, told)
    assert len(told.refusals) == 2


def test_links_are_not_followed(study: Study) -> None:
    drop(study, "a/1.wav")
    (study.inbox / "a" / "again").symlink_to(".")
    (study.inbox / "a" / "more tracks").symlink_to(".")
    (study.inbox / "a" / "4.wav").symlink_to("nowhere.wav")
    told = Told()
    assert intake.take_in(study, SETTINGS, told) == 1
    assert (told.refusals, names(study)) == ([], ["1.wav"])


def test_a_link_among_tracks_is_left_out(study: Study) -> None:
    folder = drop_tracks(study)
    there = contents(folder)
    secret = drop(study, "../secret.wav")
    (folder / "other.wav").symlink_to(secret)
    (folder / "gone.wav").symlink_to("nowhere.wav")
    assert intake.take_in(study, SETTINGS, Told()) == 1
    [recording] = accepted.sessions(study)
    kept = accepted.original(study, recording)
    assert {file.name for file in kept.iterdir() if not file.is_symlink()} == there.keys()


def test_a_group_may_be_called_as_a_folder_of_tracks(study: Study) -> None:
    folder = drop_tracks(study, "tracks/meeting 4 tracks")
    file = drop(study, "tracks/meeting 5.wav")
    assert intake.waiting(study) == [folder, file]


def test_unreadable_folder_is_reported_and_the_rest_goes_on(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = drop(study, "a/closed/2.wav").parent
    drop(study, "a/1.wav")
    plain = os.scandir

    def refusing(folder: Path) -> Iterator[os.DirEntry[str]]:  # rights do not bind root
        if folder == closed:
            raise PermissionError(errno.EACCES, "Permission denied", folder)
        return plain(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    told = Told()
    assert intake.take_in(study, SETTINGS, told) == 1
    assert [(name, type(error)) for name, error in told.refusals] == [("closed", UnreadableError)]


def test_an_inbox_that_is_not_there_is_said(study: Study) -> None:
    drop(study, "a/1.wav")
    intake.take_in(study, SETTINGS, Told())
    study.inbox.rename(study.root / "elsewhere")
    with pytest.raises(UnreadableError, match="inbox of the study, inbox/, is not there"):
        intake.take_in(study, SETTINGS, Told())
    session, inbox = overview(study, study.settings()).entries
    assert session.situation == "waiting"
    assert (inbox.situation, inbox.name) == ("not here", "inbox")
    assert "connect" in inbox.next
