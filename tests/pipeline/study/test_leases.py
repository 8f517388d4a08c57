"""One at a time at one piece of work, whoever is killed, asleep or has a wrong clock."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from runs import environment

from pipeline.errors import LostError, TakenError
from pipeline.storage.disk import write_atomically
from pipeline.study import Study, create, leases
from pipeline.study.leases import lease, living
from pipeline.study.store import Store

WHAT = "G07-S01"
HOLDER = """
import sys, time
from pathlib import Path
from pipeline.study.leases import lease
from pipeline.study import Study
with lease(Study(Path(sys.argv[1])), sys.argv[2]):
    print("held", flush=True)
    time.sleep(60)
"""
COUNTERS = """
import sys
from pathlib import Path
from pipeline.study import leases
from pipeline.study import Study
leases.LOOK_EVERY_S = 0.002
root = Path(sys.argv[1])
counter = root / "counter"
for _ in range(15):
    with leases.lease(Study(root), "G07-S01", wait_s=60):
        counter.write_text(str(int(counter.read_text()) + 1))
"""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path / "study")


def file_of(study: Study) -> Path:
    return study.private / "leases" / f"{WHAT}.json"


def others(
    study: Study, renewed_s_ago: float, holder: str = '{"holder": "1", "machine": "m"}'
) -> None:
    """A lease of a process of another machine."""
    file = file_of(study)
    file.parent.mkdir(exist_ok=True)
    file.write_text(holder)
    then = file.stat().st_mtime - renewed_s_ago
    os.utime(file, (then, then))


def sleep(study: Study) -> None:
    """As if whoever has the lease had not run for two minutes."""
    then = time.time() - 120
    os.utime(file_of(study), (then, then))


def test_one_at_a_time(study: Study) -> None:
    with lease(study, WHAT), lease(study, "G07-S02"):
        with pytest.raises(TakenError), lease(study, WHAT):
            pass
        assert living(study) == [WHAT, "G07-S02"]
    with lease(study, WHAT):
        pass
    assert [*file_of(study).parent.iterdir()] == []


def test_waiting_process_gets_the_lease_as_soon_as_it_is_free(study: Study) -> None:
    command = [sys.executable, "-c", HOLDER.replace("60", "0.5"), str(study.root), WHAT]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"held\n"
        with lease(study, WHAT, wait_s=60):
            pass


def test_where_there_are_no_links(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: Path) -> None:
        raise OSError(errno.ENOTSUP, "no links here")

    monkeypatch.setattr(os, "link", link)
    test_one_at_a_time(study)
    others(study, 61)
    with lease(study, WHAT) as held:
        held.check()


def test_not_renewed_for_a_minute_is_dead(study: Study) -> None:
    others(study, 55)
    assert living(study) == [WHAT]
    with pytest.raises(TakenError), lease(study, WHAT):
        pass
    others(study, 61)
    with lease(study, WHAT) as held:
        held.check()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"holder": "1", "mach'])
def test_half_written_lease_is_held_until_it_expires(study: Study, content: str) -> None:
    others(study, 0, content)
    with pytest.raises(TakenError), lease(study, WHAT):
        pass
    others(study, 61, content)
    with lease(study, WHAT):
        pass


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_wrong_clock_changes_nothing(
    study: Study, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + hours * 3600)
    others(study, 55)
    with pytest.raises(TakenError), lease(study, WHAT):
        pass
    others(study, 61)
    with lease(study, WHAT) as held:
        held.check()


def test_holder_renews_its_lease(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEW_EVERY_S", 0.05)
    with lease(study, WHAT) as held:
        slept = file_of(study).stat().st_mtime_ns
        sleep(study)
        give_up = time.monotonic() + 10
        while (seen := leases._seen(file_of(study))) is None or seen.written_ns < slept:
            assert time.monotonic() < give_up
            time.sleep(0.02)
        held.check()


def test_a_sleeper_goes_on_if_nobody_took_over(study: Study) -> None:
    with lease(study, WHAT) as held:
        sleep(study)
        held._mark = (0.0, 0.0)  # it was long ago, by this machine's clocks too
        held.check()
        with pytest.raises(TakenError), lease(study, WHAT):
            pass


def test_a_sleeper_publishes_nothing_once_somebody_took_over(study: Study) -> None:
    file, store = study.root / "file", Store(study.stages)
    with lease(study, WHAT) as slept:
        write_atomically(file, b"mine")
        sleep(study)
        with lease(study, WHAT) as other:
            # the other's work is checked for the other's lease alone, as in its own process
            slept._mark = (0.0, 0.0)
            with pytest.raises(LostError):
                slept.check()
            other.check()
            with pytest.raises(LostError):
                write_atomically(file, b"spoilt")
            with pytest.raises(LostError), store.writing("decode", "key") as folder:
                (folder / "result.json").write_text("{}")
            slept.release()
            assert living(study) == [WHAT]
    assert file.read_bytes() == b"mine"
    assert store.find("decode", "key") is None


def test_lease_of_a_killed_holder_is_free_at_once(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once where the system tells of processes; elsewhere when the lease is dead."""
    monkeypatch.setattr(leases, "DEAD_AFTER_S", 60.0 if Path("/proc/self/stat").exists() else 1.0)
    command = [sys.executable, "-c", HOLDER, str(study.root), WHAT]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"held\n"
        with pytest.raises(TakenError), lease(study, WHAT):
            pass
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with lease(study, WHAT, wait_s=10):
        pass


def test_the_same_number_given_to_another_process_is_not_the_holder(study: Study) -> None:
    with lease(study, WHAT):
        holder = json.loads(file_of(study).read_bytes())
    if "process" in holder:  # this process is alive, but was not born then
        others(study, 0, json.dumps(holder | {"process": f"{os.getpid()} 1"}))
    else:
        others(study, 61)
    with lease(study, WHAT):
        pass


def test_several_at_once_at_a_dead_lease(study: Study) -> None:
    """Each reads, adds one and writes: two at a time would lose some."""
    others(study, 61)
    counter = study.root / "counter"
    counter.write_text("0")
    command = [sys.executable, "-c", COUNTERS, str(study.root)]
    processes = [subprocess.Popen(command, env=environment()) for _ in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
    assert counter.read_text() == str(4 * 15)


def test_what_was_put_in_its_place_meanwhile_is_put_back(study: Study) -> None:
    """A taker that slept between its look and its rename finds another's living lease."""
    others(study, 61)
    seen = leases._seen(file_of(study))
    assert seen is not None
    with lease(study, WHAT) as living_one:
        assert not leases._bury(file_of(study), seen)
        living_one.check()
