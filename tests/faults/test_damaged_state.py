"""A damaged file of the study is told of the session that it is about; the others go on.

In ``decided`` the first group has a decision about a voice and a corrected turn, the other has a
roster.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pretended import FIRST, OTHER, SECOND, put, tables
from runs_in_process import Runs, Told

from pipeline.errors import LanguageError, VuoroError
from pipeline.intake import stillness
from pipeline.operations.build import build
from pipeline.operations.overview import overview
from pipeline.stages import make
from pipeline.stages.chain import SessionChain
from pipeline.stages.settling import FIND_NAMES
from pipeline.stages.stage import Stage
from pipeline.study import Study, accepted, references

pytestmark = pytest.mark.faults

GROUP = (FIRST, SECOND)
NESTED = b"[" * 100_000
RECORD = f"private/recordings/{FIRST}/recording.json"


def cut(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])


def write(data: bytes) -> Callable[[Path], object]:
    return lambda file: file.write_bytes(data)


def loop(file: Path) -> None:
    """Have the file be read by nobody, root included."""
    file.unlink()
    file.symlink_to(file.name)


def of_another(file: Path) -> None:
    shutil.copy(file.parents[1] / OTHER / file.name, file)


DAMAGES = (
    (RECORD, cut, (FIRST,)),
    (RECORD, write(b""), (FIRST,)),
    (RECORD, write(NESTED), (FIRST,)),
    (RECORD, of_another, (FIRST,)),
    (RECORD, loop, (FIRST,)),
    (RECORD, Path.unlink, (FIRST,)),
    (f"private/edits/{FIRST}.jsonl", cut, (FIRST,)),
    (f"private/edits/{FIRST}.jsonl", Path.unlink, (FIRST,)),
    ("private/people/G07.json", cut, GROUP),
    ("private/people/G07.json", Path.unlink, GROUP),
    ("private/rosters/G31.yaml", write(b"members: [\n"), (OTHER,)),
    ("private/rosters/G31.yaml", write(b"\xff\xfe"), (OTHER,)),
    ("private/rosters/G31.yaml", loop, (OTHER,)),
    ("private/people/decisions.jsonl", write(b"\xff{"), (*GROUP, OTHER)),
    ("private/people/decisions.jsonl", Path.unlink, (*GROUP, OTHER)),
)


@pytest.mark.parametrize(("place", "damage", "sessions"), DAMAGES)
def test_neighbours_of_a_damaged_file_go_on(
    runs: Runs,
    decided: Study,
    place: str,
    damage: Callable[[Path], object],
    sessions: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stillness, "QUIET_S", 0.0)
    assert runs.run(decided) == []
    before = tables(decided)
    whole = shutil.copy(decided.root / place, decided.root / "whole")
    damage(decided.root / place)
    put(decided, "muu/2.wav", take=9)

    told = Told()
    built = build(decided, decided.settings(), told)
    assert {*built.failed} == {*sessions} and len(told.errors) == len(sessions)
    ran = runs.run(decided)
    shown = overview(decided, decided.settings()).entries
    new = {"G31-S02"} if "decisions" in place else set()  # taken in; a damaged roster keeps it out
    assert {e.session_id for e in shown if e.situation == "failed"} == {*sessions} | new
    about = (place, *(session_id.split("-")[0] for session_id in sessions))
    for error in (*built.failed.values(), *ran):
        assert any(name in error.what for name in about) and error.remedy
    after = tables(decided)
    unchanged = [name for name in before if name.startswith(("sessions/", "turns/", "words/"))]
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}
    for sheet in ("people/G07.parquet", *(["people/G31.parquet"] if OTHER in sessions else [])):
        assert after[sheet] == before[sheet]
    assert ("sessions/G31-S02.parquet" in after) == (OTHER not in sessions)

    (decided.root / place).unlink(missing_ok=True)
    shutil.move(whole, decided.root / place)  # as from a backup
    assert runs.run(decided) == []
    assert tables(decided) == after | {
        name: data for name, data in tables(decided).items() if "G31" in name or "/" not in name
    }


LITTER = {
    "digests": lambda study: [f.write_bytes(b"\xff\xfe\0") for f in study.digests.iterdir()],
    "documented": lambda study: study.documented_file.write_bytes(b"\xff\xfe"),
    "inbox.json": lambda study: study.inbox_file.write_bytes(NESTED),
    "state": lambda study: (study.states / f"{FIRST}.json").write_bytes(NESTED),
    "lease": lambda study: (study.leases / f"{FIRST}.json").write_bytes(NESTED),
    "lease folder": lambda study: (study.leases / "x.json").mkdir(),
    "marks": lambda study: study.marks_file.write_bytes(b"{"),
    "reference": lambda study: (study.references.mkdir(), (study.references / "x").write_text("")),
}


@pytest.mark.parametrize("kind", LITTER)
def test_what_only_saves_time_stops_nothing(runs: Runs, study: Study, kind: str) -> None:
    before = tables(study)
    LITTER[kind](study)
    assert overview(study, study.settings()).counts == {"finished": 3}
    if kind != "lease":  # until a minute has gone by, it may be somebody's
        assert runs.run(study) == [] and runs.carried_out == {}
    assert tables(study) == before


def test_recordings_that_are_gone_take_nothing_out_of_the_data_set(
    runs: Runs, study: Study
) -> None:
    before = tables(study)
    study.recordings.rename(study.root / "elsewhere")
    study.recordings.mkdir()  # as where a disk is not mounted
    [error] = runs.run(study)
    assert "private/recordings is empty" in error.what and "Connect the disk" in error.remedy
    with pytest.raises(VuoroError, match=r"private/recordings is empty"):
        build(study, study.settings(), Told())
    assert tables(study) == before
    study.recordings.rmdir()
    (study.root / "elsewhere").rename(study.recordings)
    assert runs.run(study) == [] and runs.carried_out == {}


def test_refused_after_it_was_heard_the_others_of_its_group_go_on(
    runs: Runs, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that comes last in its group: the others know by then who is who, with it."""
    carry_out = make.carry_out

    def refused(chain: SessionChain, stage: Stage[Any], *rest: Any) -> object:
        if stage is FIND_NAMES and chain.recording.session_id == SECOND:
            raise LanguageError("In this language names cannot be hidden.")
        return carry_out(chain, stage, *rest)

    shutil.rmtree(study.stages / FIND_NAMES.name)
    shutil.rmtree(study.dataset)
    study.dataset.mkdir()
    monkeypatch.setattr(make, "carry_out", refused)
    [error] = runs.run(study)
    assert isinstance(error, LanguageError)
    assert {file.stem for file in (study.dataset / "turns").iterdir()} == {FIRST, OTHER}
    assert {each.session_id for each in accepted.sessions(study)} == {FIRST, OTHER}


@pytest.mark.parametrize("stays", [False, True])
def test_swapped_original_is_not_taken_for_the_session(
    runs: Runs, study: Study, stays: bool
) -> None:
    before = tables(study)
    one, other = (accepted.original(study, each) for each in accepted.sessions(study)[:2])
    own = one.read_bytes()
    if stays:
        one = one.rename(study.root / "1.wav")
        references.refer(one, study.recordings / FIRST)
    shutil.copy(other, one)
    shutil.rmtree(study.stages)
    study.stages.mkdir()
    [error] = runs.run(study)
    assert FIRST in error.what and error.remedy
    assert [*runs.carried_out] == [SECOND, OTHER]  # of the other, nothing is even decoded
    about_it = {name for name in before if FIRST in name}
    assert {n: d for n, d in tables(study).items() if n in about_it} == {
        name: before[name] for name in about_it
    }
    one.write_bytes(own)  # as from a backup
    assert runs.run(study) == [] and tables(study) == before
