"""Sessions whose stages do nothing: what is left of their time is what orchestration costs.

``python -m benchmarks.idle LOG`` is a worker for batches of them; with an id, it runs one.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from uuid import UUID

from prefect import flow, get_client, task
from prefect.cache_policies import NO_CACHE
from prefect.events.worker import EventsWorker
from prefect.flow_engine import run_flow
from prefect.logging.handlers import APILogHandler

from flows import tied
from flows.one_session import COMPARE
from flows.worker import Worker, go_on
from pipeline.stages.declared import STAGES

IDLE = "idle"
_HERE = {"PYTHONPATH": str(Path(__file__).parents[1])}  # this module is not installed


@flow(name="idle session", flow_run_name="{session_id}", persist_result=False)
def idle_session(session_id: str) -> None:
    """A session whose stages do nothing."""
    for stage in (*(stage.name for stage in STAGES if stage.phase != "whole"), COMPARE):
        idle(session_id, stage)


@task(task_run_name="{session_id} {stage}", persist_result=False, cache_policy=NO_CACHE)
def idle(session_id: str, stage: str) -> None:
    """A stage that does nothing."""


@flow(name=IDLE, persist_result=False)
def idle_sessions(session_ids: list[str]) -> None:
    """A batch of sessions whose stages do nothing."""
    for session_id in session_ids:
        idle_session(session_id)


def deploy() -> UUID:
    """Register them on Prefect's server; return the id of the deployment."""
    with get_client(sync_client=True) as client:
        return client.create_deployment(client.create_flow(idle_sessions), IDLE)


def work(log: Path) -> None:
    """Process batches until this process is killed."""
    worker = Worker(
        get_client(sync_client=True),
        {deploy(): IDLE},
        lambda id, _: tied.start("benchmarks.idle", str(id), log=log, env=_HERE),
    )
    go_on(worker, threading.Event())


def run(id: UUID) -> None:
    """Process one batch."""
    tied.when_parent_goes()
    with get_client(sync_client=True) as client:
        batch = client.read_flow_run(id)
    run_flow(idle_sessions, flow_run=batch, parameters=batch.parameters, return_type="state")
    APILogHandler().flush()
    EventsWorker.drain_all(timeout=5)


if __name__ == "__main__":
    if Path(sys.argv[1]).is_absolute():
        work(Path(sys.argv[1]))
    else:
        run(UUID(sys.argv[1]))
