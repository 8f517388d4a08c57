"""How long a session's recording is, before its sound is decoded."""

from __future__ import annotations

from pipeline.errors import VuoroError
from pipeline.media.audio import media_files, probe
from pipeline.study import Study, accepted


def length_s(study: Study, session_id: str) -> float | None:
    """The seconds of a recording as its header declares them; None where that cannot be told."""
    try:
        recording = accepted.recording(study, session_id)
        source = accepted.original(study, recording)
        files = media_files(source) if recording.gaps_s else [source]
        lengths = [probe(file) for file in files]
    except VuoroError:  # the run says what is wrong with it
        return None
    return None if None in lengths else sum(filter(None, lengths))
