"""A Prefect server for one run: SQLite in the study's private folder, on this machine only.

Prefect would start one by itself, but leaves it running for ever when the run is killed. This one
holds the other end of a pipe and goes when the run goes, however that happens.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import StageCrashError

HOST = "127.0.0.1"
START_WITHIN_S = 120.0
STOP_WITHIN_S = 10.0
LOG = "server.log"


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The address of a server's API, for as long as the block lasts.

    Where PREFECT_API_URL names a server, that one is used and none is started.

    Raises StageCrashError if the server does not start.
    """
    if configured := os.environ.get("PREFECT_API_URL"):
        yield configured
        return
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    port = _free_port()
    with (home / LOG).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.server", str(port)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the run, which then ends the server
        )
    try:
        _wait_until_up(process, port)
        yield f"http://{HOST}:{port}/api"
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_up(process: subprocess.Popen[bytes], port: int) -> None:
    import httpx

    give_up = time.monotonic() + START_WITHIN_S
    while process.poll() is None and time.monotonic() < give_up:
        try:
            if httpx.get(f"http://{HOST}:{port}/api/health", timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise StageCrashError(
        "Prefect's server did not start.",
        f"Its last words are in private/prefect/{LOG}; run `vuoro run` again.",
    )


def main(port: int) -> None:
    """Serve until the pipe from the run closes. What the child process does."""
    import uvicorn
    from prefect.server.api.server import create_app

    server = uvicorn.Server(uvicorn.Config(create_app(), HOST, port, log_level="error"))

    def end_with_the_run() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True
        time.sleep(STOP_WITHIN_S)
        os._exit(1)  # it hangs on something; nobody waits for it any more

    threading.Thread(target=end_with_the_run, daemon=True).start()
    server.run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
