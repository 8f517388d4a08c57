"""Recognise a sound in another form by its loudness in each band over time.

Two forms of one recording rise and fall together, whatever the codec, the rate or the level; two
meetings of the same people in the same room do not. (Energies of bands as a fingerprint of a sound:
Haitsma & Kalker 2002, "A Highly Robust Audio Fingerprinting System", ISMIR. Here the whole of two
sounds is compared, so that the energies themselves can be, and their signs need not do.)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.media.audio import SAMPLE_RATE_HZ, samples

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Fingerprint = NDArray[np.int8]

FRAMES_PER_S = 10
WINDOW_S = 0.4
BAND_EDGES_HZ = (200, 400, 600, 900, 1300, 1900, 2700, 3600)  # what a telephone lets pass
DB_PER_STEP = 1.0
FLOOR_DB = 40.0  # below the loudest: codecs put out other things there
LONGEST_LEAD_S = 1.0
LEAST_S = 15.0  # of sound: shorter talk may rise and fall alike by chance
LEAST_SPREAD_DB = 2.0  # a hum does neither
SAME_FROM = 0.8
BLOCK_S = 60
BLOCK_FROM = 0.5  # in each minute: a meeting of which part was cut out is another recording
_READ_S = 600.0


def fingerprint(wav: Path) -> Fingerprint | None:
    """The fingerprint of a sound that ``audio.decode`` wrote: (n, 7) int8, 10 rows a second.

    A row has the energy of each band, in dB below the loudest one of that band. None if a sound
    is too short or too even to be recognised. Raises UnreadableError.
    """
    import numpy as np

    size, hop = round(WINDOW_S * SAMPLE_RATE_HZ), SAMPLE_RATE_HZ // FRAMES_PER_S
    window = np.hanning(size).astype(np.float32)
    bins = np.fft.rfftfreq(size, 1 / SAMPLE_RATE_HZ)
    bands = np.searchsorted(bins, BAND_EDGES_HZ)
    rows, start_s = [], 0.0
    while len(sound := samples(wav, start_s, start_s + _READ_S + WINDOW_S - 1 / FRAMES_PER_S)):
        if len(sound) >= size:
            frames = np.lib.stride_tricks.sliding_window_view(sound, size)[::hop]
            for part in np.array_split(frames, max(1, len(frames) // 500)):
                energy = np.abs(np.fft.rfft(part * window)) ** 2
                rows.append(np.add.reduceat(energy[:, : bands[-1]], bands[:-1], axis=1))
        start_s += _READ_S
    if not rows:
        return None
    level_db = 10 * np.log10(np.maximum(np.concatenate(rows), 1e-10))
    below_db = np.clip(level_db - np.percentile(level_db, 99, axis=0), -FLOOR_DB, FLOOR_DB)
    found: Fingerprint = np.round(below_db / DB_PER_STEP).astype(np.int8)
    audible = (found > -FLOOR_DB).any(axis=1)
    is_usable = (
        audible.sum() >= LEAST_S * FRAMES_PER_S and found.std(axis=0).mean() >= LEAST_SPREAD_DB
    )
    return found if is_usable else None


def same_sound(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether two fingerprints are of one recording, one of them beginning up to 1 s earlier.

    Pearson's correlation of their energies is at least 0.8 over the whole and 0.5 in each minute.
    """
    return likeness(one, other)[0] >= SAME_FROM and likeness(one, other)[1] >= BLOCK_FROM


def likeness(one: Fingerprint, other: Fingerprint) -> tuple[float, float]:
    """The correlation of two sounds over the whole, and in the least similar minute.

    Both are taken at the lead of one before the other at which they are most alike.
    """
    import numpy as np

    leads = range(-round(LONGEST_LEAD_S * FRAMES_PER_S), round(LONGEST_LEAD_S * FRAMES_PER_S) + 1)
    best = max(leads, key=lambda lead: _correlation(*_aligned(one, other, lead)))
    pair = _aligned(one, other, best)
    n_blocks = max(1, len(pair[0]) // (BLOCK_S * FRAMES_PER_S))
    blocks = zip(*(np.array_split(each, n_blocks) for each in pair), strict=True)
    by_block = [_correlation(a, b) for a, b in blocks if a.std() >= LEAST_SPREAD_DB]
    return _correlation(*pair), min(by_block, default=0.0)


def _aligned(one: Fingerprint, other: Fingerprint, lead: int) -> tuple[Fingerprint, Fingerprint]:
    """Both without what only one has, if ``one`` begins ``lead`` rows earlier."""
    one, other = one[max(0, lead) :], other[max(0, -lead) :]
    n = min(len(one), len(other))
    return one[:n], other[:n]


def _correlation(one: Fingerprint, other: Fingerprint) -> float:
    """Pearson's correlation, each band about its own mean."""
    import numpy as np

    a, b = one - one.mean(axis=0), other - other.mean(axis=0)
    spread = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum()) / spread if spread else 0.0
