"""``vuoro.toml`` and the environment: reading them, and writing ``vuoro.toml``.

For ``[machine]`` the environment takes precedence (``VUORO_MACHINE__THREADS=2``). A variable that
names a setting of another section is refused: later commands must use the settings that made the
data.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pipeline.errors import SettingsError, StudyError, did_you_mean
from pipeline.settings import KEYS, MACHINE, Key, Settings, section_type
from pipeline.storage.borders import toml
from pipeline.storage.borders.text import data_in, text_in
from pipeline.storage.disk import os_errors

NAME = "vuoro.toml"
_VARIABLE = re.compile(r"VUORO_([A-Z]+)(?:__(.*))?")
_NUMBER = "it must be a number, with a decimal point: 1.5"
_WORDS = {
    "extra_forbidden": "there is no such setting",
    "model_type": "it must be a table",
    "tuple_type": "it must be a list in brackets",
    "string_type": "it must be a text in quotes",
    **dict.fromkeys(("float_parsing", "float_type"), _NUMBER),
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float"), "it must be a whole number"),
}


@dataclass(frozen=True, slots=True)
class Read:
    """The settings of a study, and where they come from.

    ``text`` is that of vuoro.toml, ``variables`` are the names of environment variables by the
    setting that they override.
    """

    settings: Settings
    text: str
    variables: Mapping[str, str]

    def line(self, key: Key) -> int | None:
        """The line of vuoro.toml that sets this key; None if there is none."""
        return toml.line_of(self.text, key.section, key.name)

    def origin(self, key: Key) -> str:
        """Where the value comes from, in words."""
        if variable := self.variables.get(str(key)):
            return f"environment variable {variable}"
        line = self.line(key)
        return f"{NAME}, line {line}" if line else "default"


def read(file: Path) -> Read:
    """The settings in this ``vuoro.toml``, and where they come from.

    Raises as ``parsed``, UnreadableError.
    """
    return parsed(text_of(file))


def parsed(text: str) -> Read:
    """The settings for this text of vuoro.toml, and where they come from.

    Raises SettingsError, with one sentence for each wrong value.
    """
    variables = _variables()
    said = _said(text)
    machine = said.setdefault(MACHINE, {})
    if isinstance(machine, dict):
        machine.update({KEYS[key].name: os.environ[name] for key, name in variables.items()})
    decided = {key: f" (environment variable {name})" for key, name in variables.items()}
    return Read(_checked(said, text, decided), text, variables)


def load(file: Path) -> Settings:
    """The settings in this ``vuoro.toml``. Raises as ``read``."""
    return read(file).settings


def text_of(file: Path) -> str:
    """The text of vuoro.toml; "" if there is none. Raises SettingsError, UnreadableError."""
    with os_errors(f"reading {NAME}"):
        is_there = file.exists()
    try:
        return text_in(data_in(file, NAME, toml.MAX_BYTES), NAME) if is_there else ""
    except StudyError as error:
        raise SettingsError(error.what, error.remedy) from None


def changed(text: str, values: Mapping[str, str], defaults: Iterable[str] = ()) -> str:
    """The text of vuoro.toml with these values, by key, and without keys reset to the default.

    The rest stays unchanged, including comments. Raises SettingsError if there is no such setting,
    a value is not allowed, or the text sets it in a form that cannot be changed here.
    """
    wanted = _said(text)
    if not all(isinstance(section, dict) for section in wanted.values()):
        _checked(wanted, text, {})
    given = {key_of(name): value for name, value in values.items()}
    for key in map(key_of, defaults):
        wanted.get(key.section, {}).pop(key.name, None)
        text = toml.without(text, key.section, key.name)
    for key, value in given.items():
        wanted.setdefault(key.section, {})[key.name] = _typed(key, value)
    settings = _checked(wanted, text, {str(key): "" for key in given})
    for key in given:
        text = toml.with_value(text, key.section, key.name, as_written(key.of(settings)))
    with suppress(SettingsError):
        if _checked(_said(text), text, {}) == settings:
            return text
    raise SettingsError(
        f"{NAME} is written in a way that no command can change.", "Change it in an editor."
    )


def key_of(name: str) -> Key:
    """The setting with this name. Raises SettingsError that suggests the nearest if unknown."""
    if name in KEYS:
        return KEYS[name]
    full = next((full for full, key in KEYS.items() if key.name == name), name)
    meant = did_you_mean(full, KEYS) or "List them with `vuoro settings`."
    raise SettingsError(f"There is no setting '{name}'.", meant)


def as_toml() -> str:
    """A vuoro.toml with every setting explained and commented out at its default."""
    lines = [
        "# Settings of this study. Remove the # before a line to change it, or run",
        "# `vuoro settings KEY=VALUE`, which also says what is redone.",
        "",
    ]
    for name in Settings.model_fields:
        section = section_type(name)
        lines += [f"# {(section.__doc__ or '').strip()}", f"[{name}]"]
        for key, option in section.model_fields.items():
            lines.append(f"# {option.description}")
            lines.append(f"#{key} = {as_written(option.default)}")
        lines.append("")
    return "\n".join(lines)


def as_written(value: object) -> str:
    """A value as written in vuoro.toml; "" for none."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return f"[{', '.join(map(as_written, value))}]"
    # TOML reads the escapes of JSON texts the same way
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value).lower()


