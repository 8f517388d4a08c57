"""A session without usable talk needs a look, until a person has looked and says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from finished import chain_of, fake_models, finish, finished_study

from pipeline.errors import StudyError
from pipeline.operations.renumber import correct
from pipeline.stages.publishing import PUBLISH
from pipeline.study import Study, accepted
from pipeline.study.outcome import Outcome, accept, acceptances, n_needing_a_look, outcome

ID = "G07-S01"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    fake_models(monkeypatch)
    return finished_study(tmp_path, ("1.wav",), flags=("no_words", "truncated"))


def found(study: Study, session_id: str = ID) -> Outcome:
    return outcome(study, accepted.recording(study, session_id))


def accepted_as_it_is(study: Study) -> Outcome:
    return accept(study, accepted.recording(study, ID), by="M.K.", at="2026-05-04T10:00:00+00:00")


def test_it_needs_a_look_until_it_is_accepted(study: Study) -> None:
    assert found(study).needs_a_look
    assert n_needing_a_look(study, accepted.sessions(study)) == 1
    assert not accepted_as_it_is(study).needs_a_look
    assert not found(study).needs_a_look
    assert n_needing_a_look(study, accepted.sessions(study)) == 0
    assert [remark.id for remark in found(study).remarks] == ["no_words", "truncated"]
    with pytest.raises(StudyError, match="does not need a look"):
        accepted_as_it_is(study)
    assert study.accepted_file.stat().st_mode & 0o077 == 0
    assert '"by": "M.K."' in study.accepted_file.read_text()


def test_it_stays_accepted_when_it_is_made_again(study: Study) -> None:
    accepted_as_it_is(study)
    chain_of(study, ID).run(PUBLISH)
    assert not found(study).needs_a_look


def test_another_flag_is_looked_at_by_itself(study: Study) -> None:
    accepted_as_it_is(study)
    for result in study.stages.glob("[acfp]*/*"):  # those that tell the flags, and what follows
        result.rename(result.with_name(f"earlier-{result.name}"))
    finish(study, ID, flags=("no_words", "silent"))
    assert found(study).needs_a_look
    accepted_as_it_is(study)
    assert not found(study).needs_a_look


def test_another_recording_under_its_number_is_looked_at_by_itself(study: Study) -> None:
    accepted_as_it_is(study)
    other = replace(accepted.recording(study, ID), sha256="f" * 64)
    assert outcome(study, other).needs_a_look


def test_what_was_accepted_goes_with_the_session_to_another_number(study: Study) -> None:
    accepted_as_it_is(study)
    correct(study, ID, number=4)
    assert {session_id for session_id, *_ in acceptances(study)} == {"G07-S04"}


def test_a_line_that_was_cut_off_is_left_out(study: Study) -> None:
    study.accepted_file.write_text('{"session_id": "G07-', encoding="utf-8")
    assert found(study).needs_a_look
    assert not accepted_as_it_is(study).needs_a_look


def test_what_is_not_in_the_data_set_cannot_be_accepted(study: Study) -> None:
    (study.dataset / "sessions" / f"{ID}.parquet").unlink()
    with pytest.raises(StudyError, match="not in the data set yet"):
        accepted_as_it_is(study)
