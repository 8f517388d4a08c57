"""Who each label of a group's sessions is; voices are directions whose likeness is known."""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, radians, sin

import pytest

from pipeline.people.likeness import centred, cosine, mean_voice
from pipeline.people.recognise import Heard, Recognised, Voice, alike, new_key, recognise
from pipeline.records import VoicePrint

NOBODY: Mapping[str, str | None] = {}
PLENTY_S = 30.0
SIZE = 24


def voice(person: int, degrees: float = 0.0, towards: int = SIZE - 1) -> Voice:
    """The voice of a person, who is at right angles to all others, turned towards another."""
    values = [0.0] * SIZE
    values[person] += cos(radians(degrees))
    values[towards] += sin(radians(degrees))
    return tuple(values)


def heard(
    number: int,
    voices: Mapping[str, Voice],
    told: Mapping[str, str | None] = NOBODY,
    absent: frozenset[str] = frozenset(),
    speech_s: Mapping[str, float] | None = None,
) -> Heard:
    prints = tuple(
        VoicePrint(label, (speech_s or {}).get(label, PLENTY_S), each)
        for label, each in voices.items()
    )
    return Heard(f"G07-S{number:02d}", prints, told, absent)


def who(
    *sessions: Heard, samples: Mapping[str, Voice] | None = None
) -> list[dict[str, tuple[str | None, str]]]:
    """For each session, the key and how it is known by label."""
    found = recognise(sessions, samples or {})
    return [{each.label: (each.key, each.by) for each in found[s.session_id]} for s in sessions]


def one(session: Heard, label: str, *sessions: Heard, **samples: Voice) -> Recognised:
    found = recognise([*sessions, session], samples)[session.session_id]
    return next(each for each in found if each.label == label)


FIRST = heard(1, {"A": voice(0), "B": voice(1), "C": voice(2)})


def test_voices_like_nobody_known_are_new_people() -> None:
    (found,) = who(FIRST)
    assert found == {label: (f"G07-S01/{label}", "new") for label in "ABC"}


def test_people_are_recognised_in_the_next_session_under_other_labels() -> None:
    _, found = who(FIRST, heard(2, {"X": voice(2, 30), "Y": voice(0, 30)}))
    assert found == {"X": ("G07-S01/C", "voice"), "Y": ("G07-S01/A", "voice")}


def test_a_guest_does_not_become_somebody_who_is_not_there() -> None:
    _, found = who(FIRST, heard(2, {"X": voice(0, 30), "Guest": voice(5)}))
    assert found["Guest"] == ("G07-S02/Guest", "new")


def test_person_who_joins_later_is_recognised_from_then_on() -> None:
    *_, found = who(FIRST, heard(2, {"X": voice(0), "Y": voice(5)}), heard(3, {"P": voice(5, 20)}))
    assert found == {"P": ("G07-S02/Y", "voice")}


def test_likeness_and_margin_are_those_of_the_voices() -> None:
    # alone in a session, and alone known: 30 degrees apart, less nothing that changes directions
    found = one(heard(2, {"X": voice(0, 30)}), "X", H01=voice(0))
    assert (found.key, found.by) == ("H01", "voice")
    assert found.similarity == pytest.approx(cos(radians(30)))
    assert found.margin is None


def test_the_margin_is_over_the_next_choice_of_either_side() -> None:
    # 0 and 1 are known by samples; what the two samples share is 1/8 of each: cosine of
    # (7/8, -1/8) with (1, 0) is 7 / sqrt(50), and with (0, 1) is -1 / sqrt(50)
    found = one(heard(1, {"X": voice(0)}), "X", H01=voice(0), H02=voice(1))
    assert found.similarity == pytest.approx(7 / 50**0.5)
    assert found.margin == pytest.approx(8 / 50**0.5)


def test_a_voice_between_two_people_is_unknown_and_the_likelier_is_proposed() -> None:
    found = one(heard(2, {"X": voice(0, 44, towards=1)}), "X", FIRST)
    assert (found.key, found.by, found.proposed) == (None, "unknown", "G07-S01/A")
    assert found.margin is not None and 0 < found.margin < 0.1


