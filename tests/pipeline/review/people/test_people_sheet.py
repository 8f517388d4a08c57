"""The whole round of the review of people: a sheet out, cells filled in, the sheet in."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

import pytest
from heard import ANNA, BEN, CARL, enrol, hear, hear_again, recognise
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from reviewed import without_models

from pipeline.errors import StudyError
from pipeline.people import register
from pipeline.people.decisions import Told, remember
from pipeline.records import Interval
from pipeline.records.times import Talk
from pipeline.review.people import sheet as people
from pipeline.review.people.labels import passages
from pipeline.review.people.round_trip import apply_people, summary, write_people
from pipeline.review.round_trip import Applied
from pipeline.study import Study, create

MAIJA = {"name": "Maija Meikäläinen", "aliases": ["Maikki"], "role": "leader"}
PEKKA = {"name": "Pekka Peitetty", "aliases": ["Pekka"]}
WHO = "Kuka / Who"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Two sessions of three and two people, of whom two are the same."""
    without_models(monkeypatch)
    for name in ("VUORO_PASSPHRASE", "VUORO_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VUORO_KEYS", str(tmp_path / "keys"))
    study = create(tmp_path / "study")
    hear(study, "G07-S01", [ANNA, BEN, CARL])
    hear(study, "G07-S02", [BEN, ANNA])
    return study


def page(file: Path) -> Worksheet:
    return load_workbook(file)["Henkilöt - People"]


def shown(file: Path) -> dict[str, dict[str, object]]:
    """What stands in the sheet, by session and label, in the order of the rows."""
    header, *rows = page(file).iter_rows(values_only=True)
    found = [dict(zip(map(str, header), row, strict=True)) for row in rows]
    return {f"{row['Istunto / Session']} {row['Puhuja / Speaker']}": row for row in found}


def sheet(study: Study, tmp_path: Path, **who: str) -> Path:
    """A new sheet; S01_0='…' says in it who SPEAKER_00 of the first session is."""
    file = tmp_path / f"people-{len([*tmp_path.glob('people-*')])}.xlsx"
    write_people(study, study.settings(), file)
    book = load_workbook(file)
    page = book["Henkilöt - People"]
    header, *rows = [[cell.value for cell in row] for row in page.iter_rows()]
    for place, cell in who.items():
        session, _, label = place.partition("_")
        at = [r[1:3] for r in rows].index([f"G07-{session}", f"SPEAKER_0{label}"])
        page.cell(at + 2, header.index(WHO) + 1).value = cell
    book.save(file)
    return file


def apply(study: Study, file: Path) -> Applied:
    return apply_people(study, study.settings(), file, by="M.K.", at="2015-03-12T10:00:00+00:00")


def known(study: Study) -> dict[str, list[str]]:
    found = register.load(study, "G07")
    return {s: [e.known.person_id for e in found.latest(s)] for s in sorted(found.sessions)}


def problem(study: Study, tmp_path: Path, **who: str) -> str:
    """The one thing that is wrong; nothing is applied, and no name is said."""
    applied = apply(study, sheet(study, tmp_path, S02_0="uusi", **who))
    assert applied.n_decisions == 0 and not study.people_decisions.exists()
    (found,) = applied.problems
    assert "Maija" not in found and "Pekka" not in found
    return found


def test_a_row_shows_who_a_voice_is_and_how_that_is_known(study: Study, tmp_path: Path) -> None:
    enrol(study, MAIJA)
    found = shown(sheet(study, tmp_path))
    assert len(found) == 5
    row = found["G07-S02 SPEAKER_01"]
    assert (row["Nyt / Now"], row["Mistä tiedetään / Known by"]) == ("G07-P1", "ääni / voice")
    assert (row["Puheaika / Speaking time"], row["Osuus / Share %"]) == ("0:00:19", 50)
    assert row[WHO] is None
    assert str(row["Puhetta 1 / Said 1"]).startswith("0:00:20 Annan20 Annan21")
    assert "Benin" not in str(row["Puhetta 1 / Said 1"])
    assert float(str(row["Samankaltaisuus / Similarity"])) > 0.9


