"""A voice finds its label again: by when it talked, else by how it sounds, else not at all."""

from __future__ import annotations

import pytest

from pipeline.people.anchors import Anchor, alone, anchor, place
from pipeline.records import Diarisation, Interval, Segment, VoicePrint
from pipeline.records.times import Talk

MODEL = "m"
ANNA, BEN = (1.0, 0.0), (0.0, 1.0)


def session(
    voices: dict[str, tuple[float, ...]] | None = None, **talk: list[tuple[float, float]]
) -> Diarisation:
    """When each label talks, and the voice of those that have one."""
    segments = tuple(sorted(Segment(a, b, label) for label, ps in talk.items() for a, b in ps))
    prints = (VoicePrint(label, 1.0, voice) for label, voice in (voices or {}).items())
    return Diarisation(segments, segments, tuple(prints))


BEFORE = session({"A": ANNA, "B": BEN}, A=[(0, 10), (20, 30)], B=[(10, 20), (28, 34)])


def placed(after: Diarisation, *labels: str, model: str = MODEL) -> list[str | None]:
    """The labels that these of BEFORE are now."""
    return place([anchor(BEFORE, label, MODEL) for label in labels], after, model)


def test_an_anchor_holds_talk_alone_and_the_voice() -> None:
    assert anchor(BEFORE, "A", MODEL) == Anchor(
        "A", 20.0, (Interval(0, 10), Interval(20, 28)), ANNA, MODEL
    )


def test_an_anchor_holds_a_minute_of_the_longest_talk() -> None:
    long = session(A=[(0, 5), (10, 40), (50, 90), (100, 106)])
    assert anchor(long, "A", MODEL).stretches == (Interval(10, 40), Interval(50, 90))


def test_who_never_talks_alone_long_enough_is_anchored_by_all_talk() -> None:
    both = session(A=[(0, 10)], B=[(4, 20)])
    assert anchor(both, "A", MODEL).stretches == (Interval(0, 10),)
    assert anchor(both, "A", MODEL).embedding == ()


def test_alone_is_where_nobody_else_talks() -> None:
    talk = Talk.of(session(A=[(0, 10), (20, 30)], B=[(3, 4), (8, 22)], C=[(25, 26)]).regular)
    assert alone(talk, "A") == [
        (Interval(0, 3)),
        Interval(4, 8),
        Interval(22, 25),
        Interval(26, 30),
    ]
    assert alone(talk, "D") == []


def test_other_names_and_edges_do_not_matter() -> None:
    after = session(X=[(10.4, 19), (28, 35)], Y=[(0, 9.5), (19, 31)])
    assert placed(after, "A", "B") == ["Y", "X"]


def test_voices_that_were_joined_are_both_found() -> None:
    assert placed(session(X=[(0, 34)]), "A", "B") == ["X", "X"]


def test_a_label_that_is_mostly_somebody_elses_is_not_theirs() -> None:
    assert placed(session(X=[(0, 100)]), "A") == [None]
    assert placed(session(X=[(0, 34)]), "B") == [None]  # 16 of 34 s are Ben's


def test_of_a_label_cut_in_two_the_bigger_part_is_the_one() -> None:
    assert placed(session(X=[(0, 10)], Y=[(20, 28)]), "A") == ["X"]


@pytest.mark.parametrize(
    ("x_s", "y_s", "found"),
    [(9, 8, "X"), (8, 6, None), (8, 4, "X"), (6, 4, None), (5, 0, "X"), (4, 0, None)],
)
def test_less_than_half_is_enough_only_far_ahead_of_the_next(
    x_s: float, y_s: float, found: str | None
) -> None:
    # seconds of the 18 that A is anchored by
    assert placed(session(X=[(0, x_s)], Y=[(20, 20 + y_s)]), "A") == [found]


def test_anchor_without_talk_at_its_time_is_placed_by_voice() -> None:
    voices = {"X": (0.1, 0.995), "Y": (0.99, 0.14)}
    after = session(voices, X=[(100, 110)], Y=[(120, 130)])
    assert placed(after, "A", "B") == ["Y", "X"]
    assert placed(after, "A", "B", model="another") == [None, None]


def test_anchor_is_placed_by_voice_only_with_a_margin() -> None:
    unlike = session({"X": (0.7, 0.714)}, X=[(100, 110)])
    assert placed(unlike, "A") == [None]
    twins = session({"X": (0.99, 0.14), "Y": (0.98, 0.2)}, X=[(100, 110)], Y=[(120, 130)])
    assert placed(twins, "A") == [None]


def test_by_voice_no_label_that_is_another_anchors() -> None:
    after = session({"X": ANNA}, X=[(10, 20), (29, 34)])
    assert placed(after, "A", "B") == [None, "X"]


def test_recording_without_talk_has_no_people() -> None:
    assert placed(Diarisation((), (), ()), "A", "B") == [None, None]
    assert place([Anchor("A", 0.0, (), (), MODEL)], BEFORE, MODEL) == [None]
