"""One session and its stages: what is done, what is not, and doing it.

A stage result is addressed by everything it depends on (``address``): while it is present and
valid, no later run and no worker makes it again. A changed setting redoes exactly the stages that
read it and those after them whose input thereby changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

from pipeline.errors import LanguageQuestionError, StudyError, TransientError
from pipeline.records import Recording
from pipeline.settings import Settings
from pipeline.stages.address import address_of
from pipeline.stages.common import Common
from pipeline.stages.declared import STAGES, STORED, read_by
from pipeline.stages.hearing import DIARISE
from pipeline.stages.make import make, no_progress, restore
from pipeline.stages.peers import Peers
from pipeline.stages.publishing import PUBLISH
from pipeline.stages.reading import values_of
from pipeline.stages.stage import Input, Made, NotYetError, Progress, Stage
from pipeline.storage.disk import os_errors
from pipeline.study import Study, accepted
from pipeline.study.store import Result, Store, missing, read_record

R = TypeVar("R")


@dataclass(frozen=True)
class SessionChain:
    """The stages of one session: what is done, what is not, and doing it.

    ``looked_at_with`` are the chains of the group while no result is being made: see ``to_do``.
    """

    study: Study
    recording: Recording
    settings: Settings
    shared: Common | None = field(default=None, repr=False, compare=False)
    looked_at_with: Peers | None = field(default=None, repr=False, compare=False)

    @cached_property
    def store(self) -> Store:
        return Store(self.study.stages)

    @cached_property
    def common(self) -> Common:
        """Return what the session has in common with all of the study."""
        return self.shared or Common(self.settings)

    @cached_property
    def _found(self) -> dict[str, Result]:
        return {}

    @cached_property
    def problems(self) -> list[StudyError]:
        """Why it is unknown whether a stage is done: what it depends on is damaged."""
        return []

    def get(self, what: Stage[R] | Input[R], *, verify: bool = True) -> R:
        """The record of a finished stage, or an input.

        Raises NotYetError while it, or what it is derived from, is not made; LanguageQuestionError,
        StudyError or TransientError where it cannot be used.
        """
        if isinstance(what, Input):
            return what.read(**values_of(self, what.read, verify=verify))
        if what.standing is None:
            return self._record(what, self.result(what, verify=verify))
        standing = what.standing(**values_of(self, what.standing, verify=verify))
        if standing is None:
            raise _not_yet(what)
        return standing

    def made(self, stage: Stage[R], *, verify: bool = True) -> Made[R]:
        """Return the result of a finished stage; nothing of it is read until requested."""
        result = self.result(stage, verify=verify)
        return Made(
            result.digest, partial(self._record, stage, result), partial(self.folder, stage)
        )

    def result(self, stage: Stage[Any], *, verify: bool = True) -> Result:
        """The finished result of a stage in the store. Raises NotYetError."""
        result = self.find(stage, verify=verify)
        if result is None:
            raise _not_yet(stage)
        return result

    def find(self, stage: Stage[Any], *, verify: bool = True) -> Result | None:
        """The finished result of a stage in the store, or None."""
        if stage.name not in self._found:
            result = self._known(lambda: self._look(stage, verify))
            if result is None:
                return None
            self._found[stage.name] = result
        return self._found[stage.name]

    def stands(self, stage: Stage[Any], *, verify: bool = True) -> bool:
        """Whether a stage need not be run: its result exists and is up to date."""
        if stage.is_stored:
            return self.find(stage, verify=verify) is not None
        return self._known(lambda: self.get(stage, verify=verify)) is not None

    def pending(self, *, verify: bool = True) -> tuple[str, ...]:
        """Return the stages that a run would make of the session, in order.

        They include those of its group and of the study that a stage to come reads and lacks.
        """
        lacking: set[str] = set()
        for stage in STAGES:
            if stage.scope == "session" and (
                lacking & read_by(stage) or not self.stands(stage, verify=verify)
            ):
                lacking.add(stage.name)
        read = {name for stage in STAGES if stage.name in lacking for name in read_by(stage)}
        return tuple(
            stage.name
            for stage in STAGES
            if stage.name in lacking
            or (
                stage.name in read
                and stage.scope != "session"
                and not self.stands(stage, verify=verify)
            )
        )

    def run(self, stage: Stage[Any], progress: Progress = no_progress) -> None:
        """Make a stage's result if it does not exist. The stages that it reads must be done.

        Raises VuoroError; a RecordingError means that this recording cannot be used.
        """
        if self.stands(stage):
            return
        make(self, stage, progress)
        if not self.stands(stage):
            raise StudyError(f"The result of the stage '{stage.name}' was altered meanwhile.")

    def folder(self, stage: Stage[Any]) -> Path:
        """Return the folder of a finished stage, with all its files: dropped ones are recreated.

        Raises StudyError if they cannot be recreated as they were, or what the stage raises.
        """
        result = self.result(stage)
        if missing(result.folder):
            restore(self, stage, result)
        return result.folder

    def kept(self) -> Iterator[Path]:
        """Yield the folders of all results in the store that the session has now."""
        found = (self.find(stage, verify=False) for stage in STORED)
        return (result.folder for result in found if result is not None)

    @cached_property
    def source(self) -> str:
        """Return a digest over all that the session's rows derive from. Raises NotYetError."""
        return address_of(self, PUBLISH, verify=False)

    @property
    def peers(self) -> Peers:
        """Return the sessions of the group, this one as it is here."""
        if self.looked_at_with is not None:
            return self.looked_at_with
        self.find(DIARISE)  # verified, because it is used
        found = accepted.records(self.study, self.recording.group_id)
        readable = {id: each for id, each in found.items() if isinstance(each, Recording)}
        return Peers(
            [
                self
                if session_id == self.recording.session_id
                else replace(self, recording=recording, shared=self.common)
                for session_id, recording in readable.items()
            ],
            unreadable=frozenset(found.keys() - readable.keys()),
        )

    def _record(self, stage: Stage[R], result: Result) -> R:
        with os_errors(f"reading the result of the stage '{stage.name}'"):
            return read_record(result.folder, stage.record)

    def _look(self, stage: Stage[Any], verify: bool) -> Result | None:
        address = address_of(self, stage, verify=verify)
        found = self.store.find(stage.name, address, verify=verify or stage.at_once)
        if found is None and stage.at_once:
            with suppress(TransientError):  # retried where the stage is run
                make(self, stage, no_progress)
            found = self.store.find(stage.name, address, verify=verify)
        return found

    def _known(self, look: Callable[[], R | None]) -> R | None:
        """Return what ``look`` finds; None also where that is unknown (see ``problems``)."""
        try:
            return look()
        except (NotYetError, LanguageQuestionError):  # a stage, or a person, comes first
            return None
        except StudyError as error:  # damaged, for this session alone or its group
            self.problems.append(error)
            return None


def _not_yet(stage: Stage[Any]) -> NotYetError:
    return NotYetError(f"The stage '{stage.name}' is not done yet.", "Run `vuoro run`.")
