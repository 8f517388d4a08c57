"""`vuoro notebooks` says what is not installed, and gives the study notebooks of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipeline.commands.notebooks import NEEDED, NOTEBOOKS, copy_to, notebooks
from pipeline.errors import StudyError
from pipeline.study import create


@pytest.mark.parametrize("missing", NEEDED)
def test_what_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    create(tmp_path / "study")
    monkeypatch.setitem(sys.modules, missing, None)  # as where it is not installed
    with pytest.raises(StudyError) as raised:
        notebooks(tmp_path / "study")
    assert raised.value.remedy == f'Type: "{sys.executable}" -m pip install {missing}'


def test_notebooks_are_copied_to_the_study_and_changes_to_them_are_kept(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    copy_to(study)
    first, *others = sorted(study.notebooks.iterdir())
    assert [file.name for file in (first, *others)] == sorted(
        file.name for file in NOTEBOOKS.glob("*.ipynb")
    )
    first.write_text("changed", encoding="utf-8")
    others[0].unlink()
    copy_to(study)
    assert first.read_text(encoding="utf-8") == "changed"
    assert others[0].read_bytes() == (NOTEBOOKS / others[0].name).read_bytes()
