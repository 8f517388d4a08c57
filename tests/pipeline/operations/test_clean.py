"""Cleaning: what of no use goes, what is in use stays, and nothing else is touched."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from changed import settings_if
from finished import fake_models, finish, finished_study
from pydantic import TypeAdapter

from pipeline.errors import DiskFullError, StudyError, TakenError
from pipeline.exports.transcript import published_turns
from pipeline.operations.clean import SOUND, clean, find_waste, reprocess
from pipeline.operations.listen import clip_of_turn
from pipeline.records import Recording
from pipeline.stages.chain import SessionChain
from pipeline.stages.declared import STORED
from pipeline.stages.hearing import DECODE, DIARISE, TRANSCRIBE
from pipeline.stages.masking import PSEUDONYMISE
from pipeline.stages.settling import ASSEMBLE, CORRECT, IDENTIFY
from pipeline.stages.stage import Stage
from pipeline.stages.to_do import unfinished
from pipeline.study import Study, accepted, locks, state
from pipeline.study.leases import lease
from pipeline.withdrawal.withdraw import withdraw

ID = "G07-S01"
OLD = {"turns.lapse_s": "5"}


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    fake_models(monkeypatch)
    study: Study = finished_study(tmp_path / "study", ("1.wav",))
    return study


def chain(study: Study, values: dict[str, str] | None = None) -> SessionChain:
    return SessionChain(study, accepted.recording(study, ID), settings_if(study, values or {}))


def also_made_with(study: Study, values: dict[str, str], stage: Stage[Any] = CORRECT) -> Path:
    """The folder of a result under other settings, made as a run makes it."""
    other = chain(study, values)
    for each in (ASSEMBLE, CORRECT):
        other.run(each)
    return other.folder(stage)


def contents(study: Study) -> dict[str, bytes]:
    """All files of the study but locks, by place."""
    files = (file for file in study.root.rglob("*") if file.is_file())
    kept = (file for file in files if not {"leases", "prefect"} & {*file.parts})
    return {str(f.relative_to(study.root)): f.read_bytes() for f in kept if f.suffix != ".lock"}


def test_a_finished_study_has_no_waste(study: Study) -> None:
    before = contents(study)
    assert find_waste(study, study.settings()).waste == ()
    clean(study, study.settings())
    assert contents(study) == before


def test_results_of_earlier_settings_go_and_nothing_else(study: Study) -> None:
    before = contents(study)
    old = also_made_with(study, OLD)
    found = find_waste(study, study.settings())
    [waste] = found.waste
    assert waste.kind == "superseded results" and old in waste.paths
    assert len(waste.paths) == 2  # assemble and correct
    n_bytes = sum(f.stat().st_size for path in waste.paths for f in path.iterdir())
    assert found.n_bytes == waste.n_bytes == n_bytes > 0
    assert old.is_dir()  # nothing is touched by looking
    assert clean(study, study.settings()) == found
    assert contents(study) == before
    assert unfinished(study, study.settings()) == {}


def test_results_in_use_stay_while_the_new_ones_are_not_there(study: Study) -> None:
    before = contents(study)
    found = clean(study, settings_if(study, OLD))  # as if vuoro.toml had just been changed
    assert found.waste == ()
    assert found.kept_for == (
        "assemble",
        "correct",
        "find_names",
        "replace_names",
        "pseudonymise",
    )
    assert contents(study) == before


def test_a_result_that_two_sessions_share_stays(study: Study) -> None:
    twin = replace(accepted.recording(study, ID), session_id="G07-S02", session_number=2)
    folder = study.recordings / "G07-S02"
    shutil.copytree(study.recordings / ID, folder)
    (folder / accepted.RECORD).write_bytes(TypeAdapter(Recording).dump_json(twin))
    finish(study, "G07-S02")
    shared = chain(study).folder(TRANSCRIBE)
    assert SessionChain(study, twin, study.settings()).folder(TRANSCRIBE) == shared
    finish(study, ID)  # the group has another session now
    also_made_with(study, OLD)
    clean(study, study.settings())
    assert shared.is_dir()
    assert unfinished(study, study.settings()) == {}


def test_damaged_and_half_written_results_and_clips_go(study: Study) -> None:
    old = also_made_with(study, OLD)
    (old / "result.json").write_text("torn")
    assert chain(study, OLD).find(CORRECT) is None  # moved aside
    (study.stages / ".pending" / "decode-x").mkdir(parents=True)
    (study.stages / ".pending" / "decode-x" / "audio.wav").write_bytes(b"half")
    (study.clips / "people").mkdir(parents=True)
    (study.clips / "people" / "G07-S01-A-1.wav").write_bytes(b"sound")
    found = clean(study, study.settings())
    kinds = {waste.kind: len(waste.paths) for waste in found.waste}
    spoilt = "damaged or half-written results"
    assert kinds == {"superseded results": 1, spoilt: 2, "clips": 1}
    assert not any(study.clips.iterdir()) and not any((study.stages / "damaged").iterdir())


def test_no_cleaning_beside_a_run(study: Study) -> None:
    also_made_with(study, OLD)
    before = contents(study)
    with locks.working(study), pytest.raises(StudyError, match="at work"):
        clean(study, study.settings())
    assert contents(study) == before


def test_reprocess_redoes_a_stage_and_every_later_one(study: Study) -> None:
    dataset = {file: file.read_bytes() for file in study.dataset.rglob("*.parquet")}
    state.fail(study, ID, DiskFullError("Full."))
    kept = {each: chain(study).folder(each) for each in (DECODE, DIARISE, IDENTIFY)}
    before = chain(study).get(PSEUDONYMISE)
    names = reprocess(study, ID, "correct", study.settings())
    assert names == ("correct", "find_names", "replace_names", "pseudonymise")
    assert unfinished(study, study.settings()) == {
        ID: ["correct", "find_names", "number_names", *names[2:], "measure_turns", "publish"]
    }
    assert all(folder.is_dir() for folder in kept.values())
    assert chain(study).find(ASSEMBLE) is not None
    assert state.is_due(study, ID)
    assert {file: file.read_bytes() for file in study.dataset.rglob("*.parquet")} == dataset
    chain(study).run(CORRECT)
    assert len(chain(study).get(CORRECT).conversation.turns) == len(before.turns)


def test_nothing_is_redone_while_a_process_is_at_work(study: Study) -> None:
    with lease(study, ID), pytest.raises(TakenError):
        reprocess(study, ID, "correct", study.settings())
    assert unfinished(study, study.settings()) == {}


def test_stages_beside_it_stay(study: Study) -> None:
    names = reprocess(study, ID, "transcribe", study.settings())
    assert names == (
        "transcribe",
        "assemble",
        "correct",
        "find_names",
        "replace_names",
        "pseudonymise",
    )
    assert chain(study).find(IDENTIFY) is not None


def test_reprocess_refuses_unknown_stages_and_sessions(study: Study) -> None:
    with pytest.raises(StudyError, match="no stage 'publish'") as raised:
        reprocess(study, ID, "publish", study.settings())
    assert "decode, diarise" in raised.value.remedy
    with pytest.raises(StudyError, match="no session G07-S09"):
        reprocess(study, "G07-S09", "decode", study.settings())


def test_recordings_and_decisions_stay_whatever_is_cleaned(study: Study) -> None:
    """All results are of no use where no session is left; what people gave is kept."""
    also_made_with(study, OLD)
    (study.recordings / ID).rename(study.root / "elsewhere")
    (study.dataset / "sessions" / f"{ID}.parquet").unlink()
    key = study.key_file.read_bytes()
    clean(study, study.settings())
    assert not any(study.stages.glob("*/*"))
    assert study.key_file.read_bytes() == key
    assert (study.dataset / "turns" / f"{ID}.parquet").is_file()


@pytest.mark.parametrize("damaged", [f"private/edits/{ID}.jsonl", f"private/recordings/{ID}"])
def test_nothing_is_cleaned_away_while_it_cannot_be_told_what_is_in_use(
    damaged: str, study: Study
) -> None:
    results = {*study.stages.glob("*/*")}
    if (place := study.root / damaged).is_dir():
        place.rename(study.root / "elsewhere")  # as where a disk is not connected
    else:
        place.parent.mkdir()
        place.write_bytes(b"{")
    with pytest.raises(StudyError, match=r"is damaged|is empty"):
        clean(study, study.settings())
    assert {*study.stages.glob("*/*")} == results


def wav(study: Study) -> Path:
    """Where the session's decoded sound is or was."""
    return chain(study).result(DECODE).folder / "audio.wav"


