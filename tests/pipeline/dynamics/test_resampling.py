"""Sessions drawn again from one, against what chance must give."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from conversations import chain, meeting, random_meeting, response, turn

from pipeline.dynamics.floor import Meeting
from pipeline.dynamics.per_person import person_replicates
from pipeline.dynamics.per_session import session_replicates
from pipeline.dynamics.replicates import Drawn, Measured
from pipeline.dynamics.resampling import Replicates, Rows, block_length, draw
from pipeline.records import Turn

MANY = 20_000


def measured(session: Meeting, n: int = MANY) -> tuple[Measured, Measured]:
    rows = Rows.of(session)
    drawn = Drawn.of(rows, draw(rows, session, n))
    return session_replicates(drawn), person_replicates(drawn)


def sure(turns: list[Turn], confidence: dict[str, float | None]) -> list[Turn]:
    """The same turns, with a confidence for each speaker."""
    return [replace(t, speaker_confidence=confidence[t.label]) for t in turns]


@pytest.mark.parametrize(
    ("n_rows", "length"), [(1, 1), (2, 2), (8, 2), (9, 3), (27, 3), (64, 4), (300, 7)]
)
def test_a_block_is_the_cube_root_of_the_rows_rounded_up(n_rows: int, length: int) -> None:
    assert block_length(n_rows) == length


def test_blocks_keep_neighbours_together() -> None:
    """In ABABABAB every block of two rows has one of each, also that of the last and the first."""
    _, people = measured(meeting(chain("ABABABAB")), 200)
    assert (people["turn_share"] == 0.5).all()


def test_blocks_vary_as_chance_must() -> None:
    """AAAABBBB, four blocks of two rows: AA begins at 3 of 8 rows, BB at 3, one of each at 2. The
    number of A in a block has mean 1 and variance 3/8 · 4 + 2/8 · 1 - 1 = 3/4; the share of four
    blocks in eight rows has variance 4 · 3/4 / 64."""
    turns = [turn(label, float(i), i + 1.0) for i, label in enumerate("AAAABBBB")]
    _, people = measured(meeting(turns))
    share = people["turn_share"][:, 0]
    assert share.mean() == pytest.approx(0.5, abs=0.005)
    assert share.std() == pytest.approx((3 / 64) ** 0.5, abs=0.005)


def test_each_row_is_drawn_as_often() -> None:
    session = meeting(chain("ABCDE"))
    rows = Rows.of(session)
    drawn = draw(rows, session, MANY).row
    assert np.bincount(drawn.ravel()) / MANY == pytest.approx(1.0, abs=0.03)


def test_what_is_doubted_goes_to_another() -> None:
    _, people = measured(meeting(sure(chain("ABABABAB"), {"A": 1.0, "B": 0.0})), 100)
    assert (people["turn_share"] == [1.0, 0.0]).all()


def test_row_is_reassigned_as_often_as_it_is_doubted() -> None:
    _, people = measured(meeting(sure(chain("ABABABAB"), {"A": 1.0, "B": 0.7})))
    assert people["turn_share"][:, 1].mean() == pytest.approx(0.5 * 0.7, abs=0.005)


def test_doubted_row_goes_to_people_who_talk_more() -> None:
    """C talks three times as long as B, and so gets three of four turns of A."""
    turns = [turn("A", 0.0, 1.0), turn("B", 1.0, 2.0), turn("C", 2.0, 5.0)]
    _, people = measured(meeting(sure(turns, {"A": 0.0, "B": 1.0, "C": 1.0})))
    assert people["turn_share"].mean(axis=0) == pytest.approx([0, 1 / 3 + 1 / 12, 1 / 3 + 1 / 4],
                                                              abs=0.01)  # fmt: skip


def test_doubted_row_goes_to_any_listener_if_no_other_person_talks() -> None:
    turns = [turn("A", 0.0, 4.0), *(response(p, 1.0, 1.0, "A") for p in "BC")]
    _, people = measured(meeting(sure(turns, {"A": 0.0, "B": 1.0, "C": 1.0})))
    assert np.nanmean(people["turn_share"], axis=0) == pytest.approx([0, 0.5, 0.5], abs=0.02)


def test_minimal_responses_are_doubted_too() -> None:
    turns = [turn("A", 0.0, 4.0), response("B", 1.0, 1.5, "A"), turn("C", 5.0, 6.0, "A", 1.0)]
    _, people = measured(meeting(sure(turns, {"A": 1.0, "B": 0.0, "C": 1.0})))
    # 4 of 5 seconds of others' talk are A's, and what A says to A is no response received
    assert people["n_minimal_responses_given"].mean(axis=0) == pytest.approx(
        [0.8, 0, 0.2], abs=0.02
    )
    assert people["n_minimal_responses_received"].mean(axis=0) == pytest.approx(
        [0.2, 0, 0], abs=0.02
    )


@pytest.mark.parametrize("certain", [{"speaker_confidence": None}, {"edited": ("speaker",)}])
def test_who_is_not_doubted_keeps_the_turn(certain: dict[str, Any]) -> None:
    turns = sure(chain("ABABABAB"), {"A": 0.0, "B": 0.0})
    _, people = measured(meeting([replace(t, **certain) for t in turns]), 100)
    assert (people["turn_share"] == 0.5).all()


def test_one_person_keeps_all() -> None:
    turns = sure([turn("A", 0.0, 1.0), turn("A", 20.0, 21.0, "A")], {"A": 0.0})
    _, people = measured(meeting(turns), 100)
    assert (people["speaking_share"] == 1.0).all()


def test_nobody_takes_the_floor_from_themselves() -> None:
    """All turns of B are A's in truth: then the floor never goes over."""
    session, people = measured(meeting(sure(chain("ABABABAB"), {"A": 1.0, "B": 0.0})), 100)
    for name in ("fto_mean_s", "fto_median_s", "reciprocity"):
        assert np.isnan(session[name]).all()
    assert np.isnan(people["fto_mean_s"]).all()


def test_who_held_the_floor_before_is_who_was_drawn_for_that_turn() -> None:
    session = random_meeting(1, 5, 60)
    rows = Rows.of(session)
    drawn = draw(rows, session, 50)
    back = rows.back[drawn.row]
    length = block_length(len(rows))
    replicate, place = np.nonzero((back > 0) & (back <= np.arange(len(rows)) % length))
    before = place - back[replicate, place]
    assert len(place) > 1000
    assert (drawn.previous[replicate, place] == drawn.person[replicate, before]).all()


def test_the_same_session_gives_the_same() -> None:
    def drawn(session: Meeting) -> Replicates:
        return draw(Rows.of(session), session, 50)

    one, again, other = (drawn(random_meeting(seed, 4, 30)) for seed in (7, 7, 8))
    for name in ("row", "person", "previous"):
        assert getattr(one, name).tobytes() == getattr(again, name).tobytes()
    assert one.row[:, :5].tobytes() != other.row[:, :5].tobytes()
