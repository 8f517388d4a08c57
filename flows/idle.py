"""Sessions whose stages do nothing: what is left of their time is what orchestration costs.

Apart from ``flows.proof``, as a worker imports a flow by the name of its module.
"""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from pipeline.stages import STAGES


@flow(name="idle session", flow_run_name="{session_id}", persist_result=False)
def idle_session(session_id: str) -> None:
    """A session whose stages do nothing."""
    for stage in (*(stage.name for stage in STAGES), "compare", "names"):
        idle(session_id, stage)


@task(task_run_name="{session_id} {stage}", persist_result=False, cache_policy=NO_CACHE)
def idle(session_id: str, stage: str) -> None:
    """A stage that does nothing."""


@flow(name="idle", persist_result=False)
def idle_sessions(session_ids: list[str]) -> None:
    """A batch of sessions whose stages do nothing."""
    for session_id in session_ids:
        idle_session(session_id)
