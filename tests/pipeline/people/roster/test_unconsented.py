"""Who is in the data set without consent: known by voice, or not told apart yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from finished import copied, enrol, fake_models, finished_study
from typer.testing import CliRunner, Result

from pipeline.commands.cli import app
from pipeline.commands.output import in_full
from pipeline.people.roster.unconsented import consents, groups_without_consent
from pipeline.study import Study
from pipeline.study.tombstones import Tombstone, put

ANNA: dict[str, Any] = {"name": "Salanimi Anna", "person_id": "H01"}
BEN: dict[str, Any] = {"name": "Salanimi Ben", "person_id": "H02"}
CARL: dict[str, Any] = {"name": "Salanimi Carl", "person_id": "H03"}


@pytest.fixture(autouse=True, scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as context:
        fake_models(context)
        yield context


@pytest.fixture(scope="module")
def named_study(tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> Study:
    """Two sessions of three people, each named by a human."""
    root = tmp_path_factory.mktemp("named") / "study"
    return finished_study(root, told=True, members=(ANNA, BEN, CARL))


@pytest.fixture(scope="module")
def nameless_study(tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> Study:
    """Two sessions whose voices nobody has named."""
    return finished_study(tmp_path_factory.mktemp("nameless") / "study")


@pytest.fixture
def named(named_study: Study, tmp_path: Path) -> Study:
    return copied(named_study, tmp_path / "study")


@pytest.fixture
def nameless(nameless_study: Study, tmp_path: Path) -> Study:
    return copied(nameless_study, tmp_path / "nameless")


def run(study: Study, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--study", str(study.root)])


def test_nothing_is_said_where_all_have_consented_or_there_is_no_roster(
    named: Study, nameless: Study
) -> None:
    assert consents(named).sentences == consents(nameless).sentences == ()
    assert groups_without_consent(named) == frozenset()


@pytest.mark.parametrize("consent", ["no", None, "withdrawn"])
def test_a_person_known_by_voice_is_told_with_the_sessions(
    named: Study, consent: str | None
) -> None:
    enrol(named, ANNA | {"consent": "yes"}, BEN | {"consent": consent}, CARL | {"consent": "yes"})
    (found,) = consents(named).people
    assert (found.person_id, found.member, found.consent) == ("H02", 2, consent)
    assert (found.speaks_in, found.may_speak_in) == (("G07-S01", "G07-S02"), {})
    assert found.talk == {name: {"H02"} for name in ("G07-S01", "G07-S02")}
    assert "speaks in G07-S01, G07-S02" in found.sentence
    assert "`vuoro withdraw H02`" in found.sentence and "Salanimi" not in found.sentence


def test_a_voice_that_nobody_named_may_be_theirs(nameless: Study) -> None:
    enrol(nameless, ANNA | {"consent": "yes"}, BEN | {"consent": "no", "absent": [2]})
    (found,) = consents(nameless).people
    assert found.speaks_in == ()
    assert [*found.may_speak_in] == ["G07-S01"]
    assert all(voice.startswith("G07-") for voice in found.may_speak_in["G07-S01"])
    assert "vuoro review people" in found.sentence and "`absent`" in found.sentence
    assert "withdraw" not in found.sentence


def test_member_in_no_session_is_not_reported(nameless: Study) -> None:
    enrol(nameless, ANNA | {"consent": "no", "absent": "all"})
    assert consents(nameless).people == ()
    assert groups_without_consent(nameless) == {"G07"}


def test_of_a_person_who_has_left_only_what_is_known_counts(nameless: Study) -> None:
    enrol(nameless, {"person_id": "H02", "consent": "withdrawn"})
    put(nameless, Tombstone("H02", "2026-01-02", "done", {"G07-S01": "0"}))
    assert consents(nameless).people == ()


def test_of_a_person_who_left_without_a_voice_that_was_theirs_any_may_be(nameless: Study) -> None:
    enrol(nameless, BEN | {"consent": "no"})
    shown = run(nameless, "withdraw", "H02", "--yes")
    assert shown.exit_code == 0 and "may speak in G07-S01, G07-S02" in shown.output
    (found,) = consents(nameless).people
    assert found.consent == "withdrawn" and "under `absent`" in found.sentence
    enrol(nameless, {"person_id": "H02", "consent": "withdrawn", "absent": "all"})
    assert consents(nameless).people == ()


def test_a_damaged_roster_keeps_nothing_else_from_being_told(named: Study) -> None:
    enrol(named, BEN | {"consent": "no"})
    (named.rosters / "G08.yaml").write_text("members: [", encoding="utf-8")
    found = consents(named)
    assert [each.person_id for each in found.people] == ["H02"]
    assert "The roster of G08 is not valid YAML" in found.sentences[1]


def test_a_roster_that_is_lost_takes_no_refusal_with_it(nameless: Study, tmp_path: Path) -> None:
    roster = tmp_path / "roster.yaml"
    roster.write_text("members: [{name: Salanimi Ben, consent: no}]", encoding="utf-8")
    run(nameless, "group", "add", "ryhmä", "--from", str(roster))
    (nameless.rosters / "G07.yaml").unlink()
    assert "private/rosters/G07.yaml is missing" in run(nameless, "status").output
    assert "private/rosters/G07.yaml is missing" in run(nameless, "group", "check").output
    refused = run(nameless, "release", str(tmp_path / "out"), "--unreviewed")
    assert "private/rosters/G07.yaml is missing" in str(refused.exception)
    run(nameless, "group", "add", "ryhmä", "--from", str(roster))
    assert "has not consented" in run(nameless, "status").output


def test_status_and_the_commands_of_groups_say_it(named: Study) -> None:
    enrol(named, ANNA | {"consent": "yes"}, BEN | {"consent": "no"}, CARL | {"consent": "yes"})
    sentence = in_full(consents(named).sentences[0], str(named.root))
    shown = run(named, "status").output
    assert "1 without consent in 2 sessions" in shown and sentence in shown
    data = json.loads(run(named, "status", "--json").output)
    assert data["summary"]["without_consent"] == 1
    (person,) = data["without_consent"]
    assert (person["person_id"], person["consent"]) == ("H02", "no")
    assert person["speaks_in"] == ["G07-S01", "G07-S02"] and person["may_speak_in"] == []
    assert {entry["next"] for entry in data["recordings"]} == {
        "Remove their talk with `vuoro withdraw H02`."
    }
    check = run(named, "group", "check")
    assert check.exit_code == 1 and sentence in check.output
    for arguments in (("group", "show", "G07"), ("review", "people")):
        assert sentence in run(named, *arguments).output


def test_adding_a_roster_after_the_recordings_says_it(nameless: Study, tmp_path: Path) -> None:
    roster = tmp_path / "roster.yaml"
    roster.write_text("members: [{name: Salanimi Ben, consent: no}]", encoding="utf-8")
    shown = run(nameless, "group", "add", "ryhmä", "--from", str(roster)).output
    assert "has not consented and may speak in G07-S01, G07-S02" in shown
    assert "Salanimi" not in shown
    built = run(nameless, "build").output
    assert "has not consented and may speak in G07-S01, G07-S02" in built


def test_prefect_knows_sessions_by_id_alone(named: Study) -> None:
    from flows.batch import consent_rows, ended

    enrol(named, BEN | {"consent": "no"})
    (row,) = consent_rows(named)
    assert (row["session"], row["outcome"]) == ("G07-S01, G07-S02", "consent missing")
    state = ended([], [row])
    assert state.name == "Consent missing" and "H02" in str(state.message)
    assert "Salanimi" not in str(state.message)
