"""What the names of recordings say."""

from __future__ import annotations

import unicodedata

import pytest

from pipeline.study.file_names import (
    folded,
    is_parts_folder,
    is_tracks_folder,
    moment_of,
    moments_of,
    session_kind,
    session_number,
    stem,
)
from pipeline.study.file_parts import Part, original_of, part_in

NUMBERED = {
    2: "FG2 12.3.2015.mp4 / ryhmähaast. 2 2015.mp3 / focus group 2 12.3.2015.mp4"
    " / sessio 2.wav / 2nd meeting.mp4 / Ryhmähaastattelu 2.mp3",
    1: "gruppintervju_1.mp3 / meeting 1 part 2.ogg / 15.1.24 1. tapaaminen.wav",
    3: "tapaaminen 3 osa 2.mp3 / möte 3 del 1 av 2.mp4 / meeting 3a.m4a / 2. osa tapaaminen 3.mp3"
    " / tapaaminen 3 haastattelun jälkeen.mp4"
    " / Tapaaminen 3.mp4 / tapaaminen_03_2015-03-12.mp4 / 3. tapaaminen 12.3.2015.mp4"
    " / 3:e träffen.mp4 / 03 vertaisryhmä.mp4 / vertaisryhmä_3.mp4 / vertaisryhmä 3",
    4: "2015-03-12 tapaaminen 4.mp4 / " + unicodedata.normalize("NFD", "Träff 4.mp4"),
    5: "Kokous nro 5 12.3.2015 klo 18.30.mkv / Ryhmä 2, 5. tapaaminen.mp4",
    6: "group 4 session 6.m4a",
    7: "istunto-7.webm / 7.mp4",
    8: "Möte nr 8.mp4",
    12: "tapaaminen12.mp4",
    None: "2015-03-12.mp4 / 12.3.2015 vertaisryhmä.mp4 / vertaisryhmä 12.3..mp4 / aloitus.mp4"
    " / tapaaminen 2015.mp4 / tapaaminen klo 18.mp4 / DS_0003.mp3 / video (2).mp4 / ryhmä4.mp4"
    " / GMT20150312-120000_Recording_1920x1080.mp4 / tapaaminen 0.mp4"
    " / 2024-01-15 kl. 09.30.14.m4a / 2024-01-15 at 9.30.14 PM.mov / 15.1.24.ogg / 12.3.2015"
    " / 240115_0930.mp3 / 15.1.2024 9-11.mp3 / 15.1.2024 klo 9–11.mp3 / 18 jan 24.mp3"
    " / 15. tammikuuta 2024.m4a / klo 09.30.14.wav / vertaisryhmä osa 2.mp3",
}


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, number) for number, names in NUMBERED.items() for name in names.split(" / ")],
)
def test_session_number_in_the_name(name: str, number: int | None) -> None:
    assert session_number(name) == number


INTERVIEWS = """Ryhmähaastattelu.mp4 / INTERVJU 2.mp4 / group interview.wav / haastattelu 3.m4a
 / ryhmähaast. 2.mp3 / Fokusryhmä 1.mp4 / focus group 2.mp4 / Focus_Group-3.wav / fokusgrupp 1.mp4
 / FG1.wav / FG 2 12.3.2015.mp4 / ryhmä 4 fg-3.mp4 / gruppsamtal 2.mp4 / Ryhmäkeskustelu 1.mp4"""
MEETINGS = """tapaaminen 2.mp4 / x.mp4 / tapaaminen 3 haastattelun jälkeen.mp4
 / möte 2 inför intervju.mp4 / tapaaminen 1 ennen ryhmähaastattelua.mp4
 / meeting 4 before the interview.mp4 / fgh.mp4 / keskusteluryhmä 2.mp4"""


@pytest.mark.parametrize("name", [name.strip() for name in INTERVIEWS.split(" / ")])
def test_names_of_interviews(name: str) -> None:
    assert session_kind(name) == "group_interview"


