"""What is made again of a finished session: what a change concerns, and no more."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from changed import settings_if
from finished import A, chain_of, copied, fake_models, finished_study

from pipeline.dataset import files
from pipeline.dataset.validate import validate
from pipeline.operations.build import document
from pipeline.people.anchors import anchor
from pipeline.people.decisions import Told, remember
from pipeline.stages.chain import SessionChain
from pipeline.stages.declared import STAGES
from pipeline.stages.documents import DOCUMENT, LIST_PEOPLE
from pipeline.stages.hearing import DECODE, DIARISE
from pipeline.stages.make import stands
from pipeline.stages.masking import NUMBER_NAMES, REPLACE_NAMES
from pipeline.stages.publishing import MEASURE
from pipeline.stages.settling import CORRECT, IDENTIFY, WHO_IS_WHO
from pipeline.stages.stage import NotYetError
from pipeline.study import Study, accepted

ID = "G07-S01"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """One session in the data set; not to be changed."""
    with pytest.MonkeyPatch.context() as patch:
        fake_models(patch)
        return finished_study(tmp_path_factory.mktemp("whole") / "study", ("1.wav",))


@pytest.fixture
def study(whole: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    fake_models(monkeypatch)
    return copied(whole, tmp_path / "study")


def chain_if(study: Study, key: str, value: str) -> SessionChain:
    """The session as it would be with this setting."""
    settings = settings_if(study, {key: value})
    return SessionChain(study, accepted.recording(study, ID), settings)


def pending(study: Study) -> tuple[str, ...]:
    return chain_of(study, ID).pending()


def tables(study: Study) -> dict[str, tuple[bytes, int]]:
    """Content and time of change of each file of the session, by table."""
    found = {name: files.file_of(study.dataset, name, ID) for name in files.SESSION_TABLES}
    return {name: (f.read_bytes(), f.stat().st_mtime_ns) for name, f in found.items()}


def test_another_least_duration_decodes_nothing_again(study: Study) -> None:
    rows = ("measure_turns", "publish")  # which say by which settings they were made
    assert chain_if(study, "intake.min_duration_s", "2").pending() == rows
    assert chain_if(study, "intake.tracks", "separate").pending()[0] == "decode"


def test_a_stage_is_made_again_for_the_keys_that_it_reads_alone(study: Study) -> None:
    assert chain_if(study, "turns.minimal_response_max_s", "2").pending()[0] == "assemble"
    beam = chain_if(study, "transcription.beam_size", "1").pending()
    assert beam[0] == "transcribe" and "who_is_who" not in beam and "identify" not in beam
    assert chain_if(study, "machine.threads", "1").pending() == ()


def test_measures_are_made_again_by_themselves(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables(study)
    log = (study.audit / f"{ID}.jsonl").read_bytes()
    monkeypatch.setitem(vars(MEASURE), "version", MEASURE.version + 1)
    assert pending(study) == ("measure_turns",)
    chain_of(study, ID).run(MEASURE)
    assert pending(study) == ()
    after = tables(study)
    for name in files.TALK_TABLES:
        assert after[name] == before[name]
    for name in files.DYNAMICS_TABLES:
        assert after[name] != before[name]
        footer = pq.read_table(files.file_of(study.dataset, name, ID)).schema.metadata
        assert footer[b"vuoro.measures"] == b"2"
    assert (study.audit / f"{ID}.jsonl").read_bytes() == log
    document(study)
    assert validate(study.dataset) == []


def test_stages_of_group_and_study_are_made_where_a_stage_that_reads_them_lacks_them(
    study: Study,
) -> None:
    voice = anchor(chain_of(study, ID).get(DIARISE), A, chain_of(study, ID).common.voice_model)
    remember(study, [Told(ID, voice, "H01", "tester", "2026-01-01")])
    assert chain_of(study, ID).pending()[:2] == ("who_is_who", "identify")
    chain_of(study, ID).run(WHO_IS_WHO)
    chain_of(study, ID).run(IDENTIFY)
    # nobody's labels were joined, and the names have their numbers: no turn is made again
    assert chain_of(study, ID).pending() == ("measure_turns", "publish")
    assert chain_of(study, ID).stands(NUMBER_NAMES)


def test_what_takes_a_moment_is_made_as_soon_as_it_is_looked_for(study: Study) -> None:
    [made] = study.stages.glob(f"{REPLACE_NAMES.name}/*")
    chain = chain_of(study, ID)
    for file in made.iterdir():
        file.unlink()
    made.rmdir()
    assert chain.pending() == ()
    assert made.is_dir()


def test_a_record_that_is_not_made_is_not_read(study: Study) -> None:
    chain = chain_if(study, "turns.lapse_s", "3")
    with pytest.raises(NotYetError, match="'correct' is not done yet"):
        chain.get(CORRECT)
    assert chain.get(DECODE).duration_s == 12.0


def test_documents_stand_until_what_they_are_made_from_changes(study: Study) -> None:
    document(study)
    whole = [stage for stage in STAGES if stage.phase == "whole"]
    assert whole == [LIST_PEOPLE, DOCUMENT]
    assert all(stands(stage, study) for stage in whole)
    files.file_of(study.dataset, "people", "G07").unlink()
    assert not any(stands(stage, study) for stage in whole)
