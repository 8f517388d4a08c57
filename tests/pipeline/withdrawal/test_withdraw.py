"""Who withdraws leaves nothing on the disk; everybody else stays who and where they are."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from changed import settings_if
from finished import (
    CANARIES,
    DURATION_S,
    NAME,
    SHARED,
    TALK,
    A,
    B,
    C,
    chain_of,
    copied,
    fake_models,
    finished_study,
    noise,
    samples_at,
)
from numpy.typing import NDArray

from pipeline import intake
from pipeline.dataset.validate import validate
from pipeline.errors import ConsentError, StudyError
from pipeline.exports.write import export
from pipeline.media.audio import decode, samples
from pipeline.operations.listen import clip_of_turn
from pipeline.people import register
from pipeline.pseudonymisation import audit
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.stages.hearing import DECODE, DIARISE
from pipeline.stages.settling import WHO_IS_WHO
from pipeline.stages.to_do import unfinished
from pipeline.study import Study, accepted, locks, tombstones
from pipeline.tables import TABLES
from pipeline.withdrawal.withdraw import plan, withdraw

PERSON = "G07-S01-U2"
NOW = "2026-01-02T03:04:05+00:00"


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as context:
        fake_models(context)
        yield context


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> Study:
    """Two sessions, and what lies about in a study that is used: clips, a copy, a half-written."""
    study = finished_study(tmp_path_factory.mktemp("whole") / "study")
    original = accepted.original(study, accepted.recording(study, "G07-S01"))
    shutil.copy(original, study.inbox / "ryhmä" / "taas.wav")
    duplicate = intake.accept(study, study.inbox / "ryhmä" / "taas.wav", study.settings().intake)
    assert isinstance(duplicate, intake.Duplicate)
    clip_of_turn(study, "G07-S01-T00002200")
    clip_of_turn(study, "G07-S02-T00002200")
    earlier = study.stages / "transcribe" / "of-earlier-settings"
    earlier.mkdir()
    (earlier / "result.json").write_text(CANARIES[B], encoding="utf-8")
    damaged = study.stages / "damaged" / "assemble-x"
    damaged.mkdir(parents=True)
    (damaged / "result.json").write_text(CANARIES[B], encoding="utf-8")
    (study.recordings / "G07-S01" / ".vuoro-x.pending").write_text(CANARIES[B], encoding="utf-8")
    return study


@pytest.fixture
def study(whole: Study, tmp_path: Path) -> Study:
    return copied(whole, tmp_path / "study")


def leave(study: Study, person_id: str = PERSON) -> tombstones.Tombstone:
    return withdraw(study, person_id, study.settings(), lambda: NOW)


def rows(study: Study, table: str) -> list[dict[str, Any]]:
    return [
        row
        for file in sorted((study.dataset / table).iterdir())
        for row in pq.read_table(file).to_pylist()
    ]


def everything(study: Study) -> Iterator[tuple[str, bytes]]:
    """Every file of the study as bytes, and what the compressed and encrypted ones hold."""
    for file in sorted(study.root.rglob("*")):
        if file.is_file():
            yield str(file.relative_to(study.root)), file.read_bytes()
            if file.suffix == ".parquet":
                text = json.dumps(pq.read_table(file).to_pylist(), ensure_ascii=False)
                yield f"the cells of {file.name}", text.encode()
    yield "the key", repr(EntityTable.load(study)).encode()


def found(study: Study, *texts: str) -> list[str]:
    """Where in the study one of the texts is, in any case."""
    return [
        place
        for place, data in everything(study)
        if any(text.casefold() in data.decode(errors="replace").casefold() for text in texts)
    ]


def alone(study: Study) -> Study:
    """The study with its first session alone: then nobody else says what B says."""
    shutil.rmtree(study.recordings / "G07-S02")
    for file in study.dataset.rglob("G07-S02.parquet"):
        file.unlink()
    (study.clips / "G07-S02-T00002200.wav").unlink()
    chain_of(study, "G07-S01").run(WHO_IS_WHO)
    return study


def pcm(sound: NDArray[np.float32], scale: float = 1.0) -> bytes:
    return (np.clip(sound * np.float32(scale), -1, 1) * 32767).astype("<i2").tobytes()


def test_nothing_that_only_they_said_is_left_anywhere(study: Study) -> None:
    alone(study)
    voice = pcm(noise(B))[4000:4400]
    before = found(study, CANARIES[B], NAME)
    assert {"the key", "the cells of G07-S01.parquet"} <= {*before}
    assert len([p for p in before if p.startswith("private/stages")]) >= 5
    heard = [place for place, data in everything(study) if voice in data]
    assert {"private/recordings/G07-S01/original.wav", "quarantine/ryhmä/taas.wav"} <= {*heard}
    assert any("decode" in place for place in heard) and any("clips" in place for place in heard)

    leave(study)
    assert found(study, CANARIES[B], NAME) == []
    assert [place for place, data in everything(study) if voice in data] == []
    assert found(study, CANARIES[A]) and found(study, CANARIES[C]) and found(study, SHARED)
    assert not list((study.quarantine / "ryhmä").iterdir())


def test_their_voice_print_is_gone_and_the_others_are_there(study: Study) -> None:
    leave(study)
    diarisation = chain_of(study, "G07-S01").get(DIARISE)
    assert [v.label for v in diarisation.voice_prints] == [A, C]
    assert {s.label for s in (*diarisation.regular, *diarisation.exclusive)} == {A, C}


def test_the_kept_recording_is_silent_where_they_talked(study: Study, tmp_path: Path) -> None:
    before = samples(chain_of(study, "G07-S01").folder(DECODE) / "audio.wav")
    leave(study)
    kept = list((study.recordings / "G07-S01").iterdir())
    assert sorted(file.name for file in kept) == ["original.silenced.flac", "recording.json"]
    recording = accepted.recording(study, "G07-S01")
    audio = decode(
        accepted.original(study, recording), tmp_path, min_duration_s=0, progress=lambda _: None
    )
    again = samples(tmp_path / "audio.wav")
    cached = samples(chain_of(study, "G07-S01").folder(DECODE) / "audio.wav")
    assert audio.duration_s == DURATION_S
    assert np.array_equal(again, cached)  # FLAC loses nothing, and no time is lost
    for part in TALK[B]:
        assert before[samples_at(part)].any()
        assert not again[samples_at(part)].any()
    for part in (TALK[A][0], TALK[A][2]):  # far from where B talked
        assert np.array_equal(again[samples_at(part)], before[samples_at(part)])
    assert not again[samples_at(TALK[C][0])].any()  # C talked while B did


def test_the_others_keep_their_ids_and_their_words(study: Study) -> None:
    before = {t["turn_id"]: t for t in rows(study, "turns") if t["person_id"] != PERSON}
    leave(study)
    after = {t["turn_id"]: t for t in rows(study, "turns")}
    assert {*after} == {*before}
    for turn_id, turn in after.items():
        for column in ("person_id", "text", "n_words", "kind", "end_s", "suspect"):
            assert turn[column] == before[turn_id][column], (turn_id, column)
        assert turn["start_s"] == pytest.approx(before[turn_id]["start_s"], abs=0.0011)
    people = {person["person_id"] for person in rows(study, "people")}
    assert people == {f"G07-{s}-U{n}" for s in ("S01", "S02") for n in (1, 2, 3)} - {PERSON}
    assert "G07-S01-T00007001" in after  # C's, though the turn that it was counted after is gone


def test_nothing_of_the_data_set_names_them(study: Study) -> None:
    leave(study)
    for table in TABLES:
        assert PERSON not in json.dumps(rows(study, table))
    turns = {turn["turn_id"]: turn for turn in rows(study, "turns")}
    told = turns["G07-S01-T00004500"]
    assert (told["previous_person_id"], told["offset_from_previous_s"]) == (None, None)
    assert (told["overlapped_by"], told["overlap_s"]) == ([], 0.0)
    session = next(row for row in rows(study, "sessions") if row["session_id"] == "G07-S01")
    assert (session["n_people"], session["n_turns"], session["overlap_s"]) == (2, 4, 0.0)
    assert session["speech_s"] == pytest.approx(5.6)  # 1.5 + 1.5 + 2.0 of A, 0.6 of C
    assert session["flags"] == ["person_withdrawn"]


def test_the_log_keeps_the_others_replacements_alone(study: Study) -> None:
    def turns() -> set[str]:
        log = audit.read(study.audit / "G07-S01.jsonl")
        return {entry.turn_id for line in log for entry in line.replaced}

    assert turns() == {"G07-S01-T00002200", "G07-S01-T00004500"}
    leave(study)
    assert turns() == {"G07-S01-T00004500"}


def test_a_name_stays_hidden_while_others_say_it(study: Study) -> None:
    """Only they spoke of NAME in S01, but in S02 it is said still; its number is not given anew."""
    numbers = {entity.id for entity in EntityTable.load(study).entities}
    leave(study)
    table = EntityTable.load(study)
    assert ("place", NAME.casefold()) in table.by_name
    assert {entity.id for entity in table.entities} == numbers
    text = " ".join(turn["text"] or "" for turn in rows(study, "turns"))
    assert NAME not in text and SHARED not in text and "[Paikka " in text


def test_the_data_set_is_in_order_and_nothing_is_to_be_done(study: Study) -> None:
    leave(study)
    assert validate(study.dataset) == []
    assert unfinished(study, study.settings()) == {}


def test_other_sessions_stay_byte_for_byte(study: Study) -> None:
    def of_second() -> dict[str, bytes]:
        kept = [*study.dataset.rglob("G07-S02.parquet"), *study.recordings.rglob("G07-S02/*")]
        return {str(file): file.read_bytes() for file in [*kept, *study.clips.glob("G07-S02-*")]}

    before = of_second()
    leave(study)
    assert of_second() == before and len(before) == 9


def test_the_tombstone_says_who_and_when_and_no_more(study: Study) -> None:
    sha256 = accepted.recording(study, "G07-S01").sha256
    assert leave(study) == tombstones.Tombstone(PERSON, NOW, "done", {"G07-S01": sha256})
    assert json.loads(study.withdrawn_file.read_text()) == [
        {"person_id": PERSON, "withdrawn_at": NOW, "state": "done", "sessions": {"G07-S01": sha256}}
    ]
    assert study.withdrawn_file.stat().st_mode & 0o777 == 0o600


def test_the_same_file_does_not_come_in_again(study: Study, tmp_path: Path) -> None:
    original = accepted.original(study, accepted.recording(study, "G07-S01"))
    again = study.inbox / "ryhmä" / "uudelleen.wav"
    shutil.copy(original, again)
    leave(study)
    with pytest.raises(ConsentError, match="withdrawn"):
        intake.accept(study, again, study.settings().intake)
    assert again.exists()
    assert "perunut" in again.with_name("uudelleen.wav.vuoro.txt").read_text(encoding="utf-8")


def test_a_second_person_of_the_same_session_can_leave(study: Study) -> None:
    leave(study)
    leave(study, "G07-S01-U1")
    kept = sorted(file.name for file in (study.recordings / "G07-S01").iterdir())
    assert kept == ["original.silenced-2.flac", "recording.json"]
    turns = [t for t in rows(study, "turns") if t["session_id"] == "G07-S01"]
    assert [(t["person_id"], t["turn_id"]) for t in turns] == [("G07-S01-U3", "G07-S01-T00007001")]
    assert validate(study.dataset) == []


def test_when_everybody_has_left_an_empty_session_stays(study: Study) -> None:
    for number in (1, 2, 3):
        leave(study, f"G07-S01-U{number}")
    assert validate(study.dataset) == []
    session = next(row for row in rows(study, "sessions") if row["session_id"] == "G07-S01")
    assert (session["n_people"], session["n_words"], session["speech_s"]) == (0, 0, 0.0)
    recording = accepted.original(study, accepted.recording(study, "G07-S01"))
    audio = decode(recording, study.root, min_duration_s=0, progress=lambda _: None)
    assert audio.peak == 0.0


def test_unknown_person_changes_nothing(study: Study) -> None:
    def files() -> dict[str, bytes]:
        return {place: data for place, data in everything(study) if not place.endswith(".lock")}

    (study.recordings / "G07-S01" / ".vuoro-x.pending").unlink()  # of a killed run: cleared up
    before = files()
    for stranger in ("G07-S01-U9", "H12", ""):
        with pytest.raises(StudyError, match="There is no"):
            leave(study, stranger)
    assert files() == before


def test_a_session_of_other_settings_is_not_cut_blindly(study: Study) -> None:
    other = settings_if(study, {"turns.lapse_s": "3"})
    with pytest.raises(StudyError, match="G07-S01 is not in the data set as these settings"):
        plan(study, PERSON, other)


def test_a_person_leaves_every_session_that_they_are_in(
    tmp_path: Path, patch: pytest.MonkeyPatch
) -> None:
    study = finished_study(tmp_path / "study", told=True)
    before = [(t["turn_id"], t["person_id"]) for t in rows(study, "turns")]
    with pytest.raises(StudyError, match="G07-S01 is not in the data set as these settings"):
        plan(study, "H02", settings_if(study, {"diarisation.step": "0.5"}))
    assert sorted(leave(study, "H02").sessions) == ["G07-S01", "G07-S02"]
    after = [(t["turn_id"], t["person_id"]) for t in rows(study, "turns")]
    assert after == [turn for turn in before if turn[1] != "H02"]
    assert found(study, CANARIES[B], NAME) == []  # nor is the name, that nobody else says
    assert validate(study.dataset) == []


def test_exports_and_pages_that_hold_them_go(study: Study) -> None:
    export(study.dataset, study.exports, ["csv"])
    study.reports.mkdir()
    (study.reports / "G07-S01.html").write_text(PERSON, encoding="utf-8")
    (study.reports / "mine.txt").write_text("notes", encoding="utf-8")
    assert PERSON in (study.exports / "csv" / "turns.csv").read_text(encoding="utf-8")
    leave(study)
    assert not [*study.exports.rglob("*.csv")]
    assert [file.name for file in study.reports.iterdir()] == ["mine.txt"]


def test_the_others_stay_who_they_are_in_the_register(study: Study) -> None:
    before = register.load(study, "G07").voices_of(PERSON)
    assert before
    leave(study)
    after = register.load(study, "G07")
    assert not after.voices_of(PERSON)
    left = {entry.known.person_id for entry in after.latest("G07-S01")}
    assert left == {"G07-S01-U1", "G07-S01-U3"}
    assert [*after.sessions["G07-S01"]] == [chain_of(study, "G07-S01").result(DIARISE).digest]


def test_withdrawal_is_refused_while_a_run_is_at_work(study: Study) -> None:
    with locks.working(study), pytest.raises(StudyError, match="A run is at work"):
        leave(study)
    assert tombstones.load(study) == []


class Killed(BaseException):
    """The process is dead: nothing of it runs any more."""


CHANGES = ("rename", "replace", "unlink", "rmdir", "mkdir")


def dying(patch: pytest.MonkeyPatch, at: int) -> None:
    """From the ``at``-th change of the disk on, every change fails, those of clearing up too."""
    left = [at]

    def mortal(change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*arguments: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return change(*arguments, **options)

        return changed

    for name in CHANGES:
        patch.setattr(os, name, mortal(getattr(os, name)))


@pytest.mark.faults
def test_killed_at_any_moment_it_goes_on(whole: Study, tmp_path: Path) -> None:
    calm = alone(copied(whole, tmp_path / "calm"))
    leave(calm)
    tables = {name: rows(calm, name) for name in TABLES}
    deaths, at, step = 0, 0, 3
    while True:
        study = alone(copied(whole, tmp_path / f"killed-{at}"))
        with pytest.MonkeyPatch.context() as patch:
            dying(patch, at)
            try:
                leave(study)
            except Killed:
                deaths += 1
            else:
                break
        shutil.rmtree(study.leases, ignore_errors=True)  # held by this process, which lives
        begun = [tombstone.state for tombstone in tombstones.load(study)]
        if begun == ["under way"]:
            with pytest.raises(StudyError, match=f"The withdrawal of {PERSON} was interrupted"):
                tombstones.refuse_half_done(study)
        if begun != ["done"]:
            leave(study)
        assert found(study, CANARIES[B], NAME) == [], at
        assert {name: rows(study, name) for name in tables} == tables, at
        assert validate(study.dataset) == []
        assert [t.state for t in tombstones.load(study)] == ["done"]
        shutil.rmtree(study.root)
        at += step
    assert deaths > 20


def test_two_withdrawals_do_not_cross(study: Study) -> None:
    tombstones.put(study, tombstones.Tombstone("G07-S02-U1", NOW, "under way", {"G07-S02": "0"}))
    with pytest.raises(StudyError, match="The withdrawal of G07-S02-U1 was interrupted"):
        leave(study)
