from __future__ import annotations

import pytest

from pipeline.errors import StudyError
from pipeline.pseudonymise.mask import LabelLanguage, mask
from pipeline.records import EntityType, Mention, Mentions, Word

NUMBERS: dict[tuple[EntityType, str], int] = {
    ("person", "pekka"): 7,
    ("person", "sarah"): 8,
    ("organisation", "mallilan tukiliitto"): 3,
    ("place", "mallila"): 2,
}


def mention(
    first: int, last: int, type: EntityType, entity: str, suffix: str = "", turn: int = 0
) -> Mention:
    return Mention(turn, first, last, type, entity, suffix, ("entity",))


@pytest.mark.parametrize(
    ("said", "found", "labels", "masked"),
    [
        (
            "Annoin Pekalle, sen.",
            mention(1, 1, "person", "pekka", "lle"),
            "fi",
            "Annoin [Henkilö 7]:lle, sen.",
        ),
        (
            "(Pekka) sanoi",
            mention(0, 0, "person", "pekka"),
            "fi",
            "([Henkilö 7]) sanoi",
        ),
        (
            "Mallilan Tukiliiton, väki",
            mention(0, 1, "organisation", "mallilan tukiliitto", "n"),
            "fi",
            "[Organisaatio 3]:n, väki",
        ),
        (
            "asun Mallilassa.",
            mention(1, 1, "place", "mallila", "ssa"),
            "fi",
            "asun [Paikka 2]:ssa.",
        ),
        (
            "soita 040 123 4567!",
            mention(1, 3, "contact", "040 123 4567"),
            "fi",
            "soita [yhteystieto]!",
        ),
        (
            "koodi 131052-308T on",
            mention(1, 1, "identifier", "131052-308t"),
            "fi",
            "koodi [tunniste] on",
        ),
        ("+358401234567", mention(0, 0, "contact", "+358401234567"), "fi", "[yhteystieto]"),
        (
            "It is Sarah's idea",
            mention(2, 2, "person", "sarah", "'s"),
            "en",
            "It is [Person 8]'s idea",
        ),
        (
            "in Mallila.",
            mention(1, 1, "place", "mallila"),
            "en",
            "in [Place 2].",
        ),
        (
            "Mallilan Tukiliitto",
            mention(0, 1, "organisation", "mallilan tukiliitto"),
            "en",
            "[Organisation 3]",
        ),
        ("a@b.fi 1234567-8", mention(0, 0, "contact", "a@b.fi"), "en", "[contact] 1234567-8"),
        ("1234567-8", mention(0, 0, "identifier", "1234567-8"), "en", "[identifier]"),
        (
            "[Henkilö 7] ja Pekka]",
            mention(3, 3, "person", "pekka"),
            "fi",
            "[[Henkilö 7]] ja [Henkilö 7]]]",
        ),
    ],
)
def test_a_mention_becomes_its_pseudonym(
    talk, said: str, found: Mention, labels: LabelLanguage, masked: str
) -> None:
    result = mask(talk(said), Mentions((found,)), NUMBERS, labels)
    assert " ".join(word.text for word in result.turns[0].turn.words) == masked


def test_the_pseudonym_is_one_word_that_lasts_as_long_as_the_mention(talk) -> None:
    conversation = talk("Mallilan Tukiliiton väki")
    found = mention(0, 1, "organisation", "mallilan tukiliitto", "n")
    (turn,) = mask(conversation, Mentions((found,)), NUMBERS, "fi").turns
    assert turn.turn.words == (
        Word(0.0, 1.5, "[Organisaatio 3]:n", pytest.approx(0.9)),
        Word(2.0, 2.5, "väki", 0.9),
    )


def test_mentions_are_counted_by_type_in_each_turn(talk) -> None:
    found = (
        mention(0, 0, "person", "pekka"),
        mention(1, 1, "person", "sarah"),
        mention(2, 2, "place", "mallila"),
        mention(3, 3, "contact", "a@b.fi"),
        mention(4, 4, "identifier", "131052-308t"),
        mention(0, 1, "organisation", "mallilan tukiliitto", turn=1),
    )
    conversation = talk("Pekka Sarah Mallila a@b.fi 131052-308T", "Mallilan Tukiliitto", "joo")
    turns = mask(conversation, Mentions(found), NUMBERS, "fi").turns
    assert [
        (t.n_masked_person, t.n_masked_organisation, t.n_masked_place, t.n_masked_other)
        for t in turns
    ] == [(2, 0, 1, 2), (0, 1, 0, 0), (0, 0, 0, 0)]


def test_everything_else_of_the_conversation_stays(talk) -> None:
    conversation = talk("joo niin", "")
    result = mask(conversation, Mentions((), ("name_detection_weak",)), {}, "fi")
    assert tuple(masked.turn for masked in result.turns) == conversation.turns
    assert result.flags == ("truncated", "name_detection_weak")


def test_a_name_without_a_number_is_never_let_through(talk) -> None:
    found = mention(0, 0, "person", "aino")
    with pytest.raises(StudyError) as raised:
        mask(talk("Aino sanoi"), Mentions((found,)), NUMBERS, "fi")
    assert "aino" not in str(raised.value).casefold()