def test_two_labels_of_one_person_are_both_left_to_a_human() -> None:
    session = heard(2, {"X": voice(0, 20, towards=8), "Y": voice(0, 20, towards=9)})
    _, found = who(FIRST, session)
    assert found == {"X": (None, "unknown"), "Y": (None, "unknown")}
    assert one(session, "X", FIRST).proposed == one(session, "Y", FIRST).proposed == "G07-S01/A"


def test_a_label_is_left_to_a_human_while_another_is_nearly_as_alike() -> None:
    session = heard(2, {"X": voice(0, 20, towards=8), "Y": voice(0, 37, towards=9)})
    found = one(session, "X", FIRST)  # cosines 0.94 and 0.80
    assert (found.by, found.proposed) == ("unknown", "G07-S01/A")
    assert found.margin is not None and 0.1 < found.margin < 0.2


def test_of_two_labels_alike_in_the_first_session_only_the_longer_is_a_person() -> None:
    voices = {"X": voice(0), "Y": voice(0, 30)}
    (found,) = who(heard(1, voices, speech_s={"X": 8.0, "Y": 20.0}))
    assert found == {"X": (None, "unknown"), "Y": ("G07-S01/Y", "new")}


def test_a_voice_neither_like_nor_unlike_somebody_known_is_unknown() -> None:
    found = one(heard(2, {"X": voice(0, 66)}), "X", H01=voice(0))  # cosine 0.41
    assert (found.key, found.by, found.proposed) == (None, "unknown", "H01")


def test_the_absent_never_appear() -> None:
    absent = frozenset({"H01"})
    found = one(heard(2, {"X": voice(0)}, absent=absent), "X", H01=voice(0), H02=voice(1))
    assert found.key == new_key("G07-S02", "X")
    assert found.proposed is None


def test_who_is_told_in_the_first_session_is_named_in_the_others_and_the_guest_is_not() -> None:
    told = {"A": "H01", "B": "H02", "C": "H03"}
    first = heard(1, {"A": voice(0), "B": voice(1), "C": voice(2)}, told)
    second = heard(2, {"X": voice(1, 30), "Y": voice(2, 30)})
    third = heard(3, {"P": voice(0, 30), "Q": voice(5)})
    assert who(first, second, third) == [
        {"A": ("H01", "human"), "B": ("H02", "human"), "C": ("H03", "human")},
        {"X": ("H02", "voice"), "Y": ("H03", "voice")},
        {"P": ("H01", "voice"), "Q": ("G07-S03/Q", "new")},
    ]


def test_what_is_told_in_a_later_session_reaches_back() -> None:
    first, _, third = who(
        FIRST, heard(2, {"X": voice(1, 20)}, {"X": "H07"}), heard(3, {"P": voice(1, 10)})
    )
    assert first["B"] == ("H07", "voice")
    assert first["A"] == ("G07-S01/A", "new")
    assert third == {"P": ("H07", "voice")}


def test_a_human_may_say_that_a_label_is_who_first_came_as_another() -> None:
    first, second, third = who(
        FIRST, heard(2, {"X": voice(9)}, {"X": "G07-S01/A"}), heard(3, {"P": voice(9)})
    )
    assert first["A"] == ("G07-S01/A", "new")
    assert second == {"X": ("G07-S01/A", "human")}
    assert third == {"P": ("G07-S01/A", "voice")}  # known by both voices now


def test_whom_a_human_says_to_be_new_is_nobody_of_the_sessions_before() -> None:
    second = heard(2, {"X": voice(0, 10)}, {"X": new_key("G07-S02", "X")})
    first, second_found, third = who(FIRST, second, heard(3, {"P": voice(0, 5)}))
    assert first["A"] == ("G07-S01/A", "new")
    assert second_found == {"X": ("G07-S02/X", "human")}
    assert third == {"P": (None, "unknown")}  # they sound alike


def test_a_human_may_put_two_labels_on_one_person_and_a_third_is_not_added() -> None:
    told = {"X": "H01", "Y": "H01"}
    voices = {"X": voice(0), "Y": voice(0, 40), "Z": voice(0, 20)}
    (found,) = who(heard(1, voices, told))
    assert found["X"] == found["Y"] == ("H01", "human")
    assert found["Z"] == (None, "unknown")


def test_label_decided_to_stay_unknown_founds_no_person() -> None:
    first, second = who(
        heard(1, {"A": voice(0), "B": voice(1)}, {"A": None}), heard(2, {"X": voice(0)})
    )
    assert first["A"] == (None, "human")
    assert second["X"] == ("G07-S02/X", "new")


