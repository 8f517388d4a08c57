"""All sessions of a group together: their people are recognised in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from pipeline.people import settle as group
from pipeline.people.register import Register
from pipeline.stages.hearing import DIARISE
from pipeline.study import Study

if TYPE_CHECKING:
    from pipeline.stages.chain import SessionChain


@dataclass(frozen=True)
class Peers:
    """The chains of all sessions of a group. With ``verify`` their results are hashed.

    ``unreadable`` are sessions whose records cannot be read, and which have no chain.
    """

    chains: Sequence[SessionChain]
    verify: bool = False
    unreadable: frozenset[str] = frozenset()

    @property
    def study(self) -> Study:
        return self.chains[0].study

    @property
    def group_id(self) -> str:
        return self.chains[0].recording.group_id

    @property
    def diarised(self) -> list[group.Session]:
        """Return the sessions that are diarised."""
        found = ((chain, chain.find(DIARISE, verify=self.verify)) for chain in self.chains)
        return [
            group.Session(
                chain.recording.session_id,
                chain.recording.session_number,
                chain.recording.kind,
                result.digest,
                partial(chain.get, DIARISE),
            )
            for chain, result in found
            if result is not None
        ]

    @cached_property
    def register(self) -> Register | None:
        """Return who is who in the group; None if recognition has not run."""
        voice_model = self.chains[0].common.voice_model
        return group.current(self.study, self.group_id, self.diarised, voice_model, self.unreadable)
