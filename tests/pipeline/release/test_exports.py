"""Exports that vuoro made go into a release only as made of what was examined."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.exports.write import export
from pipeline.release.gate import Outcome
from pipeline.study import Study


def test_exports_of_a_release_are_made_of_what_was_examined(
    study: Study, gate: Callable[..., Outcome], tmp_path: Path
) -> None:
    export(study.dataset, study.exports, ["csv", "sav", "rds"])
    stale = study.exports / "csv" / "turns.csv"
    stale.write_text("Virtanen\n", encoding="utf-8")
    (study.exports / "own.csv").write_text("a,b\n", encoding="utf-8")
    assert gate().report.released
    released = tmp_path / "out" / "exports"
    found = {str(file.relative_to(released)) for file in released.rglob("*.*")}
    assert {"own.csv", "csv/turns.csv", "sav/fi/people.sav", "rds/words.rds"} <= found
    assert not any(".made" in name for name in found)
    assert "Virtanen" not in (released / "csv" / "turns.csv").read_text("utf-8-sig")
    assert not any(name.startswith("dta") for name in found)
