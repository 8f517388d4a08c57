"""Whether a file has been copied whole: nothing of it changes any more, and its end is there.

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
QUIET_S = 30.0  # a copy that pauses for so long has ended, whole or not


@dataclass(frozen=True, slots=True)
class Seen:
    """How a file looked, when it was last changed in any way, and when it was first seen so."""

    look: Look
    changed_ns: int
    since_ns: int

    def is_quiet(self, now_ns: int) -> bool:
        """Whether nothing of the file has changed for so long that nobody copies it any more."""
        changed_ns = min(self.changed_ns, self.since_ns)  # it may claim to be of tomorrow
        return now_ns - changed_ns >= QUIET_S * 1e9

    def is_still(self, now_ns: int) -> bool:
        """Whether nothing has changed between two looks: the copy has ended, or pauses."""
        return now_ns - self.since_ns >= STILL_S * 1e9


def ready(study: Study, told: Listener | None = None) -> list[Path]:
    """The recordings in the inbox whose copy is complete, in the order in which to take them.

    A copy is complete if nothing of it has changed for 30 s; or, sooner, if nothing has between two
    looks 2 s apart and the sound is there up to the end that its header tells. Parts of one session
    are complete together. With ``told``, who hears of it, looks are taken until one of these is so
    of all that does not change; without, one look. The receipts of the others say that they wait.
    Raises TransientError where the inbox cannot be read.
    """
    still, moving = _sorted(study)
    is_noted = False
    while moving and told is not None:
        before = moving
        time.sleep(LOOK_AGAIN_S)
        still, moving = _sorted(study)
        if not any(before.get(file) == seen for file, seen in moving.items()):
            break
        if not is_noted:
            told.noted(f"Waiting, {QUIET_S:g} s at most, until copies in the inbox are complete.")
        is_noted = True
    for file in moving:
        with suppress(TransientError):
            if not receipts.tells_why_it_waits(file):
                receipts.receipt(study, file, receipts.waits_for_copy())
    return in_order(study, still)


def _sorted(study: Study) -> tuple[list[Path], dict[Path, Seen]]:
    """The recordings in the inbox that are whole, and those that may be copied yet."""
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
    """What was seen at the last look; nothing where that is lost: then it is the first."""
    try:
        return read_json(study.inbox_file, dict[str, Seen]) or {}
    except StudyError:
        return {}
