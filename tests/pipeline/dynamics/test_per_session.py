"""Every measure of a session and of its people, against what was worked out by hand."""

from __future__ import annotations

from dataclasses import asdict, fields

import pyarrow as pa
import pytest
from conversations import (
    FOUR,
    FOUR_TALK,
    FOUR_TURNS,
    LAPSE_S,
    THREE,
    chain,
    meeting,
    random_meeting,
    response,
    turn,
)

from pipeline.dynamics.floor import Meeting
from pipeline.dynamics.measure_rows import dynamics_rows
from pipeline.dynamics.per_person import PersonDynamics, person_dynamics
from pipeline.dynamics.per_session import SessionDynamics, session_dynamics
from pipeline.records import Recording, Segment
from pipeline.tables.dynamics_tables import DYNAMICS_PERSON, DYNAMICS_SESSION, TRANSITIONS


def rounded(measured: SessionDynamics | PersonDynamics) -> dict[str, object]:
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in asdict(measured).items()
    }


def test_measures_of_four_people_match_hand_worked_values() -> None:
    assert rounded(session_dynamics(FOUR, 100.0)) == {
        "n_people": 4,
        # offsets in order of size: -1.0 -0.25 0.0 0.25 0.5 0.5 1.0 9.0, sum 10.0
        "n_floor_transfers": 8,
        "fto_mean_s": 1.25,
        "fto_q25_s": -0.0625,  # place 7/4 = 1.75: -0.25 + 0.75 · 0.25
        "fto_median_s": 0.375,  # place 3.5
        "fto_q75_s": 0.625,  # place 5.25: 0.5 + 0.25 · 0.5
        "n_gaps": 4,  # 0.5, 1.0, 0.25, 0.5; the 9.0 is a lapse
        "gap_s": 2.25,
        "n_lapses": 2,  # 34.25–44.25 (A to A) and 46.25–55.25 (A to D)
        "lapse_s": 19.0,
        "pause_s": 1.5,  # 1.0 of A, 0.5 of C
        "n_overlaps_between": 2,  # 0.25 + 1.0
        "overlap_between_s": 1.25,
        "n_overlaps_within": 4,  # B's joo 0.5, D 2.0, A's joo 0.25, B 27.25–28.5 = 1.25
        "overlap_within_s": 4.0,
        "n_interruptions_successful": 1,  # C
        "n_interruptions_unsuccessful": 1,  # D
        "n_overlaps_cooperative": 3,  # two responses, A at 15.25
        # talking times A 21.25, B 10, C 12, D 11, sum 54.25:
        # (-3 · 10 - 11 + 12 + 3 · 21.25) / (4 · 54.25) · 4/3 = 34.75 / 217 · 4/3
        "gini_speech": 0.2135,
        # shares 0.39171 0.18433 0.22120 0.20276: 1.33611 / ln 4
        "entropy_speech": 0.9638,
        # turns 4, 3, 2, 3: (-3 · 2 - 3 + 3 + 3 · 4) / (4 · 12) · 4/3 = 6/48 · 4/3
        "gini_turns": 0.1667,
        # 1/3 ln 3 + 2 · 1/4 ln 4 + 1/6 ln 6 = 1.35798, by ln 4
        "entropy_turns": 0.9796,
        # A and B, A and C, B and D once each way: 6 of 8; A to D and D to C stay unanswered
        "reciprocity": 0.75,
        # holders A B A C A D B D C (A's two turns in a row are one): triples
        # ABA ba, BAC xa, ACA ba, CAD xa, ADB xa, DBD ba, BDC xa
        "n_ab_ba": 3,
        "n_ab_xa": 4,
        # 1.5 2 2 2 3 4 5 5 5 5 10 10, sum 54.5
        "turn_mean_s": 4.5417,
        "turn_q25_s": 2.0,  # place 2.75, both 2
        "turn_median_s": 4.5,
        "turn_q75_s": 5.0,  # place 8.25, both 5
        "turn_max_s": 10.0,
        # talk 0–6.5, 7–10, 10.5–26.75, 27–34.25, 44.25–46.25, 55.25–60.25, 61.25–64.25,
        # 64.5–68.5, 69–71: 6.5 + 3 + 16.25 + 7.25 + 2 + 5 + 3 + 4 + 2 = 49.0
        "silence_share": 0.51,
        "overlap_share": 0.1071,  # 0.5 + 0.25 + 1.0 + 2.0 + 0.25 + 1.25 = 5.25, by 49
        "speech_rate": 140.9709,  # 121 words in 54.5 - 3.0 s: B's turn without words is left out
    }


