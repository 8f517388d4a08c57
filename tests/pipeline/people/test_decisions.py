"""What humans said of voices: kept, replaced by later words, carried over to other labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.people.anchors import anchor
from pipeline.people.decisions import NEW, UNKNOWN, Told, digest_of, forget, lost, remember, told
from pipeline.records import Diarisation, Segment, VoicePrint
from pipeline.study import Study, create

MODEL, SESSION = "m", "G07-S01"


def session(**talk: list[tuple[float, float]]) -> Diarisation:
    segments = tuple(sorted(Segment(a, b, label) for label, ps in talk.items() for a, b in ps))
    prints = (VoicePrint(label, 1.0, (1.0, 0.0)) for label in talk)
    return Diarisation(segments, segments, tuple(prints))


TWO = session(A=[(0, 30)], B=[(30, 50)])
ONE = session(X=[(0, 50)])


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path / "study")


def decision(label: str, person: str, of: Diarisation = TWO, session_id: str = SESSION) -> Told:
    return Told(session_id, anchor(of, label, MODEL), person, "M.K.", "2015-03-12T10:00:00+00:00")


def now(study: Study, of: Diarisation = TWO) -> dict[str, str]:
    return told(study, SESSION, of, MODEL)


def gone(study: Study, of: Diarisation) -> list[str]:
    return [decision.person for decision in lost(study, SESSION, of, MODEL)]


def test_nothing_was_said_yet(study: Study) -> None:
    assert now(study) == {} and gone(study, TWO) == []
    remember(study, [])
    assert not study.people_decisions.exists()


def test_what_was_said_is_kept_a_line_each_for_the_owner_alone(study: Study) -> None:
    remember(study, [decision("A", "H07")])
    remember(study, [decision("B", UNKNOWN), decision("A", "H09", session_id="G07-S02")])
    assert now(study) == {"A": "H07", "B": UNKNOWN}
    assert len(study.people_decisions.read_text().splitlines()) == 3
    assert study.people_decisions.stat().st_mode & 0o777 == 0o600
    assert study.people.stat().st_mode & 0o777 == 0o700


def test_a_later_word_replaces_an_earlier_one(study: Study) -> None:
    remember(study, [decision("A", "H07"), decision("B", "H08"), decision("A", NEW)])
    assert now(study) == {"A": NEW, "B": "H08"} and gone(study, TWO) == []
    assert len(study.people_decisions.read_text().splitlines()) == 3


def test_decisions_follow_the_voice_to_its_label(study: Study) -> None:
    remember(study, [decision("A", "H07"), decision("B", "H08")])
    again = session(S0=[(31, 50)], S1=[(0, 12), (13, 31)], S2=[(60, 70)])
    assert now(study, again) == {"S0": "H08", "S1": "H07"} and gone(study, again) == []


def test_two_people_in_one_label_it_is_whose_most_of_it_is(study: Study) -> None:
    remember(study, [decision("A", "H07"), decision("B", "H08")])
    assert now(study, ONE) == {"X": "H07"} and gone(study, ONE) == ["H08"]
    assert now(study) == {"A": "H07", "B": "H08"}  # nothing is dropped


def test_of_several_people_in_one_label_none_of_most_the_biggest_counts(study: Study) -> None:
    three = session(A=[(0, 40)], B=[(40, 70)], C=[(70, 100)])
    remember(study, [decision("A", "H07", three), decision("B", "H08", three)])
    joined = session(X=[(0, 100)])
    assert now(study, joined) == {"X": "H07"} and gone(study, joined) == ["H08"]


def test_the_latest_about_most_of_a_label_counts_though_known_by_other_talk(study: Study) -> None:
    long = session(A=[(0, 60), (100, 140)])
    part = session(B=[(30, 60), (100, 140)])
    remember(study, [decision("A", "H07", long), decision("B", "H08", part)])
    assert now(study, long) == {"A": "H08"} and gone(study, long) == []


def test_one_person_in_two_labels_that_are_one_now(study: Study) -> None:
    remember(study, [decision("A", "H07"), decision("B", "H07")])
    assert now(study, ONE) == {"X": "H07"} and gone(study, ONE) == []


def test_a_later_word_on_a_label_that_is_joined_now_counts(study: Study) -> None:
    remember(study, [decision("A", "H07"), decision("B", "H07"), decision("X", "H08", ONE)])
    assert now(study, ONE) == {"X": "H08"} and gone(study, ONE) == []


def test_a_later_word_on_a_part_leaves_the_rest_to_be_told(study: Study) -> None:
    remember(study, [decision("X", "H07", ONE), decision("A", "H08")])
    assert now(study) == {"A": "H08"}


def test_a_voice_that_is_found_no_more_is_listed(study: Study) -> None:
    remember(study, [decision("A", "H07"), decision("B", "H08")])
    cut = session(S0=[(0, 8)], S1=[(8, 16)], S2=[(16, 24)], S3=[(30, 50)])
    assert now(study, cut) == {"S3": "H08"} and gone(study, cut) == ["H07"]


@pytest.mark.parametrize("left", [slice(-20), slice(0)], ids=["cut off", "empty"])
def test_decisions_that_are_cut_off_are_not_taken_for_all(study: Study, left: slice) -> None:
    remember(study, [decision("A", "H07"), decision("B", "H08")])
    study.people_decisions.write_bytes(study.people_decisions.read_bytes()[left])
    with pytest.raises(StudyError, match=r"decisions\.jsonl is damaged"):
        now(study)


def test_a_damaged_line_stops(study: Study) -> None:
    remember(study, [decision("A", "H07")])
    study.people_decisions.write_bytes(b"{}\n" + study.people_decisions.read_bytes())
    with pytest.raises(StudyError, match=r"decisions\.jsonl is damaged"):
        now(study)


def test_a_digest_of_what_was_said_of_some_sessions(study: Study) -> None:
    nothing = digest_of(study, [SESSION])
    remember(study, [decision("A", "H07", session_id="G07-S02")])
    assert digest_of(study, [SESSION]) == nothing
    remember(study, [decision("A", "H07")])
    first = digest_of(study, [SESSION])
    remember(study, [decision("A", "H08")])
    assert len({nothing, first, digest_of(study, [SESSION])}) == 3
    assert digest_of(study, ["G07-S02", SESSION]) == digest_of(study, [SESSION, "G07-S02"])


def test_decisions_about_a_withdrawn_person_are_removed(study: Study) -> None:
    remember(
        study,
        [
            decision("A", UNKNOWN),  # of the same voice, before it was named
            decision("A", "H07"),
            decision("B", NEW, session_id="G07-S02"),
            decision("B", "H08"),
            decision("A", "H08", session_id="G07-S02"),
        ],
    )
    assert forget(study, "H07", [("G07-S02", anchor(TWO, "B", MODEL))]) == 3
    assert now(study) == {"B": "H08"} and told(study, "G07-S02", TWO, MODEL) == {"A": "H08"}
    assert forget(study, "H07") == 0
    assert "H07" not in study.people_decisions.read_text()