def _said(text: str) -> dict[str, Any]:
    try:
        return toml.toml_in(text.encode(), NAME, "Correct that line.")
    except StudyError as error:
        raise SettingsError(error.what, error.remedy) from None


def _variables() -> dict[str, str]:
    """The environment variables that override a setting, by setting.

    Raises SettingsError if one names an unknown setting or one allowed in vuoro.toml only.
    """
    found = {}
    for name in sorted(os.environ):
        match = _VARIABLE.fullmatch(name.upper())
        if match is None or (match[2] is None and match[1].lower() not in Settings.model_fields):
            continue
        key = f"{match[1]}.{match[2]}".lower()
        if not key.startswith(f"{MACHINE}."):
            raise SettingsError(
                f"The environment variable {name} is refused: only {NAME} changes results.",
                f"Unset it, and run `vuoro settings {key if key in KEYS else 'KEY'}=VALUE`.",
            )
        if key not in KEYS:
            raise SettingsError(f"The environment variable {name} names no setting.", "Unset it.")
        found[key] = name
    return found


def _checked(said: Mapping[str, Any], text: str, elsewhere: Mapping[str, str]) -> Settings:
    """The validated settings. ``elsewhere`` gives the source of those that are not in the text."""
    try:
        return Settings.model_validate(said)
    except ValidationError as error:
        wrong = "; ".join(_wrong(each, text, elsewhere) for each in error.errors())
        remedy = f"Correct it with `vuoro settings KEY=VALUE`, or in {NAME}."
        raise SettingsError(f"A setting is wrong: {wrong}.", remedy) from None


def _wrong(error: ErrorDetails, text: str, elsewhere: Mapping[str, str]) -> str:
    """What is wrong with a setting, and where it is set."""
    section, key, *_ = (*map(str, error["loc"]), "")
    name = ".".join(map(str, error["loc"]))
    line = toml.line_of(text, section, key)
    where = f" (line {line} of {NAME})" if line else ""
    where = elsewhere.get(f"{section}.{key}", where)
    what = error["msg"].removeprefix("Value error, ").replace("Input should be", "it must be")
    what = _WORDS.get(error["type"], what)
    near = [full.removeprefix(f"{section}.") for full in KEYS if full.startswith(f"{section}.")]
    if error["type"] == "extra_forbidden" and (
        meant := did_you_mean(key or section, near or Settings.model_fields)
    ):
        what += f" ({meant[:1].lower()}{meant[1:]})"
    return f"{name}{where}: {what[:1].lower()}{what[1:]}"


def _typed(key: Key, value: str) -> Any:
    """A value from the command line, parsed as TOML."""
    if get_origin(key.field.annotation) is not tuple:
        return value
    with suppress(tomllib.TOMLDecodeError):
        return tomllib.loads(f"value = {value}")["value"]
    return [each.strip() for each in value.split(",")]
