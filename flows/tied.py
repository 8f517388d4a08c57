"""Processes that end with their parent, however the parent ends.

A tied process reads a pipe whose other end its parent holds. The system closes it when the parent
ends, even by kill -9: no process number is stored, so no process that reuses one is killed.
"""

from __future__ import annotations

import _thread
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from socket import socket as Socket

STOP_WITHIN_S = 10.0
# no module comes from the user's current folder; text is UTF-8, logs too
PYTHON = ("-W", "ignore", "-P", "-X", "utf8")

Process = subprocess.Popen[bytes]


def start(
    module: str,
    *arguments: str,
    log: Path,
    env: Mapping[str, str] | None = None,
    socket: Socket | None = None,
) -> Process:
    """Start ``python -m module`` tied to this process; its output is appended to ``log``.

    A log of more than 1 MB is started again. The process gets the ``socket`` under the same number.
    """
    is_windows = os.name == "nt"  # there, a process gets what may be inherited, or nothing
    if socket is not None:
        socket.set_inheritable(is_windows)
    fresh = not log.exists() or log.stat().st_size > 1_000_000
    with log.open("wb" if fresh else "ab") as sink:
        return subprocess.Popen(
            [sys.executable, *PYTHON, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=sink,
            stderr=sink,
            env={**os.environ, **(env or {})},
            start_new_session=True,  # Ctrl-C is for the parent, which then ends this one
            close_fds=socket is None or not is_windows,
            pass_fds=() if socket is None or is_windows else (socket.fileno(),),
        )


def end(process: Process, within_s: float = STOP_WITHIN_S) -> None:
    """Let a tied process end; kill it if it does not in time."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(within_s + 2)  # it allows itself within_s
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def when_parent_goes(
    stop: Callable[[], None] = _thread.interrupt_main, within_s: float = STOP_WITHIN_S
) -> None:
    """In a tied process: call ``stop`` when the parent ends; by default as Ctrl-C would.

    If the process has not ended in time, it ends at once.
    """

    def wait() -> None:
        os.read(0, 1)  # not through sys.stdin: Python would wait for it at exit
        stop()
        time.sleep(within_s)
        os._exit(1)  # it hangs; no process waits for it any more

    threading.Thread(target=wait, daemon=True).start()
