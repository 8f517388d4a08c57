"""The stages of a session, in order, and what each one depends on.

decode ─▶ diarise ─┬─▶ detect_language ─▶ transcribe ─▶ assemble ─▶ correct ─┐
                   └─▶ identify                                              │
                                                pseudonymise ◀─ find_names ◀─┘
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.diarisation.diarise import diarisation_models, diarise
from pipeline.media.audio import decode
from pipeline.people.identify import identify, words_as_one
from pipeline.pseudonymisation.detect import detect
from pipeline.pseudonymisation.mask import mask
from pipeline.pseudonymisation.morphology import edition
from pipeline.records import (
    Audio,
    Cast,
    Conversation,
    Diarisation,
    HeardLanguages,
    MaskedConversation,
    Mentions,
    Replacement,
    Transcript,
)
from pipeline.settings import Settings
from pipeline.study import accepted
from pipeline.transcription.spoken import Spoken, detect_language, expected
from pipeline.transcription.transcribe import transcribe
from pipeline.turns.assemble import assemble
from pipeline.turns.correct import correct
from pipeline.turns.edits.edit import Corrected

if TYPE_CHECKING:
    from pipeline.stages.chain import SessionChain

Progress = Callable[[float], None]

Replaced = tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """All that a stage may look at; ``folder`` takes the files that go with its record.

    ``also`` is what the stage depends on besides: see ``Stage``.
    """

    chain: SessionChain
    folder: Path
    progress: Progress
    also: Any

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
    it reads. ``also`` tells what of the study as a whole its result depends on, for a chain: a
    value that JSON can hold, or None while that is not known; given True, it finds it out. Its
    ``version`` goes up whenever the same inputs would give another result.
    """

    name: str
    version: int
    record: type
    run: Callable[[Job], object]
    needs: tuple[str, ...] = ()
    section: str | None = None
    models: tuple[str, ...] = ()
    of_recording: tuple[str, ...] = ()
    also: Callable[[SessionChain, bool], object | None] | None = None


def _decode(job: Job) -> Audio:
    chain = job.chain
    return decode(
        accepted.verified(chain.study, chain.recording),
        job.folder,
        min_duration_s=job.settings.intake.min_duration_s,
        tracks=job.settings.intake.tracks,
        gaps_s=chain.recording.gaps_s,
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


def _detect_language(job: Job) -> HeardLanguages:
    return detect_language(
        job.wav,
        job.chain.record("diarise", Diarisation),
        job.also,
        job.model("speech-recognition"),
        job.settings.machine,
        job.progress,
        job.tracks,
    )


def _spoken_and_glossary(chain: SessionChain) -> tuple[Spoken, list[str]] | None:
    """The language to transcribe in, and the study's terms; None while it was not detected.

    Raises LanguageQuestionError where a person must say it.
    """
    detected = chain.find("detect_language") is not None
    return (chain.spoken, chain.study.glossary()) if detected else None


def _transcribe(job: Job) -> Transcript:
    spoken, glossary = job.also
    return transcribe(
        job.wav,
        job.chain.record("diarise", Diarisation),
        spoken,
        job.settings.transcription.beam_size,
        job.model("speech-recognition"),
        job.settings.machine,
        job.progress,
        job.tracks,
        glossary=glossary,
    )


def _identify(job: Job) -> Cast:
    return identify(job.also, job.chain.record("diarise", Diarisation))


def _assemble(job: Job) -> Conversation:
    return assemble(
        job.chain.record("decode", Audio),
        job.chain.voices,
        words_as_one(job.chain.record("transcribe", Transcript), job.also),
        job.settings.turns,
    )


def _correct(job: Job) -> Corrected:
    conversation = job.chain.record("assemble", Conversation)
    return correct(conversation, job.chain.voices, job.also, job.settings.turns)


def _find_names(job: Job) -> Mentions:
    return detect(job.chain.conversation)


def _pseudonymise(job: Job) -> MaskedConversation:
    conversation = job.chain.conversation
    labels = job.settings.anonymisation.labels
    if labels == "session":
        spoken = conversation.language
        labels = "fi" if spoken == "fi" else "sv" if spoken == "sv" else "en"
    flags = job.chain.record("find_names", Mentions).flags
    return mask(conversation, job.also, flags, labels)


STAGES = (
    Stage("decode", 4, Audio, _decode, section="intake", of_recording=("sha256", "gaps_s")),
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
        "detect_language",
        1,
        HeardLanguages,
        _detect_language,
        needs=("decode", "diarise"),
        models=("speech-recognition",),
        also=lambda chain, find_out: expected(chain.settings.transcription),
    ),
    Stage(
        "transcribe",
        6,
        Transcript,
        _transcribe,
        needs=("decode", "diarise"),
        section="transcription",
        models=("speech-recognition",),
        also=lambda chain, find_out: _spoken_and_glossary(chain),
    ),
    Stage(
        "identify",
        2,
        Cast,
        _identify,
        needs=("diarise",),
        also=lambda chain, find_out: chain.who_is_who(find_out),
    ),
    Stage(
        "assemble",
        3,
        Conversation,
        _assemble,
        needs=("decode", "diarise", "transcribe"),
        section="turns",
        also=lambda chain, find_out: chain.same_voices(),
    ),
    Stage(
        "correct",
        1,
        Corrected,
        _correct,
        needs=("diarise", "assemble"),
        section="turns",
        also=lambda chain, find_out: chain.edits(),
    ),
    Stage(
        "find_names",
        3,
        Mentions,
        _find_names,
        needs=("correct",),
        models=("names-fi", "names-en"),
        also=lambda chain, find_out: edition(),
    ),
    Stage(
        "pseudonymise",
        2,
        MaskedConversation,
        _pseudonymise,
        needs=("correct", "find_names"),
        section="anonymisation",
        also=lambda chain, find_out: chain.replaced(find_out),
    ),
)
BY_NAME = {stage.name: stage for stage in STAGES}
