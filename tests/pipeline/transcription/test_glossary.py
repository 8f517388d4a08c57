"""Which words may have been a term of the study, and which are taken for one; worked by hand."""

from __future__ import annotations

import pytest

from pipeline.transcription.glossary import (
    NATS_PER_LETTER,
    Candidate,
    Glossary,
    edits_of_beginnings,
    instead,
    taken,
)


def near(text: str, *terms: str, language: str = "fi") -> list[str]:
    """The terms that these words may have been, nearest first."""
    words = [f" {word}" for word in text.split()]
    return [c.text for c in Glossary(terms, language).candidates(words)]


def test_edit_distance_to_every_beginning() -> None:
    # the textbook's kitten and sitting, whose distance is 3
    assert edits_of_beginnings("sitting", "kitten", 1.0) == [6, 6, 5, 4, 3, 3, 2, 3]
    assert edits_of_beginnings("", "kitten", 1.0) == [6]


def test_a_hopeless_comparison_ends_early() -> None:
    assert len(edits_of_beginnings("aaaaaaaaaa", "bbbbbbbbbb", 0.4)) < 11


@pytest.mark.parametrize(
    ("heard", "term", "found"),
    [
        ("sitten Nymar puhui", "Nymark", "Nymark"),
        ("se on reissvännin oma", "Reisvänni", "Reisvännin"),  # the ending is kept
        ("Lappin lahdessa oltiin", "Lapinlahti", "Lapinlahtissa"),  # two words that are one
        ("anna kelo", "Annakerho", "Annakerho"),
    ],
)
def test_words_near_a_term_may_be_it(heard: str, term: str, found: str) -> None:
    assert found in near(heard, term)


def test_words_far_from_every_term_are_left_alone() -> None:
    assert near("me puhuttiin rahasta", "Nymark", "Reisvänni") == []


def test_what_is_a_term_already_is_left_alone() -> None:
    assert near("nyt Nymark tuli", "Nymark") == []
    assert near("se on Nymarkin oma", "nymark") == []
    assert near("on Nymark, ja", "Nymark", "Nymarka") == []  # no part of it is another term's


def test_a_term_of_two_words_written_as_one_may_be_it() -> None:
    assert near("a shopboy then", "shop boy", language="en") == ["shop boy"]


def test_short_terms_are_near_too_much() -> None:
    assert not Glossary(["SAK", "ay"], "fi")
    assert Glossary(["SAKK"], "fi")


def test_a_term_comes_once_for_a_place_and_the_nearest_first() -> None:
    assert near("Jameson and Lady", "Liddy", "Jamieson", language="en") == ["Jamieson", "Liddy"]


def test_endings_are_those_of_the_language() -> None:
    assert near("nimarkilta", "Nymark", language="fi") == ["Nymarkilta"]
    assert near("nimarkilta", "Nymark", language="de") == []


def test_space_and_punctuation_stay() -> None:
    words = [" ja", " «Niu", " mark", "»,", " niin"]
    [candidate] = Glossary(["Nymark"], "fi").candidates(words)
    assert (candidate.first, candidate.end) == (1, 3)
    assert instead(words, candidate) == " «Nymark"
    assert instead([" lady."], Candidate(0, 1, "Liddy", 0.4)) == " Liddy."


def test_a_term_is_taken_if_it_costs_less_than_its_letters() -> None:
    candidate = Candidate(0, 1, "Liddy", 0.4)
    allowed = 5 * NATS_PER_LETTER
    assert taken([candidate], lambda c: 0.1 - allowed) == [candidate]
    assert taken([candidate], lambda c: -0.1 - allowed) == []


def test_of_terms_that_meet_the_likeliest_is_taken() -> None:
    first, both = Candidate(0, 1, "Kerho", 0.1), Candidate(0, 2, "Kerhola", 0.2)
    far = Candidate(4, 5, "Nymark", 0.3)
    gains = {first: -3.0, both: -1.0, far: -2.0}
    assert taken([first, both, far], gains.__getitem__) == [both, far]
    assert taken([far, first], gains.__getitem__) == [first, far]  # in the order of the talk
