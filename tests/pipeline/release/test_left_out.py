"""People without consent: no release, or one without their talk that says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from finished import CANARIES, A, B, C, copied, enrol, fake_models, finished_study

from pipeline.dataset.validate import validate
from pipeline.errors import StudyError
from pipeline.operations.renumber import correct
from pipeline.records import Conversation, Mentions
from pipeline.release.gate import Options, Outcome, release
from pipeline.study import Study

ANNA: dict[str, Any] = {"name": "Salanimi Anna", "person_id": "H01", "consent": "yes"}
BEN: dict[str, Any] = {"name": "Salanimi Ben", "person_id": "H02", "consent": "no"}
CARL: dict[str, Any] = {"name": "Salanimi Carl", "person_id": "H03", "consent": "yes"}
SESSIONS = ("G07-S01", "G07-S02")


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as context:
        fake_models(context)
        yield context


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> Study:
    """Two sessions of three people whom a human named; the second has not consented since."""
    root = tmp_path_factory.mktemp("whole") / "study"
    study = finished_study(root, told=True, members=(ANNA, BEN, CARL))
    enrol(study, ANNA, BEN, CARL)
    (study.root / "notebooks").mkdir()
    (study.root / "notebooks" / "a.ipynb").write_text('{"cells": []}', encoding="utf-8")
    return study


@pytest.fixture
def study(whole: Study, tmp_path: Path) -> Study:
    return copied(whole, tmp_path / "study")


def nothing(conversation: Conversation) -> Mentions:
    return Mentions(())


def released(study: Study, out: Path, **options: Any) -> Outcome:
    return release(
        study,
        study.settings(),
        out,
        Options(**options),
        lambda doing, done, of: None,
        detect=nothing,
        judged=lambda study, settings: dict.fromkeys(SESSIONS, True),
    )


def rows(dataset: Path, table: str) -> list[dict[str, Any]]:
    files = sorted((dataset / table).iterdir())
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def test_no_release_without_consent_of_all(study: Study, tmp_path: Path) -> None:
    outcome = released(study, tmp_path / "out")
    assert not outcome.report.released and not (tmp_path / "out").exists()
    assert {str(finding) for finding in outcome.report.findings} == {
        f"session {session}: H02 (member 2 of G07) has not consented and speaks here"
        for session in SESSIONS
    }


def test_their_talk_is_left_out_by_choice_and_the_report_says_so(
    study: Study, tmp_path: Path
) -> None:
    before = rows(study.dataset, "turns")
    outcome = released(study, tmp_path / "out", leave_out_unconsented=True)
    dataset = tmp_path / "out" / "dataset"
    assert outcome.report.released, outcome.report.findings
    assert validate(dataset) == []
    left = rows(dataset, "turns")
    assert {row["turn_id"]: row["text"] for row in left} == {
        row["turn_id"]: row["text"] for row in before if row["person_id"] != "H02"
    }
    assert not {"H02"} & {p for row in left for p in (*row["overlapped_by"], row["person_id"])}
    for table in ("people", "attendance", "dynamics_person"):
        assert "H02" not in {row["person_id"] for row in rows(dataset, table)}
    assert "no" not in {row["consent"] for row in rows(dataset, "people")}
    assert all("talk_left_out" in row["flags"] for row in rows(dataset, "sessions"))
    assert [*(tmp_path / "out").glob("notebooks")] == []
    whole = b"".join(file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.is_file())
    words = " ".join(row["word"] for row in rows(dataset, "words"))
    assert CANARIES[B] not in words and CANARIES[A] in words and CANARIES[C] in words
    assert CANARIES[B].encode() not in whole
    facts = json.loads((tmp_path / "out" / "RELEASE.json").read_text("utf-8"))
    assert facts["talk_left_out"] == {session: ["H02"] for session in SESSIONS}
    gone = [row for row in before if row["person_id"] == "H02"]
    assert facts["counts"]["turns left out"] == len(gone)
    assert facts["counts"]["words left out"] == sum(row["n_words"] for row in gone)
    text = (tmp_path / "out" / "RELEASE.md").read_text("utf-8")
    assert "talk left out without consent | G07-S01: H02 |" in text


def test_the_study_keeps_what_the_release_leaves_out(study: Study, tmp_path: Path) -> None:
    before = {file: file.read_bytes() for file in study.dataset.rglob("*.parquet")}
    released(study, tmp_path / "out", leave_out_unconsented=True)
    assert {file: file.read_bytes() for file in study.dataset.rglob("*.parquet")} == before


def test_with_everybody_consenting_nothing_is_left_out(study: Study, tmp_path: Path) -> None:
    enrol(study, ANNA, BEN | {"consent": "yes"}, CARL)
    outcome = released(study, tmp_path / "out", leave_out_unconsented=True)
    assert outcome.report.released and outcome.report.talk_left_out == {}
    assert (tmp_path / "out" / "notebooks" / "a.ipynb").is_file()
    assert rows(tmp_path / "out" / "dataset", "turns") == rows(study.dataset, "turns")


def test_tables_that_are_older_than_what_was_decided_are_not_released(
    study: Study, tmp_path: Path
) -> None:
    """Who speaks in them may have been said since."""
    enrol(study, ANNA | {"role": "leader"}, BEN | {"absent": "all"}, CARL)
    outcome = released(study, tmp_path / "out")
    assert not outcome.report.released
    assert all("`vuoro build`" in f.what for f in outcome.report.findings if "member" not in f.what)
    assert {f.check for f in outcome.report.findings} == {"consent"}


def consent(report: str) -> str:
    return next(line for line in report.splitlines() if "Everybody who speaks" in line)


def test_consent_of_people_in_no_roster_is_not_known(tmp_path: Path) -> None:
    study = finished_study(tmp_path / "study", told=True)
    speaking = {row["person_id"] for row in rows(study.dataset, "turns")}
    assert speaking == {"H01", "H02", "G07-S01-U3", "G07-S02-U3"}
    outcome = released(study, tmp_path / "out")
    assert outcome.report.released
    assert outcome.report.counts["people who speak and are in no roster"] == 4
    state = consent((tmp_path / "out" / "RELEASE.md").read_text("utf-8"))
    assert "not known: 4 people who speak are in no roster" in state
    assert "ei tiedossa: 4 puhujaa ei ole missään jäsenluettelossa" in state
    assert "in order" not in state


def test_a_voice_that_nobody_has_named_is_in_no_roster(study: Study, tmp_path: Path) -> None:
    enrol(study, ANNA, BEN | {"consent": "yes"}, CARL)
    report = released(study, tmp_path / "out").report
    assert "not known: 2 people who speak are in no roster" in consent(report.markdown())
    one, none = (
        replace(report, counts={"people who speak and are in no roster": n}).markdown()
        for n in (1, 0)
    )
    assert "not known: 1 person who speaks is in no roster" in consent(one)
    assert consent(none).endswith("| kunnossa / in order |")


def test_people_in_no_roster_are_said_beside_the_talk_left_out(
    study: Study, tmp_path: Path
) -> None:
    report = released(study, tmp_path / "out", leave_out_unconsented=True).report
    assert "talk left out; ei tiedossa: 2 puhujaa" in consent(report.markdown())


def test_no_release_while_a_session_waits_for_a_build(study: Study, tmp_path: Path) -> None:
    enrol(study, ANNA, BEN | {"consent": "yes"}, CARL)
    correct(study, "G07-S02", number=4)
    with pytest.raises(StudyError, match=r"\AG07-S04 is waiting for `vuoro build`\.\Z"):
        released(study, tmp_path / "out")
    assert not (tmp_path / "out").exists()
