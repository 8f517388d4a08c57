"""The stages of a session, in order, and what each one depends on.

    decode ─▶ diarise ─┬─▶ transcribe ─▶ assemble ─▶ find_names ─▶ pseudonymise
                       └─▶ identify

A stage result is addressed by everything it depends on (``SessionChain.key``): present and valid,
it is not made again, in any later run, by any worker. A changed setting makes anew exactly the
stages that read it and those after them whose input thereby changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar

from models.registry import ResolvedModel, resolve
from pipeline import intake
from pipeline.assemble import assemble
from pipeline.audio import decode
from pipeline.diarise import diarisation_models, diarise
from pipeline.disk import os_errors
from pipeline.errors import StudyError
from pipeline.identify import identify
from pipeline.pseudonymise import audit
from pipeline.pseudonymise.apply import replacements, said
from pipeline.pseudonymise.detect import detect
from pipeline.pseudonymise.entities import EntityTable
from pipeline.pseudonymise.mask import mask
from pipeline.pseudonymise.morphology import edition
from pipeline.publish import is_published, publish_session, session_tables, turn_ids
from pipeline.records import (
    Audio,
    Cast,
    Conversation,
    Diarisation,
    MaskedConversation,
    Mentions,
    Recording,
    Replacement,
    Transcript,
)
from pipeline.settings import Settings
from pipeline.store import Result, Store, digest, read_record, write_record
from pipeline.study import Study
from pipeline.transcribe import transcribe

R = TypeVar("R")
Progress = Callable[[float], None]
Outcome = Literal["made", "present"]

Replaced = tuple[Replacement, ...]

PUBLISH = "publish"


@dataclass(frozen=True, slots=True)
class Job:
    """All that a stage may look at; ``folder`` takes the files that go with its record."""

    chain: SessionChain
    folder: Path
    progress: Progress
    replaced: Replaced

    @property
    def settings(self) -> Settings:
        return self.chain.settings

    @property
    def wav(self) -> Path:
        """The decoded sound."""
        return self.chain.folder("decode") / self.chain.record("decode", Audio).file

    @property
    def tracks(self) -> dict[str, Path]:
        """The sound of each speaker label, where people were recorded one by one."""
        tracks = self.chain.record("decode", Audio).tracks_by_label
        return {label: self.chain.folder("decode") / name for label, name in tracks.items()}

    def model(self, role: str) -> Path:
        return self.chain.models[role].path


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: how it runs and what its result depends on.

    ``needs`` are earlier stages whose records it reads, ``section`` the part of the settings and
    ``models`` the roles of the models it uses; ``of_recording`` the fields of the recording that
    it reads; ``also`` tells what else its result depends on. ``version`` goes up whenever the same
    inputs would give another result.
    """

    name: str
    version: int
    record: type
    run: Callable[[Job], object]
    needs: tuple[str, ...] = ()
    section: str | None = None
    models: tuple[str, ...] = ()
    of_recording: tuple[str, ...] = ()
    replaces: bool = False
    also: Callable[[SessionChain], object] | None = None


def _decode(job: Job) -> Audio:
    chain = job.chain
    return decode(
        intake.original(chain.study, chain.recording),
        job.folder,
        min_duration_s=job.settings.intake.min_duration_s,
        tracks=job.settings.intake.tracks,
        progress=job.progress,
    )


def _diarise(job: Job) -> Diarisation:
    roles = diarisation_models(job.settings.diarisation)
    return diarise(
        job.wav,
        job.settings.diarisation,
        {role: job.model(role) for role in roles},
        job.settings.machine,
        job.progress,
        job.tracks,
    )


def _transcribe(job: Job) -> Transcript:
    return transcribe(
        job.wav,
        job.chain.record("diarise", Diarisation),
        job.settings.transcription,
        job.model("speech-recognition"),
        job.settings.machine,
        job.progress,
        job.tracks,
        glossary=job.chain.study.glossary(),
    )


def _assemble(job: Job) -> Conversation:
    return assemble(
        job.chain.record("decode", Audio),
        job.chain.record("diarise", Diarisation),
        job.chain.record("transcribe", Transcript),
        job.settings.turns,
    )


def _identify(job: Job) -> Cast:
    return identify(job.chain.recording.session_id, job.chain.record("diarise", Diarisation))


def _find_names(job: Job) -> Mentions:
    return detect(job.chain.record("assemble", Conversation))


def _pseudonymise(job: Job) -> MaskedConversation:
    conversation = job.chain.record("assemble", Conversation)
    labels = job.settings.anonymisation.labels
    if labels == "session":
        spoken = conversation.language
        labels = "fi" if spoken == "fi" else "sv" if spoken == "sv" else "en"
    flags = job.chain.record("find_names", Mentions).flags
    return mask(conversation, job.replaced, flags, labels)


STAGES = (
    Stage("decode", 2, Audio, _decode, section="intake", of_recording=("sha256",)),
    Stage(
        "diarise",
        3,
        Diarisation,
        _diarise,
        needs=("decode",),
        section="diarisation",
        models=("segmentation", "voice-print", "pipeline"),
    ),
    Stage(
        "transcribe",
        5,
        Transcript,
        _transcribe,
        needs=("decode", "diarise"),
        section="transcription",
        models=("speech-recognition",),
        also=lambda chain: chain.study.glossary(),
    ),
    Stage(
        "assemble",
        3,
        Conversation,
        _assemble,
        needs=("decode", "diarise", "transcribe"),
        section="turns",
    ),
    Stage("identify", 1, Cast, _identify, needs=("diarise",), of_recording=("session_id",)),
    Stage(
        "find_names",
        3,
        Mentions,
        _find_names,
        needs=("assemble",),
        models=("names-fi", "names-en"),
        also=lambda chain: edition(),
    ),
    Stage(
        "pseudonymise",
        2,
        MaskedConversation,
        _pseudonymise,
        needs=("assemble", "find_names"),
        section="anonymisation",
        replaces=True,
    ),
)
BY_NAME = {stage.name: stage for stage in STAGES}


