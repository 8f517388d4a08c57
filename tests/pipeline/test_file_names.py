"""What the names of recordings say."""

from __future__ import annotations

import unicodedata

import pytest

from pipeline.file_names import date_in, is_tracks_folder, session_kind, session_number

NUMBERED = {
    1: "gruppintervju_1.mp3",
    2: "FG2 12.3.2015.mp4 / ryhmähaast. 2 2015.mp3 / focus group 2 12.3.2015.mp4"
    " / sessio 2.wav / 2nd meeting.mp4 / Ryhmähaastattelu 2.mp3",
    3: "tapaaminen 3 haastattelun jälkeen.mp4"
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
    " / GMT20150312-120000_Recording_1920x1080.mp4 / tapaaminen 0.mp4",
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
    ("name", "date"),
    [
        ("2015-03-12 tapaaminen.mp4", "2015-03-12"),
        ("12.3.2015.mp4", "2015-03-12"),
        ("GMT20150312-120000_Recording_1920x1080.mp4", "2015-03-12"),
        ("tapaaminen 3.mp4", None),
        ("tapaaminen 12.3..mp4", None),
        ("99.99.2015.mp4", None),
    ],
)
def test_date_in_the_name(name: str, date: str | None) -> None:
    assert date_in(name) == date


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
