"""Who is who in a group, over sessions that come late, are processed anew, or are told by a human.

Voices are axes of a space: one person's are nearly parallel, two people's at right angles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import hypot
from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.people import decisions, register
from pipeline.people import settle as group
from pipeline.people.anchors import anchor
from pipeline.people.decisions import NEW, UNKNOWN, Told
from pipeline.people.roster import on_disk as rosters
from pipeline.people.roster.members import parsed
from pipeline.people.roster.seed import seed
from pipeline.people.settle import Session
from pipeline.records import Diarisation, Segment, SessionKind, VoicePrint
from pipeline.storage.digests import digest
from pipeline.study import Study, create

ANNA, BEN, CARL, DORA = range(4)
SIZE = 8
TALK_S = 20.0
MODEL = "m" * 64


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("VUORO_KEYS", str(tmp_path / "keys"))
    return create(tmp_path / "study")


def voice(person: int, take: int = 0) -> tuple[float, ...]:
    """A person's voice; no two takes are quite the same (cosine 0.98)."""
    raw = [0.0] * SIZE
    raw[person] = 1.0
    raw[4 + take % 4] = 0.2
    length = hypot(*raw)
    return tuple(x / length for x in raw)


def session(
    number: int, people: Sequence[int], kind: SessionKind = "meeting", start_s: float = 0.0
) -> Session:
    """A session in which these talk one after another, as SPEAKER_00, SPEAKER_01 …"""
    segments = tuple(
        Segment(start_s + TALK_S * i, start_s + TALK_S * (i + 1) - 0.5, f"SPEAKER_{i:02d}")
        for i in range(len(people))
    )
    prints = tuple(
        VoicePrint(part.label, part.duration_s, voice(person, number))
        for part, person in zip(segments, people, strict=True)
    )
    letter = "S" if kind == "meeting" else "I"
    talk = Diarisation(segments, segments, prints)
    name = f"G07-{letter}{number:02d}"
    return Session(name, number, kind, digest([name, repr(talk)]), lambda: talk)


def relabelled(of: Session) -> Session:
    """The same talk as another model has it: other labels, other digest."""
    talk = of.read()
    last = len(talk.regular) - 1

    def other(label: str) -> str:
        return f"SPEAKER_{last - int(label[-2:]):02d}"

    segments = tuple(replace(s, label=other(s.label)) for s in talk.regular)
    prints = tuple(replace(v, label=other(v.label)) for v in talk.voice_prints)
    return replace(of, digest=of.digest[::-1], read=lambda: Diarisation(segments, segments, prints))


def people(study: Study, *sessions: Session) -> dict[str, list[str]]:
    """Who the labels of each session are, by session, in order of label."""
    for each in sessions:
        (study.recordings / each.session_id).mkdir(exist_ok=True)
    found = group.update(study, "G07", sessions, MODEL, lambda sample: voice(DORA))
    assert group.current(study, "G07", sessions, MODEL) == found
    return {
        s.session_id: [k.person_id for k in found.known(s.session_id, s.digest)] for s in sessions
    }


def ways(study: Study, *sessions: Session) -> dict[str, list[str]]:
    found = register.load(study, "G07")
    return {
        s.session_id: [known.by for known in found.known(s.session_id, s.digest)] for s in sessions
    }


def tell(study: Study, of: Session, label: int, who: str) -> None:
    talk = of.read()
    found = anchor(talk, f"SPEAKER_{label:02d}", MODEL)
    decisions.remember(study, [Told(of.session_id, found, who, "tester", "2026-01-01T00:00:00")])


def enrol(study: Study, **members: object) -> dict[str, str]:
    """A roster of these members; the id of each by name."""
    listed = [{"name": name, "consent": "yes", **about} for name, about in members.items()]  # type: ignore[dict-item]
    rosters.save(study, parsed({"group": "G07", "members": listed}))
    seed(study)
    ids = [member.person_id for member in group.members(study, "G07")]
    return dict(zip(members, ids, strict=True))


FIRST = session(1, [ANNA, BEN, CARL])
SECOND = session(2, [CARL, ANNA])
THIRD = session(3, [BEN, DORA, ANNA])


def test_the_same_people_are_met_again_without_a_roster(study: Study) -> None:
    assert people(study, FIRST, SECOND, THIRD) == {
        "G07-S01": ["G07-P1", "G07-P2", "G07-P3"],
        "G07-S02": ["G07-P3", "G07-P1"],
        "G07-S03": ["G07-P2", "G07-P4", "G07-P1"],
    }
    assert ways(study, FIRST, SECOND, THIRD) == {
        "G07-S01": ["new", "new", "new"],
        "G07-S02": ["voice", "voice"],
        "G07-S03": ["voice", "new", "voice"],
    }


def test_interviews_come_after_the_meetings(study: Study) -> None:
    interview = session(1, [DORA, ANNA], "group_interview")
    assert people(study, interview, SECOND)["G07-I01"] == ["G07-P3", "G07-P2"]


def test_one_by_one_gives_the_same_as_all_at_once(study: Study) -> None:
    people(study, FIRST)
    people(study, FIRST, SECOND)
    one_by_one = people(study, FIRST, SECOND, THIRD)
    again = create(study.root.parent / "again")
    assert people(again, FIRST, SECOND, THIRD) == one_by_one
    assert register.load(again, "G07") == register.load(study, "G07")


