"""The rounds of a run and of a build, and what comes from rosters."""

from __future__ import annotations

from pathlib import Path

from runs import KEYS as KEYS  # where the keys' secrets go, and not to the user's home

from pipeline.build import ToDo, background, rounds
from pipeline.dataset.people import Background
from pipeline.roster.files import save
from pipeline.roster.model import parsed
from pipeline.roster.seed import seed
from pipeline.study import create


def test_sessions_that_come_up_once_more_are_done_once_more_and_no_third_time() -> None:
    left: list[ToDo] = [{"S01": ["publish"]}, {"S01": ["publish"]}, {"S01": ["publish"]}]
    assert len(list(rounds(lambda: left.pop(), set()))) == 2
    assert len(left) == 1


def test_nothing_to_do_is_looked_for_once() -> None:
    asked: list[int] = []

    def to_do() -> ToDo:
        asked.append(1)
        return {}

    assert list(rounds(to_do, set())) == []
    assert len(asked) == 1


def test_what_failed_does_not_come_up_again() -> None:
    failed: set[str] = set()
    tried: list[list[str]] = []
    for waiting in rounds(lambda: {"S01": ["publish"], "S02": ["publish"]}, failed):
        tried.append(list(waiting))
        failed.add("S01")
    assert tried == [["S01", "S02"], ["S02"]]


def test_background_is_of_those_who_have_consented(tmp_path: Path) -> None:
    study = create(tmp_path)
    assert background(study) == {}
    members = [
        {"name": "Salanimi Yksi", "role": "vetäjä", "consent": "yes", "x_n": 1, "x_ala": "a"},
        {"name": "Salanimi Kaksi", "consent": "no", "x_n": 2},
        {"person_id": "H77", "consent": "withdrawn"},
    ]
    save(study, parsed({"group": "G07", "members": members}))
    save(study, parsed({"group": "G08", "members": [{**members[0], "role": "fasilitaattori"}]}))
    number = seed(study).by_name["person", "salanimi yksi"].number
    person_id = f"H{number:02d}"
    own = {"x_n": 1, "x_ala": "a"}
    assert background(study) == {
        "G07": {person_id: Background("leader", own)},
        "G08": {person_id: Background("facilitator", own)},
    }
