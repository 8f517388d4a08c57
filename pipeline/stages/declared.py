"""All stages, in order. What each one reads and depends on is in its declaration.

decode ─▶ diarise ─┬─▶ detect_language ─▶ transcribe ──▶ assemble ─▶ correct ─▶ find_names
                   └─▶ who_is_who ─▶ identify ──────────────┘                       │
list_people, document ◀─ publish ◀─ measure_turns ◀─ pseudonymise ◀─ replace_names ◀─ number_names
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from pipeline.stages import inputs
from pipeline.stages.documents import DOCUMENT, LIST_PEOPLE
from pipeline.stages.hearing import DECODE, DETECT_LANGUAGE, DIARISE, TRANSCRIBE
from pipeline.stages.masking import NUMBER_NAMES, PSEUDONYMISE, REPLACE_NAMES
from pipeline.stages.publishing import MEASURE, PUBLISH
from pipeline.stages.settling import ASSEMBLE, CORRECT, FIND_NAMES, IDENTIFY, WHO_IS_WHO
from pipeline.stages.stage import Input, Phase, Stage, parameters

STAGES: tuple[Stage[Any], ...] = (
    DECODE,
    DIARISE,
    DETECT_LANGUAGE,
    TRANSCRIBE,
    WHO_IS_WHO,
    IDENTIFY,
    ASSEMBLE,
    CORRECT,
    FIND_NAMES,
    NUMBER_NAMES,
    REPLACE_NAMES,
    PSEUDONYMISE,
    MEASURE,
    PUBLISH,
    LIST_PEOPLE,
    DOCUMENT,
)
BY_NAME = {stage.name: stage for stage in STAGES}
INPUTS: dict[str, Input[Any]] = {each.name: each for each in inputs.ALL}

STORED = tuple(stage for stage in STAGES if stage.is_stored)
"""Those whose results are in the store: all of one session."""


def of_phase(phase: Phase) -> frozenset[str]:
    """Return the names of the stages of a phase."""
    return frozenset(stage.name for stage in STAGES if stage.phase == phase)


def in_order(names: Iterable[Collection[str]]) -> list[str]:
    """Return all of these stages, each once, in the order in which a session goes through them."""
    there = {name for each in names for name in each}
    return [stage.name for stage in STAGES if stage.name in there]


def label_of(name: str) -> str:
    """Return the label of a running stage; another version of vuoro may have had other stages."""
    return BY_NAME[name].label if name in BY_NAME else name


@cache
def read_by(stage: Stage[Any]) -> frozenset[str]:
    """Return the names of the stages that a stage reads, through inputs too."""
    found: set[str] = set()
    waiting = [*stage.reads]
    while waiting:
        name = waiting.pop()
        if name in BY_NAME:
            found.add(name)
        elif name in INPUTS:
            waiting += parameters(INPUTS[name].read)
    return frozenset(found)
