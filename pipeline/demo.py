"""What `vuoro demo` drops into its inbox.

Real talk: the two-person telephone recording that comes inside the pyannote.audio package, wrapped
as a video, as m4a and as wav. And a Finnish group that meets twice, spoken by a synthesiser; see
data/demo/SOURCE.md.
"""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipeline import intake
from pipeline.study import Study

FINNISH = Path(__file__).parent.parent / "data" / "demo" / "ryhma-1"
SUFFIXES = (".wav", ".m4a", ".mp4")
_BLUE_S, _FRAMES_PER_S = 30, 5


def drop_recordings(study: Study) -> list[Path]:
    """Put the demo's recordings into the inbox, but for those that the study has already."""
    there = {recording.original_name for recording in intake.sessions(study)}
    dropped = []
    for source in sorted(FINNISH.glob("tapaaminen-?.*")):
        if source.suffix in (".m4a", ".ogg") and source.name not in there:
            target = study.inbox / FINNISH.name / source.name
            target.parent.mkdir(exist_ok=True)
            dropped.append(Path(shutil.copy(source, target)))
    for suffix in SUFFIXES:
        target = study.inbox / "puhelin" / f"puhelu{suffix}"
        if target.name not in there:
            target.parent.mkdir(exist_ok=True)
            _wrap(telephone_recording(), target)
            dropped.append(target)
    return dropped


def telephone_recording() -> Path:
    """The recording inside the installed pyannote.audio package (found without importing it)."""
    package = find_spec("pyannote.audio")
    assert package is not None and package.origin is not None
    return Path(package.origin).parent / "sample" / "sample.wav"


def _wrap(wav: Path, target: Path) -> None:
    """The same sound in another container; an mp4 gets a picture track, as meetings have."""
    import av

    if target.suffix == ".wav":
        shutil.copy(wav, target)
        return
    with av.open(str(wav)) as source, av.open(str(target), "w") as sink:
        if target.suffix == ".mp4":
            _add_picture(sink)
        sound = sink.add_stream("aac", rate=16_000, layout="mono")
        for frame in source.decode(audio=0):
            sink.mux(sound.encode(frame))
        sink.mux(sound.encode(None))


def _add_picture(sink: Any) -> None:
    import av
    import numpy as np

    picture = sink.add_stream("mpeg4", rate=_FRAMES_PER_S)
    picture.width, picture.height = 160, 120
    blue = np.full((120, 160, 3), (60, 80, 140), np.uint8)
    for _ in range(_BLUE_S * _FRAMES_PER_S):
        sink.mux(picture.encode(av.VideoFrame.from_ndarray(blue)))
    sink.mux(picture.encode(None))
