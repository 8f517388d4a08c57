from __future__ import annotations

from pipeline.pseudonymisation.merge import merge
from pipeline.pseudonymisation.turn_text import Finding


def test_findings_that_share_a_word_become_one_with_all_their_words() -> None:
    found = [
        Finding(1, 2, "person", "entity"),
        Finding(2, 4, None, "capital"),
        Finding(6, 6, "place", "entity"),
    ]
    assert merge(found) == [
        Finding(1, 4, "person", "capital+entity"),
        Finding(6, 6, "place", "entity"),
    ]


def test_neighbours_stay_apart() -> None:
    found = [Finding(0, 1, "person", "a"), Finding(2, 3, "person", "b")]
    assert merge(found) == found


def test_the_longest_finding_gives_the_type() -> None:
    found = [Finding(0, 0, "organisation", "a"), Finding(0, 1, "place", "b")]
    assert merge(found) == [Finding(0, 1, "place", "a+b")]


def test_between_equally_long_findings_the_order_of_types_decides() -> None:
    found = [Finding(0, 0, "place", "a"), Finding(0, 0, "person", "b")]
    assert merge(found) == [Finding(0, 0, "person", "a+b")]
    code = [Finding(0, 0, "contact", "phone"), Finding(0, 0, "identifier", "identity_code")]
    assert merge(code)[0].type == "identifier"
