"""Attacks on what `vuoro up` serves: by another user, by web pages, and with the secret in hand.

``pytest -v`` on this file shows the table: who tries what, and what comes of it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from attacks import EVIL, UPGRADE, Payload, Target, as_nobody, is_private, read_as_nobody
from faults import children
from runs import start, vuoro

from flows import address, server
from flows import login as page
from flows.server_secret import FILE, secret_of
from pipeline.study import create

pytestmark = pytest.mark.faults

OWN = "/api/deployments/filter"
SOCKETS = (
    "/api/events/in",
    "/api/events/out",
    "/api/logs/out",
    "/api/task_runs/subscriptions/scheduled",
    "/api/work_pools/vuoro/workers/connect",
)
SETTINGS = {"diarisation.pipeline": "/tmp/evil"}
LOOT = "LOOT"  # stands for the attacker's folder


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A study without recordings that is served, with a worker for batches."""
    root = tmp_path_factory.mktemp("attacked")
    study = create(root / "study")
    loot = root / "loot"
    loot.mkdir(mode=0o777)
    with server.listening() as free:
        port = server.port_of(free)
    said = vuoro(study, "up", "--every", "1h", "--hand-out", "1", "--port", str(port))
    assert said.returncode == 0, said.stdout + said.stderr
    served = Target(study, port, secret_of(study.prefect_home), loot)
    served.deployment("sessions")
    worker: subprocess.Popen[str] = start(study, "worker")
    try:
        here = address.read(study.prefect_home)
        assert here is not None
        pids = (here.pid, *children(here.pid).values(), worker.pid)
        yield replace(served, pids=pids)
    finally:
        worker.terminate()
        worker.wait()
        vuoro(study, "down")


def status(target: Target, *request: object, **headers: str) -> str:
    return str(target.send(*request, **headers)[0])  # type: ignore[arg-type]


# -- another user of the machine: no secret ---------------------------------------------------

RUN_OF_INBOX = "/api/deployments/name/inbox/inbox"
REQUESTS: dict[str, tuple[str, str, object]] = {
    "list the deployments": ("POST", OWN, {}),
    "list the runs": ("POST", "/api/flow_runs/filter", {}),
    "read the logs": ("POST", "/api/logs/filter", {}),
    "read the artifacts": ("POST", "/api/artifacts/filter", {}),
    "read the settings": ("GET", "/api/admin/settings", None),
    "find a deployment": ("GET", RUN_OF_INBOX, None),
    "start a run": ("POST", "/api/deployments/ID/create_flow_run", {}),
    "start a run on another study": (
        "POST",
        "/api/deployments/ID/create_flow_run",
        {"parameters": {"study": LOOT}},
    ),
    "start a run with settings": (
        "POST",
        "/api/deployments/ID/create_flow_run",
        {"parameters": {"overrides": SETTINGS}},
    ),
    "change a deployment": ("PATCH", "/api/deployments/ID", {"parameters": {"study": LOOT}}),
    "delete a deployment": ("DELETE", "/api/deployments/ID", None),
    "make a flow": ("POST", "/api/flows/", {"name": "evil"}),
    "make a work pool": ("POST", "/api/work_pools/", {"name": "evil", "type": "process"}),
    "make an automation": ("POST", "/api/automations/", {"name": "evil"}),
    "make a block": ("POST", "/api/block_documents/", {}),
    "forge an event": ("POST", "/api/events", []),
    "empty the database": ("POST", "/api/admin/database/clear", {"confirm": True}),
    "ask for a CSRF token": ("GET", "/api/csrf-token?client=evil", None),
    "go round by the path (//api)": ("POST", "//api/deployments/filter", {}),
    "go round by the path (%2f)": ("POST", "/%61pi/deployments/filter", {}),
    "go round by the health check": ("POST", "/api/health/../deployments/filter", {}),
    "go round by another host's address": ("POST", f"{EVIL}{OWN}", {}),
}


@pytest.mark.parametrize("what", REQUESTS)
def test_another_user_without_the_secret_401(target: Target, what: str) -> None:
    method, path, body = REQUESTS[what]
    path = path.replace("ID", target.deployment("inbox"))
    assert as_nobody(lambda: status(target, method, path, body)) == "401"


