"""Which pieces of talk belong to the same person, and how many people there are.

Agglomerative clustering in two passes. The first, by average linkage, stops while clusters are
still pure: it leaves several for a person whose voice varies. The second joins those, by the
cosine of their mean voices *after the part that all voices in this recording share is removed*.
Language, room and microphone make all people in a recording sound alike, in some recordings more
than in others; without that common part one threshold suits them all. The common part is the mean
over clusters (not over time: one person may have half of the talk), shrunk towards zero where there
are few clusters to estimate it from. Then clusters too small to be a person are dropped, and every
piece goes to the nearest of the remaining people.

After K. J. Han, S. Kim and S. S. Narayanan (2008), *Strategies to improve the robustness of
agglomerative hierarchical clustering under data source variation for speaker diarization*, IEEE
TASLP 16(8), for clustering in stages against varying sources; and D. Garcia-Romero and
C. Y. Espy-Wilson (2011), *Analysis of i-vector length normalization in speaker recognition
systems*, Interspeech 2011, for centring before length normalisation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.diarisation.segmentation import Bools, Floats

Ints = NDArray[np.intp]

PURE = 0.38  # mean cosine of pieces that the first pass still joins
SAME_PERSON = 0.3  # cosine of mean voices, without the common part, that the second pass joins
PRIOR_VOICES = 6.0  # number of voices by which the common part is shrunk towards zero
PULL = 0.03  # how far an expected number of people moves the joining threshold
# Speech a cluster needs to count as a person, by the total talk; see _least_speech_s.
TALK_S, LEAST_SPEECH_S = (33.0, 60.0, 110.0, 550.0), (1.1, 2.0, 2.0, 10.0)
BLOCK = 2_000  # pieces per block of the first pass, whose memory grows with their square


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many people there may be.

    ``expected`` is not binding: while more people are left, voices a little less alike are also
    joined, and where fewer would be left, only voices a little more alike (by ``PULL``). So people
    who were expected but are absent are not invented.
    """

    least: int = 1
    most: int | None = None
    expected: int | None = None

    def at_least(self, n: int) -> Bounds:
        """The same with at least ``n`` people, unless that exceeds the upper bound."""
        return replace(self, least=max(self.least, n if self.most is None else min(n, self.most)))

    def miss(self, n: int) -> int:
        """By how many ``n`` people are too few or too many."""
        return max(self.least - n, 0 if self.most is None else n - self.most, 0)

    def pull(self, before: int, after: int) -> float:
        """How much more alike voices must be for a join that leaves ``after`` people."""
        if self.expected is None:
            return 0.0
        return PULL * (after < self.expected) - PULL * (before > self.expected)


@dataclass(frozen=True, slots=True)
class People:
    """``voices`` (people, 192) are unit-length; ``likeness`` (pieces, people) is the cosine of
    each piece with each person, without what all voices of the recording have in common."""

    voices: Floats
    likeness: Floats


def find_people(
    embeddings: Floats,
    speech_s: Floats,
    clean: Bools,
    bounds: Bounds,
    same_person: float = SAME_PERSON,
) -> People:
    """The people in unit-length ``embeddings`` (pieces, 192) in order of time, at least one piece.

    ``speech_s`` (pieces,) is the length of each piece; people are formed from the ``clean`` ones.
    Fewer than ``bounds.least`` are returned where there are fewer pieces.
    """
    if not clean.any():
        clean = np.ones_like(clean)
    voices, seconds = embeddings[clean], speech_s[clean]
    least_s = _least_speech_s(seconds)
    first = _pure_clusters(voices, min(bounds.least, len(voices)))
    labels = _joined(voices, seconds, first, bounds, least_s, same_person)
    big = _big(seconds, labels, least_s, at_least=bounds.least)
    if bounds.most is not None:
        big = big[: bounds.most]
    mean = _mean_voices(voices, seconds, labels)[np.sort(big)]
    common = _common(mean)
    nearest = (_unit(voices - common) @ _unit(mean - common).T).argmax(axis=1)
    kept = np.unique(nearest)  # no person is lost in practice; a mean may be nearest to no piece
    mean = _mean_voices(voices, seconds, np.searchsorted(kept, nearest))
    return People(mean, _unit(embeddings - common) @ _unit(mean - common).T)


