"""The talk of a study as the review reads it: the words, and the places of its entities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.pseudonymisation.apply import replacements, said
from pipeline.pseudonymisation.entities import Decision, EntityTable
from pipeline.pseudonymisation.turn_text import edges
from pipeline.records import Conversation, Mentions, Replacement
from pipeline.settings import Settings
from pipeline.stages.chain import SessionChain
from pipeline.stages.settling import CORRECT, FIND_NAMES
from pipeline.study import Study, accepted

MARGIN = 6  # words of an excerpt on either side


@dataclass(frozen=True, slots=True)
class SessionTalk:
    """A session whose names have been searched. Real names inside."""

    session_id: str
    conversation: Conversation
    mentions: Mentions


def read(
    study: Study, settings: Settings, table: EntityTable
) -> tuple[list[SessionTalk], list[str]]:
    """Return the sessions that can be reviewed, and the ids of those that ``vuoro run`` must do.

    Sessions whose records cannot be read are in neither: `vuoro status` reports them. Raises
    StudyError, ModelError, TransientError.
    """
    ready, waiting = [], []
    for recording in accepted.readable(study):
        chain = SessionChain(study, recording, settings)
        talk = None
        # hashing every sound file would take longer than all the rest
        if chain.find(FIND_NAMES, verify=False):
            conversation = chain.get(CORRECT).conversation
            talk = SessionTalk(recording.session_id, conversation, chain.get(FIND_NAMES))
        if talk and table.knows(said(talk.conversation, talk.mentions)):
            ready.append(talk)
        else:
            waiting.append(recording.session_id)
    return ready, waiting


def all_masked(table: EntityTable) -> EntityTable:
    """Return the table as if every entity were a name: its replacements show where entities are."""
    names = [
        Decision(at="", by="", action="name", entity=entity.id)
        for entity in table.judged
        if not entity.is_masked
    ]
    return replace(table, decisions=(*table.decisions, *names))


def places(talk: SessionTalk, table: EntityTable) -> tuple[Replacement, ...]:
    """Return where entities are in a session; masked or not, if the table is ``all_masked``."""
    return replacements(talk.conversation, talk.mentions, table)


def excerpt(words: Sequence[str], first: int, last: int) -> str:
    """Return words ``first``–``last`` marked with « », with six words on either side."""
    opening, _ = edges(words[first])
    _, closing = edges(words[last])
    said = " ".join(words[first : last + 1])
    marked = f"{opening}«{said[len(opening) : len(said) - len(closing)]}»{closing}"
    before = ["…"] * (first > MARGIN) + [*words[max(0, first - MARGIN) : first]]
    behind = [*words[last + 1 : last + 1 + MARGIN]] + ["…"] * (last + 1 + MARGIN < len(words))
    return " ".join((*before, marked, *behind))
