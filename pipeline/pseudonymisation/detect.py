"""Find who and what must not be named in a session.

Every detector reads every turn, and everything that any of them finds is masked: what one misses,
another finds, and one masked word too many costs less than a name left. A name found in one turn is
then searched for in all others.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.errors import LanguageError
from pipeline.pseudonymisation import (
    consolidate as session,
)
from pipeline.pseudonymisation import (
    extents,
    introductions,
    organisations,
    patterns,
    surface,
)
from pipeline.pseudonymisation import (
    tagging as names,
)
from pipeline.pseudonymisation.knowledge import Knowledge
from pipeline.pseudonymisation.merge import merge
from pipeline.pseudonymisation.tagging import TaggedTurn
from pipeline.pseudonymisation.truecase import truecased
from pipeline.pseudonymisation.turn_text import Finding, TurnText, core, is_capitalised
from pipeline.records import Conversation, Mentions
from pipeline.texts import Text

WEAK = "name_detection_weak"
MIN_CAPITALISED = 0.01


def detect(conversation: Conversation) -> Mentions:
    """All names, contact data and identifiers in the talk, by turn and word.

    The flag ``name_detection_weak`` says that names may have been missed: no pipeline knows
    the language, or the transcript has no capitals.

    Raises LanguageError where the talk is not in Latin script, ModelError where a language
    package is missing.
    """
    texts = [TurnText.of(i, turn.words) for i, turn in enumerate(conversation.turns) if turn.words]
    if not texts:
        return Mentions(())
    _require_latin_script(texts)
    known = Knowledge.of(conversation.language)
    weak = not (known.tagged and _has_capitals(texts))
    texts = [truecased(text, known) for text in texts]
    tagged, entities = _tagged(texts, conversation.language)
    contacts = [_contacts(text) for text in texts]
    found = [
        list(_clean(turn.text, _found(turn, here, known), taken, known))
        for turn, here, taken in zip(tagged, entities, contacts, strict=True)
    ]
    return Mentions(
        tuple(session.mentions(tagged, found, contacts, known)), (WEAK,) if weak else ()
    )


def _tagged(
    texts: Sequence[TurnText], language: str | None
) -> tuple[list[TaggedTurn], list[list[Finding]]]:
    """The turns as tagged, and the named entities in each.

    Where no pipeline knows the language, an entity is what either pipeline takes for one, as far
    as its capitals reach.
    """
    pipelines = [known for known in names.PACKAGES if known == language] or list(names.PACKAGES)
    tagged = [list(names.tag(texts, pipeline)) for pipeline in pipelines]
    entities = [[e for turn in turns for e in turn.entities] for turns in zip(*tagged, strict=True)]
    if language not in names.PACKAGES:
        entities = [list(_capitals(t, found)) for t, found in zip(texts, entities, strict=True)]
    return tagged[-1], entities


def _capitals(text: TurnText, entities: Sequence[Finding]) -> Iterator[Finding]:
    """The entities from their first to their last capital; unchanged in a turn without capitals."""
    capitals = {i for i, word in enumerate(text.words) if is_capitalised(core(word))}
    for entity in entities:
        if inside := capitals.intersection(entity.words):
            yield replace(entity, first=min(inside), last=max(inside))
        elif not capitals:
            yield entity


def _found(turn: TaggedTurn, entities: list[Finding], known: Knowledge) -> list[Finding]:
    """Everything that the name detectors find in a turn, overlaps included."""
    found = [*_fit(surface.find(turn, known), entities), *entities]
    found += introductions.find(turn.text, known)
    found += organisations.find(turn, found, known)
    return [*found, *extents.find(turn, found)]


def _fit(found: Sequence[Finding], entities: Sequence[Finding]) -> Iterator[Finding]:
    """Runs of names by their form, cut where they would join two named entities.

    'Lastensuojeluliiton Tampereen' are two; 'Hyvän Mielen Talo' ends like an organisation and
    'Niemen Sari' is entirely a person, so each stays one.
    """
    for finding in found:
        inside = [e for e in entities if e.first <= finding.last and finding.first <= e.last]
        types = [entity.type for entity in inside]
        one = types[-1:] == ["organisation"] and "organisation" not in types[:-1]
        if len(inside) < 2 or one or set(types) == {"person"}:
            yield finding
            continue
        covered = {word for entity in inside for word in entity.words}
        for word in finding.words:
            if word not in covered:
                yield Finding(word, word, None, finding.detector)


def _contacts(text: TurnText) -> list[Finding]:
    """Contact data, identifiers, and words in a script in which no names can be recognised."""
    foreign = [
        Finding(position, position, "identifier", "script")
        for position, word in enumerate(text.words)
        if _latin_share(word) < 0.5
    ]
    return merge([*patterns.find(text), *foreign])


def _clean(
    text: TurnText, found: Sequence[Finding], contacts: Sequence[Finding], known: Knowledge
) -> Iterator[Finding]:
    """The findings without words that are no names or belong to contact data.

    A finding is cut where contact data begins; stop words at its ends are removed.
    """
    taken = {word for contact in contacts for word in contact.words}
    for finding in found:
        piece: list[int] = []
        for word in [*finding.words, None]:
            if word is not None and word not in taken:
                piece.append(word)
                continue
            while piece and _is_no_name(text.words[piece[0]], known):
                piece.pop(0)
            while piece and _is_no_name(text.words[piece[-1]], known):
                piece.pop()
            if piece:
                yield Finding(piece[0], piece[-1], finding.type, finding.detector)
            piece = []


def _is_no_name(word: str, known: Knowledge) -> bool:
    name = core(word).casefold()
    return not name or name in known.no_names


def _require_latin_script(texts: Sequence[TurnText]) -> None:
    if _latin_share(" ".join(text.text for text in texts)) < 0.5:
        raise LanguageError(
            Text("The talk is written in a script in which vuoro cannot recognise names.")
        )


def _latin_share(text: str) -> float:
    """Share of the letters that are Latin; 1 if there are no letters."""
    letters = [character for character in text if character.isalpha()]
    latin = sum("LATIN" in unicodedata.name(letter, "") for letter in letters)
    return latin / len(letters) if letters else 1.0


def _has_capitals(texts: Sequence[TurnText]) -> bool:
    words = [core(word) for text in texts for word in text.words]
    return sum(map(is_capitalised, words)) >= MIN_CAPITALISED * len(words)
