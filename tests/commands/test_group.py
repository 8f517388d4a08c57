"""``vuoro group``: a slip of the keys makes no second group, and a group can be removed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from heard import ANNA, hear
from reviewed import without_models
from typer.testing import CliRunner, Result

from pipeline.commands.group import app
from pipeline.errors import StudyError
from pipeline.study import Study, create


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    for name in ("VUORO_PASSPHRASE", "VUORO_KEY_FILE", "VUORO_STUDY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VUORO_KEYS", str(tmp_path / "keys"))
    study = create(tmp_path / "study")
    (study.inbox / "north group").mkdir()
    return study


def run(study: Study, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--study", str(study.root)])


def groups(study: Study) -> dict[str, str]:
    found: dict[str, str] = json.loads(study.groups_file.read_bytes())
    return found


@pytest.mark.parametrize("slip", ["nort group", "North  groop", "northgroup"])
def test_a_slip_of_the_keys_is_asked_about(study: Study, slip: str) -> None:
    for _ in range(2):  # a folder of the inbox, then a group
        result = run(study, "add", slip)
        assert isinstance(result.exception, StudyError) and result.exit_code == 1
        assert "Did you mean 'north group'?" in str(result.exception)
        assert "--new" in str(result.exception)
        run(study, "add", "north group")
    assert [*groups(study)] == ["north group"]
    assert run(study, "add", slip, "--new").exit_code == 0
    assert len(groups(study)) == 2


@pytest.mark.parametrize("name", ["south group", "north group 2", "northern group", "helsinki"])
def test_another_name_is_another_group_and_said_to_be_new(study: Study, name: str) -> None:
    run(study, "add", "north group")
    result = run(study, "add", name)
    assert result.exit_code == 0
    assert f"is a new group. Put its recordings into the inbox folder '{name}'" in result.output
    assert len(groups(study)) == 2


@pytest.mark.parametrize("name", ["", "..", "../north", "north/group", "/north"])
def test_what_cannot_be_a_folder_of_the_inbox_is_no_group(study: Study, name: str) -> None:
    result = run(study, "add", name)
    assert "is named after its folder in the inbox" in str(result.exception)
    assert not study.groups_file.exists()


def test_the_other_commands_ask_too(study: Study) -> None:
    run(study, "add", "north group")
    for command in ("show", "check", "remove"):
        result = run(study, command, "nort group")
        assert "Did you mean 'north group'?" in f"{result.exception}{result.output}"
        assert result.exit_code == 1


def test_a_group_without_sessions_can_be_removed(study: Study) -> None:
    run(study, "add", "north group")
    run(study, "add", "mistake")
    group_id = groups(study)["mistake"]
    refused = CliRunner().invoke(app, ["remove", "mistake", "--study", str(study.root)], input="n")
    assert refused.exit_code == 1 and "mistake" in groups(study)
    assert run(study, "remove", "mistake", "--yes").exit_code == 0
    assert [*groups(study)] == ["north group"]
    assert [file.stem for file in study.rosters.iterdir()] == [groups(study)["north group"]]
    assert group_id not in run(study, "check").output


def test_a_group_with_sessions_stays(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    without_models(monkeypatch)
    study.groups_file.write_text('{"north group": "G07"}', encoding="utf-8")
    hear(study, "G07-S01", [ANNA])
    run(study, "add", "north group")
    result = run(study, "remove", "north group", "--yes")
    assert "G07 has sessions" in str(result.exception)
    assert (study.rosters / "G07.yaml").is_file() and "north group" in groups(study)


def test_a_group_whose_recordings_wait_stays(study: Study) -> None:
    """Without its roster they would be taken in without anybody's consent."""
    run(study, "add", "north group")
    (study.inbox / "north group" / "1.wav").write_bytes(b"sound")
    result = run(study, "remove", "north group", "--yes")
    assert "wait in the inbox" in str(result.exception)
    assert "north group" in groups(study)


def test_of_an_empty_roster_nothing_is_known_of_consent(study: Study) -> None:
    nothing = "0 members: nothing is known of consent; fill in the roster\n"
    assert run(study, "add", "north group").output.endswith(nothing)
    checked = run(study, "check")
    group_id = groups(study)["north group"]
    assert (checked.exit_code, checked.output) == (1, f"{group_id}: {nothing}")
