"""Move unusable files to quarantine/<group>/, each with its reason. Nothing is deleted."""

from __future__ import annotations

import os
import re
import shutil
from itertools import chain, count
from pathlib import Path

from pipeline.dataset import files
from pipeline.errors import ConsentError, StudyError, VuoroError
from pipeline.intake import content_digests as digests
from pipeline.intake import receipts
from pipeline.intake.claims import claiming
from pipeline.intake.receipts import REASON
from pipeline.intake.waiting import group_folder
from pipeline.storage.disk import files_in, move, os_errors, write_atomically
from pipeline.storage.harmless import on_one_line
from pipeline.study import Study, tombstones
from pipeline.study.accepted import PART_PREFIX, is_loose_parts, original, recording
from pipeline.study.file_names import fitted, folded, suffix
from pipeline.texts import Text

MIN_NAME_LETTERS = 3


def quarantine(study: Study, file: Path, error: VuoroError) -> Path:
    """Move a file from the inbox to quarantine/<group>/; returns its new place.

    The reason is written beside it; a receipt stays in the inbox. Raises TransientError.
    """
    return set_aside(study, file, file, receipts.refused(error))


def quarantine_session(study: Study, session_id: str, error: VuoroError) -> Path:
    """Move an accepted file that proved unusable to quarantine, as ``quarantine`` does.

    This removes the session and frees its number. Raises StudyError or TransientError.
    """
    return _session_aside(study, session_id, receipts.refused(error))


def quarantine_duplicate(study: Study, session_id: str, same_as: str) -> Path:
    """Move an accepted file with the same sound as another session to quarantine.

    It is recognised at once if dropped again. Raises as ``quarantine_session``.
    """
    with os_errors("noting a duplicate"):
        digests.note(study, recording(study, session_id).sha256, same_as, copy=True)
    left = any(same_as in tombstone.sessions for tombstone in tombstones.load(study))
    text = receipts.refused(withdrawn()) if left else receipts.duplicate_of(same_as)
    return _session_aside(study, session_id, text)


def set_session_aside(study: Study, session_id: str) -> Path:
    """Move a recording that a person does not want to quarantine. Raises as ``quarantine_session``.

    Its rows leave the data set the next time it is documented.
    """
    return _session_aside(study, session_id, receipts.set_aside(session_id))


def withdrawn() -> ConsentError:
    """The error that a person has been removed from this recording."""
    return ConsentError(
        Text("A person in this recording has withdrawn their consent."),
        Text("Delete the file: the session is in the study without their speech."),
    )


def in_quarantine(study: Study, what: str) -> list[Path]:
    """The recordings in quarantine with this name, there or in the inbox, this path or session id.

    A name may be given as it is shown, with escapes. Raises TransientError.
    """
    with os_errors("looking through the quarantine"):
        return [
            file
            for reason in sorted(study.quarantine.rglob(f"*{REASON}"))
            for file in sorted(reason.parent.iterdir())
            if reason == _reason_of(file)
            and folded(what)
            in {
                form
                for each in (file.name, reason.name.removesuffix(REASON), *_was(reason))
                for form in (folded(each), folded(on_one_line(each)))
            }
        ]


def put_back(study: Study, file: Path) -> Path:
    """Move a recording from quarantine to its group's folder in the inbox; return its place.

    Raises StudyError if the inbox has one of that name, TransientError.
    """
    target = study.inbox / file.relative_to(study.quarantine)
    if os.path.lexists(target):
        raise StudyError("One of that name is in the inbox.", "Rename or remove it, then retry.")
    with os_errors("moving a recording back to the inbox"):
        target.parent.mkdir(parents=True, exist_ok=True)
        move(file, target)
        _reason_of(file).unlink(missing_ok=True)
        receipts.receipt_of(target).unlink(missing_ok=True)
    return target


def forget_name(study: Study, name: str) -> None:
    """Rename recordings in quarantine that are named after a person.

    A word of the file's name counts if it begins like a word of ``name``. The reason no longer
    gives the old name, and the receipt is removed. Raises TransientError.
    """
    words = {word for word in _words(name) if len(word) >= MIN_NAME_LETTERS}
    with os_errors("renaming recordings in quarantine"):
        for reason in sorted(study.quarantine.rglob(f"*{REASON}")):
            was = Path(_was(reason)[0])
            called = {*_words(was.name), *_words(reason.name)}
            if not any(each.startswith(word) for word in words for each in called):
                continue
            ending = suffix(was.name)
            free = (reason.with_name(f"recording-{n}{ending}") for n in count(1))
            place = next(each for each in free if not os.path.lexists(each))
            text = reason.read_bytes().partition(b"\n\n")[2]
            for file in [f for f in reason.parent.iterdir() if _reason_of(f) == reason]:
                write_atomically(_reason_of(place), place.name.encode() + b"\n\n" + text)
                move(file, place)
            reason.unlink()
            receipts.receipt_of(study.inbox / was).unlink(missing_ok=True)


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", folded(name))


def _reason_of(file: Path) -> Path:
    return file.with_name(fitted(file.name, REASON))


def _was(reason: Path) -> list[str]:
    """The name of a recording in the inbox, without and with its group, and its session."""
    path, *session = os.fsdecode(reason.read_bytes().partition(b"\n\n")[0]).split("\n")
    return [path, path.partition("/")[2], *session]


def set_aside(study: Study, file: Path, lay: Path, text: str, was: str = "") -> Path:
    """Move ``file`` to quarantine under a free name; ``text`` is written beside it first.

    ``lay`` is its place in the inbox, now or before: a receipt there says where it is now. ``was``
    is the session that it was, if any. Parts are moved one by one; the place of the first is
    returned.
    """
    if is_loose_parts(file, lay):
        first, *_ = [
            set_aside(study, part, lay.with_name(PART_PREFIX.sub("", part.name)), text, was)
            for part in files_in(file)
        ]
        return first
    group, name = group_folder(study, lay), lay.name
    with os_errors("moving a file to quarantine"):
        folder = study.quarantine / group
        folder.mkdir(parents=True, exist_ok=True)
        ending = suffix(name)
        stem = name[: len(name) - len(ending)]
        names = chain([fitted(name, "")], (fitted(stem, f" ({n}){ending}") for n in count(2)))
        place = next(folder / each for each in names if not os.path.lexists(folder / each))
        called = "\n".join(filter(None, (on_one_line(f"{group}/{name}"), was)))
        write_atomically(_reason_of(place), os.fsencode(f"{called}\n\n{text}"))
        move(file, place)
    if lay.parent.is_dir():
        receipts.receipt(study, lay, receipts.moved(text, str(place.relative_to(study.root))))
    return place


def _session_aside(study: Study, session_id: str, text: str) -> Path:
    session = recording(study, session_id)
    file = original(study, session)
    with claiming(study, session_id) as claim, os_errors("moving a session to quarantine"):
        for table in reversed(files.SESSION_TABLES):
            files.remove(files.file_of(study.dataset, table, session_id))
        folder = study.recordings / session_id
        folder.rename(claim)  # if killed from here on, `repair` undoes it
        if file.is_relative_to(folder):
            file = claim / file.name
        lay = study.inbox / session.inbox_folder / session.original_name
        place = set_aside(study, file, lay, text, session_id)
        shutil.rmtree(claim)
    return place
