"""What Prefect and the libraries below it must be told before they are imported."""

from __future__ import annotations

import os

from pipeline.study import Study

DEFAULTS = {
    # nothing about a study leaves the machine
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PYANNOTE_METRICS_ENABLED": "0",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    # vuoro's own store keeps results; Prefect would pickle them
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    # flows.server starts the server
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    # a run that nobody hears of for a while is dead: see flows.zombies
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    # a slot that was held by a killed run is free after its minute, also if the server was killed
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
        "prefect.server.concurrency.lease_storage.filesystem"
    ),
    "PREFECT_SERVER_SERVICES_REPOSSESSOR_LOOP_SECONDS": "2",
    # what ran long ago goes, so that the database of a study does not grow for ever
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    # the command line shows its own progress; the logs are in Prefect's interface
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    # what vuoro notes is in Prefect's interface too
    "PREFECT_LOGGING_EXTRA_LOGGERS": "vuoro",
    # threads that wait should sleep: spinning ones make a busy machine many times slower
    "OMP_WAIT_POLICY": "PASSIVE",
}


def prepare(study: Study) -> None:
    """Set what is not set yet. Prefect's database lives in the study's private folder."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("PREFECT_HOME", str(study.prefect_home))
