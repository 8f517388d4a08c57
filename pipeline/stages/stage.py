"""A stage, described once: what it reads, what its results depend on, when it runs.

A stage is a function and its declaration. It reads what the function's parameters name: an earlier
stage's name stands for its record (or, annotated ``Made``, for its result with the files), the name
of an ``Input`` for that input, the last part of one of its ``settings`` for its value and the first
for the section, with no other key set. A parameter ``folder`` takes the files that belong to the
record, ``progress`` takes the share done, ``models`` has the path of each of its models by role.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, get_type_hints

from pipeline.errors import StudyError
from pipeline.stages.leaving import Leaving

R = TypeVar("R")

Progress = Callable[[float], None]
Scope = Literal["session", "group", "study"]
Phase = Literal["hear", "settle", "number", "finish", "whole"]
Resource = Literal["gpu"]


class NotYetError(StudyError):
    """A result or an input is requested that a stage to come must make first."""


@dataclass(frozen=True)
class Made(Generic[R]):
    """The result of a stage for one that reads it: record and files, each read on request."""

    digest: str
    read: Callable[[], R]
    restored: Callable[[], Path]

    @cached_property
    def record(self) -> R:
        return self.read()

    @cached_property
    def folder(self) -> Path:
        """Return the folder with all of its files."""
        return self.restored()


@dataclass(frozen=True, eq=False)
class Stage(Generic[R]):
    """One stage. Its ``version`` goes up whenever the same inputs would give another result.

    ``run`` makes the record. It is pure, and its record is kept in the store by all that it
    depends on; but where there is ``standing``, ``run`` puts the result in another place, and
    ``standing`` returns what is there if it is up to date, else None.

    ``phase`` says when it runs: all sessions ``hear`` (listen to the sound) before people and
    turns ``settle``; the names of all get their ``number`` before any session is brought to its
    ``finish``; stages of the ``whole`` data set run last, once. Within a phase, stages run in the
    order in which they are listed.
    ``settings`` are the keys that it reads, ``section.key``.
    ``resource`` is the scarce resource it uses, ``weight`` about how much of a session's time it
    takes, ``label`` its name while it runs. ``redact`` says how a person who withdraws leaves its
    record; without, it is made again without them. A stage that is made ``at_once`` takes a moment:
    it is made as soon as it is looked up.
    """

    name: str
    version: int
    run: Callable[..., R]
    label: str
    phase: Phase
    scope: Scope = "session"
    settings: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    resource: Resource | None = None
    weight: int = 1
    redact: Callable[[R, Leaving], R] | None = None
    standing: Callable[..., R | None] | None = None
    at_once: bool = False

    @property
    def is_stored(self) -> bool:
        """Whether its results are kept in the store, under an address."""
        return self.standing is None

    @property
    def record(self) -> type[R]:
        """The type of its record."""
        return returned(self.run)

    @property
    def reads(self) -> Mapping[str, Any]:
        """Return what it reads: its parameters, with their types."""
        return parameters(self.run)


@dataclass(frozen=True, eq=False)
class Input(Generic[R]):
    """Something that stages read besides earlier stages' records: of the study or derived.

    ``read`` has parameters as a stage has, and may request what belongs to the session, too (see
    ``pipeline.stages.reading``). ``mark`` returns what represents it in addresses; without, its
    value does. An input that changes no result has the mark None.
    """

    name: str
    read: Callable[..., R]
    mark: Callable[..., object] | None = None


@cache
def returned(function: Callable[..., R]) -> type[R]:
    """Return the type that a function is declared to return."""
    found: type[R] = get_type_hints(function)["return"]
    return found


@cache
def parameters(function: Callable[..., object]) -> Mapping[str, Any]:
    """Return the parameters of a function, in order, with their types."""
    hints = get_type_hints(function)
    return {name: hints[name] for name in inspect.signature(function).parameters}
