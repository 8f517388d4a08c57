"""Who is let in to the study's Prefect server. Attacks on a real one are in tests/faults."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from flows.border import Border
from flows.server_secret import basic

PORT = 4200
SECRET = "vuoro:" + "x" * 43
KEY = {"authorization": f"Basic {basic(SECRET)}"}
HOST = {"host": "127.0.0.1:4200"}


def status(headers: dict[str, str], path: str = "/api/flows/filter", **more: Any) -> int:
    """The status of the answer; 200 is the application's. A refused websocket's is its code."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})

    async def send(message: Any) -> None:
        sent.append(message)

    listed = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "headers": listed, **more}
    asyncio.run(Border(app, PORT, SECRET)(scope, app, send))  # type: ignore[arg-type]
    return int(sent[0].get("status") or sent[0]["code"])


@pytest.mark.parametrize("name", ["127.0.0.1:4200", "localhost:4200"])
def test_the_owner_is_let_in(name: str) -> None:
    assert status({"host": name, **KEY}) == 200
    assert status({"host": name, "origin": f"http://{name}", **KEY}) == 200


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (KEY, 400),
        ({"host": "127.0.0.1", **KEY}, 400),
        ({"host": "127.0.0.1:4201", **KEY}, 400),
        ({"host": "127.0.0.1:4200@evil.example", **KEY}, 400),
        ({**HOST, **KEY, "origin": "http://localhost:4200"}, 403),
        ({**HOST, **KEY, "origin": ""}, 403),
        ({**HOST, **KEY, "sec-fetch-site": "same-site"}, 403),
        (HOST, 401),
        ({**HOST, "authorization": SECRET}, 401),
        ({**HOST, "authorization": "Basic \xe4"}, 401),
        ({**HOST, "authorization": KEY["authorization"].lower()}, 401),
    ],
)
def test_border_refuses_other_hosts_origins_and_secrets(
    headers: dict[str, str], expected: int
) -> None:
    assert status(headers) == expected
    assert status(headers, type="websocket") == 1008
    assert status(headers, path="/", method="PUT") == expected


@pytest.mark.parametrize("path", ["/", "/v2/", "/ui-settings", "/open", "/api/health", "/apiary"])
def test_the_files_of_the_pages_are_read_without_the_secret(path: str) -> None:
    assert status(HOST, path=path, method="GET") == 200
    assert status({"host": "evil.example"}, path=path, method="GET") == 400


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/flows", "/api/health/", "/api/healthy"])
def test_border_refuses_the_api_without_the_secret(path: str) -> None:
    assert status(HOST, path=path, method="GET") == 401
