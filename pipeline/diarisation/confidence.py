"""Confidence that a label, and no other, talks in a frame.

A logistic regression on how much more similar a piece is to its person than to the next one, and on
the probability that its track talks. Fitted to the share of correct time on 3,630 pieces (57 min)
of read, telephone and meeting speech in Finnish and English; with each recording scored by a fit to
the others, the worst 5 % of the talk contains 30 % of all errors.
"""

from __future__ import annotations

import numpy as np

from pipeline.diarisation.segmentation import Floats

MARGIN, ACTIVITY, INTERCEPT = 2.74, 3.48, -1.60


def confidence(likeness: Floats, person: int, activity: Floats) -> Floats:
    """The probability (frames,) that ``person`` talks in each frame of a piece.

    ``likeness`` (people,) is the cosine similarity of the piece; ``activity`` (frames,) the
    probability that its track talks.
    """
    others = np.delete(likeness, person)
    margin = likeness[person] - (others.max() if len(others) else -1.0)
    score = MARGIN * np.clip(margin, -1.0, 1.0) + ACTIVITY * activity + INTERCEPT
    return np.asarray(1 / (1 + np.exp(-score)), np.float32)
