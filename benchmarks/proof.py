"""Proof that two workers on one study do what one process does, and what the orchestration costs.

On Debian or Ubuntu, as root, for the database::

    apt-get install postgresql
    su postgres -c "createuser --pwprompt vuoro" && su postgres -c "createdb -O vuoro vuoro"

Then, where vuoro is installed and its models are (`vuoro models pull`)::

    python -m benchmarks.proof FOLDER postgresql+asyncpg://vuoro:PASSWORD@localhost/vuoro

In FOLDER, which must not be there yet, it makes twelve recordings of six seconds from a sample that
comes with pyannote.audio, and two studies of them. `vuoro run` does the first. `vuoro up` hands the
second out to two workers, each in a process of its own; one is killed by kill -9 in the middle,
with its run. Nothing may be lost or done twice, and the tables must be the same byte for byte. Last
it measures how many sessions a minute go through when their stages do nothing. The database must be
empty, and is Prefect's alone; drop it afterwards. Without one, SQLite is tried. Linux only.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import cast
from uuid import UUID

from prefect import get_client
from prefect.client.schemas import filters
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.logging.configuration import setup_logging
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

from benchmarks import idle
from flows import lab, server, zombies
from flows.inbox import batches
from flows.server import serving
from flows.server_environment import prepare
from flows.server_secret import CLIENT_VARIABLE, secret_of
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.stages.declared import STORED
from pipeline.stages.hearing import TRANSCRIBE
from pipeline.stages.to_do import unfinished
from pipeline.study import Study, accepted, create
from pipeline.study.leases import living

N_RECORDINGS, LENGTH_S, APART_S = 12, 6, 2
BATCH = 2
INBOX_EVERY_S = 20.0
IDLE = {1: 6, 10: 20}  # sessions that go through when their stages do nothing, by size of batch


def main(folder: Path, database: str) -> bool:
    """Print the results; return whether all is as required."""
    folder.mkdir(parents=True)
    alone = _study(folder / "alone")
    shared = Study(Path(shutil.copytree(alone.root, folder / "shared")))
    _say("one process")
    subprocess.run([*_VUORO, "run", "--study", str(alone.root)], check=True)
    prepare(shared)
    setup_logging()  # by what was just prepared: Prefect was imported before
    if database:
        os.environ["PREFECT_API_DATABASE_CONNECTION_URL"] = database
    _say("two workers")
    page = lab.start(shared, lab.Plan(every_s=INBOX_EVERY_S, hand_out=BATCH)).page
    try:
        with _served_at(f"{page}/api", shared):
            is_same = _two_workers(shared, alone, folder)
    finally:
        lab.stop(shared)
    with serving(shared.prefect_home) as api, _served_at(api, shared):
        _measure_all(folder)
    locked = (shared.prefect_home / server.LOG).read_text().count("database is locked")
    _say(f"'database is locked' in the server's log: {locked} times")
    return is_same


_VUORO = [sys.executable, "-W", "ignore", "-c", "from pipeline.commands.cli import main; main()"]


@contextmanager
def _served_at(api: str, study: Study) -> Iterator[None]:
    secret = secret_of(study.prefect_home)
    own = {"PREFECT_API_URL": api, CLIENT_VARIABLE: secret}  # for the processes that are started
    os.environ |= own
    try:
        with temporary_settings({PREFECT_API_URL: api, PREFECT_API_AUTH_STRING: secret}):
            yield
    finally:
        for name in own:
            del os.environ[name]


def _two_workers(study: Study, alone: Study, folder: Path) -> bool:
    begun = time.monotonic()
    command = [*_VUORO, "worker", "--study", str(study.root)]
    with _worker(command, "one", folder) as one, _worker(command, "two", folder):
        _wait(lambda: _n_done(study, TRANSCRIBE.name) > 0 and _n_at_work(study) == 2)
        _kill(one.pid)
        killed_at = time.time()
        _say(f"worker one is killed after {time.monotonic() - begun:.0f} s")
        _wait(lambda: not unfinished(study, study.settings(), verify=False))
        _say(f"all is done after {time.monotonic() - begun:.0f} s")
        _wait(lambda: not any(batches()))
        _wait(lambda: any(zombies.AGAIN in names for names in _states().values()))
    _say(f"the dead batch was begun again {_begun_again(killed_at):.0f} s after the kill")
    times = [_n_done(study, stage.name) for stage in STORED]
    _say(
        f"results of each stage: {times}; in one process: "
        f"{[_n_done(alone, stage.name) for stage in STORED]}"
    )
    is_same = _tables(study) == _tables(alone) and len(accepted.sessions(study)) == N_RECORDINGS
    _say("the tables are the same, byte for byte" if is_same else "THE TABLES DIFFER")
    return is_same and times == [N_RECORDINGS] * len(STORED)


def _begun_again(killed_at: float) -> float:
    """Seconds from the kill until a session of the dead batch was in a running one."""
    states = _states()
    lost = {
        session_id
        for batch in _all_batches()
        if zombies.AGAIN in states[batch.id]
        for session_id in batch.parameters["session_ids"]
    }
    after = (
        since - killed_at
        for batch in _all_batches()
        if lost & {*batch.parameters["session_ids"]}
        for since in states[batch.id].get("Running", [])
    )
    return min(seconds for seconds in after if seconds > 0)


def _all_batches() -> list[FlowRun]:
    with get_client(sync_client=True) as client:
        sessions = filters.FlowFilter(name=filters.FlowFilterName(any_=["sessions"]))
        return client.read_flow_runs(flow_filter=sessions)


def _states() -> dict[UUID, dict[str, list[float]]]:
    """When each batch was in which state."""
    found: dict[UUID, dict[str, list[float]]] = {}
    with get_client(sync_client=True) as client:
        for batch in _all_batches():
            times = found.setdefault(batch.id, {})
            for state in client.read_flow_run_states(batch.id):
                times.setdefault(state.name or "", []).append(state.timestamp.timestamp())
    return found


def _measure_all(folder: Path) -> None:
    idle.deploy()
    _measure("one process", IDLE[10], _here)
    for n_workers in (1, 2):
        for size, n_sessions in IDLE.items():
            through = partial(_through_workers, n_workers, size, folder)
            _measure(f"{n_workers} worker(s), batches of {size}", n_sessions, through)


def _measure(what: str, n_sessions: int, through: Callable[[list[str]], float]) -> None:
    """The start of workers is in the processor time, but not in the time by the clock."""
    used_s = _used_s()
    a_minute = 60 * n_sessions / through([f"G01-S{n:02d}" for n in range(n_sessions)])
    cpu_s = (_used_s() - used_s) / n_sessions
    _say(f"{what}: {a_minute:.0f} sessions a minute, {cpu_s:.1f} s of processor time a session")


def _used_s() -> float:
    """Processor time of this process and of those that it started and that have ended."""
    return sum(os.times()[:4])


def _here(ids: list[str]) -> float:
    began = time.monotonic()
    idle.idle_sessions(ids)
    return time.monotonic() - began


def _through_workers(n_workers: int, size: int, folder: Path, ids: list[str]) -> float:
    command = [sys.executable, "-m", "benchmarks.idle", str(folder / "idle.log")]
    with _worker(command, "one", folder), _worker(command if n_workers == 2 else [], "two", folder):
        runs = [
            cast(
                FlowRun,
                run_deployment(
                    "idle/idle",
                    parameters={"session_ids": ids[start : start + size]},
                    timeout=0,
                    as_subflow=False,
                ),
            ).id
            for start in range(0, len(ids), size)
        ]
        ended = _ended(runs)
    first = min(cast(datetime, run.start_time) for run in ended)
    last = max(cast(datetime, run.end_time) for run in ended)
    return (last - first).total_seconds()


def _ended(ids: list[UUID]) -> list[FlowRun]:
    with get_client(sync_client=True) as client:
        while True:
            runs = [client.read_flow_run(id) for id in ids]
            states = [run.state for run in runs if run.state is not None and run.state.is_final()]
            if len(states) == len(runs):
                if not all(state.is_completed() for state in states):
                    sys.exit("A batch failed; idle.log says why.")
                return runs
            time.sleep(1)


def _wait(until: Callable[[], bool]) -> None:
    while not until():
        time.sleep(0.2)


@contextmanager
def _worker(command: list[str], name: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that has one run at a time; none without a command."""
    with (folder / f"worker-{name}.log").open("ab") as log:
        process = subprocess.Popen(command or [sys.executable, "-c", ""], stdout=log, stderr=log)
    try:
        yield process
    finally:
        if process.poll() is None:
            _kill(process.pid)
        process.wait()


