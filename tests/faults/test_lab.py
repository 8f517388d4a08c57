"""`vuoro up` with real processes: heard on this machine alone, and alive whatever is killed."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from faults import children
from runs import vuoro

from flows import address, server
from flows.address import Address
from flows.server_secret import secret_of
from pipeline.study import Study, create

pytestmark = pytest.mark.faults

WITHIN_S = 60.0


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = create(tmp_path)
    yield made
    vuoro(made, "down")


def up(study: Study, port: int) -> Address:
    said = vuoro(study, "up", "--every", "5s", "--port", str(port))
    assert said.returncode == 0, said.stdout + said.stderr
    found = address.read(study.prefect_home)
    assert found is not None
    return found


def until(found: Callable[[], bool]) -> None:
    give_up = time.monotonic() + WITHIN_S
    while not found():
        assert time.monotonic() < give_up, "it has not come to pass"
        time.sleep(0.1)


def listening(pids: set[int]) -> set[str]:
    """Addresses (hexadecimal, as the kernel writes them) at which these processes listen."""
    sockets = set()
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            try:
                sockets.add(str(handle.readlink()).removeprefix("socket:[").removesuffix("]"))
            except FileNotFoundError:
                continue
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            cells = line.split()
            # 0A: listening; 07 of udp: ready to receive
            if cells[9] in sockets and cells[3] in ("0A", "07"):
                found.add(cells[1].partition(":")[0])
    return found


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_up_and_down_and_everything_killed_in_between(study: Study) -> None:
    with server.listening() as free:
        port = server.port_of(free)
    here = up(study, port)
    until(lambda: len(children(here.pid)) == 2)
    first = children(here.pid)
    assert listening({here.pid, *first.values()}) == {"0100007F"}  # 127.0.0.1, little-endian
    assert "Up since" in vuoro(study, "up").stdout

    kill(first["flows.worker"])
    until(
        lambda: children(here.pid).get("flows.worker", first["flows.worker"]) not in first.values()
    )

    kill(first["flows.server"])
    until(
        lambda: children(here.pid).get("flows.server", first["flows.server"]) not in first.values()
    )
    until(lambda: server.answers(port, secret_of(study.prefect_home)))

    second = children(here.pid)
    kill(here.pid)  # what it started goes with it, and is not taken for it
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in second.values()))
    assert "It was not up." in vuoro(study, "down").stdout

    again = up(study, port)
    assert "Down." in vuoro(study, "down").stdout
    until(lambda: not Path(f"/proc/{again.pid}").exists())
    assert not server.answers(port, secret_of(study.prefect_home))
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))