def _least_speech_s(seconds: Floats) -> float:
    """Seconds of speech that a cluster needs to count as a person.

    Stray sounds that form their own clusters grow with the recording, but a person who talks for
    ten seconds is not overlooked even in the longest; and where all talk is half a minute, more
    than one piece of it counts as a person.
    """
    return float(np.interp(seconds.sum(), TALK_S, LEAST_SPEECH_S))


def _pure_clusters(voices: Floats, at_least: int = 1) -> Ints:
    """Labels (pieces,) from 0, by average linkage, block by block; ``at_least`` or more of them."""
    distance = 1 - PURE
    labels = _in_blocks(voices, distance)
    while labels.max() + 1 < at_least and distance > 1e-6:
        distance *= 0.95
        labels = _in_blocks(voices, distance)
    return labels


def _in_blocks(voices: Floats, distance: float) -> Ints:
    labels = np.zeros(len(voices), np.intp)
    found = 0
    for block in np.array_split(np.arange(len(voices)), -(-len(voices) // BLOCK)):
        here = _linkage_labels(voices[block], distance)
        labels[block] = here + found
        found += int(here.max()) + 1
    return labels


def _linkage_labels(voices: Floats, distance: float) -> Ints:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import pdist

    if len(voices) == 1:
        return np.zeros(1, np.intp)
    # of unit vectors; pdist's own cosine rounds below 0
    tree = linkage(np.maximum(pdist(voices, "sqeuclidean") / 2, 0), "average")
    return np.asarray(fcluster(tree, distance, "distance") - 1, np.intp)


def _joined(
    voices: Floats,
    seconds: Floats,
    labels: Ints,
    bounds: Bounds,
    least_s: float,
    same_person: float,
) -> Ints:
    """``labels`` after the second pass.

    Joining stops where clusters are no longer ``same_person``, or at the nearest step at which the
    number of people is within ``bounds``.
    """
    sums = _mean_voices(voices, seconds, labels, unit=False)
    sizes = _sizes(seconds, labels)
    cluster = np.arange(len(sizes))
    stages, people, stop = [cluster], [_count(sizes, least_s)], None
    while len(sums) > 1:
        mean = _unit(sums)
        centred = _unit(mean - _common(mean))
        likeness = centred @ centred.T
        np.fill_diagonal(likeness, -2)
        i, j = sorted(np.unravel_index(int(likeness.argmax()), likeness.shape))
        sums[i] += sums[j]
        sizes[i] += sizes[j]
        sums, sizes = np.delete(sums, j, axis=0), np.delete(sizes, j)
        cluster = np.where(cluster == j, i, cluster - (cluster > j))
        stages.append(cluster)
        people.append(_count(sizes, least_s))
        if stop is None and likeness[i, j] < same_person + bounds.pull(people[-2], people[-1]):
            stop = len(stages) - 2
    wanted = len(stages) - 1 if stop is None else stop

    def misfit(at: int) -> tuple[int, ...]:
        too_few = max(0, bounds.least - (len(stages) - at))  # each step leaves one cluster fewer
        return bounds.miss(people[at]), too_few, abs(at - wanted), -at

    best = min(range(len(stages)), key=misfit)
    return np.asarray(stages[best][labels])


def _common(mean_voices: Floats) -> Floats:
    """What (n, 192) voices have in common: their mean, shrunk towards zero where they are few."""
    return np.asarray(mean_voices.sum(axis=0) / (len(mean_voices) + PRIOR_VOICES))


def _count(sizes: Floats, least_s: float) -> int:
    return max(1, int((sizes >= least_s).sum()))


def _sizes(seconds: Floats, labels: Ints) -> Floats:
    """Seconds of talk in each cluster."""
    return np.bincount(labels, seconds).astype(np.float32)


def _big(seconds: Floats, labels: Ints, least_s: float, at_least: int = 1) -> Ints:
    """The clusters that are people, largest first: at least ``at_least`` if there are enough."""
    sizes = _sizes(seconds, labels)
    order = np.argsort(-sizes, kind="stable")
    return order[: max(at_least, _count(sizes, least_s))]


def _mean_voices(voices: Floats, seconds: Floats, labels: Ints, unit: bool = True) -> Floats:
    """The mean voice of each cluster, weighted by the length of pieces: (clusters, 192)."""
    sums = np.zeros((int(labels.max()) + 1, voices.shape[1]), np.float32)
    np.add.at(sums, labels, voices * seconds[:, None])
    return _unit(sums) if unit else sums


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)
