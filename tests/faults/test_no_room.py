"""A disk that is full, and files that may not be read or written: one sentence, and nothing half.

The limit of a process on the size of its files works for any user and stops the same writes as a
full disk. Where the user may mount one, a small disk is filled for real, too.
"""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from faults import children
from finished import copied
from halting import DOCUMENT
from heard import chain_of
from pretended import FIRST, edit_turn, tables
from runs_in_process import Runs, Told

from flows.run import run_study
from pipeline.errors import DiskFullError, StageCrashError, TransientError, VuoroError
from pipeline.exports.forms import FORMS
from pipeline.exports.write import export, forms_in
from pipeline.stages.declared import BY_NAME, STORED
from pipeline.stages.hearing import DECODE
from pipeline.stages.publishing import PUBLISH
from pipeline.storage.disk import PENDING
from pipeline.study import Study, accepted

pytestmark = pytest.mark.faults

CAPABILITIES_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1 << 1, 1 << 2
LIMIT, SMALL = "limit on files", "small disk"
SMALLEST = 150  # bytes: less than the record of any stage


class Disk:
    """A place for a study that has room until it is filled."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def fill(self) -> None:
        """From now on nothing but the smallest files can be written by this process."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (SMALLEST, resource.RLIM_INFINITY))

    def empty(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class SmallDisk(Disk):
    """A file system of its own, in memory."""

    def fill(self) -> None:
        with (self.root / "filler").open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                return

    def empty(self) -> None:
        (self.root / "filler").unlink(missing_ok=True)


def mounted(root: Path) -> bool:
    """Whether a small file system could be mounted there: not every user may."""
    return not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "vuoro-test", str(root)],
        capture_output=True,
        check=False,
    ).returncode


@pytest.fixture
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    root = tmp_path / "disk"
    root.mkdir()
    small = request.param == SMALL and mounted(root)
    made = SmallDisk(root) if small else Disk(root)
    try:
        yield made
    finally:
        made.empty()
        if small:
            subprocess.run(["umount", "--lazy", str(root)], check=True)


@pytest.mark.parametrize(
    ("stage", "disk"),
    [
        ("decode", SMALL),
        ("pseudonymise", LIMIT),
        (PUBLISH.name, SMALL),
        (DOCUMENT, LIMIT),
    ],
    indirect=["disk"],
)
def test_no_room_in_a_stage(runs: Runs, done: Study, disk: Disk, stage: str) -> None:
    study = copied(done, disk.root / "study")
    chain = chain_of(study, FIRST)
    if stage in {each.name for each in STORED}:
        shutil.rmtree(chain.folder(BY_NAME[stage]))
    (study.dataset / "turns" / f"{FIRST}.parquet").unlink()
    (study.dataset / "DATASHEET.md").unlink()
    runs.at[stage] = disk.fill
    errors = runs.run(study)
    disk.empty()
    assert_told(errors)
    assert half_written(study.root) == []
    assert runs.run(study) == []
    assert tables(study) == tables(done)


@pytest.mark.parametrize("disk", [SMALL], indirect=True)
def test_no_room_for_prefects_database(
    runs: Runs, done: Study, disk: Disk, tmp_path: Path, own_environment: None
) -> None:
    """Prefect notes what runs beside the study: every session is tried, and told by a sentence."""
    study = copied(done, tmp_path / "study")
    shutil.rmtree(study.prefect_home, ignore_errors=True)
    study.prefect_home.symlink_to(disk.root)
    for chain in (chain_of(study, recording.session_id) for recording in accepted.sessions(study)):
        shutil.rmtree(chain.folder(DECODE))

    def fill() -> None:
        disk.fill()
        server = children(os.getpid())["flows.server"]
        resource.prlimit(server, resource.RLIMIT_FSIZE, resource.getrlimit(resource.RLIMIT_FSIZE))

    runs.at["decode"] = fill
    told = Ended()
    with pytest.raises(DiskFullError):
        run_study(study, told)
    disk.empty()
    assert_told(told.errors)
    tried = told.sessions | {*runs.carried_out}
    assert told.failed_first and tried == {r.session_id for r in accepted.sessions(study)}
    assert runs.run(study) == []
    assert tables(study) == tables(done)


class Ended(Told):
    """Remembers which sessions were brought to an end, a good one or not."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: set[str] = set()
        self.failed_first = False

    def failed(self, session_id: str, error: VuoroError) -> None:
        super().failed(session_id, error)
        self.failed_first |= not self.sessions
        self.sessions.add(session_id)

    def finished(self, session_id: str) -> None:
        self.sessions.add(session_id)


@pytest.fixture
def own_environment() -> Iterator[None]:
    before = {**os.environ}
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize("disk", [LIMIT, SMALL], indirect=True)
def test_no_room_for_exports(done: Study, disk: Disk) -> None:
    study = copied(done, disk.root / "study")
    told: list[VuoroError] = []
    for form in FORMS.values():  # Python would keep a torn bytecode file of a form loaded later
        form.targets([])
    disk.fill()
    try:
        for form in FORMS:
            with pytest.raises(TransientError) as raised:
                export(study.dataset, study.exports, [form])
            told.append(raised.value)
    finally:
        disk.empty()
    assert_told(told)
    assert [file for file in study.exports.rglob("*") if file.is_file()] == []
    export(study.dataset, study.exports, FORMS)
    assert forms_in(study.exports) == [*FORMS]


@pytest.mark.parametrize(
    "place",
    [
        "private/stages/diarise",
        "private/stages/decode/*/manifest.json",
        f"private/recordings/{FIRST}/recording.json",
        "private/people/G07.json",
        "private/names.key",
        "dataset/turns",
        "inbox/ryhmä",
        "vuoro.toml",
    ],
)
def test_no_permission(runs: Runs, study: Study, place: str) -> None:
    before = tables(study)
    edit_turn(study)
    with without_permission([*study.root.glob(place)]):
        errors = runs.run(study)
    assert_told(errors)
    # a folder of the inbox keeps nothing that is in the study from going on
    assert (tables(study) == before) != place.startswith("inbox")
    assert half_written(study.root) == []
    made = runs.made.get(FIRST, [])
    assert runs.run(study) == []
    # what did not need the place was made at once, the rest now
    assert [*made, *runs.made.get(FIRST, [])][0] == "correct"
    assert tables(study) != before


def assert_told(errors: list[VuoroError]) -> None:
    """At least one, each of them one sentence of ours about something that can pass."""
    assert errors
    for error in errors:
        assert isinstance(error, TransientError) and not isinstance(error, StageCrashError), error
        assert error.what.endswith(".") and ". " not in error.what, error


def half_written(root: Path) -> list[Path]:
    return [file for file in root.rglob(f"*{PENDING}*") if file.is_file()]


@contextmanager
def without_permission(places: list[Path]) -> Iterator[None]:
    """Nobody may read or write what is there; nor the administrator, who otherwise may all."""
    modes = [(place, place.stat().st_mode) for place in places]
    assert modes
    with as_other_users():
        for place, _ in modes:
            place.chmod(0)
        try:
            yield
        finally:
            for place, mode in modes:
                place.chmod(mode)


@contextmanager
def as_other_users() -> Iterator[None]:
    """Linux lets the administrator pass by permissions by two capabilities: here without them."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_VERSION_3, 0)
    before = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, before) == 0
    without = (ctypes.c_uint32 * 6)(*before)
    without[0] &= ~(CAP_DAC_OVERRIDE | CAP_DAC_READ_SEARCH)
    assert libc.capset(header, without) == 0
    try:
        yield
    finally:
        assert libc.capset(header, before) == 0
