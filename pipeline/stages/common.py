"""What all sessions of a study have in common: the settings and the models in use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic_core import to_jsonable_python

from models.registry import ResolvedModel, resolve
from pipeline.diarisation.diarise import diarisation_models
from pipeline.settings import KEYS, Settings


@dataclass(frozen=True)
class Common:
    """What all sessions have in common under the same settings, computed once."""

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

    def setting(self, key: str) -> Any:
        """What is set under ``section.key``, as JSON holds it."""
        return to_jsonable_python(KEYS[key].of(self.settings))
