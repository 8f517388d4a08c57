"""Nothing leaves the machine: no name is looked up and nothing but 127.0.0.1 spoken to.

See ``traced`` for how that is found out. Runs, builds and reports are in tests/e2e, notebooks in
tests/notebooks.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from runs import COMMAND, environment
from traced import run_traced, traced

from pipeline.study import create

REPORTS_WITHIN_S = 12  # onnxruntime reports to its maker within ten seconds, unless it may not
NATIVE_LOOK_UP = """
import ctypes
found = ctypes.byref(ctypes.c_void_p())
ctypes.CDLL(None).getaddrinfo(b'vuoro.invalid', None, None, found)
"""
ELSEWHERE = """
import socket
for family, host in ((socket.AF_INET, '192.0.2.1'), (socket.AF_INET6, '2001:db8::1')):
    socket.socket(family).connect_ex((host, 80))
socket.socket(type=socket.SOCK_DGRAM).sendto(b'here', ('127.0.0.1', 9))
try:
    socket.socket(type=socket.SOCK_DGRAM).sendto(b'there', ('192.0.2.9', 9))
except OSError:
    pass
"""
ENGINES = f"""
import flows
import time
from pyannote.audio import Model, Pipeline
from faster_whisper.vad import get_vad_model
get_vad_model()
import onnxruntime, matplotlib.pyplot, spacy
time.sleep({REPORTS_WITHIN_S})
"""


def python(code: str) -> list[str]:
    return [sys.executable, "-W", "ignore", "-c", code]


def test_trace_sees_requests_to_the_network() -> None:
    trace, _ = run_traced(python(ELSEWHERE), environment())
    assert trace.asked == ["192.0.2.1:80", "2001:db8::1:80", "192.0.2.9:9"]
    assert trace.n_local == 1


def test_look_ups_below_python_are_seen_in_processes_of_processes() -> None:
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {NATIVE_LOOK_UP!r}])"
    trace, _ = run_traced(python(code), environment())
    assert trace.asked
    assert {address.rpartition(":")[2] for address in trace.asked} == {"53"}


@pytest.mark.parametrize("first", ["pipeline.reports.plots", "flows.worker", "models"])
def test_however_vuoro_is_entered_telemetry_is_off(first: str) -> None:
    code = f"import {first}, os; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    env = environment(ORT_DISABLE_TELEMETRY="0")
    assert subprocess.run(python(code), env=env, capture_output=True, check=True).stdout == b"1\n"


@pytest.mark.models
def test_engines_report_to_nobody_and_leave_nothing(tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    env = environment(HOME=str(home), TMPDIR=str(temporary), XDG_CACHE_HOME=str(home / "cache"))
    env |= {"ORT_DISABLE_TELEMETRY": "0", "HF_HUB_OFFLINE": "0", "PYANNOTE_METRICS_ENABLED": "1"}
    trace, process = run_traced(python(ENGINES), env)
    assert process.returncode == 0, process.stderr
    assert trace.asked == []
    left = [path for root in (home, temporary) for path in root.rglob("*") if path.is_file()]
    assert [path for path in left if "matplotlib" not in path.parts] == []


@pytest.mark.faults
def test_up_asks_nothing_of_the_network(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    said: list[str] = []

    def up_and_down() -> None:
        for words in (("up", "--every", "5s"), ("status",), ("down",)):
            command = [*COMMAND, *words, "--study", str(study.root)]
            done = subprocess.run(
                command, env=environment(), capture_output=True, text=True, check=False
            )
            said.append(done.stdout + done.stderr)

    trace = traced(up_and_down)
    assert "Up. See what runs" in said[0] and "Down." in said[2], said
    assert trace.asked == []
    assert trace.n_local > 0
