"""Which of several channels, sound tracks or files to use: chosen by measuring.

Each person's talk is used once: a sound contained in another is left out, and so is a mix of others
where these are people's own tracks; an inverted side is turned back; a channel of noise beside a
good one is left out; and everything else is summed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from pipeline.media.alike import CONTAINED, LOUD_DB, contained, shift
from pipeline.media.hear import Heard, Sound
from pipeline.media.levels import NOTHING_BELOW, gain, only_noise, people
from pipeline.media.signals import BLOCK_S, SAMPLE_RATE_HZ, Loudness, Signal
from pipeline.media.sound import Track

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SEARCH_S = 1.0  # between sound tracks of one file
SEARCH_FILES_S = 30.0  # between files of a folder, or as far as their lengths differ
SEARCH_AT_MOST_S = 600.0
INVERTED_BELOW = -0.5  # likeness of two sides, -1 to 1
COVERED = 0.98  # share of a mix's louder time in which one of its parts is loud too
NO_SHIFT_S = 0.05  # what microphones and codecs cause
TRACKS_AT_LEAST = 3  # of two, one usually has all other people
LENGTHS_DIFFER_S = 0.3
CHANGED_BY_DB = 6.0  # less is negligible


@dataclass(frozen=True, slots=True)
class Chosen:
    """The sound to use: the whole, people's own tracks if there are any, and flags.

    ``shift_s``: how far apart in time the tracks were, or may be.
    """

    whole: Signal
    tracks: tuple[Signal, ...] = ()
    flags: frozenset[str] = frozenset()
    shift_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Source:
    """A signal with its loudness, at a volume that 16 bits hold."""

    signal: Signal
    loudness: Loudness
    flags: frozenset[str] = frozenset()


def of_file(file: Heard, tracks: str) -> Chosen:
    """The sound to use of one file; ``tracks`` is the setting of that name."""
    if len(file.sounds) > 1:
        return _of_streams([_as_one(sound) for sound in file.sounds], tracks)
    sound = file.sounds[0]
    one = _as_one(sound)
    own = people(sound.loudness) if tracks == "auto" else tracks == "separate"
    if not own or len(sound.channels) < 2:
        return Chosen(one.signal, (), one.flags)
    each = [
        _fitted(channel, loudness, sound.track)
        for channel, loudness in zip(sound.channels, sound.loudness, strict=True)
    ]
    flags = one.flags.union(*(source.flags for source in each)) - {"noisy_channel"}
    return Chosen(one.signal, tuple(source.signal for source in each), flags)


def _of_streams(sources: Sequence[_Source], tracks: str) -> Chosen:
    """The sound to use of several sound tracks of one file."""
    noise = only_noise([source.loudness for source in sources])
    sounding = [
        source
        for source, is_noise in zip(sources, noise, strict=True)
        if source.loudness.highest > NOTHING_BELOW and not is_noise
    ] or list(sources[:1])
    flags = frozenset({"several_sound_tracks"}).union(*(source.flags for source in sounding))
    flags |= {"noisy_channel"} if any(noise) else set()
    alike = _Alike(sounding, SEARCH_S)
    mixes = alike.mixes()
    own = alike.without(mixes | alike.parts(mixes))
    flags |= {"mix_left_out"} if mixes else set()
    whole = Signal.sum(source.signal for source in own)
    are_people = people([source.loudness for source in own]) >= TRACKS_AT_LEAST
    if len(own) > 1 and (tracks == "separate" or (tracks == "auto" and are_people)):
        return Chosen(whole, tuple(source.signal for source in own), flags)
    return Chosen(whole, (), flags)


def of_files(files: Sequence[Heard]) -> Chosen:
    """The sound to use of the files of a folder of tracks, each aligned by its sound."""
    sources = []
    for file in files:
        one = of_file(file, "together")
        sources.append(_Source(one.whole, one.whole.loudness(), one.flags))
    noise = only_noise([source.loudness for source in sources])
    sources = [source for source, is_noise in zip(sources, noise, strict=True) if not is_noise]
    alike = _Alike(sources, SEARCH_FILES_S)
    mixes = alike.mixes()
    parts = alike.parts(mixes)
    own, sure, shift_s = alike.laid(mixes | parts)
    flags = frozenset[str]().union(*(source.flags for source in sources))
    flags |= {"noisy_channel"} if any(noise) else set()
    if shift_s:
        flags |= {"track_shifted"}
    lengths_s = [len(source.signal) / SAMPLE_RATE_HZ for source in own]
    if not sure and (apart_s := max(lengths_s) - min(lengths_s)) > LENGTHS_DIFFER_S:
        flags |= {"track_lengths_differ"}
        shift_s = max(shift_s, apart_s)
    flags |= {"mix_left_out"} if mixes else set()
    flags |= {"several_sound_tracks"} if parts else set()
    whole = Signal.sum(source.signal for source in own)
    tracks = () if len(own) == 1 else tuple(source.signal for source in own)
    return Chosen(whole, tracks, flags, shift_s)


def _as_one(sound: Sound) -> _Source:
    """The mean of the channels, without noise and with inverted ones turned back."""
    noise = only_noise(sound.loudness)
    good = [c for c, is_noise in zip(sound.channels, noise, strict=True) if not is_noise]
    flags = frozenset({"noisy_channel"} if any(noise) else ())
    turned = good[:1]
    for channel in good[1:]:
        inverted = _likeness(Signal.sum(turned), channel) < INVERTED_BELOW
        flags |= {"inverted_channel"} if inverted else frozenset()
        turned.append(channel.scaled(-1.0 if inverted else 1.0))
    mean = Signal.sum(turned).scaled(1 / len(turned))
    fitted = _fitted(mean, mean.loudness(), sound.track)
    return replace(fitted, flags=fitted.flags | flags)


def _fitted(signal: Signal, loudness: Loudness, track: Track) -> _Source:
    # Damaged bytes of a lossy codec decode to noise far over full scale: that is clipped.
    factor = gain(loudness, track.fine) if track.fine or not track.damaged else 1.0
    changed = not 10 ** (-CHANGED_BY_DB / 20) < factor < 10 ** (CHANGED_BY_DB / 20)
    flags = frozenset({"level_changed"} if changed else ())
    return _Source(signal.scaled(factor), loudness.scaled(factor), flags)


def _likeness(one: Signal, other: Signal) -> float:
    """The lower correlation of two signals: with low frequencies as they are, and damped."""
    import numpy as np

    sums = np.zeros((2, 3))
    for a, b in zip(one.chunks(), other.chunks(), strict=False):
        n = min(len(a), len(b))
        pair = np.stack([a[:n], b[:n]]).astype(np.float64)
        for row, (x, y) in enumerate((pair, np.diff(pair))):
            sums[row] += x @ y, x @ x, y @ y
    product, power, other_power = sums.T
    return float((product / np.maximum(np.sqrt(power * other_power), 1e-30)).min())


class _Alike:
    """Which of several sounds contains which others, and how much later those begin in it."""

    def __init__(self, sources: Sequence[_Source], search_s: float) -> None:
        self._sources = list(sources)
        self._later: dict[tuple[int, int], int] = {}
        self._share: dict[tuple[int, int], float] = {}
        for one, other in combinations(range(len(sources)), 2):
            a, b = sources[one].signal, sources[other].signal
            apart_s = abs(len(a) - len(b)) / SAMPLE_RATE_HZ
            reach_s = min(search_s + apart_s, max(search_s, SEARCH_AT_MOST_S))
            later = shift(a, b, reach_s)
            if later is None and (back := shift(b, a, reach_s)) is not None:
                later = -back
            if later is not None:
                self._later[one, other], self._later[other, one] = later, -later
                self._share[one, other] = contained(a, b, later)
                self._share[other, one] = contained(b, a, -later)

    def inside(self, part: int, whole: int) -> bool:
        """Whether a sound is contained in another; of two equal ones, the second is."""
        here, there = (self._share.get(pair, 0.0) for pair in ((part, whole), (whole, part)))
        return here >= CONTAINED and (here, part) > (there, whole)

    def parts(self, mixes: set[int]) -> set[int]:
        """The sounds that another one, other than a mix, contains."""
        every = range(len(self._sources))
        wholes = [whole for whole in every if whole not in mixes]
        return {part for part in every if any(self.inside(part, whole) for whole in wholes)}

    def mixes(self) -> set[int]:
        """The sounds that contain several others and nothing else."""
        every, found = range(len(self._sources)), set[int]()
        for whole in every:
            parts = [part for part in every if self.inside(part, whole)]
            if len(parts) > 1 and self._covered(whole, parts) >= COVERED:
                found.add(whole)
        return found

    def without(self, numbers: set[int]) -> list[_Source]:
        return [source for number, source in enumerate(self._sources) if number not in numbers]

    def laid(self, left_out: set[int]) -> tuple[list[_Source], bool, float]:
        """All sounds but some, each aligned with the others by its sound.

        Also returns whether the shift of each is known, and the largest shift in seconds.
        """
        every = range(len(self._sources))
        reached = [max(every, key=lambda number: sum(number in pair for pair in self._later))]
        late = dict.fromkeys(every, 0)
        for whole in reached:
            for part in every:
                if part not in reached and (part, whole) in self._later:
                    late[part] = late[whole] + self._later[part, whole]
                    reached.append(part)
        kept = [number for number in every if number not in left_out]
        earliest = min(late[number] for number in kept)
        shifts = {number: late[number] - earliest for number in kept}
        largest_s = max(shifts.values()) / SAMPLE_RATE_HZ
        if largest_s <= NO_SHIFT_S:
            shifts, largest_s = dict.fromkeys(kept, 0), 0.0
        found = [
            replace(source, signal=source.signal.shifted(shifts[number]))
            for number, source in enumerate(self._sources)
            if number in shifts
        ]
        return found, set(kept) <= {*reached}, largest_s

    def _covered(self, whole: int, parts: Sequence[int]) -> float:
        """The share of a sound's louder time in which one of its parts is also loud."""
        import numpy as np

        loud = _is_loud(self._sources[whole].loudness)
        covered = np.zeros_like(loud)
        per_block = round(BLOCK_S * SAMPLE_RATE_HZ)
        for part in parts:
            for at in np.flatnonzero(_is_loud(self._sources[part].loudness)):
                block = int(at) + round(self._later[part, whole] / per_block)
                covered[max(0, block - 2) : block + 3] = True
        return float((loud & covered).sum() / max(1, loud.sum()))


def _is_loud(sound: Loudness) -> NDArray[np.bool_]:
    import numpy as np

    top = np.percentile(sound.rms, 95) / 10 ** (LOUD_DB / 20)
    return np.asarray(sound.rms > max(top, NOTHING_BELOW))
