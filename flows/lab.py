"""`vuoro up`: a Prefect server and a worker for one study on this machine, kept alive.

This process starts both, restarts them when they die, and is what `vuoro down` stops. Both are tied
to it: when it is killed, they and the current run end too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket

from flows import address, server, tied, worker
from flows import login as page
from flows.address import Address
from flows.server_environment import prepare
from flows.server_secret import CLIENT_VARIABLE, secret_of
from flows.tied import Process
from pipeline.errors import StageCrashError, StudyError, VuoroError
from pipeline.study import Study

PORT = 4200
LOG = "up.log"
WATCH_EVERY_S = 0.5
CALM_S = 60.0  # a child that lived this long may be restarted at once
WAIT_AT_MOST_S = 60.0
WORKER_STOPS_WITHIN_S = 15.0
STOP_WITHIN_S = 45.0


@dataclass(frozen=True, slots=True)
class Plan:
    """The options of `vuoro up`. ``port`` None: the usual one, or any if that is taken.

    ``hand_out``: sessions a batch for the workers of the pool; 0 for none.
    """

    every_s: float = 300.0
    rebuild_hour: int = 3
    hand_out: int = 0
    port: int | None = None


@dataclass
class Kept:
    """A child process that is restarted whenever it dies; after longer delays if it dies young."""

    start: Callable[[], Process]
    process: Process = field(init=False)
    clock: Callable[[], float] = time.monotonic
    _started: float = field(init=False)
    _young_deaths: int = field(init=False, default=0)
    _again_at: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._begin()

    def watch(self) -> None:
        """Restart the child if it is dead and its delay is over."""
        now = self.clock()
        if self.process.poll() is None:
            return
        if self._again_at is None:
            young = now - self._started < CALM_S
            self._young_deaths = self._young_deaths + 1 if young else 0
            wait_s = min(WAIT_AT_MOST_S, 2.0**self._young_deaths) if young else 0.0
            self._again_at = now + wait_s
        if now >= self._again_at:
            self._begin()

    def _begin(self) -> None:
        self.process, self._started, self._again_at = self.start(), self.clock(), None


def keep(study: Study, plan: Plan, ready: Callable[[Address], None] = lambda _: None) -> None:
    """Serve the study until SIGTERM or Ctrl-C. Carries out `vuoro up --foreground`.

    Raises StudyError if the study is served already or the port is taken, StageCrashError if
    Prefect's server or the worker does not start.
    """
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    home = study.prefect_home
    with address.held(home), _listening(plan.port) as at:
        port = server.port_of(at)
        prepare(study)
        os.environ["PREFECT_API_URL"] = server.api_of(port)
        os.environ[CLIENT_VARIABLE] = secret_of(home)
        kept_server = Kept(lambda: server.start(home, at))
        try:
            server.wait_until_up(kept_server.process, home, port)
            (home / worker.READY).unlink(missing_ok=True)
            kept_worker = Kept(lambda: _start_worker(study, plan))
            try:
                _wait_until_ready(home, kept_worker.process)
                here = address.new(port)
                page.write(home, port, secret_of(home))
                address.write(home, here)
                ready(here)
                while not stopping.wait(WATCH_EVERY_S):
                    kept_server.watch()
                    kept_worker.watch()
            finally:
                page.remove(home)
                tied.end(kept_worker.process, WORKER_STOPS_WITHIN_S)
        finally:
            tied.end(kept_server.process)


def start(study: Study, plan: Plan) -> Address:
    """Serve the study in the background, also after this terminal closes. Carries out `vuoro up`.

    Raises StudyError if the study is served already or the port is taken, StageCrashError if it
    does not start.
    """
    home = study.prefect_home
    if address.is_held(home):
        raise StudyError("`vuoro up` is at work already.", "`vuoro down` stops it.")
    _listening(plan.port).close()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    words = [*_words(plan), *([str(plan.port)] if plan.port else [])]
    with (home / LOG).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *tied.PYTHON, "-m", "flows.lab", str(study.root), *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),  # the same, on Windows
        )
    give_up = time.monotonic() + 2 * server.START_WITHIN_S
    while process.poll() is None and time.monotonic() < give_up:
        if found := address.read(home):  # written once server and worker answer
            return found
        time.sleep(0.1)
    raise StageCrashError("vuoro did not come up.", f"See private/prefect/{LOG}, then try again.")


def stop(study: Study) -> bool:
    """Stop the process that serves the study; False if none does. A running session resumes later.

    Raises StudyError if it does not end.
    """
    home = study.prefect_home
    found = address.read(home)
    if found is None:
        return False
    for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        os.kill(found.pid, number)  # the lock is held: no other process has this number
        give_up = time.monotonic() + STOP_WITHIN_S
        while time.monotonic() < give_up:
            if not address.is_held(home):
                return True
            time.sleep(0.1)
    raise StudyError("What serves the study does not end.", "Restart the computer.")


def _listening(wanted: int | None) -> socket:
    try:
        return server.listening(PORT if wanted is None else wanted)
    except OSError:
        if wanted is None:
            return server.listening()
        raise StudyError(
            f"Another program uses the port {wanted}.", "Give another, e.g. --port 4300."
        ) from None


def _start_worker(study: Study, plan: Plan) -> Process:
    words = ("serve", str(study.root), *_words(plan))
    return tied.start("flows.worker", *words, log=study.prefect_home / worker.LOG)


def _wait_until_ready(home: Path, process: Process) -> None:
    """Wait until the worker has reached the server. Raises StageCrashError if it never does."""
    give_up = time.monotonic() + server.START_WITHIN_S
    while process.poll() is None and time.monotonic() < give_up:
        if (home / worker.READY).exists():
            return
        time.sleep(0.1)
    raise StageCrashError(
        "The worker of `vuoro up` did not start.", f"See private/prefect/{worker.LOG}."
    )


def _words(plan: Plan) -> list[str]:
    return [str(plan.every_s), str(plan.rebuild_hour), str(plan.hand_out)]


def main(root: str, every_s: str, rebuild_hour: str, hand_out: str, port: str = "") -> None:
    """Entry point of the process in the background."""
    plan = Plan(float(every_s), int(rebuild_hour), int(hand_out), int(port) if port else None)
    try:
        keep(Study(Path(root)), plan)
    except VuoroError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