def test_clips_are_of_the_voice_alone_and_open_from_the_sheet(study: Study, tmp_path: Path) -> None:
    out = study.private / "people.xlsx"
    stale = study.clips / "people" / "G07-S01-SPEAKER_09-1.wav"
    stale.parent.mkdir(parents=True)
    stale.touch()
    write_people(study, study.settings(), out)
    header = [cell.value for cell in page(out)[1]]
    links = [row[header.index("Kuuntele 1 / Listen 1")].hyperlink for row in page(out)["2:6"]]
    files = sorted((out.parent / unquote(str(link.target))).resolve() for link in links if link)
    assert [file.name for file in files][:2] == [
        "G07-S01-SPEAKER_00-1.wav",
        "G07-S01-SPEAKER_01-1.wav",
    ]
    assert sorted(files[0].parent.iterdir()) == files
    assert len(files) == 5 and {file.parent for file in files} == {study.clips / "people"}
    assert {file.stat().st_mode & 0o777 for file in (*files, out)} == {0o600}
    with wave.open(str(files[0])) as clip:
        assert 3 <= clip.getnframes() / clip.getframerate() <= 8.5


def test_who_can_be_chosen(study: Study, tmp_path: Path) -> None:
    enrol(study, MAIJA, {"person_id": "H99", "consent": "withdrawn"})
    file = sheet(study, tmp_path)
    (rule,) = page(file).data_validations.dataValidation
    name, _, place = str(rule.formula1).partition("!")
    cells = load_workbook(file)[name.strip("'")][place.replace("$", "")]
    maija, *others = [str(cell.value) for (cell,) in cells]
    assert maija.startswith("Maija Meikäläinen (H")
    numbered = ["G07-P1", "G07-P2", "G07-P3"]
    assert others == [*numbered, "uusi henkilö / new person", "ei tiedossa / unknown"]


def test_a_name_given_once_is_known_in_all_sessions(study: Study, tmp_path: Path) -> None:
    enrol(study, MAIJA)
    file = sheet(study, tmp_path, S01_0="Maija Meikäläinen")
    assert apply(study, file) == Applied(1, ("G07-S01", "G07-S02"))
    maija = known(study)["G07-S01"][0]
    assert maija.startswith("H") and known(study)["G07-S02"] == ["G07-P2", maija]
    row = shown(sheet(study, tmp_path))["G07-S01 SPEAKER_00"]
    assert row[WHO] == row["Nyt / Now"] == f"Maija Meikäläinen ({maija})"
    assert row["Jono / Queue"] == "7 päätetty / decided"


def test_applied_twice_changes_nothing_and_an_old_sheet_undoes_nothing(
    study: Study, tmp_path: Path
) -> None:
    old = sheet(study, tmp_path)
    file = sheet(study, tmp_path, S01_0="uusi henkilö / new person", S01_1="ei tiedossa")
    assert apply(study, file).n_decisions == 2
    told = study.people_decisions.read_bytes()
    assert apply(study, file) == apply(study, old) == Applied(0, ())
    assert study.people_decisions.read_bytes() == told


@pytest.mark.parametrize("newer", ["Maija Meikäläinen", "uusi henkilö / new person", "tuntematon"])
def test_a_voice_that_was_decided_since_is_not_decided_by_an_old_sheet(
    study: Study, tmp_path: Path, newer: str
) -> None:
    """Nothing of the old sheet is applied, and each such row is told."""
    enrol(study, MAIJA, PEKKA)
    old = sheet(study, tmp_path, S01_0="Pekka", S01_1="uusi")
    apply(study, sheet(study, tmp_path, S01_0=newer))
    told = study.people_decisions.read_bytes()
    applied = apply(study, old)
    (row,) = [row for row in people.answers(old) if row.filled("decision") == "Pekka"]
    assert applied.problems == (
        f"Row {row.number}, {WHO}: it was decided otherwise after this sheet was written.",
    )
    assert applied.n_decisions == 0 and study.people_decisions.read_bytes() == told


