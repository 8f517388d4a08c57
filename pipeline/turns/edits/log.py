"""The permanent log of a study's edits: a file a session, a line for each time it was edited.

private/edits/<session_id>.jsonl     mode 0600; holds what was said, and voice prints
                    …     .xlsx      the sheet to fill in, unless people want it elsewhere

Lines are only ever added, except by withdrawal (``forget``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.records import Diarisation
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.storage.json_files import adapter, read_lines
from pipeline.storage.sheets import FORMAT
from pipeline.study import Study, marks
from pipeline.turns.edits.edit import Correction
from pipeline.turns.edits.withdrawn import without


def load(study: Study, session_id: str) -> tuple[Correction, ...]:
    """The corrections of a session, oldest first.

    Raises StudyError if the file is damaged, TransientError if it cannot be read.
    """
    found = read_lines(_file(study, session_id), Correction)
    marks.require(study, _file(study, session_id), len(found))
    return tuple(found)


def remember(study: Study, session_id: str, correction: Correction) -> None:
    """Add a correction; the caller holds the study's lock. Raises as ``load``."""
    _write(study, session_id, [*load(study, session_id), correction])


def forget(
    study: Study, session_id: str, label: str, diarisation: Diarisation, voice_model: str
) -> None:
    """Remove the edits of a withdrawn person's turns, and their voice, from a session's log.

    ``label`` is theirs in ``diarisation``, which still includes them; ``voice_model`` the sha256 of
    the model that made the voice prints. The session's sheet is removed, too. The caller holds the
    study's lock. Repeating it changes nothing. Raises as ``load``.
    """
    with os_errors("removing a sheet of turns"):
        sheet_file(study, session_id).unlink(missing_ok=True)
    before = load(study, session_id)
    left = without(before, label, diarisation, voice_model)
    if left != before:
        _write(study, session_id, left)


def sheet_file(study: Study, session_id: str) -> Path:
    """The default place of the sheet of a session's turns."""
    return study.edits / f"{session_id}{FORMAT}"


def _write(study: Study, session_id: str, corrections: Sequence[Correction]) -> None:
    file = _file(study, session_id)
    with marks.moving(study, file, len(corrections)), os_errors("writing what was corrected"):
        study.edits.mkdir(mode=0o700, exist_ok=True)
        if corrections:
            lines = (
                adapter(Correction).dump_json(correction) + b"\n" for correction in corrections
            )
            write_atomically(file, b"".join(lines), 0o600)
        else:
            file.unlink(missing_ok=True)


def _file(study: Study, session_id: str) -> Path:
    return study.edits / f"{session_id}.jsonl"