@pytest.mark.parametrize("name", [name.strip() for name in MEETINGS.split(" / ")])
def test_names_of_meetings(name: str) -> None:
    assert session_kind(name) == "meeting"


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("2015-03-12 tapaaminen.mp4", "2015-03-12"),
        ("12.3.2015.mp4", "2015-03-12"),
        ("12.3.15.mp4", "2015-03-12"),
        ("12-03-15 tapaaminen 4.mp4", "2015-03-12"),
        ("2015-3-12.mp4", "2015-03-12"),
        ("12 March 2015.m4a", "2015-03-12"),
        ("12. maaliskuuta 2015 klo 9.05.m4a", "2015-03-12T09:05:00"),
        ("mars 12, 2015.m4a", "2015-03-12"),
        ("03-12-2015.mp4", "2015-12-03"),  # the day first
        ("03-31-2015.mp4", "2015-03-31"),  # where it can be
        ("150312_0905.mp3", "2015-03-12T09:05:00"),
        ("20150312090530.wav", "2015-03-12T09:05:30"),
        ("GMT20150312-120000_Recording_1920x1080.mp4", "2015-03-12T12:00:00"),
        ("2015-03-12_1920x1080.mp4", "2015-03-12"),
        ("2015-03-12 kl. 09.05.30.m4a", "2015-03-12T09:05:30"),
        ("Screen Recording 2015-03-12 at 9.05.30 PM.mov", "2015-03-12T21:05:30"),
        ("klo 9.05 12.3.2015.mp4", "2015-03-12T09:05:00"),
        ("2015-03-12T09.05.30Z.wav", "2015-03-12T09:05:30"),
        ("2015-03-12 tapaaminen 4.mp4", "2015-03-12"),
        ("Kokous-20150312_090530UTC-Meeting Recording.mp4", "2015-03-12T09:05:30"),
        ("PXL_20150312_090530123.mp4", "2015-03-12T09:05:30"),
        ("Näyttötallenne 2015-3-12 kello 9.05.30.mov", "2015-03-12T09:05:30"),
        ("12.3.2015 10.11.m4a", "2015-03-12T10:11:00"),
        ("12.3. 2015.m4a", "2015-03-12"),
        ("12 3 2015.m4a", "2015-03-12"),
        ("tors 12 mars 15.m4a", "2015-03-12"),
        ("12-Mar-15.m4a", "2015-03-12"),
        ("12.3.'15.m4a", "2015-03-12"),
        ("tapaaminen 3.mp4", None),
        ("tapaaminen 12.3..mp4", None),
        ("99.99.2015.mp4", None),
        ("31.2.15.mp4", None),
    ],
)
def test_date_and_time_in_the_name(name: str, moment: str | None) -> None:
    found = moment_of(name)
    assert (found.order if found else None) == moment


