"""A run that takes long, in a process of its own: for the tests that kill it.

``python -m slow_run``: by hand; ``python -m slow_run ID``: the run of a deployment with this id.
"""

from __future__ import annotations

import sys
import time
from uuid import UUID

from prefect import flow, get_client, task
from prefect.cache_policies import NO_CACHE
from prefect.flow_engine import run_flow

from flows import tied


@task(persist_result=False, cache_policy=NO_CACHE)
def stage() -> None:
    time.sleep(600)


@flow(name="session", persist_result=False)
def session() -> None:
    stage()


@flow(name="slow", persist_result=False)
def slow() -> None:
    session()


if __name__ == "__main__":
    tied.when_parent_goes(within_s=1.0)
    if len(sys.argv) > 1:
        with get_client(sync_client=True) as client:
            flow_run = client.read_flow_run(UUID(sys.argv[1]))
        run_flow(slow, flow_run=flow_run, return_type="state")
    else:
        slow()
