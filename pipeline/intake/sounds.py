"""Find the same meeting in another file by its decoded sound.

private/fingerprints/<length in s>/<session_id>.npy    the fingerprint of the session's sound
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.intake.fingerprint import FRAMES_PER_S, LONGEST_LEAD_S, same_sound
from pipeline.intake.fingerprint import fingerprint as fingerprint_of
from pipeline.records import Recording
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.study import Study, locks

if TYPE_CHECKING:
    from pipeline.intake.fingerprint import Fingerprint

LENGTHS_DIFFER_S = 2


def duplicate_of(study: Study, recording: Recording, wav: Path) -> str | None:
    """The other session that has the same sound as this one, whose decoded sound is ``wav``.

    None if there is none: then the session's fingerprint is kept, and others are compared with it.
    Repeating the call gives the same answer. Raises StudyError if the study's names are held for a
    minute, TransientError.
    """
    mine = fingerprint_of(wav)
    if mine is None:
        return None
    length_s = round(len(mine) / FRAMES_PER_S)
    with locks.names(study), os_errors("comparing the sound of recordings"):
        for file in _of_length(study, length_s):
            session_id = file.stem
            if session_id == recording.session_id:
                continue
            other = _load(file, mine) if (study.recordings / session_id).is_dir() else None
            if other is not None and same_sound(mine, other):
                return session_id
        folder = study.fingerprints / str(length_s)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # keep the first sound's fingerprint: a sound with a person silenced is less like it
        if not (folder / f"{recording.session_id}.npy").exists():
            write_atomically(folder / f"{recording.session_id}.npy", _saved(mine), 0o600)
    return None


def _load(file: Path, mine: Fingerprint) -> Fingerprint | None:
    """A fingerprint; None if the file is damaged: then the sound matches no other."""
    import numpy as np

    data = file.read_bytes()
    body = data.partition(b"\n")[2]
    if not body or len(body) % mine.shape[1]:
        return None
    found = np.frombuffer(body, mine.dtype).reshape(-1, mine.shape[1])
    return found if _saved(found) == data else None


def _saved(fingerprint: Fingerprint) -> bytes:
    import numpy as np

    data = io.BytesIO()
    np.save(data, fingerprint)
    return data.getvalue()


def _of_length(study: Study, length_s: int) -> Iterator[Path]:
    """The fingerprints of sounds about as long."""
    differ_s = round(LENGTHS_DIFFER_S + LONGEST_LEAD_S)
    for each_s in range(length_s - differ_s, length_s + differ_s + 1):
        yield from sorted((study.fingerprints / str(each_s)).glob("[!.]*.npy"))