def test_decoded_sound_goes_only_if_asked_and_nothing_is_made_anew_for_it(study: Study) -> None:
    assert find_waste(study, study.settings()).waste == ()
    [waste] = find_waste(study, study.settings(), sound=True).waste
    assert waste.kind == SOUND and waste.n_bytes == wav(study).stat().st_size
    before = {stage: chain(study).result(stage).digest for stage in STORED}
    clean(study, study.settings(), sound=True)
    assert not wav(study).exists()
    assert {stage: chain(study).result(stage).digest for stage in STORED} == before
    assert unfinished(study, study.settings(), verify=True) == {}
    assert find_waste(study, study.settings(), sound=True).waste == ()
    assert chain(study).get(DECODE).duration_s == 12.0
    assert not wav(study).exists()  # nobody needed it


def test_decoded_sound_is_made_again_to_the_byte_when_it_is_needed(study: Study) -> None:
    before, sound = chain(study).result(DECODE).digest, wav(study).read_bytes()
    clean(study, study.settings(), sound=True)
    turn = next(turn for turn in published_turns(study.dataset, ID))
    assert clip_of_turn(study, turn["turn_id"]).stat().st_size > 1000
    assert wav(study).read_bytes() == sound
    assert chain(study).result(DECODE).digest == before
    assert not any((study.stages / ".pending").iterdir())
    clean(study, study.settings(), sound=True)
    assert not wav(study).exists()


