"""A run killed in the middle of a stage: the next one goes on from there."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from faults import carried_out, children, killed_in, run_to_the_end, short_study
from halting import DOCUMENT
from pretended import tables
from runs import start, vuoro

from pipeline.dataset.validate import examine
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.stages.declared import STAGES, STORED
from pipeline.stages.publishing import PUBLISH
from pipeline.study import Study, accepted
from pipeline.study.store import Store

pytestmark = [pytest.mark.models, pytest.mark.faults]

ALL = [*(stage.name for stage in STAGES if stage.phase != "whole"), DOCUMENT]


def test_killed_in_every_stage_in_turn(tmp_path: Path, prefect: dict[str, str]) -> None:
    """One recording's life: each run redoes what the last was killed in, goes on to the next stage
    and is killed there. The tables are those of a run that nobody disturbed."""
    log = tmp_path / "log"
    calm, killed = short_study(tmp_path / "calm"), short_study(tmp_path / "killed")
    for study in (calm, killed):
        EntityTable(audit_key="07" * 32).save(study)  # the same random draw
    run_to_the_end(calm, log, **prefect)
    assert carried_out(log) == ALL

    for before, stage in zip([None, *ALL], ALL, strict=False):
        with killed_in(killed, stage, log, **prefect):
            assert_nothing_half_done_is_seen(killed, stage)
        assert carried_out(log) == [each for each in (before, stage) if each], stage

    assert "Nothing to do" in run_to_the_end(killed, log, **prefect)
    assert carried_out(log) == [DOCUMENT]
    assert tables(killed) == tables(calm)
    left = [f.name for f in killed.root.rglob("*") if ".pending" in f.name or ".claim" in f.name]
    assert left == []


def assert_nothing_half_done_is_seen(study: Study, stage: str) -> None:
    """While a stage's result is half there, readers see none of it."""
    [recording] = accepted.sessions(study)
    done = {folder.name for folder in study.stages.iterdir()} - {".pending"}
    assert done == {each for each in ALL[: ALL.index(stage)] if each in STAGE_NAMES}
    assert all(Store(study.stages).find(s, key) for s, key in results(study))
    if stage == PUBLISH.name:
        assert not (study.dataset / "sessions" / f"{recording.session_id}.parquet").exists()
    if stage == DOCUMENT:
        assert "turns" in examine(study.dataset).n_rows


def results(study: Study) -> list[tuple[str, str]]:
    """Stage and key of each result that is in the store."""
    return [(folder.parent.name, folder.name) for folder in study.stages.glob("[!.]*/*")]


STAGE_NAMES = {stage.name for stage in STORED}


def test_ctrl_c_stops_with_one_sentence_and_leaves_nothing_running(tmp_path: Path) -> None:
    study = short_study(tmp_path)
    process = start(study, "run")
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "who spoke when: starts" in line:
            server = children(process.pid)["flows.server"]
            process.send_signal(signal.SIGINT)
            break
    said += process.communicate(timeout=120)[0]
    assert process.returncode == 130
    assert "Stopped. Finished work is kept" in said
    assert "Traceback" not in said
    assert not Path(f"/proc/{server}").exists()
    assert vuoro(study, "build").returncode == 0  # nobody holds the study any more
