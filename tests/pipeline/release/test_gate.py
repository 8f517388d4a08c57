"""A name planted in each place where one can be must stop the release, which names the place."""

from __future__ import annotations

import csv
import errno
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from example_dataset import SETTINGS_DIGEST

from pipeline.dataset.validate import validate
from pipeline.errors import DatasetError, LanguageError, StudyError, UnreadableError
from pipeline.pseudonymisation.entities import Decision, Entity, EntityTable
from pipeline.records import Mention, Mentions
from pipeline.release.steward_report import bound
from pipeline.stages.publish import write_documentation
from pipeline.study import Study, locks, settings_log

TURN = "G01-S01-T00006250"  # 'Meillä [Organisaatio 3]:ssa jaksetaan.'
TURNS_FILE = "dataset/turns/G01-S01.parquet"
WORDS_FILE = "dataset/words/G01-S01.parquet"
VIRTANEN = "should be [Henkilö 7]"
FROM_A_FILE_NAME = "a word of a recording's or group's own file name"
NAMES = ("virta", "tampere", "tukiliit", "haapasalo", "tuuli", "lumpeen", "4567")


def rewrite(file: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    table = pq.read_table(file)
    pq.write_table(change(table), file)


def cell(file: Path, column: str, key: str, value: Any) -> None:
    """Put a value into the rows whose turn, or session, or group, is ``key``."""

    def change(table: pa.Table) -> pa.Table:
        rows = table.to_pylist()
        for row in rows:
            if key in row.values():
                row[column] = value
                break
        return pa.Table.from_pylist(rows, schema=table.schema)

    rewrite(file, change)


def say(study: Study, text: str) -> None:
    """Let the turn say this, in turns and in words alike."""
    cell(study.dataset / "turns" / "G01-S01.parquet", "text", TURN, text)
    said = iter(text.split(" "))

    def change(table: pa.Table) -> pa.Table:
        rows = table.to_pylist()
        spoken = [row for row in rows if row["turn_id"] == TURN]
        for row in spoken[:-1]:
            row["word"] = next(said)
        spoken[-1]["word"] = " ".join(said)
        return pa.Table.from_pylist(rows, schema=table.schema)

    rewrite(study.dataset / "words" / "G01-S01.parquet", change)


def metadata(table: pa.Table, entries: dict[str, str]) -> pa.Table:
    return table.replace_schema_metadata({**(table.schema.metadata or {}), **entries})


def field_metadata(table: pa.Table) -> pa.Table:
    field = table.schema.field("role")
    changed = field.with_metadata({**field.metadata, "note": "leena Virtanen"})
    return table.cast(table.schema.set(table.schema.get_field_index("role"), changed))


def dictionary_row(study: Study) -> None:
    with (study.dataset / "dictionary.csv").open("a", encoding="utf-8") as file:
        file.write("turns;x;Virtanen\n")


def datasheet_line(study: Study) -> None:
    with (study.dataset / "DATASHEET.md").open("a", encoding="utf-8") as file:
        file.write("\nYhteyshenkilö: Leena Virtanen\n")


def notebook(study: Study, **cell: Any) -> None:
    (study.root / "notebooks").mkdir()
    cells = [{"cell_type": "code", "source": ["1 + 1"], "metadata": {}, "outputs": [], **cell}]
    made = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    text = json.dumps(made)  # escapes ä
    (study.root / "notebooks" / "katsaus.ipynb").write_text(text, encoding="utf-8")


def export(study: Study, name: str, data: str | bytes = "") -> Path:
    file = study.root / "exports" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


def workbook(study: Study, value: str | date, *, creator: str = "", title: str = "vuorot") -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title, sheet["B3"] = title, value
    book.properties.creator = creator
    data = io.BytesIO()
    book.save(data)
    export(study, "vuorot.xlsx", data.getvalue())


def zipped(
    study: Study, name: str, inside: str, content: str, comment: bytes = b"", whole: bytes = b""
) -> None:
    study.exports.mkdir(exist_ok=True)
    with zipfile.ZipFile(study.exports / name, "w") as archive:
        info = zipfile.ZipInfo(inside)
        info.comment = comment
        archive.writestr(info, content)
        archive.comment = whole


def stream(text: str) -> dict[str, Any]:
    return {"outputs": [{"output_type": "stream", "name": "stdout", "text": ["ok\n", text]}]}


def html(text: str) -> dict[str, Any]:
    output = {"output_type": "display_data", "metadata": {}, "data": {"text/html": [text]}}
    return {"outputs": [output]}


PLANTED: dict[str, tuple[Callable[[Study], object], str]] = {
    "the text of a turn": (
        lambda s: say(s, "Meillä Virtanen jaksaa."),
        f"{TURNS_FILE}: column text, turn {TURN}: {VIRTANEN}",
    ),
    "a word alone": (
        lambda s: cell(s.dataset / "words" / "G01-S01.parquet", "word", TURN, "Virtanen"),
        f"{WORDS_FILE}: column word, turn {TURN}: {VIRTANEN}",
    ),
    "an inflected form that was never said": (
        lambda s: say(s, "Meillä virtaseltakin se jaksaa."),
        f"{TURNS_FILE}: column text, turn {TURN}: {VIRTANEN}",
    ),
    "a form as misheard": (
        lambda s: say(s, "Meillä Virttanen hyvin jaksaa."),
        f"{TURNS_FILE}: column text, turn {TURN}: {VIRTANEN}",
    ),
    "an organisation's form": (
        lambda s: say(s, "Meillä kuvitellussa tukiliitossa jaksaa."),
        f"{TURNS_FILE}: column text, turn {TURN}: should be [Organisaatio 3]",
    ),
    "a place in a case": (
        lambda s: say(s, "Meillä Tampereella hyvin jaksaa."),
        f"{TURNS_FILE}: column text, turn {TURN}: should be [Paikka 5]",
    ),
    "an ordinary word, with a capital where none is due": (
        lambda s: say(s, "Meillä hyvin Tuuli jaksaa."),
        f"{TURNS_FILE}: column text, turn {TURN}: should be [Henkilö 12]",
    ),
    "a number, otherwise set apart": (
        lambda s: say(s, "Soita 0401234567 tai jotain."),
        f"{TURNS_FILE}: column text, turn {TURN}: should be [yhteystieto]",
    ),
    "between hidden characters": (
        lambda s: say(s, "Meillä Virta\u00adnen hyvin jaksaa."),
        f"{TURNS_FILE}: column text, turn {TURN}: {VIRTANEN}",
    ),
    "in brackets, as if masked": (
        lambda s: say(s, "Meillä [Virtanen]:lle hyvin jaksaa."),
        f"{TURNS_FILE}: column text, turn {TURN}: {VIRTANEN}",
    ),
    "an item of a list": (
        lambda s: cell(
            s.dataset / "sessions" / "G01-S01.parquet", "flags", "G01-S01", ["x", "Virtanen"]
        ),
        f"dataset/sessions/G01-S01.parquet: column flags, row 1: {VIRTANEN}",
    ),
    "metadata of a Parquet file": (
        lambda s: rewrite(
            s.dataset / "people" / "G01.parquet", lambda t: metadata(t, {"author": "L. Virtanen"})
        ),
        f"dataset/people/G01.parquet: metadata, author: {VIRTANEN}",
    ),
    "the name of an entry of metadata": (
        lambda s: rewrite(
            s.dataset / "people" / "G01.parquet", lambda t: metadata(t, {"virtanen": "x"})
        ),
        f"dataset/people/G01.parquet: metadata, entry 1 «[Henkilö 7]»: {VIRTANEN}",
    ),
    "metadata of a column": (
        lambda s: rewrite(s.dataset / "people" / "G01.parquet", field_metadata),
        f"dataset/people/G01.parquet: metadata of column role, note: {VIRTANEN}",
    ),
    "the name of a column": (
        lambda s: rewrite(
            s.dataset / "people" / "G01.parquet",
            lambda t: t.append_column("virtanen", pa.array([1.0] * t.num_rows)),
        ),
        f"dataset/people/G01.parquet: name of column 11 «[Henkilö 7]»: {VIRTANEN}",
    ),
    "the name of a column of the study's own": (
        lambda s: rewrite(
            s.dataset / "people" / "G01.parquet",
            lambda t: t.rename_columns([*t.column_names[:-1], "x_virtanen"]),
        ),
        f"dataset/people/G01.parquet: name of column 10 «[Henkilö 7]»: {VIRTANEN}",
    ),
    "a value in a column of the study's own": (
        lambda s: cell(s.dataset / "people" / "G01.parquet", "x_ala", "H03", "Virtasen alaisia"),
        f"dataset/people/G01.parquet: column x_ala, row 1: {VIRTANEN}",
    ),
    "who attends": (
        lambda s: cell(s.dataset / "attendance" / "G01.parquet", "kind", "H03", "virtanen"),
        f"dataset/attendance/G01.parquet: column kind, row 1: {VIRTANEN}",
    ),
    "dictionary.csv": (dictionary_row, f"dataset/dictionary.csv: line …: {VIRTANEN}"),
    "DATASHEET.md": (datasheet_line, f"dataset/DATASHEET.md: line …: {VIRTANEN}"),
    "the name of a file": (
        lambda s: export(s, "haastattelu-virtanen.txt"),
        f"exports/«[Henkilö 7]»: name of the file: {VIRTANEN}",
    ),
    "the name of a file, in one word": (
        lambda s: export(s, "LeenaVirtanen.txt"),
        f"exports/«[Henkilö 7]»: name of the file: {VIRTANEN}",
    ),
    "the name of a folder": (
        lambda s: export(s, "tampere/vuorot.csv", "a,b\n"),
        "exports/«[Paikka 5]»/vuorot.csv: name of a folder: should be [Paikka 5]",
    ),
    "the name of a recording": (
        lambda s: export(s, "kooste.csv", "lähde: haapa ja Haapasalo\n"),
        f"exports/kooste.csv: line 1: should be {FROM_A_FILE_NAME}",
    ),
    "the name of a group's folder, as a file name": (
        lambda s: export(s, "lumpeen.csv", "a,b\n"),
        f"exports/«{FROM_A_FILE_NAME}»: name of the file: should be {FROM_A_FILE_NAME}",
    ),
    "what a notebook printed": (
        lambda s: notebook(s, **stream("rivi: Virtanen\n")),
        f"notebooks/katsaus.ipynb: cell 1, output 1, text: {VIRTANEN}",
    ),
    "a table in a notebook": (
        lambda s: notebook(s, **html("<td>Virta&shy;nen</td>")),
        f"notebooks/katsaus.ipynb: cell 1, output 1, data, text/html: {VIRTANEN}",
    ),
    "a notebook's code": (
        lambda s: notebook(s, source=["turns[turns.text.str.contains('virtanen')]"]),
        f"notebooks/katsaus.ipynb: cell 1, source: {VIRTANEN}",
    ),
    "a cell of a workbook": (
        lambda s: workbook(s, "Virtanen"),
        f"exports/vuorot.xlsx: vuorot, B3: {VIRTANEN}",
    ),
    "who made a workbook": (
        lambda s: workbook(s, "x", creator="Leena Virtanen"),
        f"exports/vuorot.xlsx: docProps/core.xml, line 1: {VIRTANEN}",
    ),
    "the name of a sheet": (
        lambda s: workbook(s, "x", title="Virtanen"),
        f"exports/vuorot.xlsx: name of sheet 1 «[Henkilö 7]»: {VIRTANEN}",
    ),
    "a paragraph of a document, the word cut in two": (
        lambda s: zipped(
            s,
            "kooste.docx",
            "word/document.xml",
            "<w:p xmlns:w='w'><w:r>Virta</w:r><w:r>nen</w:r></w:p>",
        ),
        f"exports/kooste.docx: word/document.xml, paragraph 1: {VIRTANEN}",
    ),
    "a source in a QDA project": (
        lambda s: zipped(s, "projekti.qdpx", "sources/a.txt", "eka\nVirtanen\n"),
        f"exports/projekti.qdpx: sources/a.txt, line 2: {VIRTANEN}",
    ),
    "a comment on a file in a compressed folder": (
        lambda s: zipped(s, "projekti.qdpx", "sources/a.txt", "eka\n", comment=b"Virtanen"),
        f"exports/projekti.qdpx: comment on sources/a.txt: {VIRTANEN}",
    ),
    "a comment on a compressed folder": (
        lambda s: zipped(s, "projekti.qdpx", "sources/a.txt", "eka\n", whole=b"Virtanen"),
        f"exports/projekti.qdpx: its comment: {VIRTANEN}",
    ),
    "a name in look-alike letters": (
        lambda s: say(s, "Meillä Virt\u0430nen on jaksanut."),
        f"{TURNS_FILE}: column text, turn {TURN}: {VIRTANEN}",
    ),
    "a tier of an annotation": (
        lambda s: export(s, "a.eaf", '<A><B P="Leena Virtanen"/></A>'),
        f"exports/a.eaf: line 1: {VIRTANEN}",
    ),
    "two lines": (
        lambda s: export(s, "a.txt", "kävi kuviteltu\n  tukiliitto täällä\n"),
        "exports/a.txt: lines 1 and 2: should be [Organisaatio 3]",
    ),
    "a log": (
        lambda s: export(s, "ajo.log", "alku\nvirtanen.wav luettu\n"),
        f"exports/ajo.log: line 2: {VIRTANEN}",
    ),
    "an escape in JSON": (
        lambda s: export(s, "a.json", '{"a": [{"b": "\\u0056irtanen"}]}'),
        f"exports/a.json: a, 1, b: {VIRTANEN}",
    ),
    "a date": (
        lambda s: say(s, "Se oli 12.3.2015 kun tavattiin."),
        f"{TURNS_FILE}: column text, turn {TURN}: an absolute date",
    ),
    "a date in a column of dates": (
        lambda s: workbook(s, date(2015, 3, 12)),
        "exports/vuorot.xlsx: vuorot, B3: an absolute date",
    ),
    "a voice print": (
        lambda s: rewrite(
            s.dataset / "people" / "G01.parquet",
            lambda t: t.append_column("x_v", pa.array([[0.1] * 64] * t.num_rows)),
        ),
        "dataset/people/G01.parquet: column x_v: a voice print, or called as if",
    ),
    "what is called a voice print": (
        lambda s: rewrite(
            s.dataset / "people" / "G01.parquet", lambda t: metadata(t, {"voice_print": "AAAA"})
        ),
        "dataset/people/G01.parquet: metadata: a voice print, or called as if",
    ),
    "a kind of file that nobody knows": (
        lambda s: export(s, "taulu.sav", b"$FL2"),
        "exports/taulu.sav: this kind of file cannot be read, so its contents are unknown",
    ),
    "a damaged workbook": (
        lambda s: export(s, "a.xlsx", b"PK nothing"),
        "exports/a.xlsx: it is damaged or locked, so that it cannot be opened",
    ),
    "text in another encoding": (
        lambda s: export(s, "a.csv", "ä".encode("latin-1")),
        "exports/a.csv: it is no text in UTF-8",
    ),
    "a picture in a page": (
        lambda s: export(s, "a.html", "<img src='data:image/png;base64,AAAA'>"),
        "exports/a.html: a picture or other file embedded in it cannot be read",
    ),
    "a pseudonym that the key does not have": (
        lambda s: say(s, "Meillä [Henkilö 98] hyvin jaksaa."),
        f"{TURNS_FILE}: column text, turn {TURN}: the key has no [Henkilö 98]",
    ),
}


@pytest.mark.parametrize("place", PLANTED)
def test_planted_name_stops_the_release_and_its_place_is_named(place, study, gate, tmp_path):
    plant, expected = PLANTED[place]
    plant(study)
    report = gate().report
    found = [str(finding) for finding in report.findings]
    assert not report.released
    start, _, end = expected.rpartition("…")
    assert any(f.startswith(start) and f.endswith(end) for f in found), found
    assert not (tmp_path / "out").exists()
    told = " ".join(found).casefold() + report.markdown().casefold()
    assert not [name for name in NAMES if name in told]


def test_nothing_planted_is_released(study, gate, tmp_path):
    outcome = gate()
    out = tmp_path / "out"
    assert outcome.report.findings == ()
    assert outcome.report.released and outcome.report_file == out / "RELEASE.md"
    assert {path.name for path in out.iterdir()} == {
        "dataset", "RELEASE.md", "RELEASE.json", "sample-to-read.csv",
    }  # fmt: skip
    for file in study.dataset.rglob("*.*"):
        assert (out / "dataset" / file.relative_to(study.dataset)).read_bytes() == file.read_bytes()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_names_of_those_whom_the_methods_cite_are_no_finding_in_the_data_sheet(study, gate):
    cited = Entity("person", 20, ("heldner",), ("Heldner",))
    table = EntityTable.load(study)
    replace(table, entities=(*table.entities, cited)).save(study)
    line = {"digest": SETTINGS_DIGEST, "values": {"turns.lapse_s": 8.0}}
    study.settings_log.write_text(json.dumps(line), encoding="utf-8")
    write_documentation(study.dataset, settings_log.used(study))
    sheet = (study.dataset / "DATASHEET.md").read_text(encoding="utf-8")
    assert "longer than 8 s, a lapse" in sheet and "Heldner & Edlund, 2010" in sheet
    assert gate().report.released


@pytest.mark.parametrize(
    "text",
    [
        "Meillä tuuli hyvin puhaltaa.",  # the wind
        "Meillä Tampereen yliopisto hyvin jaksaa.",  # judged to stay
        "Meillä [Henkilö 7]:lle hyvin jaksaa.",
        "Se oli vuonna 2015 maaliskuussa kai.",
    ],
)
def test_what_may_be_said_is_released(text, study, gate):
    say(study, text)
    assert gate().report.findings == ()


def test_notebooks_and_exports_go_along_without_pictures(study, gate, tmp_path):
    output = {"output_type": "display_data", "metadata": {}}
    picture = {"image/png": "AAAA", "text/plain": ["<Figure>"]}
    notebook(study, outputs=[{**output, "data": picture}], attachments={"a": {"image/png": "AA"}})
    workbook(study, "joo")
    report = gate().report
    made = json.loads((tmp_path / "out" / "notebooks" / "katsaus.ipynb").read_text("utf-8"))
    assert report.released
    assert made["cells"][0]["outputs"][0]["data"] == {"text/plain": ["<Figure>"]}
    assert report.counts["pictures cut out of notebooks"] == 2
    assert (tmp_path / "out" / "exports" / "vuorot.xlsx").is_file()


def test_allowed_dates_are_counted(study, gate):
    say(study, "Se oli 12.3.2015 kun tavattiin.")
    report = gate(allow_dates=True).report
    assert report.released and report.counts["texts with a date"] == 2  # turns and words


def found_by_machine(*mentions: tuple[int, str, str]):
    def detect(conversation):
        return Mentions(
            tuple(Mention(t, 1, 1, type, name, "", ("entity",)) for t, type, name in mentions)  # type: ignore[arg-type]
        )

    return detect


def test_what_detectors_find_unjudged_stops_the_release(study, gate):
    report = gate(detect=found_by_machine((0, "person", "aloitettu"))).report
    assert [str(f) for f in report.findings] == [
        "dataset/words/G01-S01.parquet: word 2 of turn G01-S01-T00001000: may be a person; not "
        "judged yet",
        "dataset/words/G01-S02.parquet: word 2 of turn G01-S02-T00000500: may be a person; not "
        "judged yet",
    ]


def test_detectors_may_find_what_was_judged_to_stay(study, gate):
    assert gate(detect=found_by_machine((0, "organisation", "tampereen yliopisto"))).report.released


def test_detectors_see_pronouns_for_pseudonyms_and_no_finding_is_one(study, gate):
    seen = []

    def detect(conversation):
        seen.append(" ".join(w.text for turn in conversation.turns for w in turn.words))
        pseudonym = Mention(3, 1, 1, "organisation", "hän", "", ("entity",))
        return Mentions((pseudonym,) if len(conversation.turns) > 3 else ())

    assert gate(detect=detect).report.released
    assert seen == ["No aloitetaan hän kiitos. Joo. Meillä hän jaksetaan.", "Hei. Kiitos kun tulit"]


def test_the_real_detectors_find_a_name_that_nobody_masked(study, gate):
    from pipeline.pseudonymisation.detect import detect

    say(study, "Eilen Marjatta Korhonen soitti mulle.")
    found = [str(finding) for finding in gate(detect=detect).report.findings]
    assert any("of turn G01-S01-T00006250: may be a person" in finding for finding in found), found


def test_unreviewed_session_stops_the_release_unless_it_may_be_marked_so(study, gate):
    def judged(study, settings):
        return {"G01-S01": True, "G01-S02": False}

    report = gate(judged=judged).report
    assert [str(finding) for finding in report.findings] == [
        "session G01-S02: not everything found in it has been judged"
    ]
    marked = gate(judged=judged, unreviewed=True)
    assert marked.report.released and not marked.report.reviewed
    assert marked.report_file.read_text("utf-8").startswith(
        "# TARKISTAMATON julkaistava versio / UNREVIEWED"
    )


def test_unknown_session_is_not_reviewed(gate):
    assert not gate(judged=lambda study, settings: {"G01-S01": True}).report.released


def test_small_cells_are_reported_and_stop_a_strict_release(gate, tmp_path):
    cells = gate().report.small_cells
    # by hand: in S01 H07 leads, H03 and H11 take part; in S02 H07 leads and H11 takes part
    assert [cell.values for cell in cells.alone] == [
        ("leader", "G01", "G01-S01"),
        ("leader", "G01", "G01-S02"),
        ("participant", "G01", "G01-S02"),
    ]
    assert [cell.person_ids for cell in cells.rare] == [("H20",), ("H07",), ("H03",), ("H11",)]
    strict = gate(strict=True, k=1, out=tmp_path / "strict").report
    assert not strict.released and {f.check for f in strict.findings} == {"small_cells"}


def test_sample_is_drawn_anew_and_read_with_its_bound(study, gate, tmp_path):
    sample = gate(sample=2).report.sample
    again = gate(sample=2, replace=True).report.sample
    with (tmp_path / "out" / "sample-to-read.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["turn_id"] for row in rows] == list(again.turn_ids)
    assert all(row["leak (x)"] == "" and row["text"] for row in rows)
    assert (sample.n_turns, len(sample.turn_ids)) == (4, 2) and sample.seed != again.seed
    assert str(again.seed) in (tmp_path / "out" / "RELEASE.md").read_text("utf-8")


def test_bound_matches_published_values():
    # Hanley & Lippman-Hand (1983): at n = 300 the rule of three gives 1 %, the exact value less
    assert bound(300, 3000) == pytest.approx(0.009936, abs=1e-6)
    assert bound(10, 3000) == pytest.approx(0.2589, abs=1e-4)  # Clopper-Pearson, one-sided
    assert (bound(40, 40), bound(0, 40)) == (0.0, 1.0)


# --- the coarser release


def test_coarse_release_has_categories_and_keeps_its_declaration(study, gate, tmp_path):
    export(study, "vuorot.csv", "[Henkilö 7]\n")
    report = gate(coarse=True).report
    dataset = tmp_path / "out" / "dataset"
    texts = {r["turn_id"]: r["text"] for r in pq.read_table(dataset / "turns").to_pylist()}
    assert report.released and report.left_out == ("exports",)
    assert texts["G01-S01-T00001000"] == "No aloitetaan [kollega]:lle kiitos."
    assert texts[TURN] == "Meillä [organisaatio]:ssa jaksetaan."
    assert "[kollega]:lle" in pq.read_table(dataset / "words")["word"].to_pylist()
    assert validate(dataset) == []
    assert not (tmp_path / "out" / "exports").exists()


def test_coarse_release_is_the_same_bytes_again(gate, tmp_path):
    def made(out: Path) -> dict[str, bytes]:
        assert gate(coarse=True, out=out).report.released
        files = (out / "dataset").rglob("*.parquet")
        return {str(file.relative_to(out)): file.read_bytes() for file in files}

    assert made(tmp_path / "one") == made(tmp_path / "two")


def test_name_in_a_category_stops_a_coarse_release(study, gate):
    table = EntityTable.load(study)
    decision = Decision("2026-01-01", "rk", "category", ("organisation", 3), text="Virtasen firma")
    table.decide(decision).save(study)
    found = [str(finding) for finding in gate(coarse=True).report.findings]
    assert found == [f"category: of [Organisaatio 3]: {VIRTANEN}"]


# --- where a release may be, and what else closes the gate


def test_refused_release_leaves_its_report_in_private(study, gate):
    say(study, "Meillä Virtanen hyvin jaksaa.")
    outcome = gate()
    assert outcome.report_file == study.private / "release-refused.md"
    assert outcome.report_file.stat().st_mode & 0o077 == 0
    assert f"turn {TURN}: {VIRTANEN}" in outcome.report_file.read_text("utf-8")
    facts = json.loads(outcome.report_file.with_suffix(".json").read_text("utf-8"))
    assert not facts["released"]


@pytest.mark.parametrize("inside", ["private", "dataset", "inbox", "quarantine"])
def test_release_must_not_lie_in_the_studys_folders(inside, study, gate):
    with pytest.raises(StudyError, match="own folders"):
        gate(out=study.root / inside / "out")


def test_only_an_earlier_release_is_replaced_and_only_when_told(study, gate, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    with pytest.raises(StudyError, match="in the place"):
        gate(replace=True)
    assert (out / "thesis.txt").read_text() == "mine"
    gate(out=tmp_path / "first")
    with pytest.raises(StudyError, match="in the place"):
        gate(out=tmp_path / "first")
    assert gate(out=tmp_path / "first", replace=True).report.released


def test_refused_release_leaves_the_earlier_one(study, gate, tmp_path):
    gate()
    say(study, "Meillä Virtanen hyvin jaksaa.")
    assert not gate(replace=True).report.released
    assert json.loads((tmp_path / "out" / "RELEASE.json").read_text("utf-8"))["released"]


def test_without_the_key_nothing_is_released(study, gate):
    study.key_file.unlink()
    with pytest.raises(StudyError, match=r"names.key is missing"):
        gate()


def test_link_stops_the_release(study, gate, tmp_path):
    (study.dataset / "turns" / "more.parquet").symlink_to(study.private / "groups.json")
    with pytest.raises(StudyError, match="link"):
        gate()


def test_damaged_table_stops_the_release(study, gate, tmp_path):
    (study.dataset / "words" / "G01-S01.parquet").write_bytes(b"PAR1")
    assert {f.check for f in gate().report.findings} >= {"validity", "readable"}
    assert not (tmp_path / "out").exists()


def test_study_without_a_data_set_has_nothing_to_release(study, gate):
    for file in study.dataset.rglob("*.parquet"):
        file.unlink()
    with pytest.raises(DatasetError):
        gate()


def test_what_a_killed_release_left_is_cleared_by_the_next(study, gate, tmp_path):
    for name in (".vuoro-out-abc.pending", ".vuoro-other-abc.pending"):
        (tmp_path / name / "dataset").mkdir(parents=True)
    assert gate().report.released
    left = {path.name for path in tmp_path.iterdir() if path.name.startswith(".")}
    assert left == {".vuoro-other-abc.pending"}


def test_earlier_release_comes_back_if_the_new_one_cannot_take_its_place(
    study, gate, tmp_path, monkeypatch
):
    gate()
    before = (tmp_path / "out" / "RELEASE.json").read_bytes()
    rename = Path.rename

    def failing(self, target):
        if self.name.endswith(".pending"):
            raise OSError(errno.EIO, "")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(UnreadableError):
        gate(replace=True)
    assert (tmp_path / "out" / "RELEASE.json").read_bytes() == before


def test_no_release_while_a_run_is_at_work(study, gate):
    with locks.working(study), pytest.raises(StudyError, match="at work"):
        gate()


def test_error_in_a_check_leaves_nothing_behind(gate, tmp_path):
    def detect(conversation):
        raise LanguageError("The talk is in another script.")

    before = set(tmp_path.iterdir())
    with pytest.raises(LanguageError):
        gate(detect=detect)
    assert set(tmp_path.iterdir()) == before
