"""A session's masking is not reviewed until every name in it is judged."""

from __future__ import annotations

from pathlib import Path

import pytest
from finished import fake_models, finished_study

from pipeline.operations.reviewed import Review, review_of
from pipeline.pseudonymisation.entities import Decision, EntityTable
from pipeline.study import Study

ID = "G07-S01"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    fake_models(monkeypatch)
    return finished_study(tmp_path, ("1.wav",))


def test_names_are_reviewed_once_each_is_judged(study: Study) -> None:
    assert review_of(study, ID) == Review(2, 2)
    assert review_of(study, ID).sentence() == (
        "Names not reviewed yet: 2 of 2 names in this session are unjudged; run "
        "`vuoro review names`."
    )
    assert "2 nimestä 2 on arvioimatta" in review_of(study, ID).sentence("fi")
    for n_left in (1, 0):
        table = EntityTable.load(study)
        entity = next(each for each in table.judged if each.verdict == "open")
        table.decide(Decision("2026-05-04", "M.K.", "name", entity.id)).save(study)
        assert review_of(study, ID) == Review(2, n_left)
    assert review_of(study, ID).is_done and review_of(study, ID).sentence() == ""


def test_a_session_that_waits_for_a_run_is_not_reviewed(study: Study) -> None:
    study.settings_file.write_text("[turns]\nlapse_s = 5.0\n", encoding="utf-8")
    assert not review_of(study, ID).is_done
    assert review_of(study, ID).sentence().startswith("It is not known now whether the names")


def test_without_the_key_it_is_not_reviewed(study: Study) -> None:
    study.key_file.write_bytes(b"damaged")
    assert not review_of(study, ID).is_done
