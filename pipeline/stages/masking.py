"""The stages that number the names of the study and replace them with pseudonyms."""

from __future__ import annotations

from typing import Literal

from pipeline.pseudonymisation.apply import replacements, said
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.pseudonymisation.mask import mask
from pipeline.records import MaskedConversation, Mentions, Replacement
from pipeline.stages.stage import Stage
from pipeline.study import Study
from pipeline.turns.edits.edit import Corrected

Replaced = tuple[Replacement, ...]


def _number_names(study: Study, correct: Corrected, find_names: Mentions) -> EntityTable:
    return EntityTable.update(study, said(correct.conversation, find_names))


def _table_now(study: Study, correct: Corrected, find_names: Mentions) -> EntityTable | None:
    table = EntityTable.load(study)
    return table if table.knows(said(correct.conversation, find_names)) else None


def _replace_names(
    correct: Corrected, find_names: Mentions, table: EntityTable, edition: str
) -> Replaced:
    return replacements(correct.conversation, find_names, table)


def _pseudonymise(
    correct: Corrected,
    find_names: Mentions,
    replace_names: Replaced,
    labels: Literal["fi", "sv", "en", "session"],
) -> MaskedConversation:
    conversation = correct.conversation
    if labels == "session":
        spoken = conversation.language
        labels = "fi" if spoken == "fi" else "sv" if spoken == "sv" else "en"
    return mask(conversation, replace_names, find_names.flags, labels)


NUMBER_NAMES = Stage(
    "number_names",
    1,
    _number_names,
    label="numbering names",
    phase="number",
    scope="study",
    standing=_table_now,
)
REPLACE_NAMES = Stage(
    "replace_names",
    1,
    _replace_names,
    label="replacing names",
    phase="finish",
    models=("names-fi", "names-en"),
    at_once=True,  # whether later stages are up to date depends on its result
)
PSEUDONYMISE = Stage(
    "pseudonymise",
    2,
    _pseudonymise,
    label="masking names",
    phase="finish",
    settings=("anonymisation.labels",),
)
