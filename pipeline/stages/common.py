"""What all sessions of a study have in common: the settings and the models in use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from models.registry import ResolvedModel, resolve
from pipeline.diarisation.diarise import diarisation_models
from pipeline.settings import Settings


@dataclass(frozen=True)
class Common:
    """What all sessions have in common under the same settings, found out once."""

    settings: Settings

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
    def models_used(self) -> tuple[str, ...]:
        """Each model in use as ``role=id@sha256``, shortened, for the record in the tables."""
        return tuple(f"{role}={m.id}@{m.sha256[:12]}" for role, m in sorted(self.models.items()))

    @property
    def voice_model(self) -> str:
        """The sha256 of the model that makes voice prints."""
        return self.models.get("pipeline", self.models["voice-print"]).sha256

    @cached_property
    def sections(self) -> dict[str, Any]:
        """The settings, by section, as JSON holds them."""
        return self.settings.sections

    def setting(self, key: str) -> Any:
        """What a key of a stage's ``settings`` says, as JSON holds it; ``section.*`` is all of it.

        Settings that change no result are not in it.
        """
        section, _, name = key.partition(".")
        return self.sections[section] if name == "*" else self.sections[section][name]

    @cached_property
    def settings_digest(self) -> str:
        """A digest of all settings that can change a result."""
        return self.settings.digest
