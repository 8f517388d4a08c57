"""Which sessions are handed out already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from prefect.client.schemas.objects import StateType

from flows import inbox
from pipeline.study import Study, create


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path)


def test_more_batches_than_prefect_tells_at_a_time(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """10,000 sessions are a thousand batches of ten."""
    waiting = [
        SimpleNamespace(
            id=number,
            state_type=StateType.SCHEDULED,
            parameters={"session_ids": [f"G01-S{number:04d}"]},
        )
        for number in range(1000)
    ]

    def read_flow_runs(limit: int, offset: int, **_: object) -> list[SimpleNamespace]:
        return waiting[offset : offset + min(limit, 200)]

    @contextmanager
    def client(sync_client: bool) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(read_flow_runs=read_flow_runs)

    monkeypatch.setattr(inbox, "get_client", client)
    assert len(inbox._given(study)) == 1000
