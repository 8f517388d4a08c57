"""Files torn by a power failure, or meddled with: what can be made anew is, without a word; of
what cannot be, one sentence says which file it is. No table is ever wrong."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from changed import change
from heard import chain_of
from pretended import FIRST, OTHER, SECOND, put, tables
from runs_in_process import Runs

from pipeline.errors import StageCrashError
from pipeline.stages.declared import STORED
from pipeline.stages.publishing import MEASURE, PUBLISH
from pipeline.study import Study

pytestmark = pytest.mark.faults

Tear = Callable[[bytes], bytes]
# what is made as soon as it is looked for: tests/pipeline/stages/test_chain.py
ALL = [stage.name for stage in STORED if not stage.at_once]

TEARS: dict[str, Tear] = {
    "empty": lambda data: b"",
    "cut": lambda data: data[: len(data) // 2],
    "zeroed": lambda data: data[: len(data) // 2] + bytes(len(data) - len(data) // 2),
}

# what cannot be made anew, how it is torn, and what is said of it
FILES = (
    ("private/people/G07.json", "zeroed", "private/people/G07.json is damaged"),
    ("private/people/decisions.jsonl", "cut", "private/people/decisions.jsonl is damaged"),
    ("private/people/decisions.jsonl", "empty", "private/people/decisions.jsonl is damaged"),
    (f"private/edits/{FIRST}.jsonl", "cut", f"private/edits/{FIRST}.jsonl is damaged"),
    ("private/names.key", "zeroed", "key"),
    ("private/names.key", "empty", "key"),
    (f"private/recordings/{FIRST}/recording.json", "cut", f"{FIRST}/recording.json is damaged"),
    ("private/withdrawn.json", "zeroed", "private/withdrawn.json is damaged"),
    ("private/rosters/G31.yaml", "cut", "G31"),
    ("private/rosters/G31.yaml", "empty", "G31"),
    ("vuoro.toml", "zeroed", "vuoro.toml"),
)


def tear_up(file: Path, tear: Tear) -> None:
    file.write_bytes(tear(file.read_bytes()))


@pytest.mark.parametrize(
    ("name", "tear", "wanted"),
    [
        ("result.json", "empty", ALL),
        ("result.json", "zeroed", ALL),
        ("manifest.json", "cut", ALL),
        ("audio.wav", "cut", ["decode"]),
    ],
)
def test_torn_results_are_redone(
    runs: Runs, decided: Study, name: str, tear: str, wanted: list[str]
) -> None:
    """Of every stage at once, in one session; the others' are left as they are.

    What comes after the tables' last change, and has its old size, is looked into by the run after.
    """
    before = tables(decided)
    of_first = {key for _, key in results(decided, FIRST)}
    for file in decided.stages.glob(f"*/*/{name}"):
        if file.parent.name in of_first:
            tear_up(file, TEARS[tear])
    made = []
    for _ in range(2):
        assert runs.run(decided) == []
        assert runs.made.keys() <= {FIRST}
        made += runs.made.get(FIRST, [])
        assert tables(decided) == before
    assert made == wanted
    assert runs.run(decided) == [] and runs.carried_out == {}


@pytest.mark.parametrize("stages", [ALL[:3], ALL[3:6], ALL[-3:]], ids=", ".join)
def test_result_edited_by_hand_is_redone_alone(
    runs: Runs, decided: Study, stages: list[str]
) -> None:
    """One in each session. It comes out as it was, so that nothing follows from it."""
    before = tables(decided)
    edited = dict(zip((FIRST, SECOND, OTHER), stages, strict=True))
    keys = {stage: dict(results(decided, id))[stage] for id, stage in edited.items()}
    for stage, key in keys.items():
        file = decided.stages / stage / key / "result.json"
        file.write_bytes(file.read_bytes().replace(b'"', b"'", 1))
    assert runs.run(decided) == []
    assert runs.made == {session_id: [stage] for session_id, stage in edited.items()}
    assert tables(decided) == before


def test_deleted_results_are_redone(runs: Runs, decided: Study) -> None:
    before = tables(decided)
    names = decided.stages / "find_names" / dict(results(decided, OTHER))["find_names"]
    shutil.rmtree(names)
    shutil.rmtree(decided.stages / "transcribe")
    assert runs.run(decided) == []
    wanted = {session: ["transcribe"] for session in (FIRST, SECOND)}
    assert runs.made == {**wanted, OTHER: ["transcribe", "find_names"]}
    assert tables(decided) == before


def test_swapped_results_are_redone(runs: Runs, decided: Study) -> None:
    """Each is whole, and lies where the other should."""
    before = tables(decided)
    keys = dict(results(decided, FIRST)), dict(results(decided, OTHER))
    one, other = (decided.stages / "transcribe" / each["transcribe"] for each in keys)
    one.rename(one.parent / "aside")
    other.rename(one)
    (one.parent / "aside").rename(other)
    assert runs.run(decided) == []
    assert runs.made == {FIRST: ["transcribe"], OTHER: ["transcribe"]}
    assert tables(decided) == before


@pytest.mark.parametrize("tear", TEARS)
def test_torn_data_set_is_written_again(runs: Runs, decided: Study, tear: str) -> None:
    """Its tables; then what is of no session, for which no session is touched."""
    before = tables(decided)
    parts = [*decided.dataset.glob("people/*"), *decided.dataset.glob("attendance/*")]
    of_none = [*parts, decided.dataset / "dictionary.csv", decided.dataset / "DATASHEET.md"]
    for files, carried_out in (
        (decided.dataset.rglob("*.parquet"), [MEASURE.name, PUBLISH.name]),
        (of_none, []),
    ):
        for file in [*files]:
            tear_up(file, TEARS[tear])
        assert runs.run(decided) == []
        assert all(stages == carried_out for stages in runs.carried_out.values())
        assert bool(runs.carried_out) == bool(carried_out)
        assert tables(decided) == before


@pytest.mark.parametrize(("place", "tear", "said"), FILES)
def test_what_cannot_be_made_anew_is_named(
    runs: Runs, decided: Study, place: str, tear: str, said: str
) -> None:
    before = tables(decided)
    put(decided, "ryhmä/3.wav", take=8)
    tear_up(decided.root / place, TEARS[tear])
    errors = runs.run(decided)
    assert errors and not any(isinstance(error, StageCrashError) for error in errors)
    assert said in str(errors[0])
    assert str(errors[0]).count(". ") <= 2
    after = tables(decided)
    assert {place: after[place] for place in before if FIRST in place} == {
        place: data for place, data in before.items() if FIRST in place
    }


def test_a_torn_list_of_groups_is_made_again_from_the_sessions(runs: Runs, decided: Study) -> None:
    put(decided, "ryhmä/3.wav", take=8)
    tear_up(decided.groups_file, TEARS["empty"])
    assert runs.run(decided) == []
    assert json.loads(decided.groups_file.read_bytes())["ryhmä"] == "G07"
    assert "G07-S03" in runs.carried_out


def test_a_log_cut_off_is_gone_on_with(runs: Runs, decided: Study) -> None:
    log = decided.audit / f"{FIRST}.jsonl"
    lines = log.read_bytes().splitlines()
    tear_up(log, TEARS["cut"])
    change(decided, {"anonymisation.labels": "en"})
    assert runs.run(decided) == []
    *_, last = log.read_bytes().splitlines()
    assert json.loads(last).keys() == json.loads(lines[0]).keys()


def test_a_study_that_was_moved_is_up_to_date(runs: Runs, decided: Study, tmp_path: Path) -> None:
    moved = Study(decided.root.rename(tmp_path / "elsewhere"))
    assert runs.run(moved) == [] and runs.carried_out == {}


def test_a_clock_set_back_changes_nothing(runs: Runs, decided: Study) -> None:
    """All files are of the future, and what is made now is older than what it is made from."""
    future = 4_000_000_000
    for file in decided.root.rglob("*"):
        os.utime(file, (future, future))
    assert runs.run(decided) == [] and runs.carried_out == {}
    put(decided, "ryhmä/3.wav", take=8)
    assert runs.run(decided) == []
    assert [*runs.carried_out] == ["G07-S03"]


def results(study: Study, session_id: str) -> list[tuple[str, str]]:
    """Stage and key of each result of a session."""
    chain = chain_of(study, session_id)
    return [(stage.name, chain.folder(stage).name) for stage in STORED]
