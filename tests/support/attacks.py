"""What others can try on the Prefect server of `vuoro up`: requests, and who sends them."""

from __future__ import annotations

import http.client
import json
import os
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.study import Study

NOBODY = 65_534
WITHIN_S = 180.0
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "prefect",
}
EVIL = "http://evil.example"


@dataclass(frozen=True)
class Target:
    """A study that is served, and a folder in which only an attack that succeeds writes."""

    study: Study
    port: int
    secret: str
    loot: Path
    pids: tuple[int, ...] = ()
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> dict[str, str]:
        """The header of whoever has the secret."""
        return {"Authorization": "Basic " + b64encode(self.secret.encode()).decode()}

    @property
    def shell(self) -> str:
        """A command that shows that code of the attacker's was run."""
        return f"touch {self.loot / 'ran'}"

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        host: str | None = None,
        kind: str | None = "application/json",
        **headers: str,
    ) -> tuple[int, str]:
        """Status and text of the answer. ``kind`` None: a body of no type, as a Blob's."""
        data = b"" if body is None else json.dumps(body).encode()
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            link.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            link.putheader("Host", host or f"127.0.0.1:{self.port}")
            if data:
                link.putheader("Content-Length", str(len(data)))
                if kind:
                    link.putheader("Content-Type", kind)
            for name, value in headers.items():
                link.putheader(name.replace("_", "-"), value)
            link.endheaders(data)
            answer = link.getresponse()
            text = "" if answer.status == 101 else answer.read().decode(errors="replace")
            return answer.status, text
        finally:
            link.close()

    def ask(self, path: str, body: object = None, method: str = "POST") -> Any:
        """What the API answers with the secret; a busy server (5xx) is asked again."""
        give_up = time.monotonic() + WITHIN_S
        while True:
            status, text = self.send(method, f"/api{path}", body, **self.key)
            if status < 500 or time.monotonic() > give_up:
                break
            time.sleep(0.5)
        assert status < 300, f"{path}: {status} {text}"
        return json.loads(text or "null")

    def deployment(self, name: str) -> str:
        """The id of a deployment, once there is one."""
        give_up = time.monotonic() + WITHIN_S
        while name not in self.ids:
            assert time.monotonic() < give_up, self.ids
            for each in self.ask("/deployments/filter", {}):
                self.ids[each["name"]] = each["id"]
            time.sleep(0.2)
        return self.ids[name]

    def ended(self, run: str) -> str:
        """The state in which a run ends."""
        give_up = time.monotonic() + WITHIN_S
        while True:
            state = self.ask(f"/flow_runs/{run}", method="GET")["state"]
            if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
                return str(state["name"])
            assert time.monotonic() < give_up, state
            time.sleep(0.5)


def as_nobody(what: Callable[[], str]) -> str:
    """What it returns as another user; as this one where this one may not become another."""
    if os.geteuid() != 0:
        return what()
    receiver, sender = os.pipe()
    child = os.fork()
    if child == 0:
        said = "it broke"
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            said = what()
        finally:
            os.write(sender, said.encode())
            os._exit(0)
    os.close(sender)
    with os.fdopen(receiver, "rb") as stream:
        said = stream.read().decode()
    os.waitpid(child, 0)
    return said


def is_private(file: Path) -> bool:
    """Whether no other user may read a file."""
    return file.stat().st_mode & 0o077 == 0


def read_as_nobody(file: Path) -> str:
    """What another user reads of a file; by its mode where this user may not become another."""
    if os.geteuid() != 0:
        return "no permission" if is_private(file) else file.read_text()

    def read() -> str:
        try:
            return file.read_bytes().decode(errors="replace")
        except PermissionError:
            return "no permission"

    return as_nobody(read)


class Payload:
    """Unpickled, it runs a command."""

    def __init__(self, command: str) -> None:
        self._command = command

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (self._command,)
