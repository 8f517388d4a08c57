"""Whether one sound is contained in another, and how much later it begins there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.media.signals import BLOCK_S as LEVELS_S
from pipeline.media.signals import SAMPLE_RATE_HZ, Signal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

STRETCH_S, STRETCHES = 2, 16  # of the louder talk, compared to find the shift
LOUD_DB = 15.0
SAME_SHIFT_S = 0.02
STANDS_OUT = 10.0  # how far the best shift stands out from all others, in standard deviations
MIN_AGREE = 3, 0.8  # stretches that give the same shift, and their share of those that give one
BLOCK_S, BLOCKS = 0.5, 400  # compared to decide what is contained
CONTAINED = 0.9  # of the blocks
MIX_FACTOR = 2.0  # how much the volume in a mix may change
BLEED_FACTOR, BLEEDS = 3.0, 0.6  # on another person's microphone, and the share of the time
FAINTEST = 0.003  # a voice on another person's microphone, -50 dB
AS_LOUD_DB = 12.0  # a voice that reaches another microphone is fainter than this
JITTER = 4  # samples
VOICE_HZ = 150, 5000


def shift(of: Signal, within: Signal, search_s: float) -> int | None:
    """How many samples later one sound occurs in another; None if it is not found there.

    Measured on stretches of the louder talk; several of them must agree.
    """
    import numpy as np

    reach, found = round(search_s * SAMPLE_RATE_HZ), []
    loud = list(_loud(of, STRETCH_S, STRETCHES))
    for first in loud:
        last = first + STRETCH_S * SAMPLE_RATE_HZ
        begins, ends = max(0, first - reach), min(len(within), last + reach)
        if ends - begins < last - first:
            continue
        place = _best_place(of.read(first, last), within.read(begins, ends))
        if place is not None:
            found.append(begins + place - first)
    if not found:
        return None
    shifts = np.array(found)
    near = np.abs(shifts[:, None] - shifts[None, :]) <= SAME_SHIFT_S * SAMPLE_RATE_HZ
    agree = near.sum(axis=1)
    n_least, share = MIN_AGREE
    if agree.max() < max(min(n_least, len(loud)), share * len(found)):
        return None
    later = int(np.median(shifts[near[agree.argmax()]]))
    volumes = _volumes(of, within, later)
    is_found = abs(np.median(volumes)) > FAINTEST and _steady(volumes, BLEED_FACTOR) >= BLEEDS
    return later if is_found else None


def contained(part: Signal, whole: Signal, later: int) -> float:
    """The share of one sound's louder time that another has too, as loud as its other sound.

    ``later`` is how many samples later it occurs there. Below ``CONTAINED`` it is another sound.
    """
    import numpy as np

    volumes = _volumes(part, whole, later)
    rms = part.loudness().rms
    level = float(np.median(rms[rms > _loud_from(rms)]))
    loudest = float(np.percentile(whole.loudness().rms, 95))
    if abs(np.median(volumes)) * level < loudest / 10 ** (AS_LOUD_DB / 20):
        return 0.0
    return _steady(volumes, MIX_FACTOR)


def _volumes(part: Signal, whole: Signal, later: int) -> NDArray[np.float64]:
    """How loud a sound is in another, as a factor, in blocks of its louder time."""
    import numpy as np

    size, found = round(BLOCK_S * SAMPLE_RATE_HZ), []
    for first in _loud(part, BLOCK_S, BLOCKS):
        piece = np.diff(part.read(first, first + size).astype(np.float64))
        there = first + later
        around = np.diff(whole.read(there - JITTER, there + size + JITTER).astype(np.float64))
        products = np.correlate(around, piece, "valid")
        found.append(float(products[np.abs(products).argmax()] / max(piece @ piece, 1e-30)))
    return np.array(found or [0.0])


def _steady(volumes: NDArray[np.float64], factor: float) -> float:
    """The share of volumes that are about the usual one."""
    import numpy as np

    usual = float(np.median(volumes)) or 1.0
    return float(((volumes / usual > 1 / factor) & (volumes / usual < factor)).mean())


def _loud_from(levels: NDArray[np.float64]) -> float:
    import numpy as np

    return float(np.percentile(levels, 95)) / 10 ** (LOUD_DB / 20)


def _loud(signal: Signal, length_s: float, at_most: int) -> Iterator[int]:
    """Where stretches of the louder time begin, in samples, spread over the whole signal."""
    import numpy as np

    rms = signal.loudness().rms
    per_stretch = max(1, round(length_s / LEVELS_S))
    n = len(rms) // per_stretch
    level = np.sqrt((rms[: n * per_stretch].reshape(n, per_stretch) ** 2).mean(axis=1))
    if not len(level) or not level.max() > 0:
        return
    loud = np.flatnonzero(level > _loud_from(level))
    chosen = loud[np.unique(np.linspace(0, len(loud) - 1, at_most).round().astype(int))]
    for stretch in chosen:
        yield int(stretch) * round(length_s * SAMPLE_RATE_HZ)


def _best_place(piece: Samples, around: Samples) -> int | None:
    """Where ``piece`` lies in ``around``; None if no place stands out."""
    import numpy as np
    from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

    n = next_fast_len(len(around) + len(piece), real=True)
    product = rfft(_levelled(around), n) * np.conj(rfft(piece, n))
    magnitude = np.abs(product)
    hz = rfftfreq(n, 1 / SAMPLE_RATE_HZ)
    voice = (hz > VOICE_HZ[0]) & (hz < VOICE_HZ[1]) & (magnitude > 0)
    product[~voice] = 0
    product[voice] /= magnitude[voice]  # only the timing counts, not the loudness
    likeness = np.abs(irfft(product, n)[: len(around) - len(piece) + 1])
    best, spread = int(likeness.argmax()), float(np.sqrt((likeness**2).mean()))
    return best if likeness[best] > STANDS_OUT * spread > 0 else None


def _levelled(sound: Samples) -> Samples:
    """A sound with its faint stretches as loud as all others."""
    import numpy as np
    from scipy.ndimage import uniform_filter1d

    power = uniform_filter1d(sound**2, SAMPLE_RATE_HZ // 4)
    levelled = sound / np.sqrt(power + 1e-8 * power.max() + 1e-20)
    return np.asarray(levelled, np.float32)
