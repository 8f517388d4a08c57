"""The outcome of a session in the data set: its flags, and whether it needs a look.

private/accepted.jsonl    "I have checked it, use it as it is": a decision a line, only added to

A decision holds for the recording and the flags that were checked, whatever is redone. With an
unchecked flag, or another recording in its place, the session needs a look again.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.dataset import files
from pipeline.errors import StudyError
from pipeline.records import Recording
from pipeline.storage.disk import append_line, os_errors
from pipeline.study import Study
from pipeline.tables.flags import Remark, looked_for, remarks
from pipeline.texts import Text

Accepted = frozenset[tuple[str, str, str]]  # session, sha256 of its recording, flag
TOTALS = ("duration_s", "language", "n_people", "n_turns", "n_minimal_responses", "n_words")
SETTLED = Text(
    "When you have looked: `vuoro session {session_id} --accept` uses it as it is, `--set-aside` "
    "moves the recording to quarantine."
)
IN_DATA_SET, NEEDS_A_LOOK = "in the data set", "needs a look"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A person's decision to accept a session with these flags as it is."""

    session_id: str
    sha256: str
    flags: tuple[str, ...]
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A session as the data set has it; ``row`` is its row of ``sessions``."""

    session_id: str
    row: dict[str, Any]
    remarks: tuple[Remark, ...]
    needs_a_look: bool

    @property
    def words(self) -> str:
        """The outcome in words."""
        return NEEDS_A_LOOK if self.needs_a_look else IN_DATA_SET

    @property
    def sentences(self) -> str:
        """What to know about it, and what to do."""
        return " ".join(remark.sentence("en") for remark in self.remarks)

    @property
    def totals(self) -> dict[str, Any]:
        """The data set's totals for the session, for a table of sessions."""
        return {"session_id": self.session_id, **{name: self.row[name] for name in TOTALS}}


def outcome(study: Study, recording: Recording, by_now: Accepted | None = None) -> Outcome:
    """The outcome of a session. ``by_now`` is the result of ``acceptances``, if already known.

    Raises DatasetError if its file is damaged, TransientError if it cannot be read.
    """
    session_id = recording.session_id
    row: dict[str, Any] = files.read(
        files.file_of(study.dataset, "sessions", session_id)
    ).to_pylist()[0]
    by_now = acceptances(study) if by_now is None else by_now
    open_ = {
        flag
        for flag in looked_for(row["flags"])
        if (session_id, recording.sha256, flag) not in by_now
    }
    return Outcome(session_id, row, remarks(row), bool(open_))


def acceptances(study: Study) -> Accepted:
    """Everything that people have accepted; a line cut off by a crash is left out.

    Raises TransientError if it cannot be read.
    """
    with os_errors("reading what was accepted"):
        file = study.accepted_file
        lines = file.read_bytes().splitlines() if file.exists() else []
    found = set()
    for line in lines:
        try:
            each = TypeAdapter(Acceptance).validate_json(line)
        except ValidationError:
            continue
        found |= {(each.session_id, each.sha256, flag) for flag in each.flags}
    return frozenset(found)


def accept(study: Study, recording: Recording, *, by: str, at: str) -> Outcome:
    """Accept a session that needs a look as it is; return its new outcome.

    Raises StudyError if it is not in the data set or needs no look; otherwise as ``outcome``.
    """
    session_id = recording.session_id
    if not files.file_of(study.dataset, "sessions", session_id).is_file():
        raise StudyError(
            f"{session_id} is not in the data set yet.", "`vuoro status` says what it waits for."
        )
    found = outcome(study, recording)
    if not found.needs_a_look:
        raise StudyError(f"{session_id} does not need a look.", "There is nothing to accept.")
    flags = tuple(sorted(looked_for(found.row["flags"])))
    line = Acceptance(session_id, recording.sha256, flags, by, at)
    _append(study, json.dumps(asdict(line), ensure_ascii=False).encode())
    return outcome(study, recording)


def n_needing_a_look(study: Study, recordings: Collection[Recording]) -> int:
    """How many of these sessions, those in the data set, need a look. Raises as ``outcome``."""
    by_now = acceptances(study)
    published = {file.stem for file in files.files(study.dataset, "sessions")}
    there = [recording for recording in recordings if recording.session_id in published]
    return sum(outcome(study, recording, by_now).needs_a_look for recording in there)


def _append(study: Study, line: bytes) -> None:
    with os_errors("noting what was accepted"):
        append_line(study.accepted_file, line)
