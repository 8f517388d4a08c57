from __future__ import annotations

import libvoikko
import pytest

from pipeline.pseudonymisation import morphology, surface
from pipeline.pseudonymisation.inflection import nominative, take_apart
from pipeline.pseudonymisation.knowledge import Knowledge
from pipeline.pseudonymisation.morphology import Readings
from pipeline.pseudonymisation.tagging import TaggedTurn, WordTags
from pipeline.pseudonymisation.turn_text import TurnText
from pipeline.records import Word


def analyse(word: str) -> list[dict[str, str]]:
    """What Voikko 4.3.1 with voikko-fi 2.5 answers for these words, as far as it is read."""
    return {
        "Pekalle": [{"CLASS": "etunimi", "BASEFORM": "Pekka"}],
        "Miikan": [{"CLASS": "etunimi", "BASEFORM": "Miika"}],
        "Tuuli": [
            {"CLASS": "teonsana", "BASEFORM": "tuulla"},
            {"CLASS": "etunimi", "BASEFORM": "Tuuli"},
            {"CLASS": "nimisana", "BASEFORM": "tuuli"},
        ],
        "Taloon": [{"CLASS": "nimisana", "BASEFORM": "talo"}],
    }.get(word, [])


@pytest.mark.parametrize(
    ("word", "readings"),
    [
        ("pekalle", Readings(frozenset({"pekka"}), other=False)),
        ("Tuuli", Readings(frozenset({"tuuli"}), other=True)),
        ("taloon", Readings(frozenset(), other=True)),
        ("grisay", Readings(frozenset(), other=False)),
    ],
)
def test_a_word_is_read_as_a_name_as_another_word_as_both_or_not_at_all(
    word: str, readings: Readings
) -> None:
    assert morphology.of(analyse)(word) == readings


def test_the_systems_voikko_is_used_where_it_is() -> None:
    readings = morphology.finnish_morphology()
    assert readings is None or readings("pekalle") == Readings(frozenset({"pekka"}), other=False)


class Missing:
    """A binding whose library, dictionaries or Finnish dictionary are not there."""

    def __init__(self, what: str) -> None:
        self.what = what

    def listDicts(self) -> list[str]:
        if self.what == "library":
            raise OSError("libvoikko.so.1: cannot open shared object file")
        return [] if self.what == "dictionaries" else ["sv"]

    def __call__(self, language: str) -> None:
        raise libvoikko.VoikkoException(f"no {language}")


@pytest.mark.parametrize("what", ["library", "dictionaries", "Finnish dictionary"])
def test_a_system_without_voikko_or_its_dictionary_does_without(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(libvoikko, "Voikko", Missing(what))
    morphology.finnish_morphology.cache_clear()
    try:
        assert morphology.finnish_morphology() is None
    finally:
        morphology.finnish_morphology.cache_clear()


def test_a_name_that_opens_a_sentence_is_told_by_its_readings() -> None:
    text = TurnText.of(0, [Word(0.0, 0.0, "Pekalle", 1.0), Word(0.0, 0.0, "niin", 1.0)])
    turn = TaggedTurn(text, (WordTags(), WordTags()), ())
    known = Knowledge("fi", frozenset(), lambda _: -20.0, morphology.of(analyse))
    assert [f.detector for f in surface.find(turn, known)] == ["morphology"]


def test_a_base_form_settles_which_of_two_nominatives_it_is() -> None:
    known = Knowledge("fi", frozenset(), lambda _: -12.0, morphology.of(analyse))
    form = take_apart("Miikan", "Gen")
    assert nominative("Miikan", form, (), known) == "miika"
    assert nominative("Miikan", form, ("miikka",), known) == "miikka"
