"""Who may use a study's Prefect server: its owner's processes, and pages with their key.

Prefect answers every request that reaches its address: from any user of the machine and, through
the owner's browser, from any web page open there. Here each request, websockets included, must
name this server as its host (else a page could reach it under a name of its own: DNS rebinding),
come from no other origin, and carry the secret, unless it only reads the files of Prefect's pages,
which hold nothing of a study. A page of another origin cannot send the secret: it is a header,
never a cookie, which a browser would send to every port of this machine.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

from flows.server_secret import basic

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

API = "/api"
HEALTH = f"{API}/health"  # "true"; the pages ask for it without their key
OPEN = "/open"  # the page by which the owner's browser gets its key: see flows.login
# not shown in a frame (clickjacking); other sites do not learn which page a link was on
HEADERS = [
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
# Prefect's pages look for their key under this name
OPENING = b"""<!doctype html>
<meta charset="utf-8">
<title>vuoro</title>
<script>
const key = location.hash.slice(1);
history.replaceState(null, "", "/open");
fetch("/api/admin/version", {headers: {Authorization: "Basic " + key}}).then((answer) => {
  if (answer.ok) localStorage.setItem("prefect-password", key);
  location.replace("/");
});
</script>
"""


class Border:
    """Prefect's application behind the border (ASGI)."""

    def __init__(self, app: App, port: int, secret: str) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}".encode() for name in ("127.0.0.1", "localhost")}
        self._authorization = f"Basic {basic(secret)}".encode()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):  # its start and its end
            await self._app(scope, receive, send)
        elif status := self._refusal(scope):
            await _refuse(scope, status, send)
        elif scope["type"] == "http" and scope["path"] == OPEN:
            await _answer(HTTPStatus.OK, OPENING, b"text/html; charset=utf-8", send)
        else:
            await self._app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Message) -> HTTPStatus | None:
        hosts, origins = _values(scope, b"host"), _values(scope, b"origin")
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            return HTTPStatus.BAD_REQUEST
        if any(origin != b"http://" + hosts[0] for origin in origins):
            return HTTPStatus.FORBIDDEN
        if _is_of_pages(scope):
            return None
        if not {*_values(scope, b"sec-fetch-site")} <= {b"same-origin", b"none"}:
            return HTTPStatus.FORBIDDEN
        given = _values(scope, b"authorization")
        if len(given) != 1 or not hmac.compare_digest(given[0], self._authorization):
            return HTTPStatus.UNAUTHORIZED
        return None


def _is_of_pages(scope: Message) -> bool:
    is_read = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
    path: str = scope["path"]
    return is_read and (path == HEALTH or not f"{path}/".startswith(f"{API}/"))


def _values(scope: Message, name: bytes) -> list[bytes]:
    return [value for each, value in scope["headers"] if each == name]


async def _refuse(scope: Message, status: HTTPStatus, send: Send) -> None:
    if scope["type"] == "websocket":  # before it is accepted: the answer is 403
        await send({"type": "websocket.close", "code": 1008})
    else:
        await _answer(status, status.phrase.encode(), b"text/plain", send)


async def _answer(status: HTTPStatus, body: bytes, kind: bytes, send: Send) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *HEADERS]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *HEADERS]}
        await send(message)

    return sent
