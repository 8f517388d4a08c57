"""A session under another id: everything that is kept of it goes along, and nothing is redone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from finished import chain_of, copied, fake_models, finished_study

from pipeline import intake
from pipeline.dataset import files
from pipeline.errors import StudyError
from pipeline.intake import receipts
from pipeline.intake.quarantine import set_aside
from pipeline.operations.build import build
from pipeline.operations.listen import clip_of_turn
from pipeline.operations.renumber import correct
from pipeline.operations.repair import repair
from pipeline.people import register
from pipeline.people.anchors import anchor
from pipeline.pseudonymisation import audit
from pipeline.stages.hearing import DIARISE
from pipeline.stages.inputs import VOICES
from pipeline.stages.settling import CORRECT
from pipeline.study import Study, accepted, tombstones
from pipeline.study.listener import Listener
from pipeline.study.store import MANIFEST
from pipeline.study.tombstones import Tombstone
from pipeline.turns.edits import log
from pipeline.turns.edits.edit import About, Correction, Edit


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as context:
        fake_models(context)
        yield context


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> Study:
    """Two sessions of G07, with all that a study keeps of a session."""
    study = finished_study(tmp_path_factory.mktemp("whole") / "study", told=True)
    edit_last_turn(study)
    built(study)
    clip_of_turn(study, "G07-S01-T00002200")
    (study.edits / "G07-S01.xlsx").write_bytes(b"")
    state = study.private / "state"
    state.mkdir(exist_ok=True)
    (state / "G07-S01.json").write_text("{}")
    fingerprints = study.fingerprints / "12"
    fingerprints.mkdir(parents=True, exist_ok=True)
    (fingerprints / "G07-S01.npy").write_bytes(b"")
    tombstones.put(study, Tombstone("G07-S01-U9", "2026-01-02", "done", {"G07-S01": "0" * 64}))
    groups = json.loads(study.groups_file.read_text())
    study.groups_file.write_text(json.dumps(groups | {"muu": "G31"}))
    return study


@pytest.fixture
def study(whole: Study, tmp_path: Path) -> Study:
    return copied(whole, tmp_path / "study")


def edit_last_turn(study: Study) -> None:
    """Correct what the last turn of the first session says."""
    chain = chain_of(study, "G07-S01")
    turn = chain.get(CORRECT).conversation.turns[-1]
    voice = anchor(chain.get(VOICES), turn.label, chain.common.voice_model)
    edit = Edit("text", About.of(turn), text="Kiitos paljon.")
    log.remember(study, "G07-S01", Correction("2026-01-02", "tester", {turn.label: voice}, (edit,)))


def mentioning(study: Study, session_id: str) -> list[str]:
    """The files of the study that are named after a session, or name it.

    But for the tables of whole groups: those are made by a build.
    """
    return [
        str(file.relative_to(study.root))
        for file in sorted(study.root.rglob("*"))
        if file.is_file()
        and file.parent not in (study.dataset / "people", study.dataset / "attendance")
        and study.stages not in file.parents
        and (session_id in str(file) or session_id.encode() in file.read_bytes())
    ]


def hearing(study: Study) -> dict[str, int]:
    """When each file of a stage that listens was written."""
    return {
        str(file.relative_to(study.root)): file.stat().st_mtime_ns
        for stage in ("decode", "diarise", "transcribe")
        for file in study.stages.glob(f"{stage}/*/*")
        if file.name != MANIFEST  # of a copied study: it is touched when the rest was hashed
    }


def texts(study: Study, session_id: str) -> list[tuple[Any, ...]]:
    """When each turn of a session is, what is said in it, and by whom (H01, or its own U3)."""
    turns = files.read(files.file_of(study.dataset, "turns", session_id)).to_pylist()
    return [(t["start_s"], t["text"], t["person_id"].rpartition("-")[2]) for t in turns]


def _rows(file: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = files.read(file).to_pylist()
    return rows


def built(study: Study) -> None:
    outcome = build(study, study.settings(), Listener())
    assert not outcome.failed and not outcome.waiting


def test_renumbering_takes_everything_along(study: Study) -> None:
    before, heard = texts(study, "G07-S01"), hearing(study)
    assert before[-1][1] == "Kiitos paljon."
    digest = chain_of(study, "G07-S01").result(DIARISE).digest
    after = correct(study, "G07-S01", number=5)
    assert (after.session_id, after.session_number) == ("G07-S05", 5)
    assert mentioning(study, "G07-S01") == []
    assert [r.session_id for r in accepted.sessions(study)] == ["G07-S02", "G07-S05"]
    for place in (
        *("edits/G07-S05.jsonl", "edits/G07-S05.xlsx", "audit/G07-S05.jsonl"),
        *("state/G07-S05.json", "fingerprints/12/G07-S05.npy"),
    ):
        assert (study.private / place).is_file(), place
    assert [*study.clips.rglob("G07-S05-T00002200*")]
    assert tombstones.removed(study) == {"0" * 64}
    assert tombstones.load(study)[0].sessions == {"G07-S05": "0" * 64}
    published = audit.read(study.audit / "G07-S05.jsonl")
    replaced = [entry for line in published for entry in line.replaced]
    assert {entry.turn_id.partition("-T")[0] for entry in replaced} == {"G07-S05"}
    known = register.load(study, "G07")
    assert digest in known.sessions["G07-S05"] and "G07-S01" not in known.sessions
    receipt = intake.receipt_of(study.inbox / "ryhmä" / "1.wav").read_text(encoding="utf-8")
    assert "In the data set, as session G07-S05" in receipt

    built(study)
    assert texts(study, "G07-S05") == before  # by the people whom humans named
    assert hearing(study) == heard
    for table in ("sessions", "attendance"):
        rows = [row for file in files.files(study.dataset, table) for row in _rows(file)]
        assert {row["session_id"] for row in rows} == {"G07-S02", "G07-S05"}


def test_what_else_is_told_of_the_session_speaks_of_its_new_id(study: Study) -> None:
    copy = study.inbox / "ryhmä" / "G07-S01 kopio.wav"
    copy.write_bytes(b"the same sound")
    set_aside(study, copy, copy, receipts.duplicate_of("G07-S01"))
    receipts.receipt(study, study.inbox / "10.wav", "G07-S011 and G07-S01")
    correct(study, "G07-S01", number=5)
    told = intake.receipt_of(copy).read_text(encoding="utf-8")
    assert told.startswith("ryhmä/G07-S01 kopio.wav\n") and "Duplicate of G07-S05," in told
    reason = study.quarantine / "ryhmä" / f"{copy.name}{intake.REASON}"
    assert "sama tallenne on jo istunto G07-S05" in reason.read_text(encoding="utf-8")
    assert "G07-S011 and G07-S05" in (study.inbox / "10.wav.vuoro.txt").read_text("utf-8")


def test_session_becomes_a_group_interview(study: Study) -> None:
    assert correct(study, "G07-S01", kind="group_interview").session_id == "G07-I01"
    built(study)
    [row] = files.read(files.file_of(study.dataset, "sessions", "G07-I01")).to_pylist()
    assert (row["kind"], row["session_number"]) == ("group_interview", 1)


@pytest.mark.parametrize("group", ["G31", "Muu"])
def test_session_moves_to_another_group(group: str, study: Study) -> None:
    assert correct(study, "G07-S01", group=group).session_id == "G31-S01"
    assert mentioning(study, "G07-S01") == []
    assert "G07-S01" not in register.load(study, "G07").sessions
    built(study)
    assert "G31-S01" in register.load(study, "G31").sessions
    assert files.file_of(study.dataset, "people", "G31").is_file()


def test_the_same_bytes_are_known_under_the_new_id(study: Study) -> None:
    after = correct(study, "G07-S01", number=5)
    copy = study.inbox / "ryhmä" / "kopio.wav"
    shutil.copy(accepted.original(study, after), copy)
    assert intake.accept(study, copy, study.settings().intake) == intake.Duplicate("G07-S05")


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"number": 2}, "There is another session G07-S02"),
        ({"number": 1}, "G07-S01 already has these values"),
        ({"group": "tuntematon"}, "There is no group"),
    ],
)
def test_what_cannot_be_is_refused(asked: dict[str, Any], what: str, study: Study) -> None:
    before = mentioning(study, "G07-S01")
    with pytest.raises(StudyError, match=what):
        correct(study, "G07-S01", **asked)
    assert mentioning(study, "G07-S01") == before and not study.correction_file.exists()


def test_renumbering_a_session_that_does_not_exist_is_refused(study: Study) -> None:
    with pytest.raises(StudyError, match="There is no session G07-S09"):
        correct(study, "G07-S09", number=1)


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours catches it."""


@pytest.mark.faults
def test_killed_at_any_step_it_is_completed(whole: Study, tmp_path: Path) -> None:
    for step in count(1):
        study = copied(whole, tmp_path / str(step))
        with pytest.MonkeyPatch.context() as patched:
            _kill_before(step, patched)
            with suppress(Killed):
                correct(study, "G07-S01", number=5)
                break
        begun = study.correction_file.exists()
        repair(study)
        gone, there = ("G07-S01", "G07-S05") if begun else ("G07-S05", "G07-S01")
        assert mentioning(study, gone) == []
        assert accepted.recording(study, there).session_id == there
        assert not study.correction_file.exists()
        shutil.rmtree(study.root)
    assert step > 12


def _kill_before(step: int, patched: pytest.MonkeyPatch) -> None:
    """Have the process end before its ``step``-th change of a name on the disk."""
    done = 0

    def counted(name: str) -> None:
        plain = getattr(Path, name)

        def change(self: Path, *args: Any, **kwargs: Any) -> object:
            nonlocal done
            done += 1
            if done == step:
                raise Killed
            return plain(self, *args, **kwargs)

        patched.setattr(Path, name, change)

    for name in ("rename", "replace", "unlink"):
        counted(name)
