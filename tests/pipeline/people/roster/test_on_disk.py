"""A roster as YAML and as a form that a spreadsheet opens: the same roster, both ways."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.errors import StudyError
from pipeline.people.roster.members import Roster, parsed
from pipeline.people.roster.on_disk import load, load_all, read, save, write
from pipeline.study import create

ROSTER = parsed(
    {
        "group": "G07",
        "members": [
            {
                "name": "Maija Meikäläinen",
                "aliases": ["Maikki", "Maiju"],
                "role": "leader",
                "organisation": "=Esimerkki ry",  # no formula
                "consent": "yes",
                "absent": [3, "I1"],
                "voice_sample": "maija.wav",
                "x_years": 12,
            },
            {"name": "Matti", "x_unit": "itä", "consent": "no"},
            {"person_id": "H07", "consent": "withdrawn"},
        ],
        "organisations": [{"name": "Esimerkki ry", "aliases": ["EJ"], "category": "union"}],
        "places": [{"name": "Rauma"}],
        "projects": [{"name": "Virta"}],
    }
)


@pytest.mark.parametrize("name", ["roster.yaml", "roster.xlsx"])
def test_what_was_written_is_read(tmp_path: Path, name: str) -> None:
    write(ROSTER, tmp_path / name)
    assert read(tmp_path / name, "G07") == ROSTER
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_the_form_offers_what_can_be_chosen(tmp_path: Path) -> None:
    write(ROSTER, tmp_path / "form.xlsx")
    book = load_workbook(tmp_path / "form.xlsx")
    sheet = book["members"]
    header = [cell.value for cell in sheet[1]]
    assert header[:5] == ["name", "aliases", "role", "organisation", "consent"]
    choices = {
        str(rule.sqref): [cell.value for (cell,) in book[name.strip("'")][at.replace("$", "")]]
        for rule in sheet.data_validations.dataValidation
        for name, _, at in [str(rule.formula1).partition("!")]
    }
    assert choices["E2:E200"] == ["yes", "no", "withdrawn"]
    assert "participant" in choices["C2:C200"]


def test_a_form_filled_in_by_hand(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "members"
    sheet.append(["Name", "consent", "absent", "x_born", None])
    sheet.append(["Maija Meikäläinen", "kyllä", 3, 1970, None])
    sheet.append([None, None, None, None, None])
    book.save(tmp_path / "own.xlsx")
    [member] = read(tmp_path / "own.xlsx", "G07").members
    assert (member.name, member.consent, member.absent) == ("Maija Meikäläinen", "yes", ("S03",))
    assert member.own_columns == {"x_born": 1970}


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("r.yaml", b"members: [", "The roster of G07 is not valid YAML: see line 2."),
        ("r.yaml", b"\xff\xfe\x00", "The roster of G07 is saved as UTF-16"),
        ("r.yaml", b"", "It holds no members."),
        ("r.yaml", b"group: G08\nmembers: []", "It is of another group."),
        ("r.xlsx", b"no zip", "The roster of G07 is no Excel workbook"),
    ],
)
def test_file_that_is_no_roster_is_refused(
    tmp_path: Path, name: str, data: bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(StudyError) as raised:
        read(tmp_path / name, "G07")
    assert sentence in raised.value.what


def form(*rows: list[object], sheet: str = "members") -> bytes:
    book = Workbook()
    book.worksheets[0].title = sheet
    for row in rows:
        book.worksheets[0].append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_names_come_in_clean(tmp_path: Path) -> None:
    header: list[object] = [" Name\xa0", "Aliases", "organisation", "x_note"]
    name, aliases = "\xa0A\u030ake_x000D_ \nSjöholm\u200b 🌞", "Oke\u202e; \u2060"
    row: list[object] = [name, aliases, "Tupa\xadvuori ry", " hyvä_x0007_ "]
    (tmp_path / "form.xlsx").write_bytes(form(header, row, sheet="Taul1"))
    [member] = read(tmp_path / "form.xlsx", "G07").members
    assert (member.name, member.aliases) == ("Åke Sjöholm", ("Oke",))
    assert (member.organisation, member.own_columns) == ("Tupavuori ry", {"x_note": "hyvä"})


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            [["name"], ["Aino"], [time(12, 30)]],
            "Row 3 of `members`: `name` holds a date or a time.",
        ),
        ([["name"], [timedelta(hours=30)]], "Row 2 of `members`: `name` holds a date or a time."),
        ([["name"], ["12:30"]], "Member 1 (row 2): `name` must be a name, in letters."),
        ([["name"], [True]], "Member 1 (row 2): `name` must be a name, in letters."),
        ([["name", "Name "], ["Aino", "A"]], "has a header twice: `name`."),
        ([["name", "Salanimi", "salanimi"]], "has a header twice: a column of your own."),
        ([["name"], ["Aino"], [], ["=UPPER(A2)"]], "Row 4 of `members`: `name` holds a formula"),
        ([["name", "absent"], ["Aino", date(2024, 5, 3)]], "`absent` holds a date or a time."),
        ([["name"], ["Aino"], [], ["AINO"]], "Members 1 and 2 (rows 2 and 4) share a name"),
    ],
)
def test_a_mistake_in_a_form_is_named_by_row(
    tmp_path: Path, rows: list[list[object]], sentence: str
) -> None:
    (tmp_path / "form.xlsx").write_bytes(form(*rows))
    with pytest.raises(StudyError) as raised:
        read(tmp_path / "form.xlsx", "G07")
    assert sentence in raised.value.what and "Salanimi" not in raised.value.what


def test_any_value_of_a_column_of_ones_own_is_written_and_read(tmp_path: Path) -> None:
    own = {
        "x_at": time(9, 5),
        "x_for": timedelta(hours=30, minutes=5),
        "x_day": date(2015, 3, 12),
        "x_now": datetime(2015, 3, 12, 18, 30),
        "x_big": 10**17,
        "x_odd": float("inf"),
        "x_text": "a\x00b\ud800",
    }
    roster = parsed({"group": "G07", "members": [{"name": "Aino", **own}]})
    for name in ("roster.yaml", "roster.xlsx"):
        write(roster, tmp_path / name)
        [member] = read(tmp_path / name, "G07").members
        assert member.own_columns == {
            "x_at": "09:05:00",
            "x_for": "30:05:00",
            "x_day": "2015-03-12",
            "x_now": "2015-03-12T18:30:00",
            "x_big": "1" + "0" * 17,
            "x_odd": "inf",
            "x_text": "ab",
        }


def test_a_roster_as_csv_and_a_guess_that_is_told(tmp_path: Path) -> None:
    file, told = tmp_path / "own.csv", list[str]()
    file.write_bytes("name;consent\r\nÅke Sjöholm;kyllä\r\n".encode("cp1252"))
    [member] = read(file, "G07", told.append).members
    assert (member.name, member.consent) == ("Åke Sjöholm", "yes")
    assert len(told) == 1 and "Windows-1252" in told[0]


def test_a_roster_that_could_not_be_read_back_is_not_written(tmp_path: Path) -> None:
    members = [{"name": f"Aino {n}", "x_note": "a" * 30_000} for n in range(150)]
    with pytest.raises(StudyError, match="too large for one group"):
        write(parsed({"group": "G07", "members": members}), tmp_path / "roster.yaml")
    assert [*tmp_path.iterdir()] == []


def test_a_study_keeps_one_a_group(tmp_path: Path) -> None:
    study = create(tmp_path)
    assert load(study, "G07") is None and load_all(study) == []
    save(study, ROSTER)
    save(study, Roster(group="G03"))
    assert load(study, "G07") == ROSTER
    assert [roster.group for roster in load_all(study)] == ["G03", "G07"]


def test_a_web_page_is_no_empty_roster(tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text("<html><body>Sign in</body></html>")
    with pytest.raises(StudyError, match="is a web page, not CSV"):
        read(tmp_path / "members.csv", "G07")
