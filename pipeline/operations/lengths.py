"""The length of a session's recording, before its sound is decoded."""

from __future__ import annotations

from pipeline.errors import VuoroError
from pipeline.media.audio import media_files, probe
from pipeline.study import Study, accepted


def length_s(study: Study, session_id: str) -> float | None:
    """Return the seconds of a recording by its header; None if they are unknown."""
    try:
        recording = accepted.recording(study, session_id)
        source = accepted.original(study, recording)
        files = media_files(source) if recording.gaps_s else [source]
        lengths = [probe(file) for file in files]
    except VuoroError:  # the run reports the error
        return None
    return None if None in lengths else sum(filter(None, lengths))
