from __future__ import annotations

import pytest

from pipeline.pseudonymisation.knowledge import Knowledge
from pipeline.pseudonymisation.morphology import Readings
from pipeline.pseudonymisation.truecase import truecased
from pipeline.pseudonymisation.turn_text import TurnText
from pipeline.records import Word


def frequency(word: str) -> float:
    """A language of a few words: Pekka and Jyväskylä are names, Tuuli is also wind."""
    usual = {
        **{"Pekka": -9.0, "pekka": -13.0, "Marja": -10.0, "marja": -12.0, "Leena": -10.0},
        **{"sanoi": -7.0, "tuuli": -10.7, "Tuuli": -11.0, "talossa": -9.0, "Virtanen": -11.0},
    }
    return usual.get(word, -20.0)


def read(word: str) -> Readings:
    """A morphology that knows one name, and takes what ends in 'talossa' for a common word."""
    if word == "säynätsaloon":
        return Readings(frozenset({"säynätsalo"}), other=False)
    if word == "tuuli":
        return Readings(frozenset({"tuuli"}), other=True)
    return Readings(frozenset(), other=word.endswith("talossa"))


WITHOUT = Knowledge("fi", frozenset({"niinku"}), frequency)
WITH = Knowledge("fi", frozenset({"niinku"}), frequency, read)


def text(said: str) -> TurnText:
    return TurnText.of(0, [Word(0.0, 0.0, word, 1.0) for word in said.split()])


@pytest.mark.parametrize("known", [WITHOUT, WITH])
@pytest.mark.parametrize("name", ["pekka", "marja-leena", "virtaselle"])
def test_what_the_language_writes_with_a_capital_is_likely_a_name(
    known: Knowledge, name: str
) -> None:
    cased = truecased(text(f"niinku {name} sanoi"), known)
    assert cased.words == ("niinku", name.title(), "sanoi")
    assert cased.text == f"niinku {name.title()} sanoi"
    assert cased.likely == cased.restored == {1}


@pytest.mark.parametrize("known", [WITHOUT, WITH])
def test_an_unheard_word_is_a_guess_and_an_unheard_compound_of_usual_words_is_not(
    known: Knowledge,
) -> None:
    cased = truecased(text("grisay sanoi lasitalossa"), known)
    assert cased.words == ("Grisay", "sanoi", "lasitalossa")
    assert (cased.restored, cased.likely) == ({0}, set())


def test_what_can_only_be_read_as_a_name_is_likely_one() -> None:
    assert truecased(text("sanoi säynätsaloon"), WITH).likely == {1}
    assert truecased(text("sanoi säynätsaloon"), WITHOUT).likely == set()


def test_a_word_that_is_also_a_name_is_a_guess() -> None:
    assert truecased(text("tuuli sanoi"), WITH).restored == {0}
    assert truecased(text("tuuli sanoi"), WITHOUT).restored == set()


@pytest.mark.parametrize("said", ["Joo pekka sanoi", "joo pekka sanoi Leenalle"])
def test_a_turn_with_a_capital_stays_as_it_is(said: str) -> None:
    assert truecased(text(said), WITH) == text(said)


def test_a_language_without_a_table_stays_as_it_is() -> None:
    assert truecased(text("jag heter pekka"), Knowledge.of("sv")) == text("jag heter pekka")
