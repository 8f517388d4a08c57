"""Silence in place of a person's speech."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from itertools import pairwise
from math import inf
from pathlib import Path

from pipeline.media.audio import SAMPLE_RATE_HZ, WAV_HEADER_BYTES
from pipeline.records import Diarisation, Interval
from pipeline.records.times import intersection, union
from pipeline.storage.disk import sync
from pipeline.turns.edits.edit import Corrected

MARGIN_S = 0.25  # edges of segments and times of words are a few tenths of a second off
BLOCK = 16_384  # samples


def speech_of(label: str, diarisation: Diarisation, corrected: Corrected) -> list[Interval]:
    """Return when a label talks or says a word, and a margin where no other label talks.

    What people reassigned to another label in ``corrected`` is not the label's.
    """
    segments = (*corrected.regular, *diarisation.exclusive)
    own = [s for s in segments if s.label == label]
    turns = corrected.conversation.turns
    words = [word for turn in turns if turn.label == label for word in turn.words]
    said = (Interval(word.start_s, word.end_s) for word in words)
    speech = union([*own, *said])
    others = union(s for s in segments if s.label != label)
    edges = [-inf, *(edge for part in others for edge in (part.start_s, part.end_s)), inf]
    alone = [Interval(start, end) for start, end in list(pairwise(edges))[::2]]
    wider = union(Interval(part.start_s - MARGIN_S, part.end_s + MARGIN_S) for part in speech)
    return union([*speech, *intersection(wider, alone)])


def silenced(wav: Path, out: Path, stretches: Iterable[Interval]) -> float:
    """Write a WAV of ``audio.decode`` to ``out`` with silence in the stretches; its peak, 0–1."""
    import numpy as np

    shutil.copyfile(wav, out)
    pcm = np.memmap(out, dtype="<i2", mode="r+", offset=WAV_HEADER_BYTES)
    for part in stretches:
        first, last = (max(0, round(s * SAMPLE_RATE_HZ)) for s in (part.start_s, part.end_s))
        pcm[first:last] = 0
    pcm.flush()
    starts = range(0, len(pcm), BLOCK)
    loudest = (int(np.abs(pcm[at : at + BLOCK].astype(np.int32)).max()) for at in starts)
    return max(loudest, default=0) / 2**15


def as_flac(wav: Path, out: Path, comment: str) -> None:
    """Write a WAV of ``audio.decode`` to ``out`` as FLAC, which loses nothing of it."""
    import av
    import numpy as np

    pcm = np.memmap(wav, dtype="<i2", mode="r", offset=WAV_HEADER_BYTES)
    with av.open(str(out), "w", format="flac") as container:
        container.metadata["comment"] = comment
        stream = container.add_stream("flac", rate=SAMPLE_RATE_HZ, layout="mono")
        stream.format = "s16"
        for at in range(0, len(pcm), BLOCK):
            block = np.ascontiguousarray(pcm[None, at : at + BLOCK])
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate, frame.pts = SAMPLE_RATE_HZ, at
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    out.chmod(0o600)
    sync(out)
