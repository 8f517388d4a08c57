"""How loud sounds are: whether each is one person's, which is only noise, what fits into 16 bits.

The sound of one microphone, or a mix, is the same in all channels. Where each person was recorded
separately, as meeting software and two-channel telephone recorders do, usually only one channel is
loud: that of the person whose turn it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.media.signals import BLOCK_S, Loudness

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LOUD_DB = 25.0  # blocks so much below the loudest ones are pauses
APART_DB = 15.0  # a loud voice is fainter by less on another person's microphone in the same room
MIN_ALONE = 0.4  # share of the loud time with one loud channel. Measured: 0.57–0.91, in mixes 0.0
LEADS_DB, MIN_PERSON_S = 6.0, 0.5  # a channel that leads by this much for this long is a person's
FLOOR = 1e-5
STEADY_DB = 6.0  # noise varies by less, talk by more than twice that
FAINTER_DB, LOUDER_DB = 20.0, 26.0  # noise fainter by more is harmless; louder, it is no noise
SILENT_BELOW = 0.001  # -60 dBFS
NOTHING_BELOW = 1e-8  # the rounding errors of a silent floating-point file
LOW = 0.01  # below, 16 bits begin to lose talk
ORDINARY = 0.5
CLICKS, CLICK_ABOVE = 10, 4.0  # so many blocks that stand out by so much are no talk


def decibels(level: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    return np.asarray(20 * np.log10(np.maximum(level, FLOOR)), np.float64)


def people(sounds: Sequence[Loudness]) -> int:
    """How many of the sounds are a person's, if usually a single one is far louder than all others.

    0 if that is not the case, or if it is always the same one.
    """
    import numpy as np

    if len(sounds) < 2:
        return 0
    longest = max(len(sound.rms) for sound in sounds)
    padded = [np.pad(sound.rms, (0, longest - len(sound.rms))) for sound in sounds]
    level_db = decibels(np.stack(padded))
    order = np.sort(level_db, axis=0)
    loud = order[-1] > max(np.percentile(order[-1], 98) - LOUD_DB, 20 * np.log10(FLOOR))
    alone = loud & (order[-1] - order[-2] > APART_DB)
    leads = loud & (order[-1] - order[-2] > LEADS_DB)
    whose = np.bincount(level_db[:, leads].argmax(axis=0), minlength=len(level_db))
    found = int((whose * BLOCK_S >= MIN_PERSON_S).sum())
    return found if found >= 2 and alone.sum() >= MIN_ALONE * loud.sum() else 0


def swing_db(sound: Loudness) -> float:
    """How far the level varies, digital silence excluded."""
    import numpy as np

    there = sound.rms[sound.rms > NOTHING_BELOW]
    if not len(there):
        return 0.0
    low, high = np.percentile(20 * np.log10(there), [10, 95])
    return float(high - low)


def only_noise(sounds: Sequence[Loudness]) -> list[bool]:
    """Which sounds are steady noise that would drown the talk in another of them."""
    import numpy as np

    talk_db = [
        float(np.percentile(decibels(sound.rms), 95))
        for sound in sounds
        if swing_db(sound) > 2 * STEADY_DB and sound.highest > SILENT_BELOW
    ]
    if not talk_db:
        return [False] * len(sounds)
    found = []
    for sound in sounds:
        noise_db = float(np.median(decibels(sound.rms)))
        found.append(
            swing_db(sound) < STEADY_DB and -FAINTER_DB < noise_db - max(talk_db) < LOUDER_DB
        )
    return found


def gain(sound: Loudness, finer_than_16_bits: bool) -> float:
    """The factor to scale a sound by before it becomes 16 bits: 1 where those can hold it as it is.

    A click of a few blocks does not count. Where only noise is so faint, it stays faint.
    """
    import numpy as np

    if not sound.highest > NOTHING_BELOW:
        return 1.0
    typical = float(np.sort(sound.peak)[-CLICKS:][0])
    peak = min(sound.highest, CLICK_ABOVE * typical) or sound.highest
    if peak > 1.0:
        return (1 - 2**-15) / peak
    if finer_than_16_bits and peak < LOW and swing_db(sound) > 2 * STEADY_DB:
        return ORDINARY / peak
    return 1.0
