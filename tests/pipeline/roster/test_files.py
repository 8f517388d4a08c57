"""A roster as YAML and as a form that a spreadsheet opens: the same roster, both ways."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.errors import StudyError
from pipeline.roster.files import load, load_all, read, save, write
from pipeline.roster.model import Roster, parsed
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
def test_what_is_no_roster(tmp_path: Path, name: str, data: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(StudyError) as raised:
        read(tmp_path / name, "G07")
    assert sentence in raised.value.what


def test_a_study_keeps_one_a_group(tmp_path: Path) -> None:
    study = create(tmp_path)
    assert load(study, "G07") is None and load_all(study) == []
    save(study, ROSTER)
    save(study, Roster(group="G03"))
    assert load(study, "G07") == ROSTER
    assert [roster.group for roster in load_all(study)] == ["G03", "G07"]
