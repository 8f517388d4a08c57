"""Replace names with pseudonyms."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import fmean

from pipeline.pseudonymisation.turn_text import edges
from pipeline.records import (
    Conversation,
    MaskedConversation,
    MaskedTurn,
    Replacement,
    Turn,
    Word,
)
from pipeline.records.ids import LabelLanguage, pseudonym

_APOSTROPHES = ("'", "’")


def mask(
    conversation: Conversation,
    replacements: Sequence[Replacement],
    flags: tuple[str, ...],
    labels: LabelLanguage,
) -> MaskedConversation:
    """The conversation with one word, such as ``[Henkilö 7]:lle``, for each replacement.

    The word lasts from the start of the first word replaced to the end of the last, with their
    mean probability. Square brackets in the transcript are doubled, so that nothing said can
    look like a pseudonym. ``flags`` are those of the detection.
    """
    by_turn: defaultdict[int, list[Replacement]] = defaultdict(list)
    for replacement in replacements:
        by_turn[replacement.turn].append(replacement)
    turns = tuple(
        _masked_turn(turn, by_turn[position], labels)
        for position, turn in enumerate(conversation.turns)
    )
    return MaskedConversation(turns, (*conversation.flags, *flags))


def _masked_turn(
    turn: Turn, replacements: Sequence[Replacement], labels: LabelLanguage
) -> MaskedTurn:
    words = tuple(_masked_words(turn.words, replacements, labels))
    count = Counter(replacement.type for replacement in replacements)
    return MaskedTurn(
        turn=replace(turn, words=words),
        n_masked_person=count["person"],
        n_masked_organisation=count["organisation"],
        n_masked_place=count["place"],
        n_masked_other=count["contact"] + count["identifier"],
    )


def _masked_words(
    words: Sequence[Word], replacements: Sequence[Replacement], labels: LabelLanguage
) -> Iterator[Word]:
    done = 0
    for replacement in sorted(replacements, key=lambda replacement: replacement.first_word):
        yield from map(_plain, words[done : replacement.first_word])
        done = replacement.last_word + 1
        yield _pseudonym_word(words[replacement.first_word : done], replacement, labels)
    yield from map(_plain, words[done:])


def _plain(word: Word) -> Word:
    return replace(word, text=_doubled(word.text))


def _pseudonym_word(words: Sequence[Word], replacement: Replacement, labels: LabelLanguage) -> Word:
    before, _ = edges(words[0].text.strip())
    _, after = edges(words[-1].text.strip())
    text = pseudonym(replacement.type, replacement.number, labels) + _ending(replacement.suffix)
    return Word(
        start_s=words[0].start_s,
        end_s=words[-1].end_s,
        text=_doubled(before) + text + _doubled(after),
        probability=fmean(word.probability for word in words),
    )


def _ending(suffix: str) -> str:
    """A Finnish or Swedish ending follows a colon, an English possessive its own apostrophe."""
    return f":{suffix}" if suffix and not suffix.startswith(_APOSTROPHES) else suffix


def _doubled(text: str) -> str:
    return text.replace("[", "[[").replace("]", "]]")