@dataclass(frozen=True)
class SessionChain:
    """The stages of one session: what is done, what is not, and doing it."""

    study: Study
    recording: Recording
    settings: Settings

    @cached_property
    def store(self) -> Store:
        return Store(self.study.stages)

    @cached_property
    def models(self) -> dict[str, ResolvedModel]:
        """The models in use, by role. Raises ModelError if one is missing or damaged."""
        ids = {
            **diarisation_models(self.settings.diarisation),
            "speech-recognition": self.settings.transcription.model,
            "names-fi": "spacy-fi",
            "names-en": "spacy-en",
        }
        return {role: resolve(model) for role, model in ids.items()}

    @cached_property
    def _found(self) -> dict[str, Result]:
        return {}

    def key(self, name: str, *, verify: bool = True) -> str | None:
        """The address of a stage's result: a digest of all it depends on.

        None while a stage that it needs is not done.
        """
        stage = BY_NAME[name]
        inputs = [self.find(need, verify=verify) for need in stage.needs]
        if any(result is None for result in inputs):
            return None
        replaced = self._replaced(add=False) if stage.replaces else ()
        if replaced is None:
            return None
        return self._address(stage, replaced)

    def _address(self, stage: Stage, replaced: Replaced) -> str:
        section = getattr(self.settings, stage.section) if stage.section else None
        return digest(
            {
                "stage": [stage.name, stage.version],
                "inputs": [self._found[need].digest for need in stage.needs],
                "recording": [getattr(self.recording, name) for name in stage.of_recording],
                "settings": section.model_dump(mode="json") if section else None,
                "models": {r: m.sha256 for r, m in self.models.items() if r in stage.models},
                "also": stage.also(self) if stage.also else None,
                "replaced": [astuple(replacement) for replacement in replaced],
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

    def run(self, name: str, progress: Progress) -> Outcome:
        """Make a stage's result, if it is not there. Stages that it needs must be done.

        Raises VuoroError; a RecordingError means that this recording cannot be used.
        """
        if self.find(name) is not None:
            return "present"
        stage = BY_NAME[name]
        replaced = (self._replaced(add=True) if stage.replaces else None) or ()
        with self.store.writing(name, self._address(stage, replaced)) as folder:
            write_record(folder, stage.run(Job(self, folder, progress, replaced)))
        if self.find(name) is None:
            raise StudyError(f"The result of the stage '{name}' was altered while it was written.")
        return "made"

    def folder(self, name: str) -> Path:
        """The folder of a finished stage."""
        result = self.find(name)
        if result is None:
            raise StudyError(f"The stage '{name}' is not done yet.", "Run `vuoro run`.")
        return result.folder

    def record(self, name: str, kind: type[R]) -> R:
        """The record of a finished stage."""
        with os_errors(f"reading the result of the stage '{name}'"):
            return read_record(self.folder(name), kind)

    def publish(self) -> None:
        """Write the session's rows into the data set; all stages must be done."""
        conversation = self.record("assemble", Conversation)
        masked = self.record("pseudonymise", MaskedConversation)
        tables = session_tables(
            self.recording,
            self.record("decode", Audio),
            self.record("diarise", Diarisation),
            conversation,
            self.record("identify", Cast),
            masked,
            lapse_s=self.settings.turns.lapse_s,
            models=self.models_used,
            settings_digest=self.settings_digest,
        )
        # logged before: what is in the data set is in the log, even after a crash in between
        ids = turn_ids(self.recording.session_id, masked)
        replaced = self._replaced(add=False) or ()
        entries = audit.entries(conversation, replaced, ids, EntityTable.load(self.study))
        log = self.study.audit / f"{self.recording.session_id}.jsonl"
        audit.append(log, entries, self.models_used, self.settings_digest)
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
        return digest([results, asdict(public), self.models_used, self.settings_digest])

    @property
    def settings_digest(self) -> str:
        """A digest of all settings that can change a result."""
        return digest(self.settings.model_dump(mode="json", exclude={"machine"}))[:16]

    @property
    def models_used(self) -> tuple[str, ...]:
        """Each model in use as ``role=id@sha256``, shortened, for the record in the tables."""
        return tuple(f"{role}={m.id}@{m.sha256[:12]}" for role, m in sorted(self.models.items()))

    def _replaced(self, *, add: bool) -> Replaced | None:
        """What of the session is replaced; None if a name of it is not in the study's table yet."""
        conversation = self.record("assemble", Conversation)
        mentions = self.record("find_names", Mentions)
        names = said(conversation, mentions)
        table = EntityTable.update(self.study, names) if add else EntityTable.load(self.study)
        return replacements(conversation, mentions, table) if table.knows(names) else None


def unfinished(study: Study, settings: Settings, *, verify: bool = True) -> dict[str, list[str]]:
    """What a run would do: for each session that is not finished, its stages to come, in order.

    The last of them is ``publish``.
    """
    waiting: dict[str, list[str]] = {}
    for recording in intake.sessions(study):
        chain = SessionChain(study, recording, settings)
        pending = chain.pending(verify=verify)
        if pending or not chain.is_published:
            waiting[recording.session_id] = [*pending, PUBLISH]
    return waiting