@pytest.mark.parametrize("given", ["vuoro:", "vuoro:wrong", ":", "none at all"])
def test_another_user_with_a_secret_that_is_none_401(target: Target, given: str) -> None:
    from flows.server_secret import basic

    authorization = {"Authorization": f"Basic {basic(given)}"}
    assert as_nobody(lambda: status(target, "POST", OWN, {}, **authorization)) == "401"


@pytest.mark.parametrize("socket", SOCKETS)
def test_another_user_opens_a_websocket_403(target: Target, socket: str) -> None:
    assert as_nobody(lambda: status(target, "GET", socket, **UPGRADE)) == "403"


@pytest.mark.parametrize("name", [FILE, page.FILE, "up.json"])
def test_another_user_reads_a_file_of_the_server_no_permission(target: Target, name: str) -> None:
    file = target.study.prefect_home / name
    assert is_private(file) and is_private(target.study.private)
    assert read_as_nobody(file) == "no permission"


def test_another_user_reads_arguments_and_environments_no_secret(target: Target) -> None:
    """The environment of a process is its user's alone to read; its arguments are everybody's."""

    processes = [Path("/proc") / str(pid) for pid in target.pids]
    said = as_nobody(lambda: "".join((each / "cmdline").read_text() for each in processes))
    assert "flows.server" in said and target.secret not in said
    assert {read_as_nobody(each / "environ") for each in processes} == {"no permission"}


def test_another_user_reads_the_logs_and_what_up_said_no_secret(target: Target) -> None:
    logs = [file.read_text() for file in target.study.prefect_home.glob("*.log")]
    assert target.secret not in "".join(logs) + vuoro(target.study, "up").stdout


def test_another_user_opens_the_page_it_holds_nothing(target: Target) -> None:
    for path in ("/", "/v2/", "/open", "/ui-settings"):
        assert target.secret not in as_nobody(lambda path=path: target.send("GET", path)[1])


# -- a page of the web, in the owner's browser: even one that had the secret -------------------

START = "/api/deployments/ID/create_flow_run"
BY_PAGE: dict[str, tuple[dict[str, str], str]] = {
    "a Blob without a type": ({"Origin": EVIL}, "403"),
    "from a sandboxed frame": ({"Origin": "null"}, "403"),
    "from another port of this machine": ({"Origin": "http://127.0.0.1:1"}, "403"),
    "from this port by https": ({"Origin": "https://127.0.0.1:PORT"}, "403"),
    "from this machine's other name": ({"Origin": "http://localhost:PORT"}, "403"),
    "without an origin, cross-site": ({"Sec-Fetch-Site": "cross-site"}, "403"),
    "without an origin, same-site": ({"Sec-Fetch-Site": "same-site"}, "403"),
    "by DNS rebinding": ({"host": "evil.example:PORT"}, "400"),
    "by DNS rebinding, with its origin": (
        {"host": "evil.example:PORT", "Origin": "http://evil.example:PORT"},
        "400",
    ),
    "by a name that begins alike": ({"host": "127.0.0.1.evil.example:PORT"}, "400"),
    "by another port's name": ({"host": "127.0.0.1:1"}, "400"),
}


def headers_of(target: Target, what: str) -> dict[str, str]:
    return {k: v.replace("PORT", str(target.port)) for k, v in BY_PAGE[what][0].items()}


@pytest.mark.parametrize("what", BY_PAGE)
def test_a_web_page_starts_a_run_refused(target: Target, what: str) -> None:
    path = START.replace("ID", target.deployment("inbox"))
    body = {"parameters": {"study": str(target.loot)}}
    headers = headers_of(target, what)
    for kind in (None, "text/plain", "application/json"):
        found = target.send("POST", path, body, kind=kind, **target.key, **headers)
        assert str(found[0]) == BY_PAGE[what][1], kind


@pytest.mark.parametrize("socket", SOCKETS)
@pytest.mark.parametrize("what", BY_PAGE)
def test_a_web_page_opens_a_websocket_403(target: Target, what: str, socket: str) -> None:
    headers = {**UPGRADE, **target.key, **headers_of(target, what)}
    assert status(target, "GET", socket, **headers) == "403"


