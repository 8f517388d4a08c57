"""Leave the talk of people who have not consented out of a release.

The copy is cut as a withdrawal cuts a study: the others' turns stay under their ids, and measures,
attendance and documents are made from what is left. The study itself is not changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.dataset import files
from pipeline.errors import StudyError
from pipeline.people.roster.on_disk import load_all
from pipeline.people.roster.unconsented import Unconsented
from pipeline.settings import Settings
from pipeline.stages.chain import SessionChain
from pipeline.stages.documents import background
from pipeline.stages.hearing import DECODE, DIARISE
from pipeline.stages.leaving import without_person, without_segments, without_turns
from pipeline.stages.masking import PSEUDONYMISE
from pipeline.stages.publish import (
    publish_people,
    publish_session,
    write_documentation,
)
from pipeline.stages.session_rows import session_tables, turn_ids
from pipeline.stages.settling import CORRECT, IDENTIFY
from pipeline.storage.digests import digest
from pipeline.study import Study, accepted, settings_log

FLAG = "talk_left_out"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Whose rows were left out, by session, and how many rows, as the report counts them."""

    people: Mapping[str, tuple[str, ...]]
    counts: Mapping[str, int]


def leave_out(
    study: Study, settings: Settings, dataset: Path, people: Iterable[Unconsented]
) -> LeftOut:
    """Remove from a copy of the data set all talk that is, or may be, of these people.

    Raises StudyError if a session of theirs is not in the data set as it would be made now, or a
    roster or the key cannot be used; TransientError.
    """
    theirs: defaultdict[str, set[str]] = defaultdict(set)
    people = list(people)
    for each in people:
        for session_id, voices in each.talk.items():
            theirs[session_id].update(voices)
    before = _counts(dataset, theirs)
    for session_id in sorted(theirs):
        chain = SessionChain(study, accepted.recording(study, session_id), settings)
        if chain.pending():
            raise StudyError(
                f"The tables of {session_id} are not up to date: it is not sure who speaks there.",
                "Run `vuoro build`, then release again.",
            )
        _cut(chain, dataset, sorted(theirs[session_id]))
    if not theirs:
        return LeftOut({}, {})
    publish_people(dataset, background(study, load_all(study)))
    write_documentation(dataset, settings_log.used(study))
    after = _counts(dataset, theirs)
    return LeftOut(
        {session_id: tuple(sorted(voices)) for session_id, voices in sorted(theirs.items())},
        {
            "members without consent": len(people),
            "turns left out": before[0] - after[0],
            "words left out": before[1] - after[1],
        },
    )


def _cut(chain: SessionChain, dataset: Path, people: Collection[str]) -> None:
    """Write the session's files in a data set without the rows of these people."""
    session_id = chain.recording.session_id
    audio = chain.get(DECODE)
    cast = chain.get(IDENTIFY)
    masked = chain.get(PSEUDONYMISE)
    corrected = chain.get(CORRECT)
    asked = {row["turn_id"]: row["question"] for row in _rows(dataset, "turns", session_id)}
    questions = (asked[turn_id] for turn_id in turn_ids(session_id, masked))
    left = [*zip(masked.turns, questions, strict=True)]
    talk = replace(corrected.conversation, turns=tuple(each.turn for each in masked.turns))
    regular = corrected.regular
    for person_id in people:
        labels = [each.label for each in cast.people if each.person_id == person_id]
        regular = without_segments(regular, labels)
        talk = without_turns(talk, regular, audio, labels[0])
        left = [(each, question) for each, question in left if each.turn.label != labels[0]]
        cast = without_person(cast, person_id)
    turns = [replace(was, turn=now) for (was, _), now in zip(left, talk.turns, strict=True)]
    tables = session_tables(
        chain.recording,
        replace(audio, flags=(*audio.flags, FLAG)),
        replace(chain.get(DIARISE), regular=regular),
        talk,
        cast,
        replace(masked, turns=tuple(turns)),
        lapse_s=chain.settings.turns.lapse_s,
        models=chain.common.models_used,
        settings_digest=chain.settings.digest,
        questions=[question for _, question in left],
    )
    publish_session(dataset, tables, digest([chain.source, FLAG, sorted(people)]))


def _counts(dataset: Path, session_ids: Iterable[str]) -> tuple[int, int]:
    """Return the rows of turns and of words in these sessions."""
    turns, words = (
        sum(files.n_rows(files.file_of(dataset, table, session_id)) for session_id in session_ids)
        for table in ("turns", "words")
    )
    return turns, words


def _rows(dataset: Path, table: str, session_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = files.read(files.file_of(dataset, table, session_id)).to_pylist()
    return rows
