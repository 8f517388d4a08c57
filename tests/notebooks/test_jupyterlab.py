"""`vuoro notebooks`: JupyterLab for one study, which asks its makers for nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from runs import COMMAND, environment
from traced import traced

from pipeline.study import create

pytestmark = pytest.mark.notebooks

WITHIN_S = 120.0
CONFIG = {"ServerApp": {"open_browser": False, "allow_root": True}}


def test_the_lab_asks_for_no_news_and_no_updates(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    settings, runtime = tmp_path / "config", tmp_path / "runtime"
    settings.mkdir()
    (settings / "jupyter_server_config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    env = environment(
        JUPYTER_CONFIG_DIR=str(settings),
        JUPYTER_RUNTIME_DIR=str(runtime),
        JUPYTER_DATA_DIR=str(tmp_path / "data"),
        HOME=str(tmp_path),
    )
    answers: dict[str, str] = {}

    def open_and_ask() -> None:
        with subprocess.Popen(
            [*COMMAND, "notebooks", "--study", str(study.root)],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process:
            try:
                here = _server(runtime, process)
                for page in ("lab", "lab/api/update"):
                    url = f"{here['url']}{page}?token={here['token']}"
                    with urllib.request.urlopen(url) as answer:
                        answers[page] = answer.read().decode()
            finally:
                os.killpg(process.pid, signal.SIGKILL)

    trace = traced(open_and_ask)
    assert json.loads(answers["lab/api/update"]) == {"notification": None}
    assert '"news": {"disabled": true}' in answers["lab"]
    assert trace.asked == []
    assert trace.n_local > 0


def _server(runtime: Path, process: subprocess.Popen[bytes]) -> dict[str, str]:
    """Where the server says that it is."""
    give_up = time.monotonic() + WITHIN_S
    while time.monotonic() < give_up and process.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
            return found
        time.sleep(0.1)
    raise AssertionError("the lab did not open")
