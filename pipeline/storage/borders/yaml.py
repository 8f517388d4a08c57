"""YAML as people write it: lists and tables of plain values, without references or code."""

from __future__ import annotations

import re
from typing import Any

import yaml

from pipeline.errors import StudyError
from pipeline.storage.borders.text import text_in

MAX_DEPTH = 20
MAX_NUMBER = 10**18

_LOADER: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


def yaml_in(data: bytes, subject: str, remedy: str) -> object:
    """The content of a YAML file, with names as text; None if it is empty.

    Raises StudyError that names the line if it is not YAML, or has more than plain values.
    """
    text = text_in(data, subject)
    try:
        return _Reading(text).all()
    except _Refused as error:
        problem, mark = error.args
    except yaml.YAMLError as error:
        problem, mark = "is not valid YAML", getattr(error, "problem_mark", None)
    where = f": see line {mark.line + 1}" if mark else ""
    raise StudyError(f"{subject} {problem}{where}.", remedy)


class _Refused(Exception):
    """A YAML feature that is not accepted: the words after the subject, and the place."""


class _Reading:
    """A partly read text."""

    def __init__(self, text: str) -> None:
        self._loader = _LOADER(text)

    def all(self) -> object:
        self._loader.get_event()  # the beginning
        if self._loader.check_event(yaml.StreamEndEvent):
            return None
        self._loader.get_event()
        found = self._value(0)
        self._loader.get_event()
        if not self._loader.check_event(yaml.StreamEndEvent):
            raise _Refused("holds several documents", self._loader.peek_event().start_mark)
        return found

    def _value(self, depth: int) -> object:
        event = self._next()
        if isinstance(event, yaml.ScalarEvent):
            return self._plain(event)
        if depth == MAX_DEPTH:
            raise _Refused("is nested too deeply", event.start_mark)
        found = (
            self._list(depth + 1)
            if isinstance(event, yaml.SequenceStartEvent)
            else self._table(depth + 1)
        )
        self._loader.get_event()  # its end
        return found

    def _next(self) -> Any:
        event = self._loader.get_event()
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _Refused("has an anchor (&) or a reference (*)", event.start_mark)
        if event.tag is not None:
            raise _Refused("has a tag (!)", event.start_mark)
        return event

    def _list(self, depth: int) -> list[object]:
        found = []
        while not self._loader.check_event(yaml.SequenceEndEvent):
            found.append(self._value(depth))
        return found

    def _table(self, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        while not self._loader.check_event(yaml.MappingEndEvent):
            name = self._next()
            if not isinstance(name, yaml.ScalarEvent):
                raise _Refused("has a list or table in the place of a name", name.start_mark)
            if name.value in found:
                raise _Refused("says the same thing twice", name.start_mark)
            found[name.value] = self._value(depth)
        return found

    def _plain(self, event: yaml.ScalarEvent) -> object:
        tag = self._loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        if event.implicit[0] and re.fullmatch(r"0\d{1,17}", event.value):
            return int(event.value)  # 010 is ten, as people write it, not octal
        try:
            found: object = self._loader.construct_object(yaml.ScalarNode(tag, event.value))
        except (ValueError, OverflowError, yaml.YAMLError):
            raise _Refused("holds an impossible date or number", event.start_mark) from None
        if isinstance(found, int) and abs(found) > MAX_NUMBER:
            raise _Refused("holds an impossible date or number", event.start_mark)
        return found
