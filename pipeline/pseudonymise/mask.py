"""Put pseudonyms in the place of names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Literal

from pipeline.errors import StudyError
from pipeline.pseudonymise.text import edges
from pipeline.records import (
    Conversation,
    EntityType,
    MaskedConversation,
    MaskedTurn,
    Mention,
    Mentions,
    Turn,
    Word,
)

LabelLanguage = Literal["fi", "en"]
Numbers = Mapping[tuple[EntityType, str], int]

LABELS: Mapping[LabelLanguage, Mapping[EntityType, str]] = {
    "fi": {
        "person": "Henkilö",
        "organisation": "Organisaatio",
        "place": "Paikka",
        "contact": "yhteystieto",
        "identifier": "tunniste",
    },
    "en": {
        "person": "Person",
        "organisation": "Organisation",
        "place": "Place",
        "contact": "contact",
        "identifier": "identifier",
    },
}
NUMBERED: frozenset[EntityType] = frozenset({"person", "organisation", "place"})
_APOSTROPHES = ("'", "’")


def mask(
    conversation: Conversation, mentions: Mentions, numbers: Numbers, labels: LabelLanguage
) -> MaskedConversation:
    """The conversation with one word such as ``[Henkilö 7]:lle`` for each mention.

    The word lasts from the start of the mention's first word to the end of its last, with their
    mean probability. Square brackets that were in the transcript are doubled, so that nothing
    said can look like a pseudonym. ``numbers`` is needed for people, organisations and places.

    Raises StudyError where one of them has no number.
    """
    by_turn: defaultdict[int, list[Mention]] = defaultdict(list)
    for mention in mentions.mentions:
        by_turn[mention.turn].append(mention)
    turns = tuple(
        _masked_turn(turn, by_turn[position], numbers, labels)
        for position, turn in enumerate(conversation.turns)
    )
    return MaskedConversation(turns, (*conversation.flags, *mentions.flags))


def _masked_turn(
    turn: Turn, mentions: Sequence[Mention], numbers: Numbers, labels: LabelLanguage
) -> MaskedTurn:
    words = tuple(_masked_words(turn.words, mentions, numbers, labels))
    count = Counter(mention.type for mention in mentions)
    return MaskedTurn(
        turn=replace(turn, words=words),
        n_masked_person=count["person"],
        n_masked_organisation=count["organisation"],
        n_masked_place=count["place"],
        n_masked_other=count["contact"] + count["identifier"],
    )


def _masked_words(
    words: Sequence[Word], mentions: Sequence[Mention], numbers: Numbers, labels: LabelLanguage
) -> Iterator[Word]:
    done = 0
    for mention in sorted(mentions, key=lambda mention: mention.first_word):
        yield from map(_plain, words[done : mention.first_word])
        done = mention.last_word + 1
        yield _pseudonym_word(words[mention.first_word : done], mention, numbers, labels)
    yield from map(_plain, words[done:])


def _plain(word: Word) -> Word:
    return replace(word, text=_doubled(word.text))


def _pseudonym_word(
    words: Sequence[Word], mention: Mention, numbers: Numbers, labels: LabelLanguage
) -> Word:
    before, _ = edges(words[0].text.strip())
    _, after = edges(words[-1].text.strip())
    pseudonym = _pseudonym(mention, numbers, labels) + _ending(mention.suffix)
    return Word(
        start_s=words[0].start_s,
        end_s=words[-1].end_s,
        text=_doubled(before) + pseudonym + _doubled(after),
        probability=fmean(word.probability for word in words),
    )


def _pseudonym(mention: Mention, numbers: Numbers, labels: LabelLanguage) -> str:
    label = LABELS[labels][mention.type]
    if mention.type not in NUMBERED:
        return f"[{label}]"
    number = numbers.get((mention.type, mention.entity))
    if number is None:
        raise StudyError("A name of this session has no pseudonym yet.", "Run `vuoro run` again.")
    return f"[{label} {number}]"


def _ending(suffix: str) -> str:
    """A Finnish case ending follows a colon, an English possessive its own apostrophe."""
    return f":{suffix}" if suffix and not suffix.startswith(_APOSTROPHES) else suffix


def _doubled(text: str) -> str:
    return text.replace("[", "[[").replace("]", "]]")