def test_measures_of_each_of_four_people_match_hand_worked_values() -> None:
    columns = [field.name for field in fields(PersonDynamics)]
    by_hand = {
        # turns 4 of 12; talk 9 + 5 + 0.25 + 5 + 2; takes -0.25, 0.0; yields to B, C, D; C
        # interrupts; cooperative at 15.25 and 26.0; lengths 10 5 5 2; 44 words in 22 s
        "A": (4, 0.3333, 21.25, 0.3917, 2, 3, -0.125, -0.125, 1.0, 0, 0, 1, 0, 2, 1, 2, 2, 0,
              5.5, 5.0, 10.0, 120.0),
        # talk 0.5 + 5 + 1.5 + 3; takes 0.5, 1.0; yields to A, D; 13 words in 5 + 1.5 s
        "B": (3, 0.25, 10.0, 0.1843, 2, 2, 0.75, 0.75, 0.0, 0, 0, 0, 0, 1, 1, 0, 0, 1,
              3.1667, 3.0, 5.0, 120.0),
        # talk 0.5 + 9.5 + 2; takes -1.0, 0.5; yields to A; interrupts A, D tries to interrupt;
        # 36 words in 12 s
        "C": (2, 0.1667, 12.0, 0.2212, 2, 1, -0.25, -0.25, 0.5, 1, 0, 0, 1, 0, 1, 1, 0, 2,
              6.0, 6.0, 10.0, 180.0),
        # talk 2 + 5 + 4; takes 9.0, 0.25; yields to B, C; 28 words in 11 s
        "D": (3, 0.25, 11.0, 0.2028, 2, 2, 4.625, 4.625, 0.0, 0, 1, 0, 0, 0, 0, 0, 1, 1,
              3.6667, 4.0, 5.0, 152.7273),
    }  # fmt: skip
    assert [rounded(person) for person in person_dynamics(FOUR)] == [
        dict(zip(columns, (person, *row), strict=True)) for person, row in by_hand.items()
    ]


def test_measures_of_three_people_match_hand_worked_values() -> None:
    found = rounded(session_dynamics(THREE, 40.0))
    expected = {
        "n_floor_transfers": 7,
        "fto_mean_s": 0.5714,  # (1.0 + 6 · 0.5) / 7
        "fto_median_s": 0.5,
        "n_gaps": 7,
        "gap_s": 4.0,
        "n_overlaps_between": 0,
        "n_overlaps_within": 2,
        "overlap_within_s": 0.75,
        "n_overlaps_cooperative": 2,
        "n_interruptions_successful": 0,
        "n_interruptions_unsuccessful": 0,
        # A 4 + 2 + 2 + 4 = 12, B 0.5 + 3 + 3 + 2 = 8.5, C 0.25 + 1 = 1.25: sum 21.75
        # (-2 · 1.25 + 2 · 12) / (3 · 21.75) · 3/2
        "gini_speech": 0.4943,
        "gini_turns": 0.375,  # turns 4, 3, 1: (-2 + 8) / 24 · 3/2
        # A to B 3, B to A 2, A to C 1, C to A 1: (2 · 2 + 2 · 1) / 7
        "reciprocity": 0.8571,
        "n_ab_ba": 4,
        "n_ab_xa": 2,
        "silence_share": 0.475,  # 21 s of turns in 40 s
        "overlap_share": 0.0357,  # 0.75 / 21
        "speech_rate": 114.2857,  # 40 words in 21 s
    }
    assert {name: found[name] for name in expected} == expected


def test_minimal_responses_are_no_turns() -> None:
    with_them, without = FOUR_TURNS, [t for t in FOUR_TURNS if t.kind == "turn"]
    some, none = (session_dynamics(meeting(t, FOUR_TALK), 100.0) for t in (with_them, without))
    for name in ("n_floor_transfers", "fto_mean_s", "reciprocity", "n_ab_ba", "turn_mean_s"):
        assert getattr(some, name) == getattr(none, name)


def test_nobody_said_anything() -> None:
    found = asdict(session_dynamics(meeting([]), 60.0))
    counts = {name for name in found if name.startswith("n_")}
    lengths = {"gap_s", "lapse_s", "pause_s", "overlap_between_s", "overlap_within_s"}
    assert {found[name] for name in counts | lengths} == {0}
    assert found["silence_share"] == 1.0
    assert {found[n] for n in found.keys() - counts - lengths - {"silence_share"}} == {None}
    assert person_dynamics(meeting([])) == []


