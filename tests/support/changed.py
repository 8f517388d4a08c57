"""Settings changed, for the tests: as ``vuoro settings`` changes them, but without its words."""

from __future__ import annotations

from pipeline.settings import Settings
from pipeline.settings.file import changed, parsed, text_of
from pipeline.study import Study


def settings_if(study: Study, values: dict[str, str]) -> Settings:
    """The study's settings as they would be with these values, by key."""
    return parsed(changed(text_of(study.settings_file), values)).settings


def change(study: Study, values: dict[str, str]) -> None:
    """Have vuoro.toml say these values, by key."""
    text = changed(text_of(study.settings_file), values)
    study.settings_file.write_text(text, encoding="utf-8")
