"""Prefect's server ends when its run does, even by kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from runs import environment

pytestmark = pytest.mark.faults

HOLDER = """
import sys, time
from pathlib import Path
from flows.server import serving
import httpx
with serving(Path(sys.argv[1])) as api:
    print(api, httpx.get(f"{api}/health").status_code, flush=True)
    time.sleep(600)
"""


def test_killed_run_leaves_no_server(tmp_path: Path) -> None:
    import httpx

    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "prefect")],
        env=environment(PREFECT_HOME=str(tmp_path / "prefect")),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    api, status = process.stdout.readline().split()
    assert status == "200"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    for _ in range(300):
        try:
            httpx.get(f"{api}/health", timeout=1)
        except httpx.TransportError:
            return
        time.sleep(0.1)
    raise AssertionError("the server still answers half a minute after its run was killed")
