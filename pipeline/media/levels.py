"""How loud each channel of a recording is, to tell whether every person has one of their own.

What one microphone hears, or a mix, is in all channels alike. Where each person was recorded by
themselves, as meeting software and two-channel telephone recorders do, mostly one channel alone
is loud: whose turn it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK_S = 0.05
LOUD_DB = 25.0  # blocks so much below the loudest ones are pauses
APART_DB = 15.0  # a loud voice is fainter by less on somebody else's microphone in the same room
MIN_ALONE = 0.4  # of the loud time: one channel alone. Measured: 0.57–0.91, in mixes 0.0
LEADS_DB, MIN_PERSON_S = 6.0, 0.5  # a channel that leads for so long by so much is a person's
FLOOR = 1e-5


class Levels:
    """Collects the loudness of channels block by block."""

    def __init__(self) -> None:
        self._blocks: list[NDArray[np.float32]] = []

    def add(self, channels: NDArray[np.float32], rate_hz: int) -> None:
        """Take in the next (channels, n) samples in [-1, 1]."""
        import numpy as np

        size = max(1, round(rate_hz * BLOCK_S))
        n_blocks = max(1, round(channels.shape[1] / size))
        parts = np.array_split(channels, n_blocks, axis=1)
        rms = np.stack([np.sqrt((part**2).mean(axis=1)) for part in parts], axis=1)
        self._blocks.append(rms.astype(np.float32))

    def one_person_each(self) -> bool:
        """Whether mostly one channel is far louder than all others, and not always the same."""
        import numpy as np

        n_channels = {len(block) for block in self._blocks}
        if len(n_channels) != 1 or n_channels == {1}:
            return False
        level_db = 20 * np.log10(np.maximum(np.concatenate(self._blocks, axis=1), FLOOR))
        order = np.sort(level_db, axis=0)
        loud = order[-1] > max(np.percentile(order[-1], 98) - LOUD_DB, 20 * np.log10(FLOOR))
        alone = loud & (order[-1] - order[-2] > APART_DB)
        leads = loud & (order[-1] - order[-2] > LEADS_DB)
        whose = np.bincount(level_db[:, leads].argmax(axis=0), minlength=len(level_db))
        people = int((whose * BLOCK_S >= MIN_PERSON_S).sum())
        return people >= 2 and bool(alone.sum() >= MIN_ALONE * loud.sum())
