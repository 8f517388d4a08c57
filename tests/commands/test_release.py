"""``vuoro release``: what it says, what it refuses, and its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import typer
from example_dataset import make_dataset
from runs import KEYS
from templates import copy_made
from typer.testing import CliRunner, Result

from pipeline.commands.release import release
from pipeline.pseudonymisation.entities import Entity, EntityTable
from pipeline.pseudonymisation.key import KeyFile, Secret, find_secret
from pipeline.study import Study, create

app = typer.Typer()
app.command()(release)

TABLE = EntityTable(
    (
        Entity("person", 7, ("leena virtanen",), ("Leena Virtanen",), verdict="name"),
        Entity("organisation", 3, ("kuviteltu tukiliitto",), category="järjestö"),
    )
)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """The example data set, of sessions whose recordings the study no longer has."""
    for name in ("VUORO_PASSPHRASE", "VUORO_KEY_FILE", "VUORO_STUDY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VUORO_KEYS", str(KEYS))
    copy_made(_make, tmp_path / "study")
    return Study(tmp_path / "study")


def _make(root: Path) -> None:
    study = create(root)
    make_dataset(study.dataset)
    TABLE.save(study)


def run(study: Study, out: Path, *options: str) -> Result:
    return CliRunner().invoke(app, [str(out), "--study", str(study.root), *options])


def test_release_says_what_is_left_to_do(study: Study, tmp_path: Path) -> None:
    result = run(study, tmp_path / "out", "--unreviewed", "--coarse", "--sample", "2", "--k", "1")
    assert result.exit_code == 0, result.output
    assert "Released. Read the 2 of 4 turns that were drawn" in result.output
    assert "less than 77.64 % of turns" in result.output  # 1 - 0.05 ** (1 / 2)
    assert "marked UNREVIEWED" in result.output
    assert "Consent not known: 1 person who speaks is in no roster." in result.output
    assert "3 where a person is the only one of a role in a session; 0 comb" in result.output
    assert "sign RELEASE.md" in result.output
    facts = json.loads((tmp_path / "out" / "RELEASE.json").read_text("utf-8"))
    assert (facts["coarse"], facts["reviewed"], facts["released"]) == (True, False, True)


def test_unreviewed_sessions_are_not_released(study: Study, tmp_path: Path) -> None:
    result = run(study, tmp_path / "out")
    assert result.exit_code == 1
    assert "NOT so: Every session was reviewed. 2 findings" in result.output
    assert "session G01-S02: not everything found in it has been judged" in result.output
    assert "Nothing was released." in result.output
    assert str(study.private / "release-refused.md") in result.output
    assert not (tmp_path / "out").exists()


def test_a_name_is_told_by_its_place_and_pseudonym(study: Study, tmp_path: Path) -> None:
    file = study.dataset / "turns" / "G01-S02.parquet"
    table = pq.read_table(file)
    rows = table.to_pylist()
    rows[0]["text"] = "Hei Leena Virtanen."
    pq.write_table(type(table).from_pylist(rows, schema=table.schema), file)
    result = run(study, tmp_path / "out", "--unreviewed")
    assert result.exit_code == 1
    assert "turn G01-S02-T00000500: should be [Henkilö 7]" in result.output
    assert "virta" not in result.output.casefold() and "leena" not in result.output.casefold()


def test_passphrase_that_is_not_given_stops_the_release(study: Study, tmp_path: Path) -> None:
    KeyFile(study.key_file, find_secret(study.key_file)).change(Secret.passphrase("viisi sanaa"))
    result = run(study, tmp_path / "out", "--unreviewed")
    assert result.exit_code == 1
    assert "locked with a passphrase" in str(result.exception)
    assert not (tmp_path / "out").exists()
