"""The state of a study: where each recording is, why it waits, and what to do next.

The store and the data set say what is done; ``pipeline.state`` adds who is at it and what failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from pipeline import intake, leases, state
from pipeline.chain import unfinished
from pipeline.dataset import files
from pipeline.disk import os_errors
from pipeline.errors import ConsentError
from pipeline.people import register
from pipeline.pseudonymise.entities import EntityTable
from pipeline.records import Recording
from pipeline.roster.consent import require
from pipeline.settings import Settings
from pipeline.study import Study

Situation = Literal[
    "at work",
    "failed",
    "cancelled",
    "held",
    "waiting",
    "finished",
    "in the inbox",
    "refused",
    "in quarantine",
    "duplicate",
]
SITUATIONS: tuple[Situation, ...] = get_args(Situation)
RUN = "vuoro run"


@dataclass(frozen=True, slots=True)
class Entry:
    """One recording. ``name`` is its file name: private; the rest names nobody.

    ``situation``: a session is ``at work``, ``failed``, ``cancelled``, ``held`` (consent is
    missing), ``waiting`` or ``finished``; a file is ``in the inbox``, ``refused`` (tried, and
    still in the inbox), ``in quarantine``, or there as a ``duplicate``. ``to_come`` are the stages
    that a session lacks; ``stage``, ``share`` (0–1) and ``by`` are of the one under way. ``since``
    is when it came into its situation, as far as is known; ``why`` and ``next`` are for the user.
    """

    session_id: str
    name: str
    situation: Situation
    since: datetime | None = None
    to_come: tuple[str, ...] = ()
    stage: str | None = None
    share: float | None = None
    by: str | None = None
    why: str = ""
    next: str = ""
    attempts: int = 0
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """Every recording, and how many voices and names wait for a human."""

    entries: tuple[Entry, ...]
    n_voices: int
    n_names: int

    @property
    def counts(self) -> Counter[Situation]:
        """How many recordings are in each situation."""
        return Counter(entry.situation for entry in self.entries)


def overview(study: Study, settings: Settings) -> Overview:
    """Every session, then what waits in the inbox, then what is in quarantine.

    Raises StudyError if a record, a roster or the key cannot be used, ModelError, TransientError.
    """
    to_come = unfinished(study, settings, verify=False)
    held = frozenset(leases.living(study))
    sessions = [
        _unfinished(study, recording, tuple(to_come[recording.session_id]), held)
        if recording.session_id in to_come
        else _finished(study, recording)
        for recording in intake.sessions(study)
    ]
    entries = *sessions, *_inbox(study), *_quarantine(study)
    return Overview(entries, _n_unknown_voices(study), _n_open_names(study))


def _finished(study: Study, recording: Recording) -> Entry:
    since = _written(files.file_of(study.dataset, "sessions", recording.session_id))
    return Entry(recording.session_id, recording.original_name, "finished", since)


def _unfinished(
    study: Study, recording: Recording, to_come: tuple[str, ...], leased: Collection[str]
) -> Entry:
    """A session that is not finished; ``leased`` are those that somebody living is at."""
    session_id = recording.session_id
    found = state.load(study, session_id)
    is_alive = found.stage is not None and session_id in leased
    entry = Entry(
        session_id,
        recording.original_name,
        "waiting",
        _written(study.recordings / session_id / intake.RECORD),
        to_come,
        next=RUN,
        attempts=found.attempts,
        next_try=found.next_try,
    )
    if state.is_cancelled(study, session_id):
        why = "It stops at its next report." if is_alive else ""
        again = f"vuoro retry {session_id}"
        return replace(entry, situation="cancelled", since=None, why=why, next=again)
    if is_alive:
        entry = replace(entry, stage=found.stage, share=found.share, by=found.by)
        return replace(entry, situation="at work", since=found.since, next="")
    if hold := _hold(study, recording):
        return replace(entry, situation="held", why=hold.what, next=hold.remedy)
    if found.stage is not None:
        why = f"Whoever was at the stage '{found.stage}' stopped without a word."
        return replace(entry, since=found.reported, why=why)
    if (failure := found.failure) is not None and not failure.is_hold:
        entry = replace(entry, why=failure.what, next=failure.remedy)
        return replace(entry, situation="failed", since=failure.at)
    return entry


def _hold(study: Study, recording: Recording) -> ConsentError | None:
    try:
        require(study, recording)
    except ConsentError as error:
        return error
    return None


def _inbox(study: Study) -> Iterator[Entry]:
    for file in intake.waiting(study):
        receipt = intake.receipt_of(file)
        why = _last_words(receipt) if receipt.is_file() else ""
        if not why or why in " ".join(intake.WAITS_FOR_COPY.split()):
            yield Entry("", file.name, "in the inbox", _written(file), why=why, next=RUN)
        else:  # it was tried, and stayed
            since = _written(receipt)
            yield Entry("", file.name, "refused", since, why=why, next="see its receipt")


def _quarantine(study: Study) -> Iterator[Entry]:
    for reason in sorted(study.quarantine.rglob(f"*{intake.REASON}")):
        name = reason.name.removesuffix(intake.REASON)
        why, since = _last_words(reason), _written(reason)
        if intake.is_of_duplicate(reason.read_bytes()):
            yield Entry("", name, "duplicate", since, why=why)
        else:
            yield Entry("", name, "in quarantine", since, why=why, next="mend it, then vuoro retry")


def _last_words(told: Path) -> str:
    """What a receipt or reason says in English: its last paragraph. Its first has the file name."""
    with os_errors("reading a receipt"):
        paragraphs = told.read_bytes().decode(errors="replace").strip().split("\n\n")[1:]
    said = [each for each in paragraphs if not each.startswith("Nyt / now")]
    return " ".join(said[-1].split()) if said else ""


def _written(file: Path) -> datetime | None:
    """When a file was last written; None if it is gone."""
    try:
        return datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
    except FileNotFoundError:
        return None


def _n_unknown_voices(study: Study) -> int:
    """How many voices are not clearly somebody's; `vuoro review people` asks whose."""
    registers = (register.load(study, file.stem) for file in study.people.glob("G*.json"))
    return sum(
        entry.known.by == "unknown"
        for each in registers
        for session_id in each.sessions
        for entry in each.latest(session_id)
    )


def _n_open_names(study: Study) -> int:
    """How many names nobody has judged; `vuoro review names` asks."""
    named = (e for e in EntityTable.load(study).judged if e.origin == "talk" and e.forms)
    return sum(entity.verdict == "open" for entity in named)


TOTALS = ("duration_s", "language", "n_people", "n_turns", "n_minimal_responses", "n_words")


def totals(study: Study, session_id: str) -> dict[str, Any]:
    """What the data set says of a session as a whole: {column: value} of ``TOTALS`` and flags."""
    row = files.read(files.file_of(study.dataset, "sessions", session_id)).to_pylist()[0]
    return {name: row[name] for name in TOTALS} | {"flags": ", ".join(row["flags"])}
