"""A Prefect server: SQLite in the study's private folder, on this machine only.

Prefect would start one by itself, but leaves it running for ever when the run is killed. This one
is tied to the process that started it.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows import tied
from flows.address import address_of
from flows.tied import Process
from pipeline.disk import refuse_if_full
from pipeline.errors import StageCrashError

HOST = "127.0.0.1"
START_WITHIN_S = 120.0
LOG = "server.log"


@contextmanager
def serving(home: Path, other: str | None = None) -> Iterator[str]:
    """The address of a server's API, for as long as the block lasts.

    Where the study's settings name another one, or `vuoro up` serves the study, that one is used
    and none is started.

    Raises StageCrashError if the server does not start, or the other one does not answer.
    """
    if other and not is_reached(other):
        raise StageCrashError(
            "The Prefect server that vuoro.toml names does not answer.",
            "Start it, or remove prefect_api_url under [machine].",
        )
    if there := other or address_of(home):
        yield there
        return
    port = free_port()
    process = start(home, port)
    try:
        wait_until_up(process, home, port)
        yield api_of(port)
    finally:
        tied.end(process)


def start(home: Path, port: int) -> Process:
    """Start a server, tied to this process; it does not answer yet."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    # any page in the researcher's browser could read the server otherwise: Prefect allows all
    own = {"PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://{HOST}:{port}"}
    return tied.start("flows.server", str(port), log=home / LOG, env=own)


def api_of(port: int) -> str:
    """The address of the API of the server at this port."""
    return f"http://{HOST}:{port}/api"


def free_port(wanted: int = 0) -> int:
    """The wanted port, or any where it is 0. Raises OSError if somebody listens there."""
    with socket.socket() as probe:
        if os.name != "nt":  # a server that has just ended does not keep its port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, wanted))
        port: int = probe.getsockname()[1]
        return port


def wait_until_up(process: Process, home: Path, port: int) -> None:
    """Until the server answers. Raises StageCrashError if it never does, DiskFullError."""
    give_up = time.monotonic() + START_WITHIN_S
    while process.poll() is None and time.monotonic() < give_up:
        if answers(port):
            return
        time.sleep(0.1)
    refuse_if_full(home, "starting Prefect's server")
    raise StageCrashError(
        "Prefect's server did not start.",
        f"Its last words are in private/prefect/{LOG}; try again.",
    )


def is_reached(api: str) -> bool:
    """Whether a server is at this address, whatever it answers."""
    import httpx

    try:
        httpx.get(f"{api}/health", timeout=10, trust_env=False)
    except (httpx.TransportError, httpx.InvalidURL):
        return False
    return True


def answers(port: int) -> bool:
    """Whether a server that is well answers at this port."""
    import httpx

    try:
        return httpx.get(f"{api_of(port)}/health", timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False


def main(port: int) -> None:
    """Serve until the parent goes. What the child process does."""
    import uvicorn
    from prefect.server.api.server import create_app

    server = uvicorn.Server(uvicorn.Config(create_app(), HOST, port, log_level="error"))
    tied.when_parent_goes(lambda: setattr(server, "should_exit", True))
    server.run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
