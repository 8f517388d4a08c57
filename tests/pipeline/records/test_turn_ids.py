"""Turn ids: made from starts, shortened for people, and read back."""

from __future__ import annotations

import pytest

from pipeline.errors import StudyError
from pipeline.records.turn_ids import is_short, session_and_turn, short, turn_id, turn_ids


def test_ids_are_parallel_to_the_starts_and_differ() -> None:
    assert turn_ids("G07-S01", [2.0, 1.5, 1.5]) == [
        "G07-S01-T00002000",
        "G07-S01-T00001500",
        "G07-S01-T00001501",
    ]


def test_a_short_id_is_read_back_with_zeros_or_without() -> None:
    assert short("G07-S01-T00012340") == "T12340"
    assert short("G07-S01-T00000000") == "T0"
    for given in ("T12340", "t12340", "T00012340"):
        assert turn_id("G07-S01", given) == "G07-S01-T00012340"
    assert session_and_turn("G07-S01-T12340") == ("G07-S01", "G07-S01-T00012340")
    assert session_and_turn("g7-s1-t12340") == ("G07-S01", "G07-S01-T00012340")
    assert session_and_turn("G07-S01") == session_and_turn("g7-s1") == ("G07-S01", None)
    assert is_short("T12340") and not is_short("G07-S01-T12340")


@pytest.mark.parametrize("given", ["T", "T12x", "12", "T-1", ""])
def test_another_word_is_no_turn(given: str) -> None:
    with pytest.raises(StudyError, match="is not a turn"):
        turn_id("G07-S01", given)