def test_sound_made_again_that_is_another_is_refused_and_nothing_lost(study: Study) -> None:
    clean(study, study.settings(), sound=True)
    recording = accepted.original(study, accepted.recording(study, ID))
    data = bytearray(recording.read_bytes())
    data[40_000:41_000] = bytes(1000)
    recording.write_bytes(data)
    with pytest.raises(StudyError, match="is not the file that was taken in"):
        chain(study).folder(DECODE)
    assert unfinished(study, study.settings()) == {}
    assert not wav(study).exists()


def test_sound_that_is_not_dropped_must_be_there(study: Study) -> None:
    wav(study).unlink()
    assert chain(study).find(DECODE) is None


def test_sound_that_was_dropped_and_comes_back_damaged_is_found_out(study: Study) -> None:
    place = wav(study)
    clean(study, study.settings(), sound=True)
    place.write_bytes(b"something else")
    assert chain(study).find(DECODE) is None


def test_sound_stays_where_a_stage_to_come_listens_or_the_recording_is_gone(study: Study) -> None:
    settings = settings_if(study, {"transcription.beam_size": "1"})
    assert find_waste(study, settings, sound=True).waste == ()
    accepted.original(study, accepted.recording(study, ID)).unlink()
    assert find_waste(study, study.settings(), sound=True).waste == ()


def test_a_person_withdraws_from_a_session_without_its_sound(study: Study) -> None:
    """Their sound is silenced all the same, and what is kept decodes to what is remembered."""
    clean(study, study.settings(), sound=True)
    withdraw(study, f"{ID}-U2", study.settings(), lambda: "2026-05-04")
    sound = wav(study).read_bytes()
    clean(study, study.settings(), sound=True)
    chain(study).folder(DECODE)
    assert wav(study).read_bytes() == sound
