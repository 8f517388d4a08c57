"""The worked examples in docs/extending.md, carried out on a copy of the packages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from copied import ROOT, copy_packages, python

COMMAND_LINE = "from pipeline.commands.cli import main; main()"
MOST_FILES = 2
MOST_FILES_OF_A_STAGE = 3

_BLOCK = re.compile(r"^```(python|diff)\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# a study whose results are there, as the copy publishes them
FINISHED = """
import json, sys
from pathlib import Path
import pyarrow.parquet as pq
import pytest
from finished import NAME, fake_models, finished_study
from many_sessions import GROUPS, make_study
from pipeline.dataset.validate import validate
from typer.testing import CliRunner
from pipeline.commands.cli import app

fake_models(pytest.MonkeyPatch())
study = finished_study(Path("finished"), sessions=("1.wav",))
assert validate(study.dataset) == []
dictionary = (study.dataset / "dictionary.csv").read_text("utf-8-sig")

def vuoro(*arguments):
    done = CliRunner().invoke(app, [*arguments, "--study", str(study.root)])
    assert done.exit_code == 0, done.output

def rows(table):
    return pq.read_table(study.dataset / table).to_pylist()
"""

pytestmark = pytest.mark.packages


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return copy_packages(tmp_path)


def carried_out(copy: Path, title: str) -> list[str]:
    """Do what the example says, and say which files it touches.

    A block of Python is a new file. A block of differences stands for one place of a file, which
    is found by the lines that stay and go.
    """
    text = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    section = text.split(f"\n### {title}\n")[1].split("\n##")[0]
    touched: list[str] = []
    for kind, name, body in _BLOCK.findall(section):
        file = copy / name
        if kind == "python":
            assert not file.exists(), name
            file.write_text(body, encoding="utf-8")
        else:
            lines = [(line[:1], line[1:]) for line in body.splitlines(keepends=True)]
            old = "".join(line for sign, line in lines if sign != "+")
            new = "".join(line for sign, line in lines if sign != "-")
            source = file.read_text(encoding="utf-8")
            assert source.count(old) == 1, f"{name} has not once:\n{old}"
            file.write_text(source.replace(old, new), encoding="utf-8")
        touched.append(name)
    assert touched, f"nothing to do in {title}"
    return sorted(set(touched))


def test_a_new_stage_is_made_kept_and_made_again_for_its_setting_alone(copy: Path) -> None:
    assert len(carried_out(copy, "A new stage")) <= MOST_FILES_OF_A_STAGE
    code = """
from pathlib import Path
import pytest
from finished import CANARIES, A, B, chain_of, fake_models, finished_study
from pipeline.operations.clean import reprocess
from pipeline.stages.filling import COUNT_FILLERS
from pipeline.withdrawal.withdraw import withdraw

fake_models(pytest.MonkeyPatch())
study = finished_study(Path("finished"), sessions=("1.wav",))

def pending():
    return chain_of(study, "G07-S01").pending()

print(*pending())
chain_of(study, "G07-S01").run(COUNT_FILLERS)
print(*pending() or ["nothing"], chain_of(study, "G07-S01").get(COUNT_FILLERS))

