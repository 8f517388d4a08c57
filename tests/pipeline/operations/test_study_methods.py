"""The methods section of a study: with its settings, its review of names, and what is left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from finished import fake_models, finished_study

from pipeline.dataset.files import SESSION_TABLES, file_of
from pipeline.operations.methods import methods
from pipeline.pseudonymisation.entities import Decision, EntityTable
from pipeline.stages.documents import DOCUMENT, LIST_PEOPLE
from pipeline.study import Study, settings_log


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    fake_models(monkeypatch)
    return finished_study(tmp_path)


def test_names_that_people_have_judged_are_counted_over_all_sessions(study: Study) -> None:
    assert "None of the 2 masked names has been reviewed by a human." in methods(study, ["en"])
    table = EntityTable.load(study)
    table.decide(Decision("2026-05-04", "M.K.", "name", table.judged[0].id)).save(study)
    assert "Of the 2 masked names, 1 has been reviewed by a human." in methods(study, ["en"])


def test_without_the_key_nothing_is_said_of_the_review(study: Study) -> None:
    study.key_file.write_bytes(b"damaged")
    assert "have reviewed the names cannot be told at present." in methods(study, ["en"])


def test_a_recording_that_is_not_in_the_data_set_is_named(study: Study) -> None:
    assert "Besides, the study has" not in methods(study, ["en"])
    for name in SESSION_TABLES:
        file_of(study.dataset, name, "G07-S02").unlink()
    (study.audit / "G07-S02.jsonl").unlink()  # it has never been there
    text = methods(study, ["en"])
    assert "The data are recordings of 1 meeting of 1 group" in text
    assert "Besides, the study has 1 recording that is not in the data set." in text


def test_thresholds_are_those_of_the_settings_that_made_the_data(study: Study) -> None:
    settings_log.remember(study, study.settings())
    study.settings_file.write_text("[turns]\nlapse_s = 5.0\n", encoding="utf-8")
    settings_log.remember(study, study.settings())
    assert "a silence lasts longer than 8 s (Sacks" in methods(study, ["en"])
    LIST_PEOPLE.run(study)
    DOCUMENT.run(study)
    sheet = (study.dataset / "DATASHEET.md").read_text(encoding="utf-8")
    assert "a silence lasts longer than 8 s (Sacks" in sheet
    assert "of the 2 masked names" not in sheet  # the review of names is not public
