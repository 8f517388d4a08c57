"""Scores against values worked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.material import Material, Utterance, find
from benchmarks.normalise import spoken
from benchmarks.output import Output, Request, SaidWord
from benchmarks.score import (
    Rate,
    attribution,
    cpwer,
    diarisation_score,
    tcpwer,
    text_score,
    turn_counts,
)
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
        '{"start": 10, "end": 12, "speaker": "bea", "text": "Niin, joo.", "kind": "backchannel"}\n'
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
    assert score.words == Rate(2, 5)
    # mä oon täällä niin joo (22 characters): one o and "niin " left out
    assert score.characters == Rate(1 + 5, 22)


def test_text_is_scored_as_normalised(material: Material) -> None:
    score = text_score(["minä", "olen", "täällä", "nii", "joo"], material.utterances(), spoken)
    assert (score.wer, score.cer) == (0, 0)


SAID = [
    Utterance(0, 2, "ann", "yksi kaksi kolme"),
    Utterance(2, 3, "bea", "neljä"),
    Utterance(3, 4, "ann", "viisi"),
]


def words(*said: tuple[str, str]) -> list[SaidWord]:
    return [SaidWord(i, i + 0.5, text, speaker) for i, (text, speaker) in enumerate(said)]


@pytest.mark.meeteval
def test_cpwer_is_zero_whatever_the_labels() -> None:
    found = words(("yksi", "B"), ("kaksi", "B"), ("kolme", "B"), ("neljä", "A"), ("viisi", "B"))
    assert cpwer(found, SAID) == Rate(0, 5)


@pytest.mark.meeteval
def test_a_word_given_to_the_wrong_person_is_two_errors() -> None:
    """Missing from one, too many for the other: 2 errors in 5 words."""
    found = words(("yksi", "A"), ("kaksi", "A"), ("kolme", "B"), ("neljä", "B"), ("viisi", "A"))
    assert cpwer(found, SAID) == Rate(2, 5)


@pytest.mark.meeteval
def test_a_speaker_who_is_not_found_counts_whole() -> None:
    found = words(*((w, "A") for w in ("yksi", "kaksi", "kolme", "viisi")))
    assert cpwer(found, SAID) == Rate(1, 5)


def test_rates_add_up_by_their_counts() -> None:
    assert (Rate(1, 10) + Rate(3, 10)).value == pytest.approx(4 / 20)
    assert Rate(0, 0).value == 0


def test_scores_of_two_recordings_add_up(material: Material) -> None:
    found = [Segment(0, 12, "X"), Segment(12, 19, "Y"), Segment(20, 23, "Y")]
    both = diarisation_score(found, material) + diarisation_score([Segment(0, 20, "X")], material)
    # 6 s of 20, and 10 s of 20 (bea's talk given to X)
    assert both.der == pytest.approx(16 / 40)
    # ann 2/12, bea 6/13; ann 10/20, bea wholly missed
    assert both.jer == pytest.approx((2 / 12 + 6 / 13 + 10 / 20 + 1) / 4)


def test_words_given_to_the_right_person() -> None:
    """yksi, kaksi, neljä and viisi are recognised. A is paired with ann (yksi, viisi: 2 of 2),
    which leaves B for bea (neljä). kaksi is B's, so bea's, and is wrong: 3 of 4."""
    found = words(("yksi", "A"), ("kaksi", "B"), ("XXX", "A"), ("neljä", "B"), ("viisi", "A"))
    assert attribution(found, SAID) == Rate(3, 4)


def test_a_person_split_in_two_labels_keeps_the_larger() -> None:
    """A has three of ann's words and is hers; C's word is hers, too, but C is nobody."""
    found = words(("yksi", "A"), ("kaksi", "A"), ("kolme", "A"), ("neljä", "B"), ("viisi", "C"))
    assert attribution(found, SAID) == Rate(4, 5)


def test_no_words_recognised_are_none_of_none() -> None:
    assert attribution([], SAID) == attribution(words(("XXX", "A")), SAID) == Rate(0, 0)


def test_turns_are_rows_of_words_and_utterances_of_one_person() -> None:
    found = words(("yksi", "A"), ("kaksi", "A"), ("neljä", "B"), ("viisi", "B"))
    assert turn_counts(found, SAID) == (2, 3)


def test_marked_minimal_responses_are_no_turns() -> None:
    said = [SAID[0], Utterance(2, 3, "bea", "joo", floor=False), SAID[2]]
    found = [SaidWord(0, 1, "yksi", "A"), SaidWord(1, 2, "joo", "B", floor=False)]
    found.append(SaidWord(2, 3, "kaksi", "A"))
    assert turn_counts(found, said) == (1, 1)


@pytest.mark.meeteval
def test_tcpwer_wants_words_at_about_their_time() -> None:
    """viisi is right, but 20 s late: once too many, once too few."""
    found = words(("yksi", "A"), ("kaksi", "A"), ("kolme", "A"), ("neljä", "B"))
    late = [*found, SaidWord(23, 24, "viisi", "A")]
    assert cpwer(late, SAID) == Rate(0, 5)
    assert tcpwer(late, SAID) == Rate(2, 5)


@pytest.mark.meeteval
def test_nothing_said_and_nothing_found() -> None:
    missed, invented = Rate(5, 5), Rate(1, 0)
    for measure in (cpwer, tcpwer):
        assert measure([], SAID) == missed
        assert measure(words(("yksi", "A")), []) == invented
        assert measure(words(("?", "A")), []) == Rate(0, 0)
    nothing = text_score([], [])
    assert (nothing.words, nothing.characters) == (Rate(0, 0), Rate(0, 0))


def test_material_is_named_by_its_folder(material: Material) -> None:
    assert material.name == "group/meeting-1"
    assert [u.speaker for u in material.utterances()] == ["ann", "bea"]
    assert [u.floor for u in material.utterances()] == [True, False]


def test_material_may_declare_its_language(material: Material) -> None:
    assert material.language is None
    (material.folder / "meta.json").write_text('{"speakers": 2}')
    assert material.language is None
    (material.folder / "meta.json").write_text('{"language": "fi"}')
    assert material.language == "fi"


def test_a_reference_without_a_recording_is_no_material(tmp_path: Path) -> None:
    (tmp_path / "reference.rttm").write_text(RTTM)
    with pytest.raises(FileNotFoundError, match=r"meeting\.\*"):
        find(tmp_path)


def test_output_comes_back_from_its_file(tmp_path: Path) -> None:
    output = Output([Segment(0, 1, "A")], words(("hei", "A")), "fi", 1.0, {"decode": 0.1})
    output.write(tmp_path / "out.json")
    assert Output.read(tmp_path / "out.json") == output
    assert output.peak_mb > 1
    only_who = Output([Segment(0, 1, "A")])
    only_who.write(tmp_path / "out.json")
    assert Output.read(tmp_path / "out.json").words is None


def test_request_comes_back_from_its_file(tmp_path: Path) -> None:
    request = Request("meeting.mp4", "audio.wav", "w", "s", "v", "fi", hub=True)
    request.write(tmp_path / "request.json")
    assert Request.read(tmp_path / "request.json") == request
