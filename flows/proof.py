"""Proof that two workers on one study do what one process does, and what the orchestration costs.

It needs a PostgreSQL server and an empty database in it. On Debian or Ubuntu, as root::

    apt-get install postgresql
    su postgres -c "createuser --pwprompt vuoro" && su postgres -c "createdb -O vuoro vuoro"

Then, where vuoro is installed and its models are (`vuoro models pull`)::

    python -m flows.proof postgresql+asyncpg://vuoro:PASSWORD@localhost/vuoro FOLDER

In FOLDER, which must not be there yet, it makes twelve recordings of six seconds from a sample that
comes with pyannote.audio, and two studies of them. One process does the first. Two workers do the
second, each in a process of its own; one is killed by kill -9 in the middle. Nothing may be lost or
done twice, and the tables must be the same byte for byte. Last it measures how many sessions a
minute go through when their stages do nothing. The database is Prefect's alone; drop it afterwards.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from prefect import Flow, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.deployments.runner import RunnerDeployment
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.types.entrypoint import EntrypointType

from flows.batch import process_sessions
from flows.environment import prepare
from flows.idle import idle_sessions
from flows.inbox import process_inbox
from flows.server import serving
from pipeline import intake
from pipeline.chain import unfinished
from pipeline.pseudonymise.entities import EntityTable
from pipeline.stages import STAGES
from pipeline.study import Study, create

POOL = "vuoro"
N_RECORDINGS, LENGTH_S, APART_S = 12, 6, 2
BATCH = 2
KILL_AFTER = 3  # sessions that are transcribed
INBOX_EVERY_S = 20.0
IDLE = 20  # sessions that go through when their stages do nothing


def main(database: str, folder: Path) -> bool:
    """Print what came of it; whether all is as it must be."""
    folder.mkdir(parents=True)
    alone = _study(folder / "alone")
    shared = Study(Path(shutil.copytree(alone.root, folder / "shared")))
    os.environ["PREFECT_API_DATABASE_CONNECTION_URL"] = database
    prepare(Study(folder))
    with serving(folder / "prefect") as api, temporary_settings({PREFECT_API_URL: api}):
        os.environ["PREFECT_API_URL"] = api  # for the processes that it starts
        _deploy()
        _say("one process")
        subprocess.run([*_VUORO, "run", "--study", str(alone.root)], check=True)
        _say("two workers")
        is_same = _two_workers(shared, alone, folder)
        for n_workers in (1, 2):
            for size in (1, 10):
                _measure(n_workers, size, folder)
    return is_same


_VUORO = [sys.executable, "-W", "ignore", "-c", "from pipeline.cli import main; main()"]


def _two_workers(study: Study, alone: Study, folder: Path) -> bool:
    begun = time.monotonic()
    with _worker("one", folder) as one, _worker("two", folder):
        _hand_out(study)
        while _n_done(study, "transcribe") < KILL_AFTER:
            time.sleep(0.2)
        os.killpg(one.pid, signal.SIGKILL)
        _say(f"worker one is killed after {time.monotonic() - begun:.0f} s")
        while not intake.sessions(study) or unfinished(study, study.settings(), verify=False):
            time.sleep(INBOX_EVERY_S)
            _hand_out(study)
    _say(f"all is done after {time.monotonic() - begun:.0f} s")
    times = [_n_done(study, stage.name) for stage in STAGES]
    _say(
        f"results of each stage: {times}; in one process: "
        f"{[_n_done(alone, stage.name) for stage in STAGES]}"
    )
    is_same = _tables(study) == _tables(alone) and len(intake.sessions(study)) == N_RECORDINGS
    _say("the tables are the same, byte for byte" if is_same else "THE TABLES DIFFER")
    return is_same and times == [N_RECORDINGS] * len(STAGES)


def _measure(n_workers: int, size: int, folder: Path) -> None:
    with _worker("one", folder), _worker("two" if n_workers == 2 else "", folder):
        ids = [f"G01-S{n:02d}" for n in range(IDLE)]
        batches = [
            cast(
                FlowRun,
                run_deployment(
                    "idle/idle",
                    parameters={"session_ids": ids[start : start + size]},
                    timeout=0,
                    as_subflow=False,
                ),
            ).id
            for start in range(0, IDLE, size)
        ]
        runs = _ended(batches)
    first = min(cast(datetime, run.start_time) for run in runs)
    last = max(cast(datetime, run.end_time) for run in runs)
    a_minute = 60 * IDLE / (last - first).total_seconds()
    _say(f"{n_workers} worker(s), batches of {size}: {a_minute:.0f} sessions a minute")


def _ended(ids: list[UUID]) -> list[FlowRun]:
    with get_client(sync_client=True) as client:
        while True:
            runs = [client.read_flow_run(id) for id in ids]
            if all(run.state is not None and run.state.is_final() for run in runs):
                return runs
            time.sleep(1)


def _hand_out(study: Study) -> None:
    run_deployment(
        "inbox/many machines",
        parameters={"study": str(study.root), "overrides": {}, "hand_out": BATCH},
        timeout=0,
        as_subflow=False,
    )


def _deploy() -> None:
    """A pool of workers that start a process a run, and what they can run."""
    with get_client(sync_client=True) as client:
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process"), overwrite=True)
    flows: dict[str, Flow[Any, Any]] = {
        "many machines": process_inbox,
        "sessions": process_sessions,
        "idle": idle_sessions,
    }
    for name, each in flows.items():
        made = each.to_deployment(
            name, work_pool_name=POOL, entrypoint_type=EntrypointType.MODULE_PATH
        )
        cast(RunnerDeployment, made).apply()


@contextmanager
def _worker(name: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that has one run at a time; none without a name."""
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL]
    with (folder / f"worker-{name}.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--limit", "1", "--name", name] if name else [sys.executable, "-c", ""],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


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


def _tables(study: Study) -> dict[str, bytes]:
    files = (file for file in study.dataset.rglob("*") if file.is_file())
    return {str(file.relative_to(study.dataset)): file.read_bytes() for file in files}


def _say(line: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], Path(sys.argv[2]).resolve()) else 1)
