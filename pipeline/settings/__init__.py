"""Settings of a study: ``vuoro.toml`` < environment (``VUORO_SECTION__KEY``) < command line.

Each stage reads exactly one section, so a changed setting redoes exactly the stages that depend
on it. ``[machine]`` says how fast, not what: the number of threads changes no result, a graphics
card merely rounds differently.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from pipeline.errors import SettingsError, StudyError
from pipeline.records.languages import LANGUAGES, UNKNOWN
from pipeline.storage.borders.text import data_in
from pipeline.storage.borders.toml import MAX_BYTES, toml_in
from pipeline.storage.disk import os_errors

_FILE = "vuoro.toml"
_WORDS = {
    "extra_forbidden": "there is no such setting",
    "model_type": "it must be a table",
    "tuple_type": "it must be a list in brackets",
    "string_type": "it must be a text in quotes",
}


def _known(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(UNKNOWN.format(code))
    return code


LanguageCode = Annotated[str, AfterValidator(_known)]


class Section(BaseModel):
    """One table of vuoro.toml; unknown keys are errors, so that a typing mistake is not silent."""

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
        description="About this many people, e.g. the members of a group: a pull, no bound; fewer "
        "or more are found where the voices say so.",
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
        exclude=True,  # it changes the results of sessions in which it is another than detected
        description="Language of all sessions, e.g. 'fi', 'sv' or 'en'. Left out, it is detected "
        "for each session. One that is clearly in another language waits for an answer.",
    )
    languages: tuple[LanguageCode, ...] = Field(
        default=("fi", "sv", "en"),
        exclude=True,  # likewise
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


class Settings(BaseSettings):
    """All settings of a study."""

    model_config = SettingsConfigDict(
        env_prefix="VUORO_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    intake: IntakeSettings = IntakeSettings()
    diarisation: DiarisationSettings = DiarisationSettings()
    transcription: TranscriptionSettings = TranscriptionSettings()
    turns: TurnSettings = TurnSettings()
    anonymisation: AnonymisationSettings = AnonymisationSettings()
    machine: MachineSettings = MachineSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings


def load(toml: Path | None, overrides: dict[str, str] | None = None) -> Settings:
    """The settings of the study whose ``vuoro.toml`` this is.

    ``overrides`` come from the command line as ``{"section.key": "value"}``.

    Raises SettingsError with one sentence for each wrong value.
    """

    with os_errors(f"reading {_FILE}"):
        there = toml is not None and toml.exists()
    try:
        data = data_in(toml, _FILE, MAX_BYTES) if toml and there else b""
        said = toml_in(data, _FILE, "Correct that line.")
    except StudyError as error:
        raise SettingsError(error.what, error.remedy) from None

    class WithFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *args: Any, **sources: PydanticBaseSettingsSource
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            above = super().settings_customise_sources(settings_cls, *args, **sources)
            return *above, InitSettingsSource(settings_cls, said)

    try:
        return WithFile(**_nested(overrides or {}))
    except ValidationError as error:
        raise SettingsError(
            f"A setting is wrong: {'; '.join(_wrong(each, data) for each in error.errors())}.",
            f"Correct it in {_FILE}, the VUORO_… environment variable or the option.",
        ) from None


def _wrong(error: ErrorDetails, data: bytes) -> str:
    """What is wrong with a setting, and where it stands in vuoro.toml, if it does."""
    name = ".".join(map(str, error["loc"]))
    line = _line(error["loc"], data)
    where = f" (line {line} of {_FILE})" if line else ""
    what = _WORDS.get(error["type"], error["msg"])
    return f"{name}{where}: {what[:1].lower()}{what[1:]}"


def _line(place: tuple[int | str, ...], data: bytes) -> int | None:
    """The line of a table, or of a name in it; None where vuoro.toml does not have it."""
    wanted = ".".join(map(str, place[:2]))
    table = ""
    for number, line in enumerate(data.decode("utf-8-sig").splitlines(), start=1):
        if header := re.match(r"\s*\[+([^]]+)\]", line):
            table = name = header[1].strip()
        else:
            name = ".".join(filter(None, [table, line.partition("=")[0].strip()]))
        if name == wanted:
            return number
    return None


def _nested(overrides: dict[str, str]) -> dict[str, Any]:
    """``{"turns.lapse_s": "5"}`` as ``{"turns": {"lapse_s": "5"}}``."""
    nested: dict[str, dict[str, str]] = {}
    for name, value in overrides.items():
        section, dot, key = name.partition(".")
        if not dot:
            raise SettingsError(
                f"'{name}' is no setting.", "Write it as section.key=value, e.g. turns.lapse_s=5."
            )
        nested.setdefault(section, {})[key] = value
    return nested


def as_toml() -> str:
    """A vuoro.toml with every setting explained and commented out at its default."""
    lines = ["# Settings of this study. Remove the # before a line to change it.", ""]
    for name, field in Settings.model_fields.items():
        section = cast(type[Section], field.annotation)
        lines += [f"# {(section.__doc__ or '').strip()}", f"[{name}]"]
        for key, option in section.model_fields.items():
            lines.append(f"# {option.description}")
            lines.append(f"#{key} = {_toml_value(option.default)}")
        lines.append("")
    return "\n".join(lines)


def _toml_value(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml_value, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