def test_a_session_that_comes_late_changes_nobodys_number(study: Study) -> None:
    before = people(study, SECOND, THIRD)
    assert before == {"G07-S02": ["G07-P1", "G07-P2"], "G07-S03": ["G07-P3", "G07-P4", "G07-P2"]}
    after = people(study, FIRST, SECOND, THIRD)
    assert after == before | {"G07-S01": ["G07-P2", "G07-P3", "G07-P1"]}


def test_reprocessed_session_keeps_its_peoples_numbers(study: Study) -> None:
    before = people(study, FIRST, SECOND, THIRD)
    anew = relabelled(FIRST)
    assert group.current(study, "G07", [anew, SECOND, THIRD], MODEL) is None
    assert people(study, anew, SECOND, THIRD) == before | {
        "G07-S01": ["G07-P3", "G07-P2", "G07-P1"]
    }


def test_numbers_outlive_a_time_in_which_only_some_sessions_are_diarised(study: Study) -> None:
    before = people(study, FIRST, SECOND, THIRD)
    people(study, relabelled(FIRST))
    after = people(study, relabelled(FIRST), relabelled(SECOND), relabelled(THIRD))
    assert after == {name: ids[::-1] for name, ids in before.items()}


def test_of_a_session_that_left_the_study_no_voice_is_kept(study: Study) -> None:
    people(study, FIRST, SECOND, THIRD)
    (study.recordings / "G07-S03").rmdir()
    people(study, FIRST, SECOND)
    kept = register.load(study, "G07")
    assert not kept.latest("G07-S03") and "G07-P4" not in kept.founders
    # and the number of whoever was in it alone is not given again
    assert people(study, FIRST, SECOND, session(4, [DORA]))["G07-S04"] == ["G07-P5"]


def test_told_in_one_session_is_known_in_all(study: Study) -> None:
    numbered = people(study, FIRST, SECOND, THIRD)
    ids = enrol(study, Anna={}, Ben={"role": "leader"})
    assert people(study, FIRST, SECOND, THIRD) == numbered  # nobody is guessed into a name
    tell(study, FIRST, 0, ids["Anna"])
    tell(study, FIRST, 1, ids["Ben"])
    assert people(study, FIRST, SECOND, THIRD) == {
        "G07-S01": [ids["Anna"], ids["Ben"], "G07-P3"],
        "G07-S02": ["G07-P3", ids["Anna"]],
        "G07-S03": [ids["Ben"], "G07-P4", ids["Anna"]],
    }
    place = THIRD.session_id, THIRD.digest
    roles = {k.person_id: k.role for k in register.load(study, "G07").known(*place)}
    assert roles == {ids["Anna"]: "unknown", ids["Ben"]: "leader", "G07-P4": "unknown"}


def test_a_decision_about_a_numbered_person_follows_them_into_their_name(study: Study) -> None:
    people(study, FIRST, SECOND)
    tell(study, SECOND, 0, "G07-P2")  # by the voice it is P3
    assert people(study, FIRST, SECOND)["G07-S02"] == ["G07-P2", "G07-P1"]
    ids = enrol(study, Ben={})
    tell(study, FIRST, 1, ids["Ben"])
    assert people(study, FIRST, SECOND)["G07-S02"] == [ids["Ben"], "G07-P1"]


def test_label_may_be_decided_to_be_new_or_unknown(study: Study) -> None:
    people(study, FIRST, SECOND)
    tell(study, SECOND, 0, NEW)
    tell(study, SECOND, 1, UNKNOWN)
    assert people(study, FIRST, SECOND)["G07-S02"] == ["G07-P4", "G07-S02-U2"]
    assert ways(study, SECOND)["G07-S02"] == ["human", "human"]


def test_two_labels_may_be_decided_to_be_one_person(study: Study) -> None:
    people(study, FIRST)
    tell(study, FIRST, 2, "G07-P1")
    assert people(study, FIRST)["G07-S01"] == ["G07-P1", "G07-P2", "G07-P1"]


def test_a_sample_names_a_voice_but_not_in_a_session_without_its_person(study: Study) -> None:
    study.voices.mkdir()
    (study.voices / "dora.wav").write_bytes(b"sound")
    ids = enrol(study, Dora={"voice_sample": "dora.wav"})
    assert people(study, THIRD)["G07-S03"][1] == ids["Dora"]
    enrol(study, Dora={"voice_sample": "dora.wav", "absent": [3]})
    assert people(study, THIRD)["G07-S03"][1] != ids["Dora"]


@pytest.mark.parametrize("change", ["session", "told", "roster", "role", "sample"])
def test_whatever_decides_who_is_who_makes_it_to_be_found_anew(study: Study, change: str) -> None:
    study.voices.mkdir()
    sample = study.voices / "dora.wav"
    sample.write_bytes(b"sound")
    enrol(study, Dora={"voice_sample": "dora.wav"})
    people(study, FIRST)
    sessions = [FIRST]
    match change:
        case "session":
            sessions = [FIRST, SECOND]
        case "told":
            tell(study, FIRST, 0, NEW)
        case "roster":
            enrol(study, Dora={"voice_sample": "dora.wav"}, Ben={})
        case "role":
            enrol(study, Dora={"voice_sample": "dora.wav", "role": "leader"})
        case "sample":
            sample.write_bytes(b"other sound")
    assert group.current(study, "G07", sessions, MODEL) is None


def test_a_damaged_register_is_one_sentence(study: Study) -> None:
    people(study, FIRST)
    file = study.people / "G07.json"
    assert file.stat().st_mode & 0o777 == 0o600 and study.people.stat().st_mode & 0o777 == 0o700
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(StudyError, match=r"private/people/G07\.json is damaged"):
        people(study, FIRST, SECOND)
