"""The stages from voices to people and from words to turns, once a whole group is transcribed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from pipeline.people import settle
from pipeline.people.identify import identify, voices_as_one, words_as_one
from pipeline.people.register import Known, Register
from pipeline.people.samples import kept_voice_of
from pipeline.pseudonymisation.detect import detect
from pipeline.records import Audio, Cast, Conversation, Diarisation, Mentions, Transcript
from pipeline.settings import MachineSettings, TurnSettings
from pipeline.stages.common import Common
from pipeline.stages.leaving import (
    Leaving,
    without_mentions,
    without_person,
    without_segments,
    without_turns,
)
from pipeline.stages.peers import Peers
from pipeline.stages.stage import Stage
from pipeline.study.store import Store
from pipeline.turns.assemble import assemble
from pipeline.turns.correct import correct
from pipeline.turns.edits.edit import Corrected, Edit


def _who_is_who(peers: Peers, store: Store, common: Common, machine: MachineSettings) -> Register:
    return settle.update(
        peers.study,
        peers.group_id,
        peers.diarised,
        common.voice_model,
        partial(kept_voice_of, store, common.models, machine),
        peers.unreadable,
    )


def _register_now(peers: Peers) -> Register | None:
    return peers.register


def _identify(known: tuple[Known, ...], diarise: Diarisation) -> Cast:
    return identify(known, diarise)


def _assemble(
    decode: Audio,
    diarise: Diarisation,
    transcribe: Transcript,
    same_voices: Mapping[str, str],
    turns: TurnSettings,
) -> Conversation:
    voices = voices_as_one(diarise, same_voices)
    return assemble(decode, voices, words_as_one(transcribe, same_voices), turns)


def _correct(
    assemble: Conversation, voices: Diarisation, edits: list[Edit], lapse_s: float
) -> Corrected:
    return correct(assemble, voices, edits, lapse_s)


def _find_names(correct: Corrected, edition: str) -> Mentions:
    return detect(correct.conversation)


def _turns_without(conversation: Conversation, leaving: Leaving) -> Conversation:
    others = without_segments(leaving.voices.regular, leaving.labels)
    return without_turns(conversation, others, leaving.silenced, leaving.label)


def _corrected_without(corrected: Corrected, leaving: Leaving) -> Corrected:
    regular = without_segments(corrected.regular, leaving.labels)
    left = without_turns(corrected.conversation, regular, leaving.silenced, leaving.label)
    return Corrected(left, regular)


def _mentions_without(mentions: Mentions, leaving: Leaving) -> Mentions:
    return without_mentions(mentions, leaving.corrected.conversation, leaving.label)


WHO_IS_WHO = Stage(
    "who_is_who",
    settle.VERSION,
    _who_is_who,
    label="the group's people",
    phase="settle",
    scope="group",
    standing=_register_now,
)
IDENTIFY = Stage(
    "identify",
    2,
    _identify,
    label="people",
    phase="settle",
    redact=lambda cast, leaving: without_person(cast, leaving.person_id),
)
ASSEMBLE = Stage(
    "assemble",
    3,
    _assemble,
    label="turns",
    phase="settle",
    settings=(
        "turns.lapse_s",
        "turns.minimal_response_max_words",
        "turns.minimal_response_max_s",
        "turns.minimal_response_words",
    ),
    redact=_turns_without,
)
CORRECT = Stage(
    "correct",
    1,
    _correct,
    label="corrections",
    phase="settle",
    settings=("turns.lapse_s",),
    redact=_corrected_without,
)
FIND_NAMES = Stage(
    "find_names",
    3,
    _find_names,
    label="finding names",
    phase="settle",
    models=("names-fi", "names-en"),
    weight=5,
    redact=_mentions_without,
)
