"""A group that meets twice: the same people by voice, then by name; corrected, built, reported."""

from __future__ import annotations

import shutil
import wave
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
from openpyxl import load_workbook
from runs import vuoro

from pipeline.operations.demo import FINNISH
from pipeline.people.roster import on_disk as rosters
from pipeline.people.roster.members import parsed
from pipeline.study import Study, create

pytestmark = pytest.mark.models

FIRST, SECOND = "G07-S01", "G07-S02"
REFERENCES = {FIRST: "tapaaminen-1.reference.rttm", SECOND: "tapaaminen-2.reference.rttm"}
LEADER, FACILITATOR = "vetaja", "fasilitaattori"  # as the references call them
ABSENT = "osallistuja-3"  # from the second meeting
ANSWERS = "Kuka / Who"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    study = create(tmp_path_factory.mktemp("people") / "study")
    study.groups_file.write_text('{"ryhma-1": "G07"}', encoding="utf-8")
    inbox = study.inbox / "ryhma-1"
    inbox.mkdir()
    for file in ("tapaaminen-1.m4a", "tapaaminen-2.ogg"):
        shutil.copy(FINNISH / file, inbox)
    process = vuoro(study, "run")
    assert process.returncode == 0, process.stdout + process.stderr
    yield study


def table(study: Study, name: str) -> pd.DataFrame:
    return pd.read_parquet(study.dataset / name)


def speakers(study: Study, session_id: str) -> dict[str, str]:
    """Who of the reference each person of a session is: whoever talks most in their turns."""
    lines = (FINNISH / REFERENCES[session_id]).read_text(encoding="utf-8").splitlines()
    said = [
        (float(start), float(start) + float(length), who)
        for _, _, _, start, length, _, _, who, *_ in map(str.split, lines)
    ]
    turns = table(study, "turns").query("session_id == @session_id")
    found: dict[str, str] = {}
    for person, own in turns.groupby("person_id"):
        talked: Counter[str] = Counter()
        for start, end in zip(own["start_s"], own["end_s"], strict=True):
            for a, b, who in said:
                talked[who] += max(0.0, min(b, end) - max(a, start))
        found[str(person)] = talked.most_common(1)[0][0]
    return found


def test_the_same_people_are_met_again_by_their_voices(study: Study) -> None:
    first, second = speakers(study, FIRST), speakers(study, SECOND)
    assert len(first) == len({*first.values()}) == 5
    assert second == {person: who for person, who in first.items() if who != ABSENT}
    assert {*first} == {f"G07-P{n}" for n in range(1, 6)}
    attendance = table(study, "attendance").set_index(["session_id", "person_id"])
    missing = next(person for person, who in first.items() if who == ABSENT)
    assert not attendance.loc[(SECOND, missing), "present"]
    assert {*attendance.loc[SECOND].query("present")["identified_by"]} == {"voice"}


def test_named_in_one_session_they_are_named_in_both(study: Study, tmp_path: Path) -> None:
    unnamed = speakers(study, FIRST)
    members = [
        {"name": "Vieno Vetäjä", "role": "leader", "consent": "yes", "x_years_in_work": 12},
        {"name": "Faisal Fasilitaattori", "role": "facilitator", "consent": "yes"},
    ]
    rosters.save(study, parsed({"group": "G07", "members": members}))
    sheet = tmp_path / "people.xlsx"
    process = vuoro(study, "review", "people", "--out", str(sheet))
    assert process.returncode == 0, process.stderr
    book = load_workbook(sheet)
    page, lists = book.worksheets[0], book.worksheets[-1]
    header = [cell.value for cell in page[1]]
    session, now, who = (header.index(n) for n in ("Istunto / Session", "Nyt / Now", ANSWERS))
    offered = [str(row[0].value) for row in lists.iter_rows()]
    names = {LEADER: "Vieno Vetäjä", FACILITATOR: "Faisal Fasilitaattori"}
    for row in page.iter_rows(min_row=2):
        name = names.get(unnamed.get(str(row[now].value), ""))
        if row[session].value == FIRST and name:
            row[who].value = next(choice for choice in offered if choice.startswith(name))
    book.save(sheet)
    assert vuoro(study, "review", "people", "--apply", str(sheet)).returncode == 0
    process = vuoro(study, "build", "--csv", "--sav")
    assert process.returncode == 0, process.stdout + process.stderr
    named = {name.split(" (")[0]: name.split("(")[1][:-1] for name in offered if "(H" in name}
    ids = {who: named[name] for who, name in names.items()}
    for session_id in REFERENCES:
        found = {who: person for person, who in speakers(study, session_id).items()}
        assert {who: found[who] for who in ids} == ids
        assert sum(person.startswith("G07-P") for person in found.values()) == len(found) - 2
    people = table(study, "people").set_index("person_id")
    assert people.loc[ids[LEADER], ["role", "identity", "x_years_in_work"]].tolist() == [
        "leader",
        "roster",
        12.0,
    ]
    shares = table(study, "dynamics_session").set_index("session_id")["leader_speaking_share"]
    assert shares.between(0.1, 0.5).all()
    exported = pd.read_csv(study.exports / "csv" / "people.csv").set_index("person_id")
    assert exported.loc[ids[FACILITATOR], "role"] == "facilitator"
    everything = b"".join(f.read_bytes() for f in study.exports.rglob("*") if f.is_file())
    assert b"Vieno" not in everything and b"Faisal" not in everything
    assert vuoro(study, "validate").returncode == 0
    assert vuoro(study, "run").stdout.startswith("Nothing to do")


def test_the_sheet_of_turns_opens_their_sound(study: Study, tmp_path: Path) -> None:
    sheet = tmp_path / "turns.xlsx"
    process = vuoro(study, "edit", SECOND, "--out", str(sheet))
    assert process.returncode == 0, process.stderr
    page = load_workbook(sheet).worksheets[0]
    links = [cell.hyperlink for row in page.iter_rows(min_row=2) for cell in row if cell.hyperlink]
    turns = table(study, "turns").query("session_id == @SECOND").sort_values("turn_number")
    assert len(links) == len(turns)
    for link, duration_s in zip(links, turns["duration_s"], strict=True):
        with wave.open(str(tmp_path / unquote(str(link.target)))) as sound:
            assert 0 < sound.getnframes() / 16_000 - duration_s < 0.5  # a little more on each side


def test_who_they_are_outlives_another_diarisation(study: Study) -> None:
    before = {session_id: speakers(study, session_id) for session_id in REFERENCES}
    vuoro(study, "settings", "diarisation.step=0.5")
    process = vuoro(study, "run")
    assert process.returncode == 0, process.stdout + process.stderr
    assert {session_id: speakers(study, session_id) for session_id in REFERENCES} == before
    vuoro(study, "settings", "--default", "diarisation.step")
    assert vuoro(study, "run").returncode == 0  # and back
    assert {session_id: speakers(study, session_id) for session_id in REFERENCES} == before


def test_a_page_shows_the_group(study: Study) -> None:
    process = vuoro(study, "report", "G07", "--html", "--language", "en")
    assert process.returncode == 0, process.stderr
    page = (study.reports / "G07.html").read_text(encoding="utf-8")
    assert "<svg" in page and "G07-P" in page and "Vieno" not in page
