"""``vuoro build`` as people use it: on finished sessions, without a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import typer
from finished import NAME, chain_of, fake_models, finished_study, sound
from tracks import write
from typer.testing import CliRunner

from pipeline import intake
from pipeline.commands.build import build
from pipeline.dataset.validate import validate
from pipeline.errors import StudyError
from pipeline.exports.write import forms_in
from pipeline.operations import build as building
from pipeline.people.roster.members import parsed
from pipeline.people.roster.on_disk import save
from pipeline.pseudonymisation.entities import Decision, EntityTable
from pipeline.stages.hearing import TRANSCRIBE
from pipeline.study import Study, locks

app = typer.Typer()
app.command()(build)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    fake_models(monkeypatch)
    yield finished_study(tmp_path / "study")


def vuoro(study: Study, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*options, "--study", str(study.root)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return 1, f"{result.output}{result.exception}"
    return result.exit_code, result.output


def times(folder: Path) -> dict[str, int]:
    found = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.stat().st_mtime_ns for file in found}


def changed(before: dict[str, int], folder: Path) -> set[str]:
    return {name for name, at in times(folder).items() if before.get(name) != at}


def keep(study: Study) -> None:
    """A human judges that the place of this name need not be masked."""
    table = EntityTable.load(study)
    entity = table.by_name["place", NAME.casefold()]
    table.decide(Decision("2026-01-01", "rk", "keep", entity.id)).save(study)


def texts(study: Study) -> str:
    return " ".join(row["text"] or "" for row in pq.read_table(study.dataset / "turns").to_pylist())


def test_nothing_to_do_writes_nothing(study: Study) -> None:
    before = times(study.dataset)
    status, said = vuoro(study)
    assert status == 0 and "The tables are in" in said
    assert "brought up to date" not in said and "wait" not in said
    assert changed(before, study.dataset) == set()


def test_a_judged_name_comes_to_the_tables_without_listening(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert NAME not in texts(study)
    keep(study)
    status, said = vuoro(study)
    assert status == 0 and "Updated 2 sessions." in said
    assert NAME in texts(study)
    assert validate(study.dataset) == []


def test_only_the_part_of_a_changed_session_is_written(study: Study) -> None:
    folder = study.dataset
    for table in ("turns", "words"):
        (folder / table / "G07-S02.parquet").unlink()
    before = times(folder)
    assert vuoro(study)[0] == 0
    assert changed(before, folder) == {"turns/G07-S02.parquet", "words/G07-S02.parquet"}


def test_a_session_whose_sound_must_be_heard_waits(study: Study) -> None:
    write(study.inbox / "ryhmä" / "3.wav", sound() * 0.5)
    accepted = intake.accept(study, study.inbox / "ryhmä" / "3.wav", study.settings().intake)
    assert isinstance(accepted, intake.Accepted)
    status, said = vuoro(study)
    assert status == 0
    assert (
        f"1 session must be processed first with `vuoro run --study {study.root}`: G07-S03" in said
    )
    assert not (study.dataset / "turns" / "G07-S03.parquet").exists()


def test_rosters_come_to_people_and_attendance(study: Study) -> None:
    members = [
        {"name": "Salanimi Yksi", "role": "vetäjä", "consent": "yes", "x_vuodet": 12},
        {"name": "Salanimi Kaksi", "consent": "no", "absent": "all", "x_vuodet": 3},
    ]
    save(study, parsed({"group": "G07", "members": members}))
    assert vuoro(study)[0] == 0
    people = pq.read_table(study.dataset / "people").to_pylist()
    (member,) = [person for person in people if person["identity"] == "roster"]
    assert (member["role"], member["x_vuodet"], member["n_sessions"]) == ("leader", 12.0, 0)
    attendance = pq.read_table(study.dataset / "attendance").to_pylist()
    absent = [row["present"] for row in attendance if row["person_id"] == member["person_id"]]
    assert absent == [False, False]
    assert "x_vuodet" in (study.dataset / "dictionary.csv").read_text("utf-8-sig")
    assert not any(b"Salanimi" in file.read_bytes() for file in study.dataset.rglob("*.*"))
    assert validate(study.dataset) == []


def test_exports_that_were_asked_for_are_kept_up_to_date(study: Study) -> None:
    status, said = vuoro(study, "--csv", "--rds")
    assert status == 0 and f"csv, rds: in {study.exports}" in said
    assert forms_in(study.exports) == ["csv", "rds"]
    before = times(study.exports)
    assert vuoro(study)[0] == 0
    assert changed(before, study.exports) == set()
    keep(study)
    assert vuoro(study)[0] == 0
    assert NAME in (study.exports / "csv" / "turns.csv").read_text("utf-8-sig")


def test_exports_to_a_folder_of_ones_own(study: Study, tmp_path: Path) -> None:
    out = tmp_path / "for spss"
    assert vuoro(study, "--sav", "--out", str(out))[0] == 0
    assert (out / "sav" / "fi" / "turns.sav").is_file()
    assert not study.exports.exists()


@pytest.mark.parametrize("place", ["private", "dataset/x", "inbox", "."])
def test_exports_never_lie_among_what_is_private_or_published(study: Study, place: str) -> None:
    status, said = vuoro(study, "--csv", "--out", str(study.root / place))
    assert status == 1 and "cannot be written into the study's own folders" in said


def test_a_folder_without_a_form_is_a_mistake(study: Study, tmp_path: Path) -> None:
    assert vuoro(study, "--out", str(tmp_path / "out"))[0] == 2


def test_it_does_not_work_beside_a_run(study: Study) -> None:
    with locks.alone(study):
        status, said = vuoro(study)
    assert status == 1 and "A run is at work" in said


def test_what_cannot_be_finished_is_told_and_the_rest_is_done(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(study)
    finish = building._finish

    def failing(at: Study, session_id: str, *others: object) -> None:
        if session_id == "G07-S01":
            raise StudyError("It cannot be.", "Try again.")
        finish(at, session_id, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(building, "_finish", failing)
    status, said = vuoro(study)
    assert status == 1
    assert "It cannot be. Try again." in said and "Updated 1 session." in said
    monkeypatch.undo()
    fake_models(monkeypatch)
    assert vuoro(study)[0] == 0


def test_a_session_that_waits_for_consent_is_held_and_that_is_no_failure(study: Study) -> None:
    save(study, parsed({"group": "G07", "members": [{"name": "Salanimi Yksi", "absent": [1]}]}))
    for table in (study.dataset).glob("*/G07-S02.parquet"):
        table.unlink()
    status, said = vuoro(study)
    assert status == 0 and "held" in said and "Salanimi" not in said
    assert not list(study.dataset.glob("*/G07-S02.parquet"))
    assert validate(study.dataset) == []


def test_a_damaged_result_of_listening_is_not_mended_here(study: Study) -> None:
    chain = chain_of(study, "G07-S01")
    result = chain.folder(TRANSCRIBE) / "result.json"
    data = result.read_bytes()
    result.write_bytes(data.replace(b"0.9", b"0.8"))
    keep(study)
    status, said = vuoro(study)
    assert status == 0 and "1 session must be processed first with `vuoro run" in said
    assert replace(chain).find(TRANSCRIBE) is None