def test_a_web_page_asks_whether_it_may_refused(target: Target) -> None:
    asks = {"Origin": EVIL, "Access-Control-Request-Method": "POST"}
    assert status(target, "OPTIONS", OWN, **asks) == "403"


def test_a_web_page_draws_ours_in_a_frame_forbidden(target: Target) -> None:
    import httpx

    for path in ("/", "/v2/", "/open", "/api/health"):
        answer = httpx.get(f"http://127.0.0.1:{target.port}{path}", follow_redirects=True)
        assert answer.headers["X-Frame-Options"] == "DENY"


# -- with the secret in hand: no code, no path, no command ------------------------------------

SHELL = [{"prefect.deployments.steps.run_shell_script": {"script": "SHELL"}}]
CODE: dict[str, object] = {
    "entrypoint": "evil.py:evil",
    "path": LOOT,
    "job_variables": {"command": "SHELL", "env": {"PYTHONPATH": LOOT}, "working_dir": LOOT},
    "pull_steps": SHELL,
}


def begin(target: Target, name: str, body: dict[str, object]) -> str:
    """The id of a run that was begun with the secret, by whoever does not ask for a check."""
    path = f"/deployments/{target.deployment(name)}/create_flow_run"
    asked = json.loads(filled(target, {"enforce_parameter_schema": False, **body}))
    return str(target.ask(path, asked)["id"])


def filled(target: Target, body: object) -> str:
    text = json.dumps(body).replace(LOOT, str(target.loot))
    return text.replace("SHELL", target.shell)


UNKNOWN = "a session that is none"  # Prefect's server cannot know that
PARAMETERS: dict[str, tuple[str, dict[str, object]]] = {
    "the study of another": ("inbox", {"study": LOOT}),
    "settings that load code": ("inbox", {"overrides": SETTINGS}),
    "batches of another size": ("inbox", {"hand_out": 5}),
    "a rebuild of another study": ("nightly rebuild", {"study": LOOT}),
    "a batch of another study": ("sessions", {"session_ids": ["G07-S01"], "study": LOOT}),
    "a batch with settings": ("sessions", {"session_ids": ["G07-S01"], "overrides": SETTINGS}),
    "a path for a session": ("sessions", {"session_ids": ["../../loot"]}),
    UNKNOWN: ("sessions", {"session_ids": ["G99-S99"]}),
    "no list of sessions": ("sessions", {"session_ids": {"a": 1}}),
    "no sessions": ("sessions", {}),
}


@pytest.fixture(scope="module")
def begun(target: Target) -> dict[str, str]:
    """Runs that were begun with the secret, by what is tried."""
    runs = {
        what: begin(target, name, {"parameters": parameters})
        for what, (name, parameters) in PARAMETERS.items()
    }
    id = target.deployment("nightly rebuild")
    target.ask(f"/deployments/{id}", json.loads(filled(target, CODE)), "PATCH")
    runs["code"] = begin(target, "nightly rebuild", {"job_variables": CODE["job_variables"]})
    return runs


@pytest.mark.parametrize("what", [what for what in PARAMETERS if what != UNKNOWN])
def test_with_the_secret_parameters_409(target: Target, what: str) -> None:
    """Who starts a run by the page gets the answer at once."""
    name, parameters = PARAMETERS[what]
    path = START.replace("ID", target.deployment(name))
    body = json.loads(filled(target, {"parameters": parameters}))
    assert target.send("POST", path, body, **target.key)[0] == 409


@pytest.mark.parametrize("what", PARAMETERS)
def test_with_the_secret_parameters_past_that_check_refused(
    target: Target, begun: dict[str, str], what: str
) -> None:
    assert target.ended(begun[what]) == "Refused"
    assert [*target.loot.iterdir()] == []


def test_with_the_secret_entry_point_steps_and_command_left_out(
    target: Target, begun: dict[str, str]
) -> None:
    """The run is vuoro's own, whatever its deployment says."""
    assert target.ended(begun["code"]) == "Completed"
    assert [*target.loot.iterdir()] == []