def _kill(pid: int) -> None:
    """Kill -9 it, with all that it started: Prefect puts runs into sessions of their own."""
    started = subprocess.run(["pgrep", "-P", str(pid)], stdout=subprocess.PIPE, check=False)
    for child in started.stdout.split():
        _kill(int(child))
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _study(root: Path) -> Study:
    study = create(root)
    study.groups_file.write_text('{"yksi": "G01", "kaksi": "G02"}', encoding="utf-8")
    EntityTable(audit_key="07" * 32).save(study)  # so that both studies draw alike
    package = find_spec("pyannote.audio")
    assert package is not None and package.origin is not None
    with wave.open(str(Path(package.origin).parent / "sample" / "sample.wav")) as sample:
        for number in range(N_RECORDINGS):
            file = study.inbox / ("yksi" if number % 2 else "kaksi") / f"{number // 2 + 1}.wav"
            file.parent.mkdir(exist_ok=True)
            sample.setpos(number * APART_S * sample.getframerate())
            with wave.open(str(file), "wb") as part:
                part.setparams(sample.getparams())
                part.writeframes(sample.readframes(LENGTH_S * sample.getframerate()))
    return study


def _n_done(study: Study, stage: str) -> int:
    return sum(1 for _ in study.stages.glob(f"{stage}/*"))


def _n_at_work(study: Study) -> int:
    return len({*living(study)} & {recording.session_id for recording in accepted.sessions(study)})


def _tables(study: Study) -> dict[str, bytes]:
    files = (file for file in study.dataset.rglob("*") if file.is_file())
    return {str(file.relative_to(study.dataset)): file.read_bytes() for file in files}


def _say(line: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(0 if main(Path(sys.argv[1]).resolve(), "".join(sys.argv[2:])) else 1)
