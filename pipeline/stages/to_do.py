"""What remains to be done for all sessions of a study, and what prevents it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from pipeline.errors import StudyError, TransientError, VuoroError
from pipeline.records import Recording
from pipeline.settings import Settings
from pipeline.stages.chain import SessionChain
from pipeline.stages.common import Common
from pipeline.stages.peers import Peers
from pipeline.stages.publishing import PUBLISH
from pipeline.study import Study, accepted


@dataclass(frozen=True, slots=True)
class Left:
    """What remains to be done for a session: its coming stages, () if it is finished.

    ``wrong`` is what prevents it; ``recording`` is None where its record cannot be read.
    """

    session_id: str
    recording: Recording | None
    to_come: tuple[str, ...]
    wrong: VuoroError | None = None


def chains(
    study: Study,
    settings: Settings,
    *,
    verify: bool = False,
    records: Mapping[str, Recording | VuoroError] | None = None,
) -> Iterator[SessionChain]:
    """Return the chains of all sessions, by session id: to read, while no result is being made.

    Sessions whose ``records`` (as ``accepted.records`` has them) cannot be read have none. What the
    others have in common is computed once, for the study or for the group. If ``verify``, ask the
    chains with ``verify`` too.
    """
    common = Common(settings)
    found = accepted.records(study) if records is None else records
    readable = [each for each in found.values() if isinstance(each, Recording)]
    for _, recordings in groupby(readable, key=lambda r: r.group_id):
        of_group: list[SessionChain] = []
        peers = Peers(of_group, verify, frozenset(found) - {each.session_id for each in readable})
        of_group += [SessionChain(study, each, settings, common, peers) for each in recordings]
        yield from of_group


def left(study: Study, settings: Settings, *, verify: bool = True) -> list[Left]:
    """Return what a run would do for each session, by session id.

    An error of one session, or one group, is reported for it alone. Raises StudyError or
    ModelError where the state of no session can be determined, TransientError.
    """
    accepted.require_recordings(study)
    records = accepted.records(study)
    unread = [
        Left(session_id, None, (PUBLISH.name,), each)
        for session_id, each in records.items()
        if not isinstance(each, Recording)
    ]
    found = chains(study, settings, verify=verify, records=records)
    return sorted(
        [*unread, *(_left(chain, verify) for chain in found)], key=lambda each: each.session_id
    )


def _left(chain: SessionChain, verify: bool) -> Left:
    session_id = chain.recording.session_id
    try:
        to_come = chain.pending(verify=verify)
    except (StudyError, TransientError) as error:
        return Left(session_id, chain.recording, (PUBLISH.name,), error)
    wrong = next(iter(chain.problems), None) if to_come else None
    return Left(session_id, chain.recording, to_come, wrong)


def unfinished(study: Study, settings: Settings, *, verify: bool = True) -> dict[str, list[str]]:
    """Return what a run would do: for each unfinished session, its coming stages, in order.

    The last of them is ``publish``. Raises as ``left``.
    """
    found = left(study, settings, verify=verify)
    return {each.session_id: [*each.to_come] for each in found if each.to_come}
