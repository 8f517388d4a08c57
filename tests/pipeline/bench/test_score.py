"""Scores against values worked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.bench.material import Material, Utterance, find
from pipeline.bench.score import cpwer, diarisation_score, plain, text_score
from pipeline.bench.systems import Output, SaidWord
from pipeline.records import Segment

RTTM = """\
SPEAKER x 1 0.0 10.0 <NA> <NA> ann <NA> <NA>
SPEAKER x 1 10.0 10.0 <NA> <NA> bea <NA> <NA>
"""


@pytest.fixture
def material(tmp_path: Path) -> Material:
    folder = tmp_path / "group" / "meeting-1"
    folder.mkdir(parents=True)
    (folder / "reference.rttm").write_text(RTTM)
    (folder / "reference.uem").write_text("x 1 0.0 25.0\n")
    (folder / "audio.wav").touch()
    (folder / "reference.jsonl").write_text(
        '{"start": 10, "end": 12, "speaker": "bea", "text": "Niin, joo."}\n'
        '{"start": 0, "end": 2, "speaker": "ann", "text": "Mä oon täällä."}\n'
    )
    return find(tmp_path)[0]


def test_der_and_its_parts(material: Material) -> None:
    """20 s of speech: 2 s given to the wrong person, 1 s missed, 3 s of silence taken for talk."""
    found = [Segment(0, 12, "X"), Segment(12, 19, "Y"), Segment(20, 23, "Y")]
    score = diarisation_score(found, material)
    assert score.total_s == 20
    assert score.confusion == pytest.approx(2 / 20)
    assert score.miss == pytest.approx(1 / 20)
    assert score.false_alarm == pytest.approx(3 / 20)
    assert score.der == pytest.approx(6 / 20)
    assert (score.n_people, score.n_reference_people) == (2, 2)


def test_jer(material: Material) -> None:
    """ann: 2 s of a union of 12; bea: 2 + 1 + 3 s of a union of 13. The mean of the two."""
    found = [Segment(0, 12, "X"), Segment(12, 19, "Y"), Segment(20, 23, "Y")]
    assert diarisation_score(found, material).jer == pytest.approx((2 / 12 + 6 / 13) / 2)


def test_a_collar_forgives_on_each_side_of_a_boundary(material: Material) -> None:
    found = [Segment(0, 10.2, "X"), Segment(10.2, 20, "Y")]
    assert diarisation_score(found, material).der == pytest.approx(0.2 / 20)
    assert diarisation_score(found, material, collar_s=0.25).der == 0


def test_words_in_order_of_time(material: Material) -> None:
    score = text_score(["Mä", "on", "täällä,", "joo!"], material.utterances())
    # truth: mä oon täällä niin joo; one word wrong, one left out
    assert (score.n_reference_words, score.wer) == (5, pytest.approx(2 / 5))


SAID = [
    Utterance(0, 2, "ann", "yksi kaksi kolme"),
    Utterance(2, 3, "bea", "neljä"),
    Utterance(3, 4, "ann", "viisi"),
]


def words(*said: tuple[str, str]) -> list[SaidWord]:
    return [SaidWord(i, i + 0.5, text, speaker) for i, (text, speaker) in enumerate(said)]


def test_cpwer_is_zero_whatever_the_labels() -> None:
    found = words(("yksi", "B"), ("kaksi", "B"), ("kolme", "B"), ("neljä", "A"), ("viisi", "B"))
    assert cpwer(found, SAID) == 0


def test_a_word_given_to_the_wrong_person_is_two_errors() -> None:
    """Missing from one, too many for the other: 2 errors in 5 words."""
    found = words(("yksi", "A"), ("kaksi", "A"), ("kolme", "B"), ("neljä", "B"), ("viisi", "A"))
    assert cpwer(found, SAID) == pytest.approx(2 / 5)


def test_a_speaker_who_is_not_found_counts_whole() -> None:
    found = words(*((w, "A") for w in ("yksi", "kaksi", "kolme", "viisi")))
    assert cpwer(found, SAID) == pytest.approx(1 / 5)


def test_plain() -> None:
    assert plain("Mä, oon… 'täällä' — I'm OK!") == "mä oon täällä i'm ok"


def test_material_is_named_by_its_folder(material: Material) -> None:
    assert material.name == "group/meeting-1"
    assert [u.speaker for u in material.utterances()] == ["ann", "bea"]


def test_a_reference_without_a_recording_is_no_material(tmp_path: Path) -> None:
    (tmp_path / "reference.rttm").write_text(RTTM)
    with pytest.raises(FileNotFoundError, match=r"meeting\.\*"):
        find(tmp_path)


def test_output_comes_back_from_its_file(tmp_path: Path) -> None:
    output = Output([Segment(0, 1, "A")], words(("hei", "A")), 1.0, {"decode": 0.1})
    output.write(tmp_path / "out.json")
    assert Output.read(tmp_path / "out.json") == output
