"""What notebooks may import of vuoro is one list, and ours import nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from many_sessions import UNKNOWN, make_study

from pipeline.reports import analysis
from pipeline.reports.analysis import plots
from pipeline.storage.shipped import SHIPPED

PUBLIC = ["MINIMAL_RESPONSES", "STUDY", "plots", "table"]
PLOTS = [
    *("attendance", "code_shares", "frequent_words", "measure_over_sessions"),
    *("offset_distribution", "overlaps_by_role", "role_shares", "shares_over_sessions"),
    *("speaking_shares", "time_use", "timeline", "transition_matrix", "transition_network"),
    "turn_lengths",
]
NOTEBOOKS = sorted((SHIPPED / "notebooks").glob("*.ipynb"))


def test_public_names_are_these_alone() -> None:
    assert analysis.__all__ == PUBLIC
    assert plots.__all__ == PLOTS
    assert all(hasattr(analysis, name) for name in PUBLIC)
    assert all(hasattr(plots, name) for name in PLOTS)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda file: file.stem[:2])
def test_notebooks_import_of_vuoro_the_public_module_alone(notebook: Path) -> None:
    cells = nbformat.read(notebook, 4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    tree = ast.parse("\n".join(line for line in code.splitlines() if line[:1] != "%"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {
        a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names
    }
    ours = {
        str(name) for name in modules if str(name).split(".")[0] in {"pipeline", "flows", "models"}
    }
    assert ours == {"pipeline.reports.analysis"}


def test_table_is_all_rows_of_the_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = make_study(tmp_path / "study", UNKNOWN)
    monkeypatch.setattr(analysis, "STUDY", study.root)
    pd.testing.assert_frame_equal(analysis.table("turns"), pd.read_parquet(study.dataset / "turns"))