def test_what_the_machine_recognised_does_not_change_a_voice() -> None:
    # 50 degrees at a time: the second session's label is the first's person, the third's is not
    *_, third = who(
        heard(1, {"A": voice(0)}),
        heard(2, {"X": voice(0, 50, towards=1)}),
        heard(3, {"P": voice(0, 100, towards=1)}),
    )
    assert third == {"P": ("G07-S03/P", "new")}


def test_a_few_seconds_found_no_person_but_are_recognised() -> None:
    speech_s = {"X": 3.0, "Y": 3.0}
    _, second = who(FIRST, heard(2, {"X": voice(0), "Y": voice(5)}, speech_s=speech_s))
    assert second == {"X": ("G07-S01/A", "voice"), "Y": (None, "unknown")}


def test_a_few_seconds_are_recognised_once_the_person_is_known_from_a_later_session() -> None:
    first, _ = who(
        heard(1, {"A": voice(0), "B": voice(1)}, speech_s={"B": 3.0}), heard(2, {"X": voice(1)})
    )
    assert first["B"] == ("G07-S02/X", "voice")


def test_new_people_keep_their_keys_when_sessions_are_added() -> None:
    sessions = [FIRST, heard(2, {"X": voice(0, 30), "Y": voice(5)}), heard(3, {"P": voice(5)})]
    assert who(*sessions)[:2] == who(*sessions[:2])
    assert who(*sessions)[:1] == who(*sessions[:1])


def test_the_order_of_labels_and_of_people_changes_nothing() -> None:
    voices = {"X": voice(0, 44, towards=1), "Y": voice(2, 30), "Z": voice(5)}
    samples = {"H01": voice(0), "H02": voice(1), "H03": voice(2)}
    (one_way,) = who(heard(1, voices), samples=samples)
    backwards = heard(1, dict(reversed(voices.items())))
    (other_way,) = who(backwards, samples=dict(reversed(samples.items())))
    assert one_way == other_way


def test_what_all_voices_of_a_session_share_does_not_make_them_alike() -> None:
    # the room: at 45 degrees to everybody, in the second session alone
    room = {label: voice(number, 45) for number, label in enumerate("ABCDEFGH")}
    prints = [VoicePrint(label, PLENTY_S, each) for label, each in room.items()]
    assert cosine(room["A"], room["B"]) == pytest.approx(0.5)
    # the mean of 8, over 8 + 6, takes out 4/7 of the shared part: (1, 3/7) less 1/14 of each
    assert cosine(centred(room)["A"], centred(room)["B"]) < 0.15
    assert alike(prints) == []


def test_labels_of_one_session_that_sound_alike_are_proposed_the_longer_first() -> None:
    prints = [
        VoicePrint("A", 10.0, voice(0)),
        VoicePrint("B", 20.0, voice(0, 30)),
        VoicePrint("C", 30.0, voice(3)),
    ]
    ((longer, shorter, likeness),) = alike(prints)
    assert (longer, shorter) == ("B", "A")
    assert likeness == pytest.approx(0.8, abs=0.05)


def test_a_mean_voice_is_of_unit_length_and_more_of_the_longer_speech_up_to_enough() -> None:
    assert mean_voice([(voice(0), 4.0), (voice(1), 3.0)])[:2] == pytest.approx((0.8, 0.6))
    assert mean_voice([(voice(0), 20.0), (voice(1), 900.0)])[:2] == pytest.approx((0.5**0.5,) * 2)


def test_voices_by_models_that_cannot_be_compared_are_nobody_known() -> None:
    other_model = VoicePrint("X", PLENTY_S, (1.0, 0.0, 0.0))
    told = heard(1, {"A": voice(0)}, {"A": "H01"})
    second = Heard("G07-S02", (other_model,), {"X": "H01"}, frozenset())
    third = Heard("G07-S03", (other_model,), {}, frozenset())
    *_, found = who(told, second, third)
    assert found == {"X": ("G07-S03/X", "new")}


def test_a_session_without_speech_has_nobody() -> None:
    assert recognise([heard(1, {})], {"H01": voice(0)}) == {"G07-S01": ()}
