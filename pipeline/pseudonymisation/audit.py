"""The audit log: what was replaced where, found by what, judged by whom, and when. No originals.

``private/audit/<session>.jsonl`` gets a line whenever a session's rows change. Of what was said it
holds only a keyed digest (HMAC-SHA256, RFC 2104): with the study's key, a user can check whether a
word is the one that was replaced; without it, no one can try out names.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline import __version__
from pipeline.pseudonymisation.apply import form
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.records import Conversation, Replacement
from pipeline.records.ids import pseudonym
from pipeline.storage.disk import append_line, os_errors


@dataclass(frozen=True, slots=True)
class ReplacedPlace:
    """One replacement: the words ``first_word``–``last_word`` of the turn as it was, from 1.

    ``judged_by`` and ``judged_at`` belong to the latest verdict on the entity; empty if only the
    ``detectors`` have decided.
    """

    turn_id: str
    first_word: int
    last_word: int
    pseudonym: str
    detectors: tuple[str, ...]
    judged_by: str
    judged_at: str
    digest: str


@dataclass(frozen=True, slots=True)
class Publication:
    """One line of the log: a session as it was published."""

    at: str
    vuoro: str
    models: tuple[str, ...]
    settings_digest: str
    replaced: tuple[ReplacedPlace, ...]


def entries(
    conversation: Conversation,
    replacements: Sequence[Replacement],
    turn_ids: Sequence[str],
    table: EntityTable,
) -> tuple[ReplacedPlace, ...]:
    """The replacements of a session; ``turn_ids`` are parallel to the conversation's turns."""
    verdicts = {
        entity.id: decision
        for decision in table.decisions
        if decision.action in ("name", "add") and (entity := table.entity(decision.entity))
    }
    return tuple(
        ReplacedPlace(
            turn_id=turn_ids[r.turn],
            first_word=r.first_word + 1,
            last_word=r.last_word + 1,
            pseudonym=pseudonym(r.type, r.number, "en"),
            detectors=r.detectors,
            judged_by=judged.by if (judged := verdicts.get((r.type, r.number))) else "",
            judged_at=judged.at if judged else "",
            digest=digest(form(conversation, r), table.audit_key),
        )
        for r in replacements
    )


def digest(original: str, audit_key: str) -> str:
    """The keyed digest of what was said, ignoring case."""
    return hmac.new(bytes.fromhex(audit_key), original.casefold().encode(), sha256).hexdigest()


def append(
    file: Path, replaced: tuple[ReplacedPlace, ...], models: tuple[str, ...], settings_digest: str
) -> None:
    """Add a line to a session's log. Raises TransientError where it cannot be written."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    line = Publication(at, __version__, models, settings_digest, replaced)
    data = json.dumps(asdict(line), ensure_ascii=False).encode()
    with os_errors("writing the audit log"):
        file.parent.mkdir(mode=0o700, exist_ok=True)
        append_line(file, data)


def read(file: Path) -> Iterator[Publication]:
    """The lines of a session's log, oldest first; a line cut off by a crash is left out.

    Raises UnreadableError.
    """
    with os_errors("reading the audit log"):
        lines = file.read_bytes().splitlines() if file.exists() else []
    for line in lines:
        try:
            yield TypeAdapter(Publication).validate_json(line)
        except ValidationError:
            continue