def test_measures_of_one_person_match_hand_worked_values() -> None:
    alone = meeting([turn("A", 0.0, 5.0, words=10), turn("A", 15.0, 20.0, "A", words=10)])
    found = session_dynamics(alone, 20.0)
    assert (found.n_floor_transfers, found.fto_mean_s, found.reciprocity) == (0, None, None)
    assert (found.gini_speech, found.entropy_turns) == (None, None)
    assert (found.n_lapses, found.lapse_s, found.n_ab_ba, found.n_ab_xa) == (1, 10.0, 0, 0)
    assert (found.silence_share, found.speech_rate) == (0.5, 120.0)
    (person,) = person_dynamics(alone)
    assert (person.turn_share, person.speaking_share) == (1.0, 1.0)


@pytest.mark.parametrize("people", ["ABABAB", "ABCABC", "ABACAD"])
def test_nothing_is_missing_with_more_people_that_is_not_with_two(people: str) -> None:
    found = asdict(session_dynamics(meeting([turn(t.label, t.start_s, t.end_s, t.previous_label,
                   t.offset_from_previous_s, words=2) for t in chain(people)]), 20.0))  # fmt: skip
    assert [name for name, value in found.items() if value is None] == []


def test_only_responses_make_no_turns() -> None:
    found = session_dynamics(meeting([response("A", 0.0, 1.0, None)]), 10.0)
    assert (found.n_people, found.turn_mean_s, found.gini_turns) == (1, None, None)
    (person,) = person_dynamics(meeting([response("A", 0.0, 1.0, None)]))
    assert (person.turn_share, person.speaking_share, person.n_turns) == (None, 1.0, 0)


def test_a_lapse_needs_more_than_the_setting() -> None:
    turns = [turn("A", 0.0, 1.0), turn("B", 9.0, 10.0, "A", 8.0)]
    found = session_dynamics(meeting(turns), 10.0)
    assert (found.n_gaps, found.gap_s, found.n_lapses) == (1, 8.0, 0)


def test_silence_after_somebody_who_left_is_no_lapse() -> None:
    """Whoever talked in between was taken out, and with them who held the floor before."""
    turns = [turn("A", 0.0, 1.0), turn("B", 30.0, 31.0), turn("A", 31.5, 32.0, "B", 0.5)]
    found = session_dynamics(meeting(turns), 40.0)
    assert (found.n_lapses, found.n_floor_transfers, found.n_ab_ba) == (0, 1, 0)


def test_two_labels_of_one_person_are_one() -> None:
    turns = [
        turn("A1", 0.0, 1.0),
        response("A2", 0.5, 0.75, "A1"),
        turn("A2", 1.5, 2.0, "A1", 0.5),
        turn("B", 2.5, 3.0, "A2", 0.5),
    ]
    segments = [Segment(0.0, 1.0, "A1"), Segment(0.5, 2.0, "A2")]
    one = Meeting.of(turns, segments, {"A1": "H1", "A2": "H1", "B": "H2"}, LAPSE_S)
    assert one.people == ("H1", "H2")
    assert session_dynamics(one, 3.0).n_floor_transfers == 1
    assert session_dynamics(one, 3.0).overlap_share == 0.0
    assert session_dynamics(one, 3.0).n_overlaps_within == 0
    assert [p.n_minimal_responses_received for p in person_dynamics(one)] == [0, 0]


def test_two_labels_of_one_person_do_not_overlap_each_other() -> None:
    """A1 and A2 are one person, heard at once for a second, as if the one cut off the other."""
    turns = [
        turn("A1", 0.0, 4.0),
        turn("A2", 3.0, 6.0, "A1", -1.0),
        turn("B", 7.0, 9.0, "A2", 1.0),
    ]
    segments = [Segment(0.0, 4.0, "A1"), Segment(3.0, 6.0, "A2"), Segment(7.0, 9.0, "B")]
    one = Meeting.of(turns, segments, {"A1": "H1", "A2": "H1", "B": "H2"}, LAPSE_S)
    found = session_dynamics(one, 10.0)
    assert (found.n_overlaps_between, found.overlap_between_s) == (0, 0)
    assert (found.n_interruptions_successful, found.n_overlaps_cooperative) == (0, 0)
    assert (found.overlap_share, found.silence_share) == (0.0, pytest.approx(0.2))
    assert (found.n_floor_transfers, found.fto_mean_s, found.n_ab_ba) == (1, 1.0, 0)


