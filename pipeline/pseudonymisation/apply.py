"""What is replaced in a session: its own mentions and the study's names, as decided by people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pipeline.errors import StudyError
from pipeline.pseudonymisation.entities import EntityTable, Key
from pipeline.pseudonymisation.search import Hit, Names
from pipeline.pseudonymisation.turn_text import core
from pipeline.records import Conversation, Mention, Mentions, Replacement


def said(conversation: Conversation, mentions: Mentions) -> dict[Key, set[str]]:
    """The names of a session, with the forms in which each was said."""
    forms: defaultdict[Key, set[str]] = defaultdict(set)
    for mention in mentions.mentions:
        forms[mention.type, mention.entity].add(form(conversation, mention))
    return dict(forms)


def form(conversation: Conversation, place: Mention | Replacement) -> str:
    """What was said at this place, without the punctuation around it."""
    words = conversation.turns[place.turn].words[place.first_word : place.last_word + 1]
    return " ".join(core(word.text.strip()) for word in words)


def replacements(
    conversation: Conversation, mentions: Mentions, table: EntityTable
) -> tuple[Replacement, ...]:
    """The replacements of a session, in order of turn and word.

    A mention that people have decided is no name, or is to be kept, stays; a name that was found
    anywhere in the study is replaced here too.

    Raises StudyError if a mention is not in the table.
    """
    left = [name for entity in table.judged if not entity.is_masked for name in entity.names]
    names = Names({key: e.id for key, e in table.by_name.items() if e.is_masked}, left=left)
    by_turn: defaultdict[int, list[Replacement]] = defaultdict(list)
    for replacement in _own(mentions, table):
        by_turn[replacement.turn].append(replacement)
    kept = _kept(mentions, table)
    for number, turn in enumerate(conversation.turns):
        for hit in names.find([word.text.strip() for word in turn.words]):
            if kept[number].isdisjoint(range(hit.first, hit.last + 1)):
                by_turn[number] = _with_hit(by_turn[number], hit, number)
    return tuple(
        replacement
        for number in sorted(by_turn)
        for replacement in sorted(by_turn[number], key=lambda r: r.first_word)
    )


def _with_hit(here: list[Replacement], hit: Hit, turn: int) -> list[Replacement]:
    """The replacements of a turn with one more, unless an existing one covers as much.

    Where detection found part of a name that the study knows in full, the full name replaces it.
    """
    touched = [r for r in here if r.first_word <= hit.last and hit.first <= r.last_word]
    if any(
        r.first_word < hit.first
        or r.last_word > hit.last
        or (r.first_word, r.last_word) == (hit.first, hit.last)
        for r in touched
    ):
        return here
    new = Replacement(turn, hit.first, hit.last, *hit.entity, hit.suffix, (hit.detector,))
    return [*(r for r in here if r not in touched), new]


def _kept(mentions: Mentions, table: EntityTable) -> defaultdict[int, set[int]]:
    """By turn, the words of mentions that people keep: names in them are not replaced either."""
    kept: defaultdict[int, set[int]] = defaultdict(set)
    for mention in mentions.mentions:
        entity = table.by_name.get((mention.type, mention.entity))
        if entity is not None and entity.verdict == "keep":
            kept[mention.turn].update(range(mention.first_word, mention.last_word + 1))
    return kept


def _own(mentions: Mentions, table: EntityTable) -> Iterator[Replacement]:
    for mention in mentions.mentions:
        entity = table.by_name.get((mention.type, mention.entity))
        if entity is None:
            raise StudyError(
                "A name of this session has no pseudonym yet.", "Run `vuoro run` again."
            )
        if entity.is_masked:
            yield Replacement(
                turn=mention.turn,
                first_word=mention.first_word,
                last_word=mention.last_word,
                type=entity.type,
                number=entity.number,
                suffix=mention.suffix,
                detectors=mention.detectors,
            )
