"""The notebooks run as they are on a data set with everything and on one with next to nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from many_sessions import GROUPS, UNKNOWN, make_study
from traced import run_traced

pytestmark = pytest.mark.notebooks

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
NAMES = [notebook.stem[:2] for notebook in NOTEBOOKS]

EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
whole = nbformat.read(sys.argv[1], 4)
NotebookClient(whole, timeout=120, kernel_name="python3").execute(cwd=sys.argv[2])
nbformat.write(whole, sys.argv[1])
"""


class Ran:
    """All notebooks as run on one study: their outputs by number, such as 01."""

    def __init__(self, study: Path, before: pytest.MonkeyPatch) -> None:
        before.setenv("VUORO_STUDY", str(study))
        # one kernel for all, as each would import the same; emptied before each
        cells = []
        for notebook in NOTEBOOKS:
            empty = nbformat.v4.new_code_cell("%reset -f", id=f"{notebook.stem[:2]}-reset")
            cells += [empty, *nbformat.read(notebook, 4).cells]
        whole = nbformat.v4.new_notebook(cells=cells)
        file = study / "whole.ipynb"
        nbformat.write(whole, file)
        command = [sys.executable, "-c", EXECUTE, str(file), str(NOTEBOOKS[0].parent)]
        self.trace, process = run_traced(command, {**os.environ})
        assert process.returncode == 0, process.stderr
        whole = nbformat.read(file, 4)
        self.cells = [cell for cell in whole.cells if cell.cell_type == "code"]

    def data(self, number: str) -> list[dict[str, Any]]:
        """What each output of a notebook shows, by type."""
        own = [cell for cell in self.cells if cell.id.startswith(number)]
        return [o["data"] for cell in own for o in cell.outputs if "data" in o]

    def pictures(self, number: str) -> int:
        return sum("image/png" in data for data in self.data(number))

    def text(self, number: str) -> str:
        shown = [data.get("text/markdown", data["text/plain"]) for data in self.data(number)]
        return "\n".join(shown)

    def complaints(self) -> str:
        outputs = [output for cell in self.cells for output in cell.outputs]
        return "".join(o.text for o in outputs if o.output_type == "stream")


@pytest.fixture(scope="module")
def patch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        patch.setenv("OMP_NUM_THREADS", "1")
        yield patch


@pytest.fixture(scope="module")
def full(patch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Three groups with roles, meetings, interviews, and codes."""
    study = make_study(tmp_path_factory.mktemp("full") / "study", GROUPS)
    turns = pd.read_parquet(study.dataset / "turns")
    turns = turns[turns.kind == "turn"].head(90)
    codes = turns[["turn_id"]].assign(coder="A", code=["työote", "hallinta", "puitteet"] * 30)
    (study.root / "codings").mkdir()
    codes.to_csv(study.root / "codings" / "codings.csv", index=False)
    return Ran(study.root, patch)


@pytest.fixture(scope="module")
def bare(patch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """As the demo leaves it: short sessions, no roster, no roles, no interviews, no codes."""
    study = make_study(tmp_path_factory.mktemp("bare") / "study", UNKNOWN)
    return Ran(study.root, patch)


def test_four_notebooks_are_found() -> None:
    assert NAMES == ["01", "02", "03", "04"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=NAMES)
def test_saved_without_outputs_and_without_a_machines_traces(notebook: Path) -> None:
    saved = nbformat.read(notebook, 4)
    nbformat.validate(saved)
    for cell in saved.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert not cell.metadata
    assert set(saved.metadata) == {"kernelspec", "language_info"}
    assert saved.metadata.kernelspec == {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    assert saved.metadata.language_info == {"name": "python"}
    text = notebook.read_text(encoding="utf-8")
    assert str(Path.home()) not in text
    assert "/home/" not in text


def test_every_picture_is_shown(full: Ran) -> None:
    assert [full.pictures(name) for name in NAMES] == [4, 12, 7, 5]


def test_notebooks_write_no_warnings(full: Ran, bare: Ran) -> None:
    assert full.complaints() == ""
    assert bare.complaints() == ""


def test_nothing_is_asked_of_the_network(full: Ran) -> None:
    assert full.trace.asked == []
    assert full.trace.n_local > 0  # the kernel is spoken to


def test_mixed_models_are_fitted_where_there_are_enough_data(full: Ran) -> None:
    lengths, offsets = (data["text/plain"] for data in full.data("03")[-2:])
    for table in (lengths, offsets):
        for row in ("session_number", "C(role)[T.leader]", "person Var", "session Var"):
            assert row in table


def test_codes_are_shown_where_there_are_any(full: Ran) -> None:
    assert "Koodattuja vuoroja on 90/" in full.text("04")


def test_a_study_without_roles_or_interviews_or_codes_is_shown_too(bare: Ran) -> None:
    assert all(bare.pictures(name) > 0 for name in NAMES)


def test_it_is_said_where_data_are_too_few(bare: Ran) -> None:
    assert bare.text("03").count("aineistoa on liian vähän sekamalliin") == 2
    assert "ei ole vielä koodeja" in bare.text("04")
