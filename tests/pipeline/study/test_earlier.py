"""A study that vuoro 0.1.0 made opens, is brought up to date, and keeps what people decided.

``earlier/0.1.0.zip`` was made by that version from the demo's synthesised meetings: one voice was
named (an invented member), one name was judged, one turn corrected. Left out are recordings, which
come from ``data/demo``, and decoded sound.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from runs import vuoro

from pipeline.commands.output import in_full
from pipeline.dataset.validate import validate
from pipeline.errors import StudyError
from pipeline.operations.demo import FINNISH
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.settings import KEYS
from pipeline.study import EARLIER, FIRST_FORMAT, FORMAT, Study, create, open_study
from pipeline.tables import TABLES

MADE = Path(__file__).parent / "earlier" / "0.1.0.zip"
RECORDINGS = {"G76-S01": "tapaaminen-1.m4a", "G76-S02": "tapaaminen-2.ogg"}
CORRECTED = "Hei kaikki, ja tervetuloa takaisin."
NAMED = "H42"


@pytest.fixture
def earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    with zipfile.ZipFile(MADE) as archive:
        archive.extractall(tmp_path)
    study = Study(tmp_path / "study")
    for session_id, name in RECORDINGS.items():
        target = study.recordings / session_id / "original"
        shutil.copy(FINNISH / name, target.with_suffix(Path(name).suffix))
    monkeypatch.setenv("VUORO_KEYS", str(tmp_path / "keys"))
    return study


def said(study: Study, *arguments: str) -> subprocess.CompletedProcess[str]:
    return vuoro(study, *arguments, VUORO_KEYS=str(study.root.parent / "keys"))


def test_study_of_an_earlier_version_opens_and_says_what_the_next_run_does(earlier: Study) -> None:
    assert open_study(earlier.root).format == FIRST_FORMAT
    first, second = said(earlier, "status").stdout.splitlines()[:2]
    assert first == in_full(EARLIER, str(earlier.root))
    assert second.startswith("2 recordings: 2 waiting.")
    assert CORRECTED in said(earlier, "show", "G76-S01").stdout


def test_tables_of_an_earlier_version_are_refused_by_build_in_one_sentence(earlier: Study) -> None:
    build = said(earlier, "build")
    assert build.returncode == 1
    assert "The data set was made by another version of vuoro. Run `vuoro run --stu" in build.stderr
    assert "Traceback" not in build.stderr


def test_settings_and_columns_of_an_earlier_version_are_still_there(earlier: Study) -> None:
    """Where one is renamed, CHANGELOG and a message must say so: then change this test."""
    section, settings = "", set()
    for line in earlier.settings_file.read_text(encoding="utf-8").splitlines():
        if header := re.fullmatch(r"\[(\w+)\]", line):
            section = header[1]
        elif key := re.match(r"#(\w+) =", line):
            settings.add(f"{section}.{key[1]}")
    assert len(settings) == 21
    assert settings <= KEYS.keys()
    columns = {
        f"{file.parent.name}.{name}"
        for file in earlier.dataset.glob("*/*.parquet")
        for name in pq.read_schema(file).names
    }
    assert len(columns) == 200
    assert columns <= {f"{t.name}.{c.name}" for t in TABLES.values() for c in t.columns}


def test_new_study_has_the_present_format(tmp_path: Path) -> None:
    study = create(tmp_path)
    assert study.format == FORMAT
    assert study.format_file.read_text(encoding="utf-8") == f"{FORMAT}\n"
    assert not study.bring_up_to_date()


def test_completing_a_study_of_an_earlier_version_leaves_its_format(earlier: Study) -> None:
    create(earlier.root)
    assert earlier.format == FIRST_FORMAT


def test_study_of_a_later_version_is_refused_in_one_sentence(tmp_path: Path) -> None:
    study = create(tmp_path)
    study.format_file.write_text(f"{FORMAT + 1}\n", encoding="utf-8")
    with pytest.raises(StudyError, match="made by a later version of vuoro") as raised:
        open_study(tmp_path)
    assert raised.value.remedy == "Install the latest version of vuoro."


@pytest.mark.models
def test_run_brings_an_earlier_study_up_to_date_and_keeps_decisions(earlier: Study) -> None:
    toml = earlier.settings_file.read_text(encoding="utf-8")  # or it asks which language it is
    toml = toml.replace("#language = ", 'language = "fi"')
    earlier.settings_file.write_text(toml, encoding="utf-8")
    names_before = {e.id: e.names for e in EntityTable.load(earlier).judged}
    run = said(earlier, "run")
    assert run.returncode == 0, run.stderr
    assert in_full(EARLIER, str(earlier.root)) in run.stdout
    assert earlier.format == FORMAT
    assert validate(earlier.dataset) == []
    turns = pd.read_parquet(earlier.dataset / "turns").set_index("turn_id")
    assert turns.text["G76-S01-T00000596"] == CORRECTED
    assert turns.person_id["G76-S01-T00000596"] == NAMED
    people = pd.read_parquet(earlier.dataset / "people").set_index("person_id")
    assert people.role[NAMED] == "leader"
    attendance = pd.read_parquet(earlier.dataset / "attendance")
    named = attendance[attendance.person_id == NAMED]
    assert named.present.tolist() == [True, True]  # by the voice that was named in one session
    names_after = {e.id: e.names for e in EntityTable.load(earlier).judged}
    assert names_before.items() <= names_after.items()
    assert "earlier version" not in said(earlier, "status").stdout
