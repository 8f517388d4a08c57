"""Texts for people, in Finnish and English.

A text is written once, in English, where it is used:

    Text("Session {session_id} needs a look.").filled(session_id="G07-S03").to("fi")

Its English is the key to the catalogue of every other language, ``fi/LC_MESSAGES/vuoro.po``.
``make texts`` collects the texts into the catalogues and compiles those; a test holds that no
translation is missing, left over or out of date. A language is a catalogue, and its code below.

Imports nothing of vuoro; a catalogue is read when the first text is translated.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal, get_args

Language = Literal["fi", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
_SOURCE: Language = "en"
_DECIMAL_COMMA: frozenset[Language] = frozenset({"fi"})


@dataclass(frozen=True, slots=True)
class Text:
    """A text that can be said in every language; as a ``str`` it is English. ``Text()`` is empty.

    ``values`` fill its placeholders, ``{name}``. A value may be a text itself; several values in a
    tuple are listed, and a number with decimals gets the language's decimal mark. ``context``
    and ``plural`` come from ``sense`` and ``counted``.
    """

    english: str = ""
    context: str = ""
    plural: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    def filled(self, **values: object) -> Text:
        """This text with values for its placeholders."""
        return replace(self, values={**self.values, **values})

    def to(self, language: Language) -> str:
        """The text in a language."""
        message = self._message(_catalogue(language)) if self.english else ""
        return _Filling(language).vformat(message, (), self.values) if self.values else message

    @property
    def both(self) -> str:
        """Finnish and English side by side, for what everybody reads: ``Päätös / Decision``."""
        return f"{self.to('fi')} / {self}"

    def __str__(self) -> str:
        return self.to("en")

    def _message(self, catalogue: gettext.NullTranslations) -> str:
        if self.plural:
            n = self.values["n"]
            assert isinstance(n, int)
            return catalogue.ngettext(self.english, self.plural, n)
        if self.context:
            return catalogue.pgettext(self.context, self.english)
        return catalogue.gettext(self.english)


def sense(english: str, context: str) -> Text:
    """A text of which the English alone does not say what is meant: ``sense("to", "an axis")``."""
    return Text(english, context)


def counted(one: str, many: str) -> Text:
    """A text that depends on a number: ``counted("{n} file", "{n} files").filled(n=2)``."""
    return Text(one, plural=many)


def both(english: str, between: str = " / ") -> str:
    """A text in Finnish and English side by side."""
    text = Text(english)
    return f"{text.to('fi')}{between}{text}"


class _Filling(Formatter):
    """Fills placeholders as a language writes numbers."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, tuple):
            return ", ".join(self.format_field(each, format_spec) for each in value)
        if isinstance(value, Text):
            value = value.to(self._language)
        shown = format(value, format_spec)
        comma = isinstance(value, float) and self._language in _DECIMAL_COMMA
        return shown.replace(".", ",") if comma else shown


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    if language == _SOURCE:
        return gettext.NullTranslations()
    return gettext.translation("vuoro", Path(__file__).parent, [language])
