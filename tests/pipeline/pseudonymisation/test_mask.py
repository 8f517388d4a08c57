from __future__ import annotations

import pytest

from pipeline.pseudonymisation.mask import mask
from pipeline.records import EntityType, Replacement, Word
from pipeline.records.ids import LabelLanguage


def replaced(
    first: int, last: int, type: EntityType, number: int, suffix: str = "", turn: int = 0
) -> Replacement:
    return Replacement(turn, first, last, type, number, suffix, ("entity",))


@pytest.mark.parametrize(
    ("said", "found", "labels", "masked"),
    [
        (
            "Annoin Pekalle, sen.",
            replaced(1, 1, "person", 7, "lle"),
            "fi",
            "Annoin [Henkilö 7]:lle, sen.",
        ),
        (
            "(Pekka) sanoi",
            replaced(0, 0, "person", 7),
            "fi",
            "([Henkilö 7]) sanoi",
        ),
        (
            "Mallilan Tukiliiton, väki",
            replaced(0, 1, "organisation", 3, "n"),
            "fi",
            "[Organisaatio 3]:n, väki",
        ),
        (
            "asun Mallilassa.",
            replaced(1, 1, "place", 2, "ssa"),
            "fi",
            "asun [Paikka 2]:ssa.",
        ),
        (
            "soita 040 123 4567!",
            replaced(1, 3, "contact", 1),
            "fi",
            "soita [yhteystieto]!",
        ),
        (
            "koodi 131052-308T on",
            replaced(1, 1, "identifier", 1),
            "fi",
            "koodi [tunniste] on",
        ),
        ("+358401234567", replaced(0, 0, "contact", 1), "fi", "[yhteystieto]"),
        (
            "It is Sarah's idea",
            replaced(2, 2, "person", 8, "'s"),
            "en",
            "It is [Person 8]'s idea",
        ),
        (
            "in Mallila.",
            replaced(1, 1, "place", 2),
            "en",
            "in [Place 2].",
        ),
        (
            "Mallilan Tukiliitto",
            replaced(0, 1, "organisation", 3),
            "en",
            "[Organisation 3]",
        ),
        ("hos Sarahs chef", replaced(1, 1, "person", 8, "s"), "sv", "hos [Person 8]:s chef"),
        ("i Mallila", replaced(1, 1, "place", 2), "sv", "i [Plats 2]"),
        ("a@b.fi 1234567-8", replaced(0, 0, "contact", 1), "en", "[contact] 1234567-8"),
        ("1234567-8", replaced(0, 0, "identifier", 1), "en", "[identifier]"),
        (
            "[Henkilö 7] ja Pekka]",
            replaced(3, 3, "person", 7),
            "fi",
            "[[Henkilö 7]] ja [Henkilö 7]]]",
        ),
    ],
)
def test_words_become_its_pseudonym(
    talk, said: str, found: Replacement, labels: LabelLanguage, masked: str
) -> None:
    result = mask(talk(said), (found,), (), labels)
    assert " ".join(word.text for word in result.turns[0].turn.words) == masked


def test_the_pseudonym_is_one_word_that_lasts_as_long_as_the_words(talk) -> None:
    conversation = talk("Mallilan Tukiliiton väki")
    found = replaced(0, 1, "organisation", 3, "n")
    (turn,) = mask(conversation, (found,), (), "fi").turns
    assert turn.turn.words == (
        Word(0.0, 1.5, "[Organisaatio 3]:n", pytest.approx(0.9)),
        Word(2.0, 2.5, "väki", 0.9),
    )


def test_replacements_are_counted_by_type_in_each_turn(talk) -> None:
    found = (
        replaced(0, 0, "person", 7),
        replaced(1, 1, "person", 8),
        replaced(2, 2, "place", 2),
        replaced(3, 3, "contact", 1),
        replaced(4, 4, "identifier", 1),
        replaced(0, 1, "organisation", 3, turn=1),
    )
    conversation = talk("Pekka Sarah Mallila a@b.fi 131052-308T", "Mallilan Tukiliitto", "joo")
    turns = mask(conversation, found, (), "fi").turns
    assert [
        (t.n_masked_person, t.n_masked_organisation, t.n_masked_place, t.n_masked_other)
        for t in turns
    ] == [(2, 0, 1, 2), (0, 1, 0, 0), (0, 0, 0, 0)]


def test_everything_else_of_the_conversation_stays(talk) -> None:
    conversation = talk("joo niin", "")
    result = mask(conversation, (), ("name_detection_weak",), "fi")
    assert tuple(masked.turn for masked in result.turns) == conversation.turns
    assert result.flags == ("truncated", "name_detection_weak")
