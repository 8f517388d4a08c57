"""``vuoro withdraw`` and ``vuoro group`` as people use them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from finished import fake_models, finished_study
from typer.testing import CliRunner

from pipeline.commands.cli import app
from pipeline.commands.withdraw import NOT_DONE
from pipeline.people.roster.members import parsed
from pipeline.people.roster.on_disk import load, read, write
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.study import Study, create

PERSON = "G07-S01-U2"
MEMBERS = [
    {"name": "Salanimi Ensimmäinen", "consent": "yes"},
    {"name": "Salanimi Toinen", "consent": "yes", "voice_sample": "toinen.wav", "absent": [3]},
]


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    fake_models(monkeypatch)
    yield finished_study(tmp_path / "study", ("1.wav",))


def vuoro(study: Study, *arguments: str, typed: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, [*arguments, "--study", str(study.root)], input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return 1, f"{result.output}{result.exception}"
    return result.exit_code, result.output


def roster(tmp_path: Path, name: str = "members.xlsx") -> Path:
    write(parsed({"group": "G07", "members": MEMBERS}), tmp_path / name)
    return tmp_path / name


def test_it_asks_and_says_what_it_cannot_do(study: Study) -> None:
    before = sorted((study.dataset / "turns").iterdir())[0].read_bytes()
    status, said = vuoro(study, "withdraw", PERSON, typed="jotain\n")
    assert status == 1 and NOT_DONE in said
    assert f"{PERSON} is in G07-S01." in said
    for warned in ("backups", "overwrite the disk", "what others said", "given to another person"):
        assert warned in said
    assert sorted((study.dataset / "turns").iterdir())[0].read_bytes() == before
    assert not study.withdrawn_file.exists()


@pytest.mark.parametrize(("options", "typed"), [(["--yes"], ""), ([], f"{PERSON}\n")])
def test_withdrawal_leaves_a_valid_data_set(study: Study, options: list[str], typed: str) -> None:
    status, said = vuoro(study, "withdraw", PERSON, *options, typed=typed)
    assert status == 0, said
    assert f"Removed {PERSON} from G07-S01." in said
    status, said = vuoro(study, "validate")
    assert status == 0 and "in order" in said
    status, said = vuoro(study, "withdraw", PERSON, "--yes")
    assert status == 1 and f"There is no {PERSON} in this study." in said


def test_a_member_leaves_of_the_roster_a_pseudonym(study: Study, tmp_path: Path) -> None:
    status, said = vuoro(study, "group", "add", "ryhmä", "--from", str(roster(tmp_path)))
    assert status == 0 and "2 members, all have consented" in said
    study.voices.mkdir()
    (study.voices / "toinen.wav").touch()
    entity = EntityTable.load(study).by_name["person", "salanimi toinen"]
    person_id = f"H{entity.number:02d}"
    status, said = vuoro(study, "group", "show", "G07")
    assert status == 0 and person_id in said and "Salanimi Toinen" in said

    status, said = vuoro(study, "withdraw", person_id, "--yes")
    assert status == 0, said
    assert f"{person_id} is in no session." in said
    left = load(study, "G07")
    assert left is not None
    assert (
        left.members[1]
        == parsed(
            {
                "group": "G07",
                "members": [{"person_id": person_id, "consent": "withdrawn", "absent": ["S03"]}],
            }
        ).members[0]
    )
    assert left.members[0].name == "Salanimi Ensimmäinen"
    assert not list(study.voices.iterdir())
    # the encrypted key still knows the name: others may say it, and it must stay hidden
    assert EntityTable.load(study).by_name["person", "salanimi toinen"].id == entity.id
    private = [f.read_bytes() for f in study.root.rglob("*") if f.is_file()]
    assert not any(b"Salanimi Toinen" in data for data in private)
    assert [t["person_id"] for t in json.loads(study.withdrawn_file.read_text())] == [person_id]
    assert vuoro(study, "withdraw", person_id, "--yes")[0] == 1


def test_a_group_can_have_its_roster_before_its_first_recording(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    study.groups_file.write_text('{"toinen": "G12"}', encoding="utf-8")  # not G07, by chance
    status, said = vuoro(study, "group", "add", "Uusi Ryhmä", "--from", str(roster(tmp_path)))
    assert status == 0, said
    group_id = json.loads(study.groups_file.read_text())["uusi ryhmä"]
    taken = load(study, group_id)
    assert taken is not None and len(taken.members) == 2
    yaml = roster(tmp_path, "of-another-group.yaml")
    status, said = vuoro(study, "group", "add", "Toinen", "--from", str(yaml))
    assert status == 1 and "It is of another group." in said


def test_an_empty_roster_to_fill_in(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    status, said = vuoro(study, "group", "add", "Uusi Ryhmä")
    assert status == 0, said
    [file] = study.rosters.iterdir()
    assert "# Who is in this group" in file.read_text(encoding="utf-8")
    assert json.loads(study.groups_file.read_text()) == {"uusi ryhmä": file.stem}
    status, said = vuoro(study, "group", "add", "uusi ryhmä")
    assert status == 1 and "has a roster" in said


def test_show_writes_a_form_but_not_into_the_data_set(study: Study, tmp_path: Path) -> None:
    vuoro(study, "group", "add", "G07", "--from", str(roster(tmp_path, "members.yaml")))
    out = tmp_path / "out.xlsx"
    status, said = vuoro(study, "group", "show", "G07", "--out", str(out))
    assert status == 0 and "keep it private" in said
    assert read(out, "G07") == load(study, "G07")
    status, said = vuoro(study, "group", "show", "G07", "--out", str(study.dataset / "x.xlsx"))
    assert status == 1 and "must not be in dataset/" in said
    assert vuoro(study, "group", "show", "G99")[0] == 1


def test_check_tells_of_every_roster(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    assert vuoro(study, "group", "check")[0] == 0
    study.rosters.mkdir()
    sound = {"group": "G07", "members": [{"name": "Salanimi", "consent": "yes"}]}
    write(parsed(sound), study.rosters / "G07.yaml")
    assert vuoro(study, "group", "check") == (0, "G07: 1 member, all have consented\n")
    waiting = {"group": "G08", "members": [{"name": "Salanimi"}, {"name": "Muu", "consent": "no"}]}
    write(parsed(waiting), study.rosters / "G08.yaml")
    (study.rosters / "G09.yaml").write_text("members: [{role: Salarooli}]", encoding="utf-8")
    status, said = vuoro(study, "group", "check")
    assert status == 1
    assert "G08: 2 members, no consent from 1, 2: new recordings they may be in will wait" in said
    assert "G09: The roster cannot be used. Member 1: `role` must be one of" in said
    assert "Sala" not in said