@pytest.mark.parametrize(
    "names",
    [
        *("24-01-08 / 24-01-15 / 24-02-02", "08-01-24 / 15-01-24 / 02-02-24"),
        *("240108 / 240115 / 240202", "080124 träff / 150124 träff / 020224 träff"),
        *("8.1.24 / 15.1.24 / 2.2.24", "24.1.8 klo 10.11.12 / 24.1.15 / 24.2.2"),
        "2024-01-08 10-11-12 / 15.1.2024 10-11-12 / 2024-02-02 10-11-12",
    ],
)
def test_years_of_two_digits_stand_where_dates_lie_closest(names: str) -> None:
    found = moments_of([f"{name}.wav" for name in names.split(" / ")])
    days = ["2024-01-08", "2024-01-15", "2024-02-02"]
    assert [moment.date for moment in found if moment] == days


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("meeting 1 part 1.ogg", Part("part", "meeting 1", 1)),
        ("meeting1_part2.ogg", Part("part", "meeting1", 2)),
        ("tapaaminen 3 osa II.ogg", Part("part", "tapaaminen 3", 2)),
        ("2. osa tapaaminen 3.mp3", Part("part", "tapaaminen 3", 2)),
        ("möte 2, del 1 av 3.mp4", Part("part", "möte 2", 1, 3)),
        ("session 3 (2 of 2).mp3", Part("part", "session 3", 2, 2)),
        ("tapaaminen 3 jatkuu.mp4", Part("part", "tapaaminen 3", 2)),
        ("möte 3 forts.mp4", Part("part", "möte 3", 2)),
        ("meeting 3b.mp3", Part("letter", "meeting 3", 2)),
        ("GX020123.mp4", Part("chapter", "gopro 0123", 2)),
        ("GOPR0123.MP4", Part("chapter", "gopro 0123", 0)),
        ("GP010123.MP4", Part("chapter", "gopro 0123", 1)),
        ("MVI_0002.MP4", Part("counter", "mvi_", 2)),
        ("00002.MTS", Part("counter", "", 2)),
        ("ZOOM0001-0002.wav", Part("split", "zoom0001", 2)),
        ("kokous 1 toinen osa.mp3", Part("part", "kokous 1", 2)),
        ("möte 1 första delen.mp3", Part("part", "möte 1", 1)),
        ("meeting 1 part two.mp3", Part("part", "meeting 1", 2)),
        ("meeting 1 (2_3).mp3", Part("part", "meeting 1", 2, 3)),
        ("möte 2 del 1 (av 3).mp4", Part("part", "möte 2", 1, 3)),
        ("kokous 3 b.mp3", Part("letter", "kokous 3", 2)),
        ("osa-aikaiset 3.mp3", None),
        ("department 2.mp3", None),
        ("model 2.mp3", None),
        ("tapaaminen 3.mp3", None),
        ("15.1.2024.mp3", None),
    ],
)
def test_parts_in_the_name(name: str, part: Part | None) -> None:
    assert part_in(stem(folded(name))) == part


@pytest.mark.parametrize(
    ("name", "original"),
    [
        ("meeting 1 (ristiriitainen kopio 2024-01-15).ogg", ("meeting 1", True)),
        ("meeting 1 (Anna's conflicted copy 2024-01-15).ogg", ("meeting 1", True)),
        ("meeting 1 (motstridig kopia 2024-01-15).ogg", ("meeting 1", True)),
        ("meeting 1.sync-conflict-20240115-093014-ABCDEFG.ogg", ("meeting 1", True)),
        ("meeting 1_conflict-20240115-093014.ogg", ("meeting 1", True)),
        ("meeting 1-DESKTOP-A1B2C3D.ogg", ("meeting 1", True)),
        ("meeting 1-Annas-MacBook.ogg", ("meeting 1", False)),
        ("meeting 1 (1).ogg", ("meeting 1", False)),
        ("meeting 1 - Copy (2).ogg", ("meeting 1", False)),
        ("Kopio tiedostosta meeting 1.ogg", ("meeting 1", False)),
        ("meeting 1 2.ogg", ("meeting 1", False)),
        ("meeting 1_ANNA-PC_Jan-15-093014-2024_Conflict.ogg", ("meeting 1", True)),
        ("meeting 1 [conflicted].ogg", ("meeting 1", True)),
        ("meeting 1.conflict1.ogg", ("meeting 1", False)),
        ("meeting 1-ANNAN-PC.ogg", ("meeting 1", False)),
        ("meeting 1 – Kopie (2).ogg", ("meeting 1", False)),
        ("vertaisryhmä 2.ogg", None),
        ("tapaaminen 3.ogg", None),
    ],
)
def test_copies_in_the_name(name: str, original: tuple[str, bool] | None) -> None:
    assert original_of(stem(folded(name))) == original


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


def test_names_of_folders_of_parts() -> None:
    names = ("meeting 1 parts", "3. tapaaminen osat", "möte 3.delar", "parts")
    assert all(map(is_parts_folder, names))
    assert not is_parts_folder("counterparts") and not is_parts_folder("meeting 1 tracks")