@pytest.mark.parametrize("n_people", range(2, 12))
@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_missing_however_many_people(seed: int, n_people: int) -> None:
    session = random_meeting(seed, n_people, 40)
    found = asdict(session_dynamics(session, session.turns[-1].end_s + 1))
    assert [name for name, value in found.items() if value is None] == []
    for person in person_dynamics(session):
        assert person.turn_share is not None and person.speaking_share is not None
        assert (person.fto_mean_s is None) == (person.fto_median_s is None)
        assert (person.fto_mean_s is None) == (person.n_floor_taken == 0)
        assert (person.turn_mean_s is None) == (person.speech_rate is None)
        assert (person.turn_mean_s is None) == (person.n_turns == 0)


RECORDING = Recording("G01-S03", "G01", 3, "group_interview", "aa", "private.mp4", ".mp4")


def test_rows_are_rounded_and_keyed() -> None:
    rows = dynamics_rows(RECORDING, FOUR, 100.0, {"A": "leader"})
    assert {name: len(of) for name, of in rows.items()} == {
        "dynamics_session": 1,
        "dynamics_person": 4,
        "transitions": 12,
    }
    place = {"session_id", "group_id", "session_number", "kind"}
    assert {tuple(row[name] for name in sorted(place)) for of in rows.values() for row in of} == {
        ("G01", "group_interview", "G01-S03", 3)
    }
    assert rows["dynamics_person"][1]["turn_mean_s"] == 3.167
    assert rows["dynamics_person"][3]["speech_rate"] == 152.7273


def test_rows_tell_roles() -> None:
    rows = dynamics_rows(RECORDING, FOUR, 100.0, {"A": "leader", "D": "interviewer", "X": "leader"})
    roles = {row["person_id"]: row["role"] for row in rows["dynamics_person"]}
    assert roles == {"A": "leader", "B": "unknown", "C": "unknown", "D": "interviewer"}
    for row in rows["transitions"]:
        assert (row["from_role"], row["to_role"]) == (
            roles[row["from_person_id"]],
            roles[row["to_person_id"]],
        )


def test_rows_are_those_declared_and_keep_the_declaration() -> None:
    rows = dynamics_rows(RECORDING, FOUR, 100.0, {"A": "leader"})
    for table in (DYNAMICS_SESSION, DYNAMICS_PERSON, TRANSITIONS):
        made = pa.Table.from_pylist(rows[table.name], schema=table.schema())
        assert set(rows[table.name][0]) == set(made.column_names)
        assert table.structure_problems(made) + table.value_problems(made) == []


def test_shares_of_roles() -> None:
    roles = {"A": "leader", "B": "leader", "C": "facilitator", "D": "participant"}
    (row,) = dynamics_rows(RECORDING, FOUR, 100.0, roles)["dynamics_session"]
    assert row["leader_speaking_share"] == 0.576  # (21.25 + 10) / 54.25
    assert row["leader_turn_share"] == 0.5833  # 7 of 12
    assert row["facilitator_speaking_share"] == 0.2212  # 12 / 54.25
    assert row["facilitator_turn_share"] == 0.1667
    assert (row["interviewer_speaking_share"], row["interviewer_turn_share"]) == (None, None)
    assert row["interviewer_speaking_share_low"] is None
    assert row["leader_turn_share_low"] < 0.5833 < row["leader_turn_share_high"]


def test_shares_of_a_role_without_turns() -> None:
    """Who is known to lead and only says joo has no turn: that is 0, not unknown."""
    session = meeting([turn("A", 0.0, 5.0), response("B", 1.0, 1.5, "A")])
    (row,) = dynamics_rows(RECORDING, session, 6.0, {"B": "leader"})["dynamics_session"]
    assert (row["leader_turn_share"], row["leader_speaking_share"]) == (0.0, 0.0909)  # 0.5 / 5.5
    only = meeting([response("B", 1.0, 1.5, None)])
    (row,) = dynamics_rows(RECORDING, only, 6.0, {"B": "leader"})["dynamics_session"]
    assert (row["leader_turn_share"], row["leader_speaking_share"]) == (None, 1.0)
