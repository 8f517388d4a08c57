"""What a stage leaves in its session's state when it is stopped from outside."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "false")

from flows.one_session import Reported
from pipeline.study import create, state

ID = "G07-S01"


def test_a_stage_that_is_stopped_on_purpose_is_no_failed_attempt(tmp_path: Path) -> None:
    study = create(tmp_path)
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt), Reported(study, ID, "decode"):
            raise KeyboardInterrupt
    assert state.load(study, ID) == state.State()
