"""What a run is called with: what it was asked for by way of Prefect's server counts for little."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.asked import INBOX, REBUILD, SESSIONS, parameters_of
from flows.deployments import FLOWS
from pipeline.errors import StudyError
from pipeline.study import Study, create


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = create(tmp_path)
    for id in ("G07-S01", "G07-I02", "G107-S03"):
        (made.recordings / id).mkdir()
    return made


def test_the_study_and_its_settings_are_the_process_s(study: Study) -> None:
    root = str(study.root)
    assert parameters_of(REBUILD, {}, study, 10) == {"study": root}
    assert parameters_of(INBOX, {}, study, 10) == {"study": root, "hand_out": 10}


def test_a_batch_is_of_sessions_that_are_there_each_once(study: Study) -> None:
    asked = ["G107-S03", "G07-S09", "G07-I02", "G107-S03"]
    found = parameters_of(SESSIONS, {"session_ids": asked}, study, 0)
    assert found == {"study": str(study.root), "session_ids": ["G107-S03", "G07-I02"]}


@pytest.mark.parametrize("name", [INBOX, REBUILD])
@pytest.mark.parametrize(
    "asked", [{"study": "/x"}, {"overrides": {}}, {"hand_out": 1}, {"every": True}, {"x": None}]
)
def test_parameters_other_than_ours_are_refused(
    study: Study, name: str, asked: dict[str, Any]
) -> None:
    with pytest.raises(StudyError, match="refused"):
        parameters_of(name, asked, study, 0)


@pytest.mark.parametrize(
    "ids",
    [
        [],
        ["../G07-S01"],
        ["G07-S01/.."],
        ["G07-S01\n"],
        ["G07-S01", "/etc"],
        [["G07-S01"]],
        [7],
        "G07-S01",
        {"G07-S01": 1},
        None,
        ["G98-S98"],
    ],
)
def test_what_is_no_session_is_refused(study: Study, ids: object) -> None:
    with pytest.raises(StudyError, match="refused"):
        parameters_of(SESSIONS, {"session_ids": ids}, study, 0)


def test_every_deployment_has_its_flow(study: Study) -> None:
    asked = {INBOX: {}, REBUILD: {}, SESSIONS: {"session_ids": ["G07-S01"]}}
    for name, flow in FLOWS.items():
        assert {*parameters_of(name, asked[name], study, 0)} <= {*flow.parameters.properties}
