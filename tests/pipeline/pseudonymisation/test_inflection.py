from __future__ import annotations

import pytest

from pipeline.pseudonymisation.inflection import nominative, take_apart, without_legal_form
from pipeline.pseudonymisation.knowledge import Knowledge


def key(word: str, case: str, *spoken: str) -> tuple[str, str]:
    form = take_apart(word, case)
    return nominative(word, form, spoken, Knowledge.of("fi")), form.suffix


@pytest.mark.parametrize(
    ("word", "case", "name", "suffix"),
    [
        ("Marjatta", "Nom", "marjatta", ""),
        ("Marjatalle", "All", "marjatta", "lle"),
        ("Marjatan", "Gen", "marjatta", "n"),
        ("Pekan", "Gen", "pekka", "n"),
        ("Pekalla", "Ade", "pekka", "lla"),
        ("Pekkaa", "Par", "pekka", "a"),
        ("Pekkaan", "Ill", "pekka", "an"),
        ("Pekallekin", "All", "pekka", "llekin"),
        ("Pekkakin", "Clitic", "pekka", "kin"),
        ("Virtasen", "Gen", "virtanen", "n"),
        ("Virtaselta", "Abl", "virtanen", "lta"),
        ("Virtasta", "Par", "virtanen", "ta"),
        ("Mikkelissä", "Ine", "mikkeli", "ssä"),
        ("Helsingissä", "Ine", "helsinki", "ssä"),
        ("Helsinkiin", "Ill", "helsinki", "in"),
        ("Espooseen", "Ill", "espoo", "seen"),
        ("Lahdesta", "Ela", "lahti", "sta"),
        ("Turun", "Gen", "turku", "n"),
        ("Tampereella", "Ade", "tampere", "lla"),
        ("Rovaniemellä", "Ade", "rovaniemi", "llä"),
        ("Lapin", "Gen", "lappi", "n"),
        ("Antin", "Gen", "antti", "n"),
        ("Markuksen", "Gen", "markus", "n"),
        ("Mohamedin", "Gen", "mohamed", "n"),
        ("MLL:n", "Gen", "mll", "n"),
        ("STEAlta", "Abl", "stea", "lta"),
        ("Sarah's", "", "sarah", "'s"),
        ("James’", "", "james", "’"),
    ],
)
def test_an_inflected_name_has_the_key_of_its_nominative(
    word: str, case: str, name: str, suffix: str
) -> None:
    assert key(word, case) == (name, suffix)


def test_names_that_differ_by_a_letter_keep_their_own_keys() -> None:
    names = ["Aimo", "Aino", "Miika", "Miikka", "Julia", "Julian", "Maria", "Marian", "Mari"]
    assert len({key(name, "Nom") for name in names}) == len(names)


def test_a_form_of_two_real_names_is_decided_by_the_session_or_not_at_all() -> None:
    assert key("Miikan", "Gen") == ("miikan", "n")
    assert key("Miikan", "Gen", "miikka") == ("miikka", "n")
    assert key("Miikan", "Gen", "miika") == ("miika", "n")
    assert key("Miikan", "Gen", "miika", "miikka") == ("miikan", "n")


def test_a_nominative_that_looks_inflected_is_left_whole() -> None:
    assert key("Johan", "Nom") == ("johan", "")
    assert key("Kristian", "") == ("kristian", "")


def test_the_legal_form_is_no_part_of_the_name() -> None:
    assert without_legal_form("mallilan tuki ry") == "mallilan tuki"
    assert without_legal_form("ry") == "ry"