study.settings_file.write_text('[turns]\\nfiller_words = ["Se", "kiitos"]\\n')
print(*pending())
chain_of(study, "G07-S01").run(COUNT_FILLERS)
print(chain_of(study, "G07-S01").get(COUNT_FILLERS))
print(*reprocess(study, "G07-S01", "count_fillers", study.settings()))
chain_of(study, "G07-S01").run(COUNT_FILLERS)
withdraw(study, "G07-S01-U1", study.settings(), lambda: "2026-01-02")
print(*pending() or ["nothing"], chain_of(study, "G07-S01").get(COUNT_FILLERS))
"""
    assert python(copy, code).splitlines() == [
        "count_fillers",
        "nothing {'SPEAKER_01': 1}",
        "count_fillers",
        "{'SPEAKER_00': 2}",
        "count_fillers",
        "nothing {}",
    ]


def test_a_new_command_is_in_the_help_and_runs(copy: Path) -> None:
    assert len(carried_out(copy, "A new command")) <= MOST_FILES
    assert "Say where the tables of a study are." in python(copy, COMMAND_LINE, "--help")
    python(copy, COMMAND_LINE, "init", "mine")
    assert python(copy, COMMAND_LINE, "where", "--study", "mine").strip().endswith("mine/dataset")


def test_a_new_measure_is_in_the_table_the_dictionary_and_the_report(copy: Path) -> None:
    assert len(carried_out(copy, "A new measure")) <= MOST_FILES
    code = f"""{FINISHED}
study = make_study(Path("talkative"), GROUPS[:1])
assert validate(study.dataset) == []
(row,) = rows("dynamics_session")
assert row["early_share"] == round(row["n_overlaps_between"] / row["n_floor_transfers"], 4)
print(row["early_share_low"] < row["early_share"] < row["early_share_high"])
print("dynamics_session,early_share," in dictionary)
vuoro("report", "G03-S01", "--html", "--language", "en")
page = (study.reports / "G03-S01.html").read_text(encoding="utf-8")
print("Transfers before the previous end" in page)
"""
    assert python(copy, code).split() == ["True", "True", "True"]


def test_a_new_table_is_published_described_validated_exported_and_gated(copy: Path) -> None:
    assert len(carried_out(copy, "A new table")) <= MOST_FILES
    code = f"""{FINISHED}
from pipeline.release.contents import copy
from pipeline.release.examination import Examination
from pipeline.release.needles import Needles
from pipeline.pseudonymisation.entities import EntityTable

assert "lapses,duration_s," in dictionary
assert "lapses" in (study.dataset / "DATASHEET.md").read_text(encoding="utf-8")
vuoro("build", "--csv")
print((study.exports / "csv" / "lapses.csv").read_text("utf-8-sig").splitlines()[0])

file = study.dataset / "lapses" / "G07-S01.parquet"
table = pq.read_table(file)
row = {{"session_id": "G07-S01", "group_id": "G07", "session_number": 1, "kind": NAME}}
row |= {{"lapse_number": 1, "duration_s": -9.0}}
pq.write_table(type(table).from_pylist([row], schema=table.schema), file)
print(*map(str, validate(study.dataset)), sep="\\n")

pending = Path("pending")
pending.mkdir()
copy(study, pending, extras=False)
names = EntityTable.load(study)
look = Examination(pending, names, Needles(names, [], labels="fi"), "fi", dict(), lambda *_: None)
look.texts(coarse=False, allow_dates=False)
print(look.listing.findings)
"""
    said = python(copy, code)
    assert '"session_id","group_id","session_number","kind","lapse_number","duration_s"' in said
    assert "lapses/G07-S01.parquet: kind is none of meeting, group_interview in G07-S01 1." in said
    assert "lapses/G07-S01.parquet: duration_s is below 0 in G07-S01 1." in said
    assert "dataset/lapses/G07-S01.parquet" in said and "kind" in said
    assert "Salavaara" not in said


def test_a_new_form_is_an_option_of_build_and_is_written(copy: Path) -> None:
    assert len(carried_out(copy, "A new form of export")) <= MOST_FILES
    assert "Export JSON Lines: a row a line." in python(copy, COMMAND_LINE, "build", "--help")
    code = f"""{FINISHED}
vuoro("build", "--jsonl")
lines = (study.exports / "jsonl" / "turns.jsonl").read_text(encoding="utf-8").splitlines()
print([json.loads(line) for line in lines] == [
    {{**row, **{{name: "; ".join(value) or None
      for name, value in row.items() if isinstance(value, list)}}}} for row in rows("turns")
])
"""
    assert python(copy, code).strip() == "True"
