"""Which pieces of talk are of the same person, and how many people there are.

Agglomerative clustering in two passes. The first, by average linkage, stops while clusters are
still pure: it leaves several for a person whose voice varies. The second joins those, by the
cosine of their mean voices *after the voice that all in this recording have in common is taken
out*. Language, room and microphone make everybody in a recording sound alike, some recordings
more than others; without that common part one threshold suits them all. The common part is the
mean over clusters (not over time: one person may have half of the talk), drawn towards none where
there are few clusters to tell it from. Then clusters too small to be a person are given up, and
every piece goes to the nearest of the people left.

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
SAME_PERSON = 0.3  # cosine of mean voices, less the common part, that the second pass still joins
PRIOR_VOICES = 6.0  # the common part is drawn towards none by so many voices
PULL = 0.03  # by how much an expected number of people moves what is still joined
# What a cluster must have said to be a person, by how long all talk; see _least_speech_s.
TALK_S, LEAST_SPEECH_S = (33.0, 60.0, 110.0, 550.0), (1.1, 2.0, 2.0, 10.0)
BLOCK = 2_000  # pieces in one go of the first pass, whose memory grows with the square of them


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many people there may be.

    ``expected`` binds nothing: while more people are left, voices a little less alike are joined
    too, and where fewer would be left, only voices a little more alike (by ``PULL``). People who
    were expected and did not come are therefore not made up.
    """

    least: int = 1
    most: int | None = None
    expected: int | None = None

    def at_least(self, n: int) -> Bounds:
        """The same with ``n`` people at least, unless that is more than there may be."""
        return replace(self, least=max(self.least, n if self.most is None else min(n, self.most)))

    def miss(self, n: int) -> int:
        """By how many ``n`` people are too few or too many."""
        return max(self.least - n, 0 if self.most is None else n - self.most, 0)

    def pull(self, before: int, after: int) -> float:
        """How much more alike voices must be for a joining that leaves ``after`` people."""
        if self.expected is None:
            return 0.0
        return PULL * (after < self.expected) - PULL * (before > self.expected)


@dataclass(frozen=True, slots=True)
class People:
    """``voices`` (people, 192) are unit-length; ``likeness`` (pieces, people) is the cosine of
    each piece with each person, less what all voices of the recording have in common."""

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

    ``speech_s`` (pieces,) is how long each piece is; people are made of the ``clean`` ones. Fewer
    than ``bounds.least`` come out where there are fewer pieces.
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
    kept = np.unique(nearest)  # nobody is lost in practice; a mean may be nearest to no piece
    mean = _mean_voices(voices, seconds, np.searchsorted(kept, nearest))
    return People(mean, _unit(embeddings - common) @ _unit(mean - common).T)


def _least_speech_s(seconds: Floats) -> float:
    """What a cluster must have said to be a person.

    The odd sounds that make clusters of their own grow with the recording, but nobody who talks
    for ten seconds is overlooked in the longest; and where all talk is half a minute, more than
    one piece of it is a person.
    """
    return float(np.interp(seconds.sum(), TALK_S, LEAST_SPEECH_S))


def _pure_clusters(voices: Floats, at_least: int = 1) -> Ints:
    """Labels (pieces,) from 0, by average linkage, block by block; ``at_least`` so many."""
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

    Of all stages of the joining, the one at which clusters are no longer ``same_person``, or the
    nearest to it at which the number of people is within ``bounds``.
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
        too_few = max(0, bounds.least - (len(stages) - at))  # stage by stage one cluster less
        return bounds.miss(people[at]), too_few, abs(at - wanted), -at

    best = min(range(len(stages)), key=misfit)
    return np.asarray(stages[best][labels])


def _common(mean_voices: Floats) -> Floats:
    """What (n, 192) voices have in common: their mean, drawn towards none where they are few."""
    return np.asarray(mean_voices.sum(axis=0) / (len(mean_voices) + PRIOR_VOICES))


def _count(sizes: Floats, least_s: float) -> int:
    return max(1, int((sizes >= least_s).sum()))


def _sizes(seconds: Floats, labels: Ints) -> Floats:
    """Seconds of talk in each cluster."""
    return np.bincount(labels, seconds).astype(np.float32)


def _big(seconds: Floats, labels: Ints, least_s: float, at_least: int = 1) -> Ints:
    """The clusters that are people, largest first: ``at_least`` so many, if there are."""
    sizes = _sizes(seconds, labels)
    order = np.argsort(-sizes, kind="stable")
    return order[: max(at_least, _count(sizes, least_s))]


def _mean_voices(voices: Floats, seconds: Floats, labels: Ints, unit: bool = True) -> Floats:
    """The mean voice of each cluster, longer pieces counting more: (clusters, 192)."""
    sums = np.zeros((int(labels.max()) + 1, voices.shape[1]), np.float32)
    np.add.at(sums, labels, voices * seconds[:, None])
    return _unit(sums) if unit else sums


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)
