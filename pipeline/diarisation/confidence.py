"""How sure it is that a label talks in a frame, and no other.

A logistic regression on how much more alike a piece is to its person than to the next one, and on
the probability that its track talks. Fitted to the share of right time on 3,630 pieces (57 min) of
read, telephone and meeting speech in Finnish and English; each recording judged by a fit to the
others, the worst 5 % of the talk hold 30 % of all that is wrong.
"""

from __future__ import annotations

import numpy as np

from pipeline.diarisation.segmentation import Floats

MARGIN, ACTIVITY, INTERCEPT = 2.74, 3.48, -1.60


def confidence(likeness: Floats, person: int, activity: Floats) -> Floats:
    """The probability (frames,) that ``person`` talks in each frame of a piece.

    ``likeness`` (people,) is that of the piece, a cosine; ``activity`` (frames,) the probability
    that its track talks.
    """
    others = np.delete(likeness, person)
    margin = likeness[person] - (others.max() if len(others) else -1.0)
    score = MARGIN * np.clip(margin, -1.0, 1.0) + ACTIVITY * activity + INTERCEPT
    return np.asarray(1 / (1 + np.exp(-score)), np.float32)