def test_what_a_new_sheet_shows_may_be_decided_otherwise(study: Study, tmp_path: Path) -> None:
    enrol(study, MAIJA, PEKKA)
    apply(study, sheet(study, tmp_path, S01_0="Maija Meikäläinen"))
    old = sheet(study, tmp_path, S01_0="Pekka")
    assert apply(study, old).n_decisions == 1
    agreeing = sheet(study, tmp_path, S01_0="Maija Meikäläinen")
    also = sheet(study, tmp_path, S01_0="Maikki")
    assert apply(study, agreeing).n_decisions == 1
    assert apply(study, also) == Applied(0, ())


def test_two_labels_are_one_person_who_is_given_to_both(study: Study, tmp_path: Path) -> None:
    assert apply(study, sheet(study, tmp_path, S01_2="G07-P1")).n_decisions == 1
    assert known(study)["G07-S01"] == ["G07-P1", "G07-P2", "G07-P1"]


def test_who_had_a_number_is_shown_by_name_once_they_have_one(study: Study, tmp_path: Path) -> None:
    enrol(study, MAIJA)
    apply(study, sheet(study, tmp_path, S02_1="G07-P2"))
    apply(study, sheet(study, tmp_path, S01_1="Maikki"))
    row = shown(sheet(study, tmp_path))["G07-S02 SPEAKER_01"]
    assert row[WHO] == row["Nyt / Now"] and "Maija" in str(row[WHO])


def test_a_passage_goes_on_over_a_pause_but_not_over_others() -> None:
    def stretches(**others: Sequence[Interval]) -> list[Interval]:
        own = [Interval(0, 2), Interval(2.8, 5), Interval(7, 8)]
        talk = Talk({"A": own, **{label: [*parts] for label, parts in others.items()}})
        return [passage.stretch for passage in passages(talk, "A", ())]

    assert stretches() == [Interval(0, 5), Interval(7, 8)]
    assert stretches(B=[Interval(2.2, 2.6)]) == [
        Interval(0, 2.2),
        Interval(2.6, 5),
        Interval(7, 8),
    ]
    assert stretches(B=[Interval(0, 9)])[0] == Interval(0, 2)  # never alone


@pytest.mark.parametrize(
    "cell", ["Maikki", "maija  MEIKÄLÄINEN", "{id}", "Maija Meikäläinen ({id})"]
)
def test_a_member_by_name_alias_or_pseudonym(study: Study, tmp_path: Path, cell: str) -> None:
    enrol(study, MAIJA)
    choice = str(load_workbook(sheet(study, tmp_path))["Luettelot - Lists"]["A1"].value)
    id = choice.rpartition("(")[2].rstrip(")")
    assert apply(study, sheet(study, tmp_path, S01_0=cell.format(id=id))).n_decisions == 1
    assert known(study)["G07-S01"][0] == id


def test_a_name_that_no_roster_has(study: Study, tmp_path: Path) -> None:
    enrol(study, MAIJA)
    wrong = problem(study, tmp_path, S01_0="Pekka")
    assert "Kuka / Who: choose from the list" in wrong and "vuoro group add" in wrong


def test_person_absent_by_the_roster_is_refused(study: Study, tmp_path: Path) -> None:
    enrol(study, {**MAIJA, "absent": [1]})
    assert "absent from this session" in problem(study, tmp_path, S01_0="Maikki")


def test_a_row_of_another_study(study: Study, tmp_path: Path) -> None:
    file = sheet(study, tmp_path, S01_0="uusi")
    other = create(tmp_path / "other")
    hear(other, "G08-S01", [ANNA])
    (wrong,) = apply(other, file).problems
    assert "of no session of the study" in wrong


def test_two_rows_that_are_one_voice_must_say_the_same(study: Study, tmp_path: Path) -> None:
    file = sheet(study, tmp_path, S01_0="uusi")
    book = load_workbook(file)
    rows = book["Henkilöt - People"]
    assert isinstance(rows, Worksheet)
    for cell in next(row for row in rows.iter_rows() if row[3].value == "uusi"):
        rows.cell(7, cell.column or 1).value = cell.value
    rows.cell(7, 4).value = "ei tiedossa"
    book.save(file)
    (wrong,) = apply(study, file).problems
    assert wrong.startswith("Row 7, ") and "is the same voice and says otherwise" in wrong


