"""The settings of a study: every key, its allowed values, its default and its meaning.

Results depend on ``vuoro.toml`` only; for ``[machine]``, which affects speed and not results, the
environment takes precedence: see ``file``. The number of threads changes no result; a graphics
card only rounds differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from pipeline.records.languages import LANGUAGES, UNKNOWN
from pipeline.storage.digests import digest

MACHINE = "machine"
BY_SESSION: dict[str, Any] = {"by_session": True}
"""For a setting that changes only some sessions' results, and so is not in the common digest."""


def _known(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(UNKNOWN.format(code))
    return code


LanguageCode = Annotated[str, AfterValidator(_known)]


class Section(BaseModel):
    """One table of vuoro.toml; unknown keys are errors, so that typing mistakes are reported."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class IntakeSettings(Section):
    """What is taken from the inbox."""

    min_duration_s: float = Field(
        default=1.0,
        ge=0,
        description="A recording shorter than this goes to quarantine, in seconds.",
    )
    tracks: Literal["auto", "together", "separate"] = Field(
        default="auto",
        description="Whether a file's channels are of one person each ('separate') or of all "
        "('together'); 'auto' listens.",
    )
    originals: Literal["move", "reference"] = Field(
        default="move",
        exclude=True,  # it changes no result
        description="Recordings are moved from the inbox into the study ('move'), or stay where "
        "they are and only their place is noted ('reference').",
    )
    inbox: Literal["private", "team"] = Field(
        default="private",
        exclude=True,
        description="Who may open the inbox: you alone ('private'), or your group of users too "
        "('team'). Recordings identify people.",
    )


class DiarisationSettings(Section):
    """Who spoke when."""

    pipeline: str = Field(
        default="embedded",
        description="'embedded' (no account needed), the folder of any pyannote.audio diarisation "
        "pipeline, or its id on the Hugging Face Hub, fetched by `vuoro models pull owner/name`.",
    )
    trusted: str | None = Field(
        default=None,
        exclude=True,  # it changes no result
        description="The digest of `pipeline`'s folder, if that may run code of its own: pickled "
        "weights, other classes than pyannote's. What refuses such a folder names the digest.",
    )
    num_people: int | None = Field(
        default=None,
        ge=1,
        description="Number of people, if it is the same in every session and known.",
    )
    min_people: int | None = Field(default=None, ge=1, description="At least this many people.")
    max_people: int | None = Field(default=None, ge=1, description="At most this many people.")
    expected_people: int | None = Field(
        default=None,
        ge=1,
        description="About this many people, e.g. the members of a group. Fewer or more are "
        "found where the voices are clear.",
    )
    step: float = Field(
        default=0.25,
        gt=0,
        le=1,
        description="Step of the 10-second analysis window, as a share of it. Smaller is slower "
        "and a little more exact.",
    )
    same_person: float = Field(
        default=0.3,
        gt=-1,
        lt=1,
        description="Voices more alike than this are one person's (cosine, less what all voices "
        "of the recording have in common). Higher finds more people.",
    )


class TranscriptionSettings(Section):
    """What was said."""

    model: str = Field(
        default="whisper-base",
        description="A model id from `vuoro models list`, or a folder with a Whisper model in "
        "CTranslate2 form.",
    )
    language: LanguageCode | None = Field(
        default=None,
        exclude=True,  # it changes only sessions whose detected language differs
        json_schema_extra=BY_SESSION,
        description="Language of all sessions, e.g. 'fi', 'sv' or 'en'. Left out, it is detected "
        "for each session. One that is clearly in another language waits for an answer.",
    )
    languages: tuple[LanguageCode, ...] = Field(
        default=("fi", "sv", "en"),
        exclude=True,  # likewise
        json_schema_extra=BY_SESSION,
        description="Languages that detection chooses from. A session that is clearly in another "
        "language waits for an answer; left empty ([]), any language is taken.",
    )
    beam_size: int = Field(default=3, ge=1, le=20, description="Width of the beam search.")


class TurnSettings(Section):
    """How words become turns."""

    lapse_s: float = Field(
        default=8.0, gt=0, description="A silence longer than this ends a turn, in seconds."
    )
    minimal_response_max_words: int = Field(
        default=3,
        ge=1,
        description="A minimal response (joo, mm, okay) has at most this many words…",
    )
    minimal_response_max_s: float = Field(
        default=1.5, gt=0, description="…and lasts at most this long, in seconds."
    )
    minimal_response_words: tuple[str, ...] = Field(
        default=(
            *(
                "joo",
                "jo",
                "juu",
                "jep",
                "mm",
                "mmm",
                "mhm",
                "hm",
                "hmm",
                "niin",
                "nii",
                "aivan",
                "kyllä",
            ),
            *("okei", "ok", "okay", "aha", "ahaa", "ai", "no", "just", "selvä", "totta", "hyvä"),
            *(
                "ja",
                "jaa",
                "jaha",
                "precis",
                "nä",
                "yeah",
                "yes",
                "yep",
                "uh",
                "huh",
                "right",
                "oh",
            ),
        ),
        description="Words that make a minimal response even where the other has paused.",
    )


class AnonymisationSettings(Section):
    """What replaces names."""

    labels: Literal["fi", "sv", "en", "session"] = Field(
        default="session",
        description="Language of the pseudonyms ([Henkilö 7] or [Person 7]); 'session' follows "
        "the language of the session.",
    )


class MachineSettings(Section):
    """How the work is spread over this machine. What is done already is not redone for it."""

    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto",
        description="'auto' uses a CUDA graphics card where there is one, and the processor where "
        "the card fails; 'cuda' stops then. The two round differently: a word may differ.",
    )
    threads: int | None = Field(
        default=None,
        ge=1,
        description="Processor threads to use at a time; left out, one for each core. Their number "
        "changes no result.",
    )
    prefect_api_url: str | None = Field(
        default=None,
        description="Another Prefect server than the study's own for `vuoro run`, e.g. "
        "'http://127.0.0.1:4200/api'. It learns the ids of sessions, and is reached without a "
        "proxy. Its secret, if it has one, is PREFECT_API_AUTH_STRING in the environment.",
    )


class Settings(Section):
    """All settings of a study."""

    intake: IntakeSettings = IntakeSettings()
    diarisation: DiarisationSettings = DiarisationSettings()
    transcription: TranscriptionSettings = TranscriptionSettings()
    turns: TurnSettings = TurnSettings()
    anonymisation: AnonymisationSettings = AnonymisationSettings()
    machine: MachineSettings = MachineSettings()

    @property
    def sections(self) -> dict[str, Any]:
        """The settings that can change the result of every session, by section, for JSON."""
        return self.model_dump(mode="json")

    @property
    def digest(self) -> str:
        """A digest of the settings that can change the result of every session."""
        return digest({k: v for k, v in self.sections.items() if k != MACHINE})[:16]


@dataclass(frozen=True, slots=True)
class Key:
    """One setting, under the name that people use: ``turns.lapse_s``."""

    section: str
    name: str
    field: FieldInfo

    def __str__(self) -> str:
        return f"{self.section}.{self.name}"

    @property
    def meaning(self) -> str:
        """Its purpose, as a sentence."""
        return self.field.description or ""

    @property
    def is_decisive(self) -> bool:
        """Whether it can change a result."""
        by_session = self.field.json_schema_extra == BY_SESSION
        return self.section != MACHINE and (not self.field.exclude or by_session)

    def of(self, settings: Settings) -> Any:
        """Its value."""
        return getattr(getattr(settings, self.section), self.name)


def section_type(name: str) -> type[Section]:
    """The declaration of a section."""
    return cast(type[Section], Settings.model_fields[name].annotation)


KEYS = {
    str(key): key
    for section in Settings.model_fields
    for name, field in section_type(section).model_fields.items()
    for key in [Key(section, name, field)]
}
"""Every setting by its name, in order of the file."""
