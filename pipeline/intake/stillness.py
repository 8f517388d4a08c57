"""Whether a file has been copied completely: it no longer changes, and its end is present.

private/inbox.json    how each file looked at the last check, and when that was

All times are by the clock of the inbox's file system, so that a check by an earlier run, another
process or another machine counts.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StudyError, TransientError
from pipeline.intake import receipts
from pipeline.intake.endings import has_its_end
from pipeline.intake.lots import lots
from pipeline.intake.numbering import in_order
from pipeline.intake.waiting import waiting
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.storage.json_files import adapter, read_json
from pipeline.storage.looks import Look, changed_at_ns, look, now_ns
from pipeline.study import Study
from pipeline.study.listener import Listener

LOOK_AGAIN_S = 2.0
STILL_S = 1.5  # a little less: clocks of file systems are coarse
QUIET_S = 30.0  # a copy that pauses this long has ended, complete or not


@dataclass(frozen=True, slots=True)
class Seen:
    """How a file looked, when it last changed in any way, and when it was first seen like this."""

    look: Look
    changed_ns: int
    since_ns: int

    def is_quiet(self, now_ns: int) -> bool:
        """Whether the file has been unchanged for so long that its copy must have ended."""
        changed_ns = min(self.changed_ns, self.since_ns)  # its time may lie in the future
        return now_ns - changed_ns >= QUIET_S * 1e9

    def is_still(self, now_ns: int) -> bool:
        """Whether nothing changed between two checks: the copy has ended, or pauses."""
        return now_ns - self.since_ns >= STILL_S * 1e9


def ready(study: Study, listener: Listener | None = None) -> list[Path]:
    """The recordings in the inbox whose copy is complete, in the order in which to take them.

    A copy is complete if it has not changed for 30 s; or, sooner, if it has not changed between
    two checks 2 s apart and holds sound up to the end that its header declares. Parts of one
    session are complete together. With a ``listener``, checks repeat until one of these holds for
    every unchanging file; without one, there is a single check. The receipts of the others say that
    they wait. Raises TransientError if the inbox cannot be read.
    """
    still, moving = _sorted(study)
    is_noted = False
    while moving and listener is not None:
        before = moving
        time.sleep(LOOK_AGAIN_S)
        still, moving = _sorted(study)
        if not any(before.get(file) == seen for file, seen in moving.items()):
            break
        if not is_noted:
            listener.noted(
                f"Waiting, {QUIET_S:g} s at most, until copies in the inbox are complete."
            )
        is_noted = True
    for file in moving:
        with suppress(TransientError):
            if not receipts.tells_why_it_waits(file):
                receipts.receipt(study, file, receipts.waits_for_copy())
    return in_order(study, still)


def _sorted(study: Study) -> tuple[list[Path], dict[Path, Seen]]:
    """The complete recordings in the inbox, and those that may still be copied."""
    found = waiting(study)
    if not found:
        return [], {}
    before = _before(study)
    seen: dict[str, Seen] = {}
    still: list[Path] = []
    moving: dict[Path, Seen] = {}
    with os_errors("looking into the inbox"):
        now = now_ns(study.inbox)
        for file in found:
            name = _key(study, file)
            try:
                seen[name] = each = _seen(file, before.get(name), now)
            except FileNotFoundError:  # renamed, moved away or taken since
                continue
            if each.is_quiet(now) or (each.is_still(now) and has_its_end(file)):
                still.append(file)
            else:
                moving[file] = each
        if seen != before:
            write_atomically(study.inbox_file, adapter(dict[str, Seen]).dump_json(seen), 0o600)
    for lot in lots(study, [*still, *moving]) if still and moving else ():
        if moving.keys() & {*lot.files}:  # parts of one session wait for each other
            still = [file for file in still if file not in lot.files]
            moving |= {file: seen[_key(study, file)] for file in lot.files}
    return still, moving


def _key(study: Study, file: Path) -> str:
    return os.fsencode(file.relative_to(study.inbox)).hex()


def _seen(file: Path, before: Seen | None, now_ns: int) -> Seen:
    looks, changed_ns = look(file), changed_at_ns(file)
    if before and (before.look, before.changed_ns) == (looks, changed_ns):
        return before
    return Seen(looks, changed_ns, now_ns)


def _before(study: Study) -> dict[str, Seen]:
    """What was seen at the last check; empty if that is lost: then this is the first."""
    try:
        return read_json(study.inbox_file, dict[str, Seen]) or {}
    except StudyError:
        return {}
