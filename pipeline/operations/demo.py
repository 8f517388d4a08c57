"""What `vuoro demo` puts into its inbox.

Real talk: the two-person telephone recording that comes inside the pyannote.audio package, as a
video and as an audio-only copy, detected as a duplicate. And a Finnish group that meets twice,
synthesised; see data/demo/SOURCE.md.
"""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipeline.storage.shipped import SHIPPED
from pipeline.study import Study, accepted

FINNISH = SHIPPED / "data" / "demo" / "ryhma-1"
FINNISH_MEETING = "tapaaminen-1.m4a"
SUFFIXES = (".mp4", ".wav")
FRAMES_PER_S = 5


def drop_recordings(study: Study) -> list[Path]:
    """Put the demo's recordings into the inbox, except those that the study has already."""
    there = {recording.original_name for recording in accepted.readable(study)}
    there |= {file.name for file in study.quarantine.glob("*/*")}
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
        sound = sink.add_stream("aac", rate=16_000, layout="mono")
        picture = _picture_stream(sink) if target.suffix == ".mp4" else None
        packets = [p for frame in source.decode(audio=0) for p in sound.encode(frame)]
        packets += sound.encode(None)
        if picture is not None:
            packets += _blue_picture(picture)
        for packet in sorted(packets, key=lambda p: p.dts * p.time_base):
            sink.mux(packet)


def _picture_stream(sink: Any) -> Any:
    picture = sink.add_stream("mpeg4", rate=FRAMES_PER_S)
    picture.width, picture.height, picture.pix_fmt = 160, 120, "yuv420p"
    return picture


def _blue_picture(stream: Any) -> list[Any]:
    """Packets of a still blue picture, as long as the recording."""
    import av
    import numpy as np

    blue = np.full((120, 160, 3), (60, 80, 140), np.uint8)
    frames = (av.VideoFrame.from_ndarray(blue, format="rgb24") for _ in range(30 * FRAMES_PER_S))
    packets = [packet for frame in frames for packet in stream.encode(frame)]
    return packets + list(stream.encode(None))
