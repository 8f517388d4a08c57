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
    def sections(self) -> dict[str, Any]:
        """The settings, by section, as JSON holds them."""
        return self.settings.sections

    @cached_property
    def settings_digest(self) -> str:
        """A digest of all settings that can change a result."""
        return self.settings.digest