def test_a_sheet_outlives_another_model(study: Study, tmp_path: Path) -> None:
    file = sheet(study, tmp_path, S01_0="uusi", S02_0="ei tiedossa")
    hear_again(study)
    recognise(study)
    before = known(study)
    assert apply(study, file).n_decisions == 2
    assert known(study)["G07-S02"] == [before["G07-S02"][0], "G07-S02-U2"]
    told = [row for row in shown(sheet(study, tmp_path)).values() if row[WHO]]
    assert {(row["Istunto / Session"], row["Puhuja / Speaker"]) for row in told} == {
        ("G07-S01", "SPEAKER_02"),
        ("G07-S02", "SPEAKER_01"),
    }


def test_a_decision_whose_voice_is_lost_is_shown_first(study: Study, tmp_path: Path) -> None:
    voice = register.load(study, "G07").latest("G07-S01")[0].anchor
    nowhere = type(voice)(voice.label, 9.0, (Interval(900, 909),), (), "")
    remember(study, [Told("G07-S01", nowhere, "G07-P2", "M.K.", "2015")])
    first = next(iter(shown(sheet(study, tmp_path)).values()))
    assert first["Jono / Queue"] == "1 päätös hukassa / decision lost"
    assert (first["Nyt / Now"], first["Puhetta 1 / Said 1"]) == ("G07-P2", "0:15:00 …")


def test_likeliest_errors_come_first(study: Study) -> None:
    from pipeline.people.register import Known
    from pipeline.records import IdentifiedBy
    from pipeline.review.people.labels import Voice

    def queue(
        by: IdentifiedBy,
        margin: float | None = 0.5,
        proposed: str | None = None,
        alike: tuple[str, ...] = (),
        told: str | None = None,
    ) -> str:
        about = Known("A", "G07-P1", "unknown", by, 0.6, margin)
        anchor = register.load(study, "G07").latest("G07-S01")[0].anchor
        return people.queue_of(Voice("G07-S01", about, anchor, 0.1, (), proposed, alike, told))

    assert queue("unknown", alike=("B",)) == "unknown"
    assert queue("voice", alike=("B",)) == "alike"
    assert queue("voice", margin=0.15) == queue("new", proposed="G07-P2") == "near"
    assert (queue("new", None), queue("voice")) == ("new", "voice")
    assert queue("unknown", told="new") == "decided"


def test_summary_counts_queues_and_waiting_sessions(study: Study) -> None:
    hear(study, "G07-S03", [ANNA], known=False)
    found = summary(study, study.settings())
    assert (found.queues, found.waiting) == ({"new": 3, "voice": 2}, ("G07-S03",))


def test_people_sheet_may_hold_one_group_alone(study: Study, tmp_path: Path) -> None:
    study.groups_file.write_text('{"a": "G07", "b": "G08"}', encoding="utf-8")
    hear(study, "G08-S01", [ANNA])
    assert write_people(study, study.settings(), tmp_path / "a.xlsx", "G08") == 1
    assert write_people(study, study.settings(), tmp_path / "b.xlsx") == 6
    with pytest.raises(StudyError, match="no group 'G09'"):
        write_people(study, study.settings(), tmp_path / "c.xlsx", "G09")


def test_the_sheet_stays_out_of_the_data_set(study: Study) -> None:
    with pytest.raises(StudyError, match="private/ only"):
        write_people(study, study.settings(), study.dataset / "people.xlsx")
    assert not study.clips.exists()


def test_the_guide_is_in_finnish_first(study: Study, tmp_path: Path) -> None:
    page = load_workbook(sheet(study, tmp_path))["Ohje - Guide"]
    guide = [str(cell.value) for (cell,) in page.iter_rows()]
    assert guide[0] == "Henkilöiden tarkistus" and "5 riviä" in guide[1]
    assert "5 rows" in guide[guide.index("Reviewing people") + 1]
    assert not any("{" in line for line in guide)
