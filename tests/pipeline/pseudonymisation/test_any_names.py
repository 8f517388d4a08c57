"""What holds of masking, whatever is said and wherever names are found in it."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from pipeline.pseudonymisation.apply import replacements, said
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.pseudonymisation.mask import mask
from pipeline.records import (
    Conversation,
    EntityType,
    MaskedConversation,
    Mention,
    Mentions,
    Replacement,
    Turn,
    Word,
)
from pipeline.records.ids import LABELS, numbered_pseudonyms, pseudonym

TYPES: tuple[EntityType, ...] = ("person", "organisation", "place", "contact", "identifier")
NAMES: dict[str, EntityType] = {
    "salavaara": "person",
    "oksanen": "person",
    "jaanajoki": "place",
    "tukiliitto": "organisation",
}
OTHERS = ("niin", "mä", "olin", "siellä.", "[hiljaa]", "ja,", "(joo)", "]]", "[Henkilö", "7]", "…")
DRESSED = ("{}", "{},", "({})", "“{}”", "{}.", "[{}")


def turn(words: Sequence[str]) -> Turn:
    spoken = tuple(Word(n, n + 0.5, text, 0.9) for n, text in enumerate(words))
    return Turn(
        *("A", "turn", 0.0, float(len(words)), spoken, 0.0, (), 0.0, None, None, 0.9, None, ())
    )  # type: ignore[arg-type]


def conversation(turns: Sequence[Sequence[str]]) -> Conversation:
    return Conversation(tuple(map(turn, turns)), "fi", 0.9, 1.0, 0.0, 0.0, ())


def texts(masked: MaskedConversation) -> list[list[str]]:
    return [[word.text for word in each.turn.words] for each in masked.turns]


names = st.tuples(st.sampled_from([*NAMES]), st.sampled_from(DRESSED), st.booleans()).map(
    lambda drawn: drawn[1].format(drawn[0].capitalize() if drawn[2] else drawn[0])
)
talks = st.lists(
    st.lists(st.one_of(st.sampled_from(OTHERS), names), min_size=1, max_size=8),
    min_size=1,
    max_size=4,
)


@given(talks, st.data())
def test_no_name_that_is_mentioned_anywhere_is_left_and_all_else_stays(
    spoken: list[list[str]], data: st.DataObject
) -> None:
    found = [
        Mention(number, place, place, NAMES[name], name, "", ("test",))
        for number, words in enumerate(spoken)
        for place, word in enumerate(words)
        if (name := word.strip("[](),.“”").casefold()) in NAMES
    ]
    # where a name was missed, it is still masked if it is mentioned in another place
    detected = {(m.turn, m.first_word) for m in found if data.draw(st.booleans())}
    mentions = Mentions(tuple(m for m in found if (m.turn, m.first_word) in detected))
    known = {mention.entity for mention in mentions.mentions}
    talk = conversation(spoken)
    table = EntityTable().add(said(talk, mentions), random=Random(1))
    masked = texts(mask(talk, replacements(talk, mentions, table), (), "fi"))
    assert not any(name in " ".join(words).casefold() for words in masked for name in known)
    for number, words in enumerate(spoken):
        for place, (was, word) in enumerate(zip(words, masked[number], strict=True)):
            name = was.strip("[](),.“”").casefold()
            if name not in known:
                assert word == was.replace("[", "[[").replace("]", "]]"), (number, place)
            else:
                assert numbered_pseudonyms(word) == [table.by_name[NAMES[name], name].id]


@st.composite
def placed(draw: st.DrawFn) -> tuple[list[str], list[Replacement]]:
    """Words, and replacements that do not overlap."""
    words = draw(st.lists(st.sampled_from((*OTHERS, "Salavaara", "040")), min_size=1, max_size=9))
    edges = sorted(draw(st.sets(st.integers(0, len(words)), max_size=6)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    return words, [
        Replacement(0, first, end - 1, draw(st.sampled_from(TYPES)), number, suffix, ("test",))
        for number, (first, end) in enumerate(pairs, start=1)
        for suffix in [draw(st.sampled_from(("", "lle", "'s")))]
    ]


@given(placed(), st.sampled_from([*LABELS]))
def test_each_replacement_is_one_pseudonym_and_nothing_said_looks_like_one(
    drawn: tuple[list[str], list[Replacement]], language: str
) -> None:
    words, replaced = drawn
    masked = mask(conversation([words]), replaced, (), language)  # type: ignore[arg-type]
    (turn_,) = masked.turns
    n_gone = sum(each.last_word - each.first_word for each in replaced)
    assert len(turn_.turn.words) == len(words) - n_gone
    text = " ".join(word.text for word in turn_.turn.words)
    spelled = [pseudonym(each.type, each.number, language) for each in replaced]  # type: ignore[arg-type]
    for each in spelled:
        assert each in text
        text = text.replace(each, "", 1)
    assert numbered_pseudonyms(text.replace("[[", "").replace("]]", "")) == []
    counted = turn_.n_masked_person + turn_.n_masked_organisation + turn_.n_masked_place
    assert counted + turn_.n_masked_other == len(replaced)
    starts = [word.start_s for word in turn_.turn.words]
    assert starts == sorted(starts)
