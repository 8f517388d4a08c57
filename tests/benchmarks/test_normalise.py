"""Normalisers against forms from grammars, and numbers as read aloud."""

from __future__ import annotations

import pytest

from benchmarks.normalise import normalised, normalisers, plain, spoken
from benchmarks.numbers import spelled


def test_plain_text_has_no_case_or_punctuation() -> None:
    assert plain("Mä, oon… 'täällä' — I'm OK!") == "mä oon täällä i'm ok"


@pytest.mark.parametrize(
    ("number", "finnish", "swedish", "english"),
    [
        (0, "nolla", "noll", "zero"),
        (11, "yksitoista", "elva", "eleven"),
        (20, "kaksikymmentä", "tjugo", "twenty"),
        (35, "kolmekymmentäviisi", "trettiofem", "thirty five"),
        (100, "sata", "hundra", "one hundred"),
        (219, "kaksisataayhdeksäntoista", "tvåhundranitton", "two hundred nineteen"),
        (1000, "tuhat", "tusen", "one thousand"),
        (
            2015,
            "kaksituhattaviisitoista",
            "tvåtusenfemton",
            "two thousand fifteen",
        ),
    ],
)
def test_numbers_are_spelled_in_three_languages(
    number: int, finnish: str, swedish: str, english: str
) -> None:
    assert [spelled(number, code) for code in ("fi", "sv", "en")] == [finnish, swedish, english]


def test_numbers_of_other_languages_and_large_ones_stay_digits() -> None:
    assert spelled(7, None) == spelled(7, "de") == "7"
    assert spelled(1_000_000, "fi") == "1000000"


def test_digits_and_words_become_alike_and_hesitations_go() -> None:
    assert normalised("Uh, 1,250 people, mm, in 21.", "en") == normalised(
        "One thousand two hundred fifty people mm in twenty-one", "en"
    )


def test_hesitations_are_those_of_the_language() -> None:
    assert normalised("öö joo mm", "fi") == "joo mm"
    assert normalised("er det", "sv") == "er det"  # Swedish: your
    assert normalised("uh", None) == "uh"


@pytest.mark.parametrize(
    ("puhekieli", "yleiskieli"),
    [
        ("Mä oon täällä ja sä oot siel", "Minä olen täällä ja sinä olet siellä"),
        ("tää on toi, noi ja nää", "tämä on tuo, nuo ja nämä"),
        ("ei oo mun", "ei ole minun"),
        ("mut nii, niinku", "mutta niin, niin kuin"),
        ("onks se, ootks sä, tuleeks", "onko se, oletko sinä, tuleeko"),
        ("tiiätks pitääks", "tiedätkö pitääkö"),
        ("yks kaks viis kuus", "yksi kaksi viisi kuusi"),
        ("viistoista kakskyt kolkytviis", "viisitoista kaksikymmentä kolmekymmentäviisi"),
        ("seittemän kaheksan yheksäntoista", "seitsemän kahdeksan yhdeksäntoista"),
        ("meiän ja teiän yhen", "meidän ja teidän yhden"),
        ("punanen, semmosta, tollanen", "punainen, semmoista, tuollainen"),
        ("ollu, menny, puhunu, tehny", "ollut, mennyt, puhunut, tehnyt"),
        ("olis vois", "olisi voisi"),
        ("25", "kakskytviis"),
    ],
)
def test_spoken_finnish_becomes_as_standard(puhekieli: str, yleiskieli: str) -> None:
    assert spoken(puhekieli) == spoken(yleiskieli)


@pytest.mark.parametrize("words", ["et", "ku", "vaan", "musta", "me mennään", "se", "on"])
def test_what_is_ambiguous_or_grammar_stays(words: str) -> None:
    assert spoken(words) == words


def test_standard_words_stay_different() -> None:
    pairs = [("olen", "olet"), ("yksi", "kaksi"), ("meidän", "teidän"), ("minä", "sinä")]
    assert all(spoken(one) != spoken(other) for one, other in pairs)


def test_only_finnish_has_the_spoken_normaliser() -> None:
    assert list(normalisers("fi")) == ["plain", "normalised", "spoken"]
    assert list(normalisers("en")) == list(normalisers(None)) == ["plain", "normalised"]
