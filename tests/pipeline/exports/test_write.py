"""Exports are made where the tables changed, the same bytes every time, whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
import rdata
from example_dataset import BACKGROUND, MASKED, make_dataset, session_tables
from openpyxl import load_workbook

from pipeline.dataset.group_rows import Background
from pipeline.exports import labels, spss, stata, workbook
from pipeline.exports.forms import FORMS
from pipeline.exports.write import export, forms_in, remove_exports
from pipeline.records import MaskedConversation, Word
from pipeline.stages import publish
from pipeline.study import create
from pipeline.tables import TABLES
from pipeline.tables.columns import Column
from pipeline.texts import LANGUAGES


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make_dataset(tmp_path / "dataset")


def contents(folder: Path) -> dict[str, bytes]:
    found = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_bytes() for file in found}


def times(folder: Path) -> dict[str, int]:
    found = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.stat().st_mtime_ns for file in found}


def say(dataset: Path, text: str) -> None:
    """Let the first turn of the second session say this in one word."""
    first, *others = MASKED["G01-S02"].turns
    word = Word(0.5, 0.8, text, 0.7)
    said = replace(first, turn=replace(first.turn, words=(word,)))
    tables = session_tables("G01-S02", masked=MaskedConversation((said, *others), ()))
    publish.publish_session(dataset, tables, f"says {text}")
    publish.publish_people(dataset, BACKGROUND)


def test_the_same_tables_give_the_same_bytes_at_another_time(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(dataset, tmp_path / "one", FORMS)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    time.sleep(1.1)  # SPSS and Stata tell seconds
    export(dataset, tmp_path / "two", FORMS)
    monkeypatch.undo()
    time.tzset()
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_what_did_not_change_is_not_written_again(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "exports"
    export(dataset, out, FORMS)
    before = times(out)
    export(dataset, out, FORMS)
    assert times(out) == before
    moved = Background("facilitator", {"x_ala": "kaupunki"}, "yes")
    other = {"G01": BACKGROUND["G01"] | {"H20": moved}}
    publish.publish_people(dataset, other)
    export(dataset, out, FORMS)
    changed = {
        name for name, at in times(out).items() if before[name] != at and ".made" not in name
    }
    plain = {f"{form}/people.csv" for form in ("csv", "csv-spreadsheet")} | {"rds/people.rds"}
    people = {*plain, *(f"{form}/{language}/people.{form}"
              for form in ("sav", "dta") for language in ("fi", "en"))}  # fmt: skip
    assert changed == {*people, "xlsx/dataset.xlsx"}
    say(dataset, "Moi.")
    export(dataset, out, FORMS)
    assert "Moi." in (out / "csv" / "turns.csv").read_text("utf-8-sig")


def test_a_lost_file_is_written_again_and_no_other(dataset: Path, tmp_path: Path) -> None:
    export(dataset, tmp_path, ["csv"])
    before = times(tmp_path)
    (tmp_path / "csv" / "words.csv").unlink()
    export(dataset, tmp_path, ["csv"])
    assert [name for name, at in times(tmp_path).items() if before[name] != at] == ["csv/words.csv"]


def test_a_table_that_is_gone_leaves_no_export(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "exports"
    export(dataset, out, ["csv", "sav"])
    publish.remove_stale(dataset, [])
    publish.publish_people(dataset)
    export(dataset, out, ["csv", "sav"])
    assert set(contents(out)) == {"csv/.made.json", "sav/.made.json"}


def test_an_interrupted_export_leaves_the_old_file_and_is_cleared_up(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "exports"
    export(dataset, out, ["csv"])
    before = contents(out)
    say(dataset, "Moi.")
    (out / "csv" / ".vuoro-killed.pending").mkdir()

    class Killed(BaseException):
        pass

    def killed(self: Path, target: Path) -> Path:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(Killed):
            export(dataset, out, ["csv"])
    assert contents(out) == before
    export(dataset, out, ["csv"])
    assert "Moi." in (out / "csv" / "turns.csv").read_text("utf-8-sig")
    assert not list(out.rglob("*.pending"))


def test_a_text_is_never_a_formula(dataset: Path, tmp_path: Path) -> None:
    for text in ("=1+1", "#N/A", "+358", "\x02ohjausmerkki"):
        say(dataset, text)
        export(dataset, tmp_path, ["xlsx"])
        cells = load_workbook(tmp_path / "xlsx" / "dataset.xlsx")["words"]["E"]
        (cell,) = [c for c in cells if c.value == text.replace("\x02", "")]
        assert cell.data_type == "s"


def test_a_table_beyond_a_sheet_is_left_out_and_that_is_said(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 12)  # words has 12 rows, and a header
    said = export(dataset, tmp_path, ["xlsx"])
    assert len(said) == 1 and said[0].startswith("The table words has 12 rows")
    assert "words" not in load_workbook(tmp_path / "xlsx" / "dataset.xlsx").sheetnames
    assert export(dataset, tmp_path, ["xlsx"]) == said  # also when nothing is written


def test_a_text_with_a_nul_leaves_the_rest_readable_in_r(dataset: Path, tmp_path: Path) -> None:
    say(dataset, "yksi\0kaksi")
    export(dataset, tmp_path, ["rds"])
    assert "yksikaksi" in [*rdata.read_rds(tmp_path / "rds" / "words.rds").word]


def test_long_texts_are_kept_or_that_is_said(dataset: Path, tmp_path: Path) -> None:
    import pyreadstat

    long = "ä" * 40_000
    say(dataset, long)
    said = export(dataset, tmp_path, FORMS)
    assert len(said) == 6  # turns and words, in the workbook and in SPSS's two languages
    stata_turns, _ = pyreadstat.read_dta(tmp_path / "dta" / "fi" / "turns.dta")
    assert long in stata_turns["text"].tolist()
    spss_turns, _ = pyreadstat.read_sav(tmp_path / "sav" / "fi" / "turns.sav")
    assert "ä" * (spss.LONGEST_TEXT // 2) in spss_turns["text"].tolist()
    assert long in (tmp_path / "csv" / "turns.csv").read_text("utf-8-sig")


def test_exports_leave_the_study_and_nothing_else_does(dataset: Path, tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    export(dataset, study.exports, ["csv", "rds"])
    (study.exports / "own.txt").write_text("kept")
    assert forms_in(study.exports) == ["csv", "rds"]
    remove_exports(study)
    assert [file.name for file in study.exports.iterdir()] == ["own.txt"]
    remove_exports(study)


def columns() -> Iterator[Column]:
    for table in TABLES.values():
        yield from table.columns


def test_every_value_has_a_label_in_both_languages_and_every_name_fits() -> None:
    for column in columns():
        for language in LANGUAGES:
            named = labels.value_labels(column, language)
            if column.type == "string":
                assert len(set(named.values())) == len(column.values)
            limit = stata.LONGEST_LABEL
            assert len(labels.variable_label(column, language, limit).encode()) <= limit
    for table in TABLES.values():
        called = labels.names(table.columns, spss.LONGEST_NAME)
        assert all(name == other for name, other in called.items()), "no declared name is changed"
        called = labels.names(table.columns, stata.LONGEST_NAME)
        cut = {name for name, other in called.items() if name != other}
        assert cut <= {"n_minimal_responses_received_high"}


def test_names_of_ones_own_columns_become_plain_and_stay_apart() -> None:
    schema = pa.schema(
        {name: pa.string() for name in ("x_työ", "x_tyo", "x_" + "a" * 40, "x_" + "a" * 41)}
    )
    own = TABLES["people"].as_in(schema).columns[-4:]
    assert list(labels.names(own, 32).values()) == [
        "x_tyo", "x_tyo_2", "x_" + "a" * 30, "x_" + "a" * 28 + "_2",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+358", "-cmd", "@SUM(A1)", "＝1+1"])
def test_a_spreadsheet_finds_no_formula_in_the_csv_that_is_for_it(
    dataset: Path, tmp_path: Path, text: str
) -> None:
    say(dataset, text)
    export(dataset, tmp_path, ["csv", "csv-spreadsheet"])
    texts = {
        form: [*pd.read_csv(tmp_path / form / "turns.csv").text.dropna()]
        for form in ("csv", "csv-spreadsheet")
    }
    assert text in texts["csv"]
    assert texts["csv-spreadsheet"] == [
        f"'{each}" if each == text else each for each in texts["csv"]
    ]


def test_columns_of_the_workbook_are_as_wide_as_what_is_in_them(
    dataset: Path, tmp_path: Path
) -> None:
    export(dataset, tmp_path, ["xlsx"])
    page = load_workbook(tmp_path / "xlsx" / "dataset.xlsx")["turns"]
    widths = {cell.value: page.column_dimensions[cell.column_letter].width for cell in page[1]}
    assert widths["text"] == 80 and widths["turn_id"] == 20
    assert all(widths[name] >= len(str(name)) for name in widths)
