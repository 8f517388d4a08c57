"""The worked examples in CONTRIBUTING.md, carried out on a copy of the packages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from copied import ROOT, copy_packages, python

COMMAND_LINE = "from pipeline.commands.cli import main; main()"
MOST_FILES = 2
MOST_FILES_OF_A_STAGE = 3

_BLOCK = re.compile(r"^```(python|diff)\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return copy_packages(tmp_path)


def carried_out(copy: Path, title: str) -> list[str]:
    """Do what the example says, and say which files it touches.

    A block of Python is a new file. A block of differences stands for one place of a file, which
    is found by the lines that stay and go.
    """
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
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
