"""What validation finds in tables of turn-taking that were changed by hand."""

from __future__ import annotations

from typing import Any

import pytest
from example_dataset import tables_of

from pipeline.dataset.consistency import person_dynamics_problems, session_dynamics_problems


def rows(table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tables_of("G01-S01")[table].to_pylist()
    return found


def test_what_is_published_is_consistent() -> None:
    turns = rows("turns")
    assert list(session_dynamics_problems(rows("dynamics_session")[0], turns)) == []
    assert list(person_dynamics_problems(rows("dynamics_person"), turns)) == []


@pytest.mark.parametrize(
    "planted",
    [
        {"gini_speech_low": 0.9, "gini_speech_high": 1.0},  # both above the measure
        {"gini_speech_low": 0.0, "gini_speech_high": 0.1},
        {"gini_speech_low": None},
        {"gini_speech_high": None},
        {"gini_speech": None},
    ],
)
def test_a_measure_of_a_session_outside_its_interval(planted: dict[str, float | None]) -> None:
    (session,) = rows("dynamics_session")
    assert list(session_dynamics_problems(session | planted, rows("turns"))) == [
        "gini_speech is not within its interval in G01-S01"
    ]


def test_measures_of_people_outside_their_interval() -> None:
    people = [row | {"speaking_share_high": 0.0} for row in rows("dynamics_person")]
    assert list(person_dynamics_problems(people, rows("turns"))) == [
        "speaking_share is not within its interval in G01-S01 H03 and 2 more"
    ]
