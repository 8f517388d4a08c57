from __future__ import annotations

import pytest

from pipeline.pseudonymisation import extents
from pipeline.pseudonymisation.tagging import TaggedTurn, WordTags
from pipeline.pseudonymisation.turn_text import Finding, TurnText
from pipeline.records import Word


def reached(said: str, *names: str, opening: str = "") -> list[str]:
    """What the names in this turn are found to reach to; the first word is of class ``opening``."""
    words = said.split()
    text = TurnText.of(0, [Word(0.0, 0.0, word, 1.0) for word in words])
    tags = (WordTags(opening), *(WordTags() for _ in words[1:]))
    at = [words.index(name) for name in names]
    found = extents.find(TaggedTurn(text, tags, ()), [Finding(i, i, None, "x") for i in at])
    return [" ".join(words[f.first : f.last + 1]) for f in found]


@pytest.mark.parametrize(
    ("said", "names", "whole"),
    [
        ("siellä Formula 1 -tallilla oltiin", ["Formula"], "Formula 1 -tallilla"),
        ("siellä Onni -hankkeessa oltiin", ["Onni"], "Onni -hankkeessa"),
        ("paavi Paavali II, oli", ["Paavali"], "Paavali II,"),
        ("sanoi EY: n mukaan", ["EY:"], "EY: n"),
        ("sanoi Maija S. Peltola taas", ["Peltola"], "S. Peltola"),
        ("sanoi Ursula von der Leyen taas", ["Ursula", "Leyen"], "Ursula von der Leyen"),
        ("se sosiaali- ja terveysjuttu", ["terveysjuttu"], "sosiaali- ja terveysjuttu"),
    ],
)
def test_what_belongs_to_a_name_goes_with_it(said: str, names: list[str], whole: str) -> None:
    assert reached(said, *names) == [whole]


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("sanoi Pekka ja Liisa taas", ["Pekka", "Liisa"]),
        ("sanoi Pekka, -hanke meni", ["Pekka,"]),
        ("vuonna 2014 Pekka 12 kertaa", ["Pekka"]),
        ("sanoi Pekka of course taas", ["Pekka"]),
        ("sanoi EY, n mukaan", ["EY,"]),
    ],
)
def test_word_that_belongs_to_no_name_is_left_out(said: str, names: list[str]) -> None:
    assert reached(said, *names) == []


def test_an_adjective_that_opens_a_sentence_before_a_name_is_part_of_it() -> None:
    assert reached("Itäinen Suomenlahti jäätyi", "Suomenlahti", opening="ADJ") == [
        "Itäinen Suomenlahti"
    ]
    assert reached("Sitten Liisa tuli", "Liisa", opening="ADV") == []
