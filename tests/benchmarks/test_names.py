"""Scores of found names against values worked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks import names
from benchmarks.names import Marked, Session, read_conll, read_marked, score, texts
from benchmarks.score import Rate
from pipeline.records import EntityType, Mention

MARKED = """\
Moi, mä oon [[PER:p1|Aino Mäki]], joo.
[[PER:p1|Ainon]] työ on [[ORG:o1|Tukiliitossa]].

Numero on [[CONTACT:c1|040 123]] ja se on [[PER:p2|Mäen]].
"""
CONLL = """\
-DOCSTART-\tO

Helsingin\tB-ORG
yliopisto\tI-ORG
,\tI-ORG
vuonna\tO
2010\tB-DATE
.\tO

-DOCSTART-\tO

Pekka\tB-PER
Liisa\tB-PER
tuli\tO
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ner").mkdir()
    (tmp_path / "ner" / "dev.tsv").write_text(CONLL, encoding="utf-8")
    (tmp_path / "talk.txt").write_text(MARKED, encoding="utf-8")
    (tmp_path / "README.txt").write_text("Nothing is marked here.\n", encoding="utf-8")
    return tmp_path


def mention(turn: int, first: int, last: int, entity: str, type: EntityType = "person") -> Mention:
    return Mention(turn, first, last, type, entity, "", ("x",))


def test_a_text_with_marks_is_one_session_with_a_turn_a_line(folder: Path) -> None:
    (session,) = read_marked(folder / "talk.txt")
    assert session.turns[0] == ("Moi,", "mä", "oon", "Aino", "Mäki,", "joo.")
    assert session.marked == (
        Marked(0, range(3, 5), "PER", "p1"),
        Marked(1, range(0, 1), "PER", "p1"),
        Marked(1, range(3, 4), "ORG", "o1"),
        Marked(2, range(2, 4), "CONTACT", "c1"),
        Marked(2, range(7, 8), "PER", "p2"),
    )


def test_a_document_of_tokens_is_a_session_with_a_turn_a_sentence(folder: Path) -> None:
    first, second = read_conll(folder / "ner" / "dev.tsv")
    assert first == Session(
        (("Helsingin", "yliopisto,", "vuonna", "2010."),), (Marked(0, range(0, 2), "ORG"),)
    )
    assert second.marked == (Marked(0, range(0, 1), "PER"), Marked(0, range(1, 2), "PER"))


def test_texts_without_marks_are_left_out(folder: Path) -> None:
    assert [name for name, _ in texts([folder])] == ["ner/dev.tsv", "talk.txt"]
    assert [name for name, _ in texts([folder / "talk.txt"])] == ["talk.txt"]


def test_lowered_talk_has_no_capitals_and_no_punctuation_behind_words(folder: Path) -> None:
    (session,) = read_marked(folder / "talk.txt")
    assert session.lowered().turns[0] == ("moi", "mä", "oon", "aino", "mäki", "joo")
    assert session.lowered().marked == session.marked


def test_every_measure_on_a_worked_example(folder: Path) -> None:
    (session,) = read_marked(folder / "talk.txt")
    found = [
        mention(0, 3, 3, "aino"),  # 'Mäki,' is left
        mention(1, 0, 0, "aino"),
        mention(1, 2, 3, "tukiliitto", "organisation"),  # 'on' is masked too
        mention(2, 2, 3, "040 123", "contact"),
        # 'Mäen.' is left
    ]
    scored = score(session, found)
    assert scored.whole_leak == Rate(1, 5)
    assert scored.any_leak == Rate(2, 5)
    assert scored.over_masking == Rate(1, 4 + 2 + 5)
    assert scored.entity_recall == Rate(2, 4)  # o1 and c1; 'Mäki,' and 'Mäen.' spoil p1 and p2
    # p1, p1, o1 and p2 (left, so alone) are told apart without a mistake
    assert scored.precision == scored.recall == Rate(4, 4)


def test_linking_counts_what_is_joined_and_what_is_split(folder: Path) -> None:
    (session,) = read_marked(folder / "talk.txt")
    found = [
        mention(0, 3, 4, "aino mäki"),
        mention(1, 0, 0, "aino"),
        mention(1, 3, 3, "tukiliitto", "organisation"),
        mention(2, 7, 7, "aino"),
    ]
    scored = score(session, found)
    # p1 is split in two (recall 1/2 each), one half of it joined with p2 (precision 1/2 each)
    assert scored.precision == Rate(1 + 1 / 2 + 1 + 1 / 2, 4)
    assert scored.recall == Rate(1 / 2 + 1 / 2 + 1 + 1, 4)
    assert scored.f == pytest.approx(0.75)


def test_what_is_no_word_is_no_leak() -> None:
    session = Session((("“", "Kreikka", "–", "se"),), (Marked(0, range(0, 2), "LOC"),))
    scored = score(session, [mention(0, 1, 1, "kreikka", "place")])
    assert (scored.whole_leak, scored.any_leak) == (Rate(0, 1), Rate(0, 1))
    assert scored.over_masking == Rate(0, 1)
    assert scored.shares()["precision"] is None


def test_the_figures_of_real_detection_are_written(folder: Path) -> None:
    out = folder / "names.json"
    result = CliRunner().invoke(names_app(), [str(folder), "--out", str(out)])
    assert result.exit_code == 0, result.output
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert [(row["text"], row["written"]) for row in figures["rows"]] == [
        ("ner/dev.tsv", "as is"),
        ("ner/dev.tsv", "lower-cased"),
        ("talk.txt", "as is"),
        ("talk.txt", "lower-cased"),
    ]
    assert figures["rows"][2]["whole_leak"] == 0
    assert figures["speed"]["words"] >= 12_000
    assert figures["speed"]["cpu_s"] < 20


def names_app():
    import typer

    app = typer.Typer()
    app.command()(names.main)
    return app
