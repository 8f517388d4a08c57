"""Whether a file has been copied whole: nothing of it changes any more.

private/inbox.json    how each file looked when somebody looked last, and when that was

All times are by the clock of the inbox's file system. So a look of an earlier run, of another
process or machine counts.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline.disk import os_errors, write_atomically
from pipeline.errors import TransientError
from pipeline.intake import receipts
from pipeline.intake.looks import Look, changed_at_ns, look, now_ns
from pipeline.intake.numbering import in_order
from pipeline.intake.waiting import waiting
from pipeline.study import Study

LOOK_AGAIN_S = 2.0
STILL_S = 1.5  # a little less: clocks of file systems are coarse
QUIET_S = 15.0  # a copy that pauses for so long has ended, or else its header or hash tells


@dataclass(frozen=True, slots=True)
class Seen:
    """How a file looked, when it was last changed in any way, and when it was first seen so."""

    look: Look
    changed_ns: int
    since_ns: int

    def is_still(self, now_ns: int) -> bool:
        """Whether the file can be taken to be whole."""
        quiet_s, unchanged_s = now_ns - self.changed_ns, now_ns - self.since_ns
        return quiet_s >= QUIET_S * 1e9 or unchanged_s >= STILL_S * 1e9


_SEEN = TypeAdapter(dict[str, Seen])


def ready(study: Study, *, look_again: bool = True) -> list[Path]:
    """The recordings in the inbox whose copy is complete, in the order in which to take them.

    A copy is complete if nothing of it has changed for 15 s, or between two looks 2 s apart:
    ``look_again`` takes the second one at once, where no earlier run has taken the first. The
    receipts of the others say that they wait. Raises TransientError where the inbox cannot be read.
    """
    still, moving = _sorted(study)
    if moving and look_again:
        time.sleep(LOOK_AGAIN_S)
        still, moving = _sorted(study)
    for file in moving:
        with suppress(TransientError):
            receipts.receipt(study, file, receipts.WAITS_FOR_COPY)
    return in_order(study, still)


def _sorted(study: Study) -> tuple[list[Path], list[Path]]:
    """The recordings in the inbox that are still, and those that may be moving yet."""
    found = waiting(study)
    if not found:
        return [], []
    before = _before(study)
    seen: dict[str, Seen] = {}
    still: list[Path] = []
    moving: list[Path] = []
    with os_errors("looking into the inbox"):
        now = now_ns(study.inbox)
        for file in found:
            name = os.fsencode(file.relative_to(study.inbox)).hex()
            try:
                seen[name] = _seen(file, before.get(name), now)
            except FileNotFoundError:  # renamed, moved away or taken since
                continue
            (still if seen[name].is_still(now) else moving).append(file)
        if seen != before:
            write_atomically(study.inbox_file, _SEEN.dump_json(seen), 0o600)
    return still, moving


def _seen(file: Path, before: Seen | None, now_ns: int) -> Seen:
    looks, changed_ns = look(file), changed_at_ns(file)
    if before and (before.look, before.changed_ns) == (looks, changed_ns):
        return before
    return Seen(looks, changed_ns, now_ns)


def _before(study: Study) -> dict[str, Seen]:
    """What was seen at the last look; nothing where that is lost: then it is the first."""
    with os_errors("reading how the inbox looked"):
        try:
            return _SEEN.validate_json(study.inbox_file.read_bytes())
        except (FileNotFoundError, ValidationError):
            return {}
