"""What a roster may say, and one sentence for each mistake, none of which repeats a name."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from pipeline.errors import StudyError
from pipeline.people.roster.members import parsed

MAIJA = {"name": "Maija Meikäläinen", "consent": "yes"}


def roster(*members: Any, **more: Any) -> Any:
    return {"group": "G07", "members": list(members), **more}


@pytest.mark.parametrize(
    ("written", "consent"),
    [
        ("yes", "yes"),  # YAML makes a truth value of it
        ("no", "no"),
        ("'yes'", "yes"),
        ("kyllä", "yes"),
        ("ei", "no"),
        ("withdrawn", "withdrawn"),
        ("", None),
    ],
)
def test_consent_as_people_write_it(written: str, consent: str | None) -> None:
    data = yaml.safe_load(f"group: G07\nmembers: [{{name: Maija, consent: {written}}}]")
    assert parsed(data).members[0].consent == consent


def test_roles_in_finnish() -> None:
    assert parsed(roster({**MAIJA, "role": "Vetäjä"})).members[0].role == "leader"


@pytest.mark.parametrize(
    ("absent", "away", "there"),
    [([3, "I1"], "S03", "S01"), ("3, 5", "S05", "S04"), ("i01", "I01", "S01"), (3, "S03", "I03")],
)
def test_member_is_absent_from_the_sessions_that_are_listed(
    absent: Any, away: str, there: str
) -> None:
    member = parsed(roster({**MAIJA, "absent": absent})).members[0]
    assert not member.attends(away) and member.attends(there)


def test_member_may_be_absent_from_all_sessions() -> None:
    assert not parsed(roster({**MAIJA, "absent": "all"})).members[0].attends("S99")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (["Maija"], "It holds no members."),
        (roster(MAIJA, {"consent": "yes"}), "Member 2: `name` must be given."),
        (roster({**MAIJA, "consent": "maybe"}), "Member 1: `consent` must be one of yes, no"),
        (roster({**MAIJA, "role": "Salanimi"}), "Member 1: `role` must be one of leader, facil"),
        (roster({**MAIJA, "absent": "joskus"}), "Member 1: `absent` must list sessions"),
        (roster({**MAIJA, "voice_sample": "../x.wav"}), "Member 1: `voice_sample` must be the"),
        (roster({**MAIJA, "Salanimi": 1}), "Member 1 has a column that no roster has"),
        (roster({**MAIJA, "x_a": [1]}), "Member 1 has a column of your own that is neither"),
        (roster(MAIJA, MAIJA), "Members 1 and 2 share a name or an alias."),
        (roster(MAIJA, {"name": "Muu", "aliases": ["MAIJA meikäläinen"]}), "Members 1 and 2 share"),
        (roster(places=[{"name": "Rauma"}, {}]), "Number 2 of places: `name`"),
        (roster(Salanimi=1), "The roster has something that no roster has."),
        ({"group": "Salanimi"}, "The roster: `group` must be the id of the group"),
        (roster("Salanimi"), "Member 1"),
    ],
)
def test_mistakes_in_a_roster_are_named_without_its_words(data: Any, sentence: str) -> None:
    with pytest.raises(StudyError) as raised:
        parsed(data)
    assert sentence in raised.value.what
    for name in ("Maija", "Salanimi", "maybe", "joskus"):
        assert name.casefold() not in str(raised.value).casefold()


def test_every_mistake_in_a_roster_is_reported() -> None:
    with pytest.raises(StudyError) as raised:
        parsed(roster({**MAIJA, "consent": "?"}, {"role": "?"}))
    assert "Member 1" in raised.value.what and "Member 2" in raised.value.what
