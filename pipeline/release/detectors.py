"""Names that the detectors still find in the talk to be released."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipeline.dataset import files
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.pseudonymisation.turn_text import core
from pipeline.records import Conversation, EntityType, Mention, Mentions, Turn, Word
from pipeline.records.ids import LabelLanguage, pseudonym
from pipeline.release.needles import Needles
from pipeline.release.places import Place

Detect = Callable[[Conversation], Mentions]

_STAND_INS = {"fi": "hän", "sv": "den"}
_STAND_IN = "it"
_TYPES: dict[EntityType, str] = {
    "person": "a person",
    "organisation": "an organisation",
    "place": "a place",
    "contact": "contact data",
    "identifier": "an identifier",
}


def unjudged(
    dataset: Path,
    session_id: str,
    table: EntityTable,
    needles: Needles,
    detect: Detect,
    labels: LabelLanguage,
) -> Iterator[tuple[Place, str]]:
    """Yield where a detector finds what people have not judged to stay, and its type.

    To the detectors, pseudonyms are pronouns. Raises DatasetError if the session's files are
    damaged, and what ``detect`` raises.
    """
    conversation, turn_ids, masked = _talk(dataset, session_id, needles)
    for mention in detect(conversation).mentions:
        words = range(mention.first_word, mention.last_word + 1)
        if all((mention.turn, word) in masked for word in words):
            continue
        found = _judgement(mention, conversation, table, labels)
        if found is not None:
            word = f"word {mention.first_word + 1} of turn {turn_ids[mention.turn]}"
            yield Place(f"dataset/words/{session_id}.parquet", word), found


def _judgement(
    mention: Mention, conversation: Conversation, table: EntityTable, labels: LabelLanguage
) -> str | None:
    """Return what a mention is; None if people have judged that it stays."""
    said = conversation.turns[mention.turn].words[mention.first_word : mention.last_word + 1]
    form = " ".join(core(word.text) for word in said).casefold()
    known = [entity for (_, name), entity in table.by_name.items() if name == mention.entity]
    known += [e for e in table.judged if form in (*e.names, *map(str.casefold, e.forms))]
    hidden = [entity for entity in known if entity.is_masked]
    if hidden:
        return pseudonym(hidden[0].type, hidden[0].number, labels)
    return None if known else f"may be {_TYPES[mention.type]}; not judged yet"


def _talk(
    dataset: Path, session_id: str, needles: Needles
) -> tuple[Conversation, list[str], set[tuple[int, int]]]:
    """Return a session as published, its turns' ids, and the pseudonyms' places (turn, word)."""
    session = _rows(dataset, "sessions", session_id)[0]
    stand_in = _STAND_INS.get(session["language"], _STAND_IN)
    said: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(dataset, "words", session_id):
        said[row["turn_id"]].append(row)
    turns, turn_ids, masked = [], [], set[tuple[int, int]]()
    for number, row in enumerate(_rows(dataset, "turns", session_id)):
        words = []
        for position, word in enumerate(said[row["turn_id"]]):
            text = needles.without_pseudonyms(word["word"], stand_in)
            if text != word["word"]:
                masked.add((number, position))
            words.append(Word(word["start_s"], word["end_s"], text, word["confidence"]))
        turns.append(_turn(row, tuple(words)))
        turn_ids.append(row["turn_id"])
    return _conversation(session, tuple(turns)), turn_ids, masked


def _turn(row: dict[str, Any], words: tuple[Word, ...]) -> Turn:
    return Turn(
        label=row["person_id"],
        kind=row["kind"],
        start_s=row["start_s"],
        end_s=row["end_s"],
        words=words,
        overlap_s=row["overlap_s"],
        overlapped_by=tuple(row["overlapped_by"]),
        pause_s=row["pause_s"],
        previous_label=row["previous_person_id"],
        offset_from_previous_s=row["offset_from_previous_s"],
        asr_confidence=row["asr_confidence"],
        speaker_confidence=row["speaker_confidence"],
        suspect=tuple(row["suspect"]),
    )


def _conversation(session: dict[str, Any], turns: tuple[Turn, ...]) -> Conversation:
    return Conversation(
        turns=turns,
        language=session["language"],
        language_probability=session["language_probability"],
        speech_s=session["speech_s"],
        overlap_s=session["overlap_s"],
        silence_s=session["silence_s"],
        flags=tuple(session["flags"]),
    )


def _rows(dataset: Path, table_name: str, session_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = files.read(
        files.file_of(dataset, table_name, session_id)
    ).to_pylist()
    return rows
