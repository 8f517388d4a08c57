"""A Prefect server: SQLite in the study's private folder, on this machine only.

Prefect could start one, but leaves it running for ever when the run is killed. This one is tied to
the process that started it.
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
from flows.server_secret import CLIENT_VARIABLE, SERVER_VARIABLE, basic, secret_of
from flows.tied import Process
from pipeline.errors import StageCrashError
from pipeline.storage.disk import refuse_if_full

HOST = "127.0.0.1"
START_WITHIN_S = 120.0
LOG = "server.log"


@contextmanager
def serving(home: Path, other: str | None = None) -> Iterator[str]:
    """Yield the address of a server's API, for as long as the block lasts.

    If the study's settings name another server, or `vuoro up` serves the study, that one is used
    and none is started. The secret of the study's own server is in the environment from then on.

    Raises StageCrashError if the server does not start, or the other one does not answer.
    """
    if other:
        if not is_reached(other):
            raise StageCrashError(
                "The Prefect server that vuoro.toml names does not answer.",
                "Start it, or remove prefect_api_url under [machine].",
            )
        yield other
        return
    os.environ[CLIENT_VARIABLE] = secret_of(home)
    if there := address_of(home):
        yield there
        return
    with listening() as at:
        process = start(home, at)
        try:
            wait_until_up(process, home, port_of(at))
            yield api_of(port_of(at))
        finally:
            tied.end(process)


def start(home: Path, at: socket.socket) -> Process:
    """Start a server, tied to this process; it does not answer yet."""
    own = {
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://{HOST}:{port_of(at)}",
        "PREFECT_UI_API_URL": "/api",
        SERVER_VARIABLE: secret_of(home),
    }
    return tied.start("flows.server", str(at.fileno()), log=home / LOG, env=own, socket=at)


def api_of(port: int) -> str:
    """The address of the API of the server at this port."""
    return f"http://{HOST}:{port}/api"


def listening(wanted: int = 0) -> socket.socket:
    """Return a socket at the wanted port, or at any if it is 0. Raises OSError if it is taken.

    The process that keeps a server holds the socket: while a dead server is restarted, no other
    program can take its place and be given the secret.
    """
    at = socket.socket()
    try:
        if sys.platform == "win32":
            at.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:  # a server that has just ended does not keep its port
            at.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        at.bind((HOST, wanted))
        at.listen()
    except OSError:
        at.close()
        raise
    return at


def port_of(at: socket.socket) -> int:
    """The port at which a socket listens."""
    port: int = at.getsockname()[1]
    return port


def wait_until_up(process: Process, home: Path, port: int) -> None:
    """Wait until the server answers. Raises StageCrashError if it never does, DiskFullError."""
    secret = secret_of(home)
    give_up = time.monotonic() + START_WITHIN_S
    while process.poll() is None and time.monotonic() < give_up:
        if answers(port, secret):
            return
        time.sleep(0.1)
    refuse_if_full(home, "starting Prefect's server")
    raise StageCrashError(
        "Prefect's server did not start.",
        f"Its last words are in private/prefect/{LOG}; try again.",
    )


def is_reached(api: str) -> bool:
    """Whether any server answers at this address, whatever the answer."""
    import httpx

    try:
        httpx.get(f"{api}/health", timeout=10, trust_env=False)
    except (httpx.TransportError, httpx.InvalidURL):
        return False
    return True


def answers(port: int, secret: str) -> bool:
    """Whether the server with this secret answers at this port."""
    import httpx

    try:
        return httpx.get(
            f"{api_of(port)}/version",
            headers={"Authorization": f"Basic {basic(secret)}"},
            timeout=2,
            trust_env=False,
        ).is_success
    except httpx.TransportError:
        return False


def main(handle: int) -> None:
    """Serve until the parent ends, on one of its sockets. Entry point of the child process."""
    import uvicorn
    from prefect.server.api.server import create_app

    from flows.border import Border

    os.umask(0o077)  # the database is readable by its owner only
    with socket.socket(fileno=handle) as at:
        app = Border(create_app(), port_of(at), os.environ[SERVER_VARIABLE])
        config = uvicorn.Config(app, log_level="error", access_log=False, server_header=False)
        server = uvicorn.Server(config)
        tied.when_parent_goes(lambda: setattr(server, "should_exit", True))
        server.run(sockets=[at])


if __name__ == "__main__":
    main(int(sys.argv[1]))
