"""The environment that Prefect needs before import: only ours, nothing of the user's Prefect."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager

from flows.server_secret import CLIENT_VARIABLE
from pipeline.environment import CLOSED, without_proxies
from pipeline.storage.disk import os_errors
from pipeline.study import Study

DEFAULTS = {
    **CLOSED,
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # vuoro's own store keeps results; Prefect would pickle them
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    # flows.server starts the server
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    # a run without a heartbeat for a while is dead: see flows.zombies
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    # the slot of a killed run is free after its minute, also if the server was killed
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
        "prefect.server.concurrency.lease_storage.filesystem"
    ),
    "PREFECT_SERVER_SERVICES_REPOSSESSOR_LOOP_SECONDS": "2",
    # rules stored on the server, such as messages to an outside address, are never carried out
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    # old runs are deleted, so that the database of a study does not grow for ever
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    # the command line shows its own progress; the logs are in Prefect's interface
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    # vuoro's own log is in Prefect's interface too
    "PREFECT_LOGGING_EXTRA_LOGGERS": "vuoro",
}
# Prefect settings that users may set: its database, and the secret of a server not the study's own
_KEPT = ("PREFECT_API_DATABASE_CONNECTION_URL", CLIENT_VARIABLE)


def prepare(study: Study) -> None:
    """Set Prefect's environment; its settings in the user's environment are dropped.

    Prefect's home, with its database and its profiles, is in the study's private folder.
    """
    without_proxies()
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        if name not in _KEPT:
            del os.environ[name]
    os.environ |= {**DEFAULTS, "PREFECT_HOME": str(study.prefect_home)}
    logging.raiseExceptions = False  # no message if Prefect cannot write a log
    with os_errors("preparing Prefect"):
        study.prefect_home.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def speaking_to(api: str) -> Iterator[None]:
    """Connect Prefect's client to this server in the block, with the secret in the environment.

    Prefect also reads settings from .env, prefect.toml and pyproject.toml of the current folder:
    meanwhile the current folder is Prefect's home.
    """
    with ExitStack() as stack:
        with chdir(os.environ["PREFECT_HOME"]):
            from prefect.settings import (
                PREFECT_API_AUTH_STRING,
                PREFECT_API_URL,
                temporary_settings,
            )

            secret = os.environ.get(CLIENT_VARIABLE)
            served = {PREFECT_API_URL: api, PREFECT_API_AUTH_STRING: secret}
            stack.enter_context(temporary_settings(served))
        yield
