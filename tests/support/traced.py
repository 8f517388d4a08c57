"""What is asked of the network: by native code, too, and by all processes that are started.

By seccomp's user notification (Linux 5.5 or newer, any user, nothing to install): the kernel stops
every connect, and every message that has an address, of the threads and processes below, and asks
here. What is not of this machine is noted and refused. A look-up of a name is a connection to a
name server, or to the service of the system that asks one. Where the kernel has no such thing, an
OSError is raised: nothing passes untried.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import select
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import BinaryIO

# connect, sendto, sendmsg, sendmmsg; seccomp
CALLS, SECCOMP = {
    "x86_64": ((42, 44, 46, 307), 317),
    "aarch64": ((203, 206, 211, 269), 277),
}[platform.machine()]
CONNECT, SENDTO, SENDMSG, SENDMMSG = CALLS
SET_MODE_FILTER, NEW_LISTENER, NO_NEW_PRIVILEGES = 1, 8, 38
RECEIVE, ANSWER = 0xC0502100, 0xC0182101
GO_ON = 1
ALLOW, ASK = 0x7FFF0000, 0x7FC00000
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
NUMBER, ADDRESS_OF_SENDTO = 0, 16 + 4 * 8  # where they are in what the filter sees
QUESTION = struct.Struct("=QIIiIQ6Q")
NAME_SERVER_PORT = 53
NAME_SERVICE = "/run/systemd/resolve/"


@dataclass
class Trace:
    """What was asked for that is not of this machine, and how often this machine was."""

    asked: list[str] = field(default_factory=list)
    n_local: int = 0


def traced(work: Callable[[], object]) -> Trace:
    """Do ``work`` in a thread of its own; that and what it starts is traced until it returns.

    It should do little but start processes: native code that asks while it holds the interpreter
    waits for ever, as the answer comes from Python.
    """
    trace = Trace()
    listeners: list[int] = []
    ready = threading.Event()
    ended, end = os.pipe()

    def do() -> None:
        try:
            listeners.append(_filtered())
            ready.set()
            work()
        finally:
            ready.set()
            os.write(end, b".")

    thread = threading.Thread(target=do)
    thread.start()
    ready.wait()
    for listener in listeners:
        _watch(listener, ended, trace)
        os.close(listener)
    thread.join()
    os.close(ended)
    os.close(end)
    if not listeners:
        raise OSError("This kernel does not tell what is asked of the network.")
    return trace


def run_traced(
    command: Sequence[str], env: Mapping[str, str]
) -> tuple[Trace, subprocess.CompletedProcess[str]]:
    """Run a command to its end."""
    done: list[subprocess.CompletedProcess[str]] = []

    def run() -> None:
        done.append(
            subprocess.run(
                command, env=env, capture_output=True, text=True, timeout=600, check=False
            )
        )

    return traced(run), done[0]


def _filtered() -> int:
    """Put the filter on this thread, and on what it starts; the file by which the kernel asks."""
    libc = ctypes.CDLL(None, use_errno=True)
    allow, ask = 9, 10
    lines = [  # what, operand, where to go on if it is equal and if it is not
        (LOAD, NUMBER, 0, 0),
        (EQUAL, CONNECT, ask, 2),
        (EQUAL, SENDMSG, ask, 3),
        (EQUAL, SENDMMSG, ask, 4),
        (EQUAL, SENDTO, 5, allow),
        (LOAD, ADDRESS_OF_SENDTO, 0, 0),
        (EQUAL, 0, 7, ask),
        (LOAD, ADDRESS_OF_SENDTO + 4, 0, 0),
        (EQUAL, 0, allow, ask),
        (RETURN, ALLOW, 0, 0),
        (RETURN, ASK, 0, 0),
    ]
    code = b"".join(
        struct.pack("=HBBI", what, *(to and to - place for to in jumps), operand)
        for place, (what, operand, *jumps) in enumerate(lines, 1)
    )
    program = ctypes.create_string_buffer(code)
    header = struct.pack("@HP", len(lines), ctypes.addressof(program))
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    listener = libc.syscall(SECCOMP, SET_MODE_FILTER, NEW_LISTENER, header)
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return int(listener)


def _watch(listener: int, ended: int, trace: Trace) -> None:
    """Answer the kernel until the work has ended."""
    while ended not in select.select([listener, ended], [], [])[0]:
        question = bytearray(QUESTION.size)
        with suppress(FileNotFoundError):  # who asked was killed meanwhile
            fcntl.ioctl(listener, RECEIVE, question)
            id, pid, _, call, _, _, *arguments = QUESTION.unpack(question)
            outside = [a for a in _addresses(pid, call, arguments) if not _is_here(a, trace)]
            trace.asked += outside
            refusal = (-errno.ENETUNREACH, 0) if outside else (0, GO_ON)
            fcntl.ioctl(listener, ANSWER, struct.pack("=QqiI", id, 0, *refusal))


def _addresses(pid: int, call: int, arguments: Sequence[int]) -> Iterator[str]:
    """To whom a call speaks, as host:port or the path of a socket."""
    try:
        with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
            if call in (CONNECT, SENDTO):
                at = 1 if call == CONNECT else 4
                places = [(arguments[at], arguments[at + 1] & 0xFFFFFFFF)]
            else:  # messages begin with the place and the length of the address
                n = arguments[2] if call == SENDMMSG else 1
                places = [
                    struct.unpack("=QI", _read(memory, arguments[1] + 64 * each, 12))
                    for each in range(n)
                ]
            for place, length in places:
                if place and (named := _named(_read(memory, place, length))):
                    yield named
    except FileNotFoundError:  # it was killed meanwhile
        return


def _read(memory: BinaryIO, place: int, length: int) -> bytes:
    memory.seek(place)
    return memory.read(length)


def _named(address: bytes) -> str | None:
    family = int.from_bytes(address[:2], sys.byteorder)
    port = int.from_bytes(address[2:4], "big")
    if family == socket.AF_INET:
        return f"{ip_address(address[4:8])}:{port}"
    if family == socket.AF_INET6:
        found = IPv6Address(address[8:24])
        return f"{found.ipv4_mapped or found}:{port}"
    if family == socket.AF_UNIX:
        return address[2:].split(b"\0")[0].decode()
    return None  # to the kernel itself, as netlink


def _is_here(address: str, trace: Trace) -> bool:
    host, _, port = address.rpartition(":")
    if not host:
        return not address.startswith(NAME_SERVICE)
    if not ip_address(host).is_loopback or int(port) == NAME_SERVER_PORT:
        return False
    trace.n_local += 1
    return True
