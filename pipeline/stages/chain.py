"""The chain of one session's stages: what is done, what is not, and doing it.

A stage result is addressed by everything it depends on (``SessionChain.key``): present and valid,
it is not made again, in any later run, by any worker. A changed setting makes anew exactly the
stages that read it and those after them whose input thereby changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

from pydantic_core import to_jsonable_python

from models.registry import ResolvedModel
from pipeline.errors import LanguageQuestionError, StudyError, TransientError
from pipeline.people import settle as group
from pipeline.people.identify import same_voices, voices_as_one
from pipeline.people.register import Known, Register
from pipeline.people.samples import kept_voice_of
from pipeline.pseudonymisation import audit
from pipeline.pseudonymisation.apply import replacements, said
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.pseudonymisation.morphology import edition
from pipeline.records import (
    Audio,
    Cast,
    Conversation,
    Diarisation,
    HeardLanguages,
    MaskedConversation,
    Mentions,
    Recording,
)
from pipeline.settings import Settings
from pipeline.stages.common import Common
from pipeline.stages.declared import BY_NAME, STAGES, Job, Progress, Replaced, Stage
from pipeline.stages.peers import Peers
from pipeline.stages.publish import is_published, publish_session
from pipeline.stages.session_rows import session_tables, turn_ids
from pipeline.storage.digests import digest
from pipeline.storage.disk import os_errors
from pipeline.study import Study, accepted, settings_log
from pipeline.study.store import Result, Store, missing, read_record, write_record
from pipeline.transcription.spoken import Spoken, spoken_language
from pipeline.turns.edits import log
from pipeline.turns.edits.edit import Corrected, Edit, relabelled
from pipeline.turns.interview.guide import guide_of
from pipeline.turns.interview.questions import numbers

R = TypeVar("R")

PUBLISH = "publish"
REPLACED = "replaced"  # results that only save time


@dataclass(frozen=True)
class SessionChain:
    """The stages of one session: what is done, what is not, and doing it.

    ``looked_at_with`` are the chains of the group while nothing is made of any: see ``to_do``.
    """

    study: Study
    recording: Recording
    settings: Settings
    common: Common | None = field(default=None, repr=False, compare=False)
    looked_at_with: Peers | None = field(default=None, repr=False, compare=False)

    @cached_property
    def store(self) -> Store:
        return Store(self.study.stages)

    @property
    def models(self) -> dict[str, ResolvedModel]:
        """The models in use, by role. Raises ModelError if one is missing or damaged."""
        return self._common.models

    @cached_property
    def _common(self) -> Common:
        return self.common or Common(self.settings)

    @cached_property
    def _found(self) -> dict[str, Result]:
        return {}

    @cached_property
    def problems(self) -> list[StudyError]:
        """Why it could not be told whether a stage is done: what it depends on is damaged."""
        return []

    def key(self, name: str, *, verify: bool = True) -> str | None:
        """The address of a stage's result: a digest of all it depends on.

        None while a stage that it needs is not done.
        """
        stage = BY_NAME[name]
        if any(self.find(need, verify=verify) is None for need in stage.needs):
            return None
        return self._address(stage, self._also(stage))

    def _also(self, stage: Stage, *, find_out: bool = False) -> object | None:
        try:
            return stage.also(self, find_out) if stage.also else ()
        except LanguageQuestionError:  # a person must say it first
            if find_out:
                raise
            return None
        except StudyError as error:  # damaged, for this session alone or its group
            if find_out:  # who runs the stage is told
                raise
            self.problems.append(error)
            return None

    def _address(self, stage: Stage, also: object | None) -> str | None:
        if also is None:
            return None
        return digest(
            {
                "stage": [stage.name, stage.version],
                "inputs": [self._found[need].digest for need in stage.needs],
                "recording": [getattr(self.recording, name) for name in stage.of_recording],
                "settings": self._common.sections[stage.section] if stage.section else None,
                "models": {r: m.sha256 for r, m in self.models.items() if r in stage.models},
                "also": to_jsonable_python(also),
            }
        )[:32]

    def find(self, name: str, *, verify: bool = True) -> Result | None:
        """The finished result of a stage, or None."""
        if name not in self._found:
            key = self.key(name, verify=verify)
            result = self.store.find(name, key, verify=verify) if key else None
            if result is None:
                return None
            self._found[name] = result
        return self._found[name]

    def pending(self, *, verify: bool = True) -> tuple[str, ...]:
        """The stages that a run would make, in order."""
        return tuple(s.name for s in STAGES if self.find(s.name, verify=verify) is None)

    def run(self, name: str, progress: Progress) -> None:
        """Make a stage's result, if it is not there. Stages that it needs must be done.

        Raises VuoroError; a RecordingError means that this recording cannot be used.
        """
        if self.find(name) is not None:
            return
        stage = BY_NAME[name]
        also = self._also(stage, find_out=True)
        address = self._address(stage, also)
        if address is None:
            raise StudyError(f"The stage '{name}' lacks what it needs.", "Run `vuoro run`.")
        if self.store.find(name, address) is not None:  # only what it depends on was not known
            return
        with self.store.writing(name, address) as folder:
            write_record(folder, stage.run(Job(self, folder, progress, also)))
        if self.find(name) is None:
            raise StudyError(f"The result of the stage '{name}' was altered while it was written.")

    def result(self, name: str) -> Result:
        """The result of a finished stage."""
        result = self.find(name)
        if result is None:
            raise StudyError(f"The stage '{name}' is not done yet.", "Run `vuoro run`.")
        return result

    def folder(self, name: str) -> Path:
        """The folder of a finished stage, with all its files: dropped ones are made again.

        Raises StudyError if they cannot be made as they were, or what the stage raises.
        """
        result = self.result(name)
        if missing(result.folder):
            stage = BY_NAME[name]
            with self.store.restoring(result) as folder:
                stage.run(Job(self, folder, _ignore, self._also(stage)))
        return result.folder

    def record(self, name: str, kind: type[R]) -> R:
        """The record of a finished stage."""
        with os_errors(f"reading the result of the stage '{name}'"):
            return read_record(self.result(name).folder, kind)

    def publish(self) -> None:
        """Write the session's rows into the data set; all stages must be done."""
        corrected = self.record("correct", Corrected)
        conversation = corrected.conversation
        masked = self.record("pseudonymise", MaskedConversation)
        cast = self.record("identify", Cast)
        tables = session_tables(
            self.recording,
            self.record("decode", Audio),
            replace(self.record("diarise", Diarisation), regular=corrected.regular),
            conversation,
            cast,
            masked,
            lapse_s=self.settings.turns.lapse_s,
            models=self.models_used,
            settings_digest=self.settings_digest,
            questions=numbers(conversation, cast, guide_of(self.study, self.recording)),
        )
        if self.is_published:
            return  # the log has a line for each time that the rows change
        # logged before: what is in the data set is in the log, even after a crash in between
        ids = turn_ids(self.recording.session_id, masked)
        replaced = self.replaced(False) or ()
        entries = audit.entries(conversation, replaced, ids, EntityTable.load(self.study))
        log = self.study.audit / f"{self.recording.session_id}.jsonl"
        audit.append(log, entries, self.models_used, self.settings_digest)
        settings_log.remember(self.study, self.settings)
        publish_session(self.study.dataset, tables, self.source)

    @property
    def is_published(self) -> bool:
        """Whether the data set holds this session as its stages have it now."""
        return is_published(self.study.dataset, self.recording.session_id, self.source)

    @property
    def source(self) -> str:
        """One digest over all that the session's rows derive from; all stages must be done."""
        results = [self._found[stage.name].digest for stage in STAGES]
        public = replace(self.recording, original_name="", suffix="", inbox_folder="")
        asked = to_jsonable_python(guide_of(self.study, self.recording))
        return digest([results, asdict(public), asked, self.models_used, self.settings_digest])

    @property
    def settings_digest(self) -> str:
        """A digest of all settings that can change a result."""
        return self._common.settings_digest

    @property
    def models_used(self) -> tuple[str, ...]:
        """Each model in use as ``role=id@sha256``, shortened, for the record in the tables."""
        return tuple(f"{role}={m.id}@{m.sha256[:12]}" for role, m in sorted(self.models.items()))

    @property
    def voice_model(self) -> str:
        """The sha256 of the model that made the session's voice prints."""
        return self.models.get("pipeline", self.models["voice-print"]).sha256

    @property
    def spoken(self) -> Spoken:
        """The language of the talk, once it was detected.

        Raises LanguageQuestionError where a person must say it.
        """
        heard = self.record("detect_language", HeardLanguages)
        said = self.recording.session_id, self.recording.language
        return spoken_language(heard, self.settings.transcription, *said)

    def who_is_who(self, find_out: bool) -> tuple[Known, ...] | None:
        """Who the session's labels are; None if that must be found out first."""
        peers = self._peers
        if find_out:
            asked = self.study, self.recording.group_id, peers.diarised, self.voice_model
            voice_of = partial(kept_voice_of, self.store, self.models, self.settings.machine)
            found: Register | None = group.update(*asked, voice_of, peers.unreadable)
        else:
            found = peers.register
        if found is None:
            return None
        return found.known(self.recording.session_id, self.result("diarise").digest)

    def forget(self, person_id: str) -> None:
        """Remove a person who has withdrawn from what is known of the session's group."""
        sessions = self._peers.diarised
        group.forget(self.study, self.recording.group_id, sessions, self.voice_model, person_id)

    def same_voices(self) -> dict[str, str] | None:
        """Labels that are the voice of another label's person, with that label.

        None while it is not known who the labels are.
        """
        if self.find("identify") is None:
            return None
        return same_voices(self.record("identify", Cast))

    def replaced(self, find_out: bool) -> Replaced | None:
        """What of the session is replaced; None if a name of it is not in the study's table yet."""
        table = EntityTable.load(self.study)
        found = self.store.find(REPLACED, self._address_of_replaced(table))
        if found is not None:  # made when the table had all names of the session
            return read_record(found.folder, Replaced)
        conversation = self.conversation
        mentions = self.record("find_names", Mentions)
        names = said(conversation, mentions)
        if find_out:
            table = EntityTable.update(self.study, names)
        return self._replaced(conversation, mentions, table) if table.knows(names) else None

    def _replaced(
        self, conversation: Conversation, mentions: Mentions, table: EntityTable
    ) -> Replaced:
        """What is replaced, kept as a result of its own: to find it takes a language model."""
        made = replacements(conversation, mentions, table)
        address = self._address_of_replaced(table)
        with suppress(TransientError), self.store.writing(REPLACED, address) as folder:
            write_record(folder, made)
        return made

    def kept(self) -> Iterator[Path]:
        """The folders of all results in the store that the session has now."""
        found = [self.find(stage.name, verify=False) for stage in STAGES]
        if self.find("find_names", verify=False) and self.find("correct", verify=False):
            address = self._address_of_replaced(EntityTable.load(self.study))
            found.append(self.store.find(REPLACED, address, verify=False))
        return (result.folder for result in found if result is not None)

    def _address_of_replaced(self, table: EntityTable) -> str:
        read = [self.result(name).digest for name in ("correct", "find_names")]
        version = BY_NAME["pseudonymise"].version
        return digest([version, read, table.digest, edition(), self.models_used])[:32]

    def edits(self) -> list[Edit]:
        """What humans corrected in the session, by its speaker labels as they are now."""
        corrections = log.load(self.study, self.recording.session_id)
        return [*relabelled(corrections, self.voices, self.voice_model)] if corrections else []

    @property
    def voices(self) -> Diarisation:
        """The diarisation, with the labels that a human said are one person as one."""
        return voices_as_one(self.record("diarise", Diarisation), self.same_voices() or {})

    @property
    def conversation(self) -> Conversation:
        """What was said, as humans corrected it. Real names still in the text."""
        return self.record("correct", Corrected).conversation

    @property
    def _peers(self) -> Peers:
        """The sessions of the group, this one as it is here."""
        if self.looked_at_with is not None:
            return self.looked_at_with
        self.find("diarise")  # verified, as it is to be worked with
        found = accepted.records(self.study, self.recording.group_id)
        readable = {id: each for id, each in found.items() if isinstance(each, Recording)}
        return Peers(
            [
                self
                if session_id == self.recording.session_id
                else replace(self, recording=recording, common=self._common)
                for session_id, recording in readable.items()
            ],
            unreadable=frozenset(found.keys() - readable.keys()),
        )


def _ignore(share: float) -> None:
    """Files are made again in the midst of something else, which has a progress of its own."""