def test_with_the_secret_a_flow_of_ones_own_never_begun(target: Target) -> None:
    flow = target.ask("/flows/", {"name": "inbox"})["id"]
    body = {**CODE, "name": "evil", "flow_id": flow, "enforce_parameter_schema": False}
    id = target.ask("/deployments/", json.loads(filled(target, body)))["id"]
    evil = target.ask(f"/deployments/{id}/create_flow_run", {})["id"]
    ours = begin(target, "nightly rebuild", {})
    target.ended(ours)  # begun later, and done
    state = target.ask(f"/flow_runs/{evil}", method="GET")["state"]["type"]
    assert state in ("SCHEDULED", "PENDING") and [*target.loot.iterdir()] == []


def test_with_the_secret_a_pool_of_ones_own_nobody_works_for_it(target: Target) -> None:
    pool = {"name": "vuoro", "type": "process"}
    target.ask("/work_pools/", pool)
    flow = target.ask("/flows/", {"name": "sessions"})["id"]
    body = {"name": "pooled", "flow_id": flow, "work_pool_name": "vuoro", "job_variables": {}}
    id = target.ask("/deployments/", body)["id"]
    asked = {"job_variables": {"command": target.shell}}
    evil = target.ask(f"/deployments/{id}/create_flow_run", asked)["id"]
    ours = begin(target, "sessions", {"parameters": {"session_ids": ["G98-S98"]}})
    assert target.ended(ours) == "Refused"
    state = target.ask(f"/flow_runs/{evil}", method="GET")["state"]["type"]
    assert state in ("SCHEDULED", "PENDING") and [*target.loot.iterdir()] == []


def forge(target: Target, client: Any, parent: Any, file: Path, command: str) -> Any:
    """A run of ``parent`` whose session has a result already: a file of the attacker's."""
    from prefect import Task
    from prefect.results import ResultRecord, ResultRecordMetadata
    from prefect.states import Completed

    from flows.one_session import process_session

    metadata = ResultRecordMetadata(storage_key=str(file))
    file.write_bytes(ResultRecord(result=Payload(command), metadata=metadata).serialize())
    run = client.create_flow_run(parent)
    tracking = Task(name="session", fn=process_session.fn, version=process_session.version)
    inside = client.create_task_run(tracking, run.id, "0", state=Completed())
    done = {"type": "COMPLETED", "data": metadata.model_dump(mode="json", serialize_as_any=True)}
    child = client.create_flow_run(process_session, parent_task_run_id=inside.id)
    target.ask(f"/flow_runs/{child.id}/set_state", {"state": done, "force": True})
    return run


@pytest.mark.parametrize("vuoros", [False, True], ids=["Prefect's way runs it", "ours does not"])
def test_with_the_secret_a_result_that_is_code(
    target: Target, tmp_path: Path, vuoros: bool
) -> None:
    from prefect import flow, get_client
    from prefect.flow_engine import run_flow
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

    from flows.one_session import hear_session, process_session
    from pipeline.errors import StageCrashError

    came: list[object] = []

    @flow(name=f"parent {vuoros}", persist_result=False)
    def parent() -> None:
        try:
            came.append((hear_session if vuoros else process_session)("/nowhere", "G07-S01"))
        except StageCrashError as error:
            came.append(error)

    served = {
        PREFECT_API_URL: f"http://127.0.0.1:{target.port}/api",
        PREFECT_API_AUTH_STRING: target.secret,
    }
    ran = tmp_path / "ran"
    with temporary_settings(served), get_client(sync_client=True) as client:
        run = forge(target, client, parent, tmp_path / "result", f"touch {ran}")
        run_flow(parent, flow_run=run, return_type="state")
    assert ran.exists() is not vuoros
    assert vuoros is isinstance(came[0], StageCrashError)


# -- and the owner ----------------------------------------------------------------------------


def test_the_owner_is_answered(target: Target) -> None:
    own = {"Origin": f"http://127.0.0.1:{target.port}", "Sec-Fetch-Site": "same-origin"}
    assert status(target, "POST", OWN, {}, **target.key, **own) == "200"
    assert status(target, "POST", OWN, {}, **target.key) == "200"
    for socket in SOCKETS[:-1]:
        assert status(target, "GET", socket, **target.key, **UPGRADE) == "101"
    assert begin_and_end(target) == "Completed"


def begin_and_end(target: Target) -> str:
    return target.ended(begin(target, "inbox", {}))
