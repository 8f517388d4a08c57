"""Who is in a group: people and attendance, from its sessions and its roster."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from example_dataset import (
    MASKED,
    RECORDINGS,
    make_dataset,
    masked_turn,
    session_tables,
    turn,
)

from pipeline.dataset import files
from pipeline.dataset.group_rows import HEARD, Background
from pipeline.dataset.validate import validate
from pipeline.records import Cast, MaskedConversation, Person
from pipeline.stages import publish


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make_dataset(tmp_path / "dataset")


def rows(dataset: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a table, file by file."""
    return [row for file in files.files(dataset, name) for row in files.read(file).to_pylist()]


def test_the_studys_own_columns_have_one_type_in_all_groups(tmp_path: Path) -> None:
    for group_id in ("G01", "G02"):
        recording = replace(RECORDINGS["G01-S02"], session_id=f"{group_id}-S02", group_id=group_id)
        publish.publish_session(tmp_path, session_tables("G01-S02", recording=recording), group_id)
    numbers, words = {"x_age": 40, "x_both": 7.0}, {"x_both": "many", "x_field": True}
    background = {
        "G01": {"H11": Background("participant", numbers, "yes")},
        "G02": {
            "H11": Background("interviewer", words, "yes"),
            "H12": Background("leader", None, "yes"),
        },
    }
    publish.publish_people(tmp_path, background)
    frame = pd.read_parquet(tmp_path / "people").set_index(["group_id", "person_id"])
    assert list(frame.columns[-3:]) == ["x_age", "x_both", "x_field"]
    assert frame.loc[("G01", "H11"), ["x_age", "x_both"]].tolist() == [40.0, "7"]
    assert frame.loc[("G02", "H11"), ["role", "x_both", "x_field"]].tolist() == [
        "interviewer", "many", "yes",
    ]  # fmt: skip
    assert validate(tmp_path) == []


def test_an_unknown_of_one_session_has_a_row_in_that_alone(tmp_path: Path) -> None:
    for number in (1, 2):
        session_id = f"G01-S{number:02d}"
        unknown = Person("SPEAKER_01", f"{session_id}-U1", "unknown", 5.0, "unknown")
        cast = Cast((Person("SPEAKER_00", "G01-P1", "unknown", 2.0, "new"), unknown))
        recording = replace(RECORDINGS["G01-S02"], session_id=session_id, session_number=number)
        tables = session_tables("G01-S02", recording=recording, cast=cast)
        publish.publish_session(tmp_path, tables, session_id)
    publish.publish_people(tmp_path)
    attended = [(row["session_id"], row["person_id"]) for row in rows(tmp_path, "attendance")]
    assert attended == [
        ("G01-S01", "G01-P1"), ("G01-S01", "G01-S01-U1"),
        ("G01-S02", "G01-P1"), ("G01-S02", "G01-S02-U1"),
    ]  # fmt: skip
    identity = {row["person_id"]: row["identity"] for row in rows(tmp_path, "people")}
    assert identity == {"G01-P1": "voice", "G01-S01-U1": "unknown", "G01-S02-U1": "unknown"}
    assert validate(tmp_path) == []


def test_of_two_labels_of_one_person_the_longer_tells_how_they_are_known() -> None:
    cast = Cast(
        (
            Person("SPEAKER_00", "H07", "leader", 4.2, "human", None, None),
            Person("SPEAKER_01", "H07", "leader", 5.0, "voice", 0.75, 0.25),
            Person("SPEAKER_02", "H11", "unknown", 0.3),
        )
    )
    entry = files.footer(session_tables("G01-S01", cast=cast)["sessions"])[HEARD]
    assert json.loads(entry)["H07"] == {
        "role": "leader", "identified_by": "voice", "similarity": 0.75, "margin": 0.25,
        "n_rows": 3, "n_turns": 2, "speech_s": 9.2,
    }  # fmt: skip


def test_whoever_only_overlaps_can_be_found_in_people_but_is_not_present(tmp_path: Path) -> None:
    cast = Cast((Person("A", "H01", "leader", 1.0), Person("B", "H02", "participant", 0.1)))
    turns = (masked_turn(turn("A", 0.0, 2.0, overlap_s=0.1, overlapped_by=("B",))),)
    tables = session_tables("G01-S01", cast=cast, masked=MaskedConversation(turns, ()))
    publish.publish_session(tmp_path, tables, "source")
    publish.publish_people(tmp_path)
    assert rows(tmp_path, "people")[1] == {
        "person_id": "H02",
        "group_id": "G01",
        "role": "participant",
        "identity": "voice",
        "consent": "unknown",
        "n_sessions": 0,
        "n_turns": 0,
        "speech_s": 0.0,
    }
    attendance = rows(tmp_path, "attendance")[1]
    assert (attendance["person_id"], attendance["present"]) == ("H02", False)
    assert attendance["identified_by"] is attendance["n_turns"] is None
    assert rows(tmp_path, "sessions")[0]["n_people"] == 1
    assert validate(tmp_path) == []


def test_people_follow_a_changed_session(dataset: Path) -> None:
    masked = MaskedConversation(MASKED["G01-S02"].turns[1:], ())
    tables = session_tables("G01-S02", masked=masked)
    publish.publish_session(dataset, tables, "changed")
    assert publish.publish_people(dataset)
    (changed,) = [row for row in rows(dataset, "people") if row["person_id"] == "H11"]
    # H11 now only overlaps in the second session: the totals are those of the first.
    assert (changed["n_sessions"], changed["n_turns"], changed["speech_s"]) == (1, 0, 0.3)
    assert validate(dataset) == []


def test_a_role_that_most_sessions_give_counts_and_unknown_never_outvotes(tmp_path: Path) -> None:
    roles = ("unknown", "unknown", "facilitator", "interviewer", "facilitator")
    for number, role in enumerate(roles, start=1):
        session_id = f"G01-S{number:02d}"
        tables = session_tables(
            "G01-S02",
            recording=replace(RECORDINGS["G01-S02"], session_id=session_id, session_number=number),
            cast=Cast(
                (Person("SPEAKER_00", "H01", role, 1.0), Person("SPEAKER_01", "H02", role, 1.0))
            ),
        )
        publish.publish_session(tmp_path, tables, session_id)
    publish.publish_people(tmp_path)
    assert pd.read_parquet(tmp_path / "people")["role"].tolist() == ["facilitator"] * 2
