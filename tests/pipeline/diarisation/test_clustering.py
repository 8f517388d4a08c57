"""Clustering of made-up voices: who is who is known, and so is how far apart they are."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.diarisation import clustering
from pipeline.diarisation.clustering import Bounds, find_people

SIZE = 192
Floats = NDArray[np.float32]


def _meeting(
    pieces_of: list[int], *, spread: float = 1.0, common: float = 0.0, seed: int = 5
) -> tuple[Floats, NDArray[np.intp]]:
    """Unit voices of people with so many pieces each, mixed in time, and whose each is.

    Two pieces of one person have a cosine of (1 + common²) / (1 + common² + spread²), of two
    people common² / (1 + common² + spread²).
    """
    random = np.random.default_rng(seed)

    def directions(n: int) -> Floats:
        return random.normal(0, SIZE**-0.5, (n, SIZE)).astype(np.float32)

    who = random.permutation(np.repeat(np.arange(len(pieces_of)), pieces_of))
    voices = directions(len(pieces_of))[who] + spread * directions(len(who))
    voices += common * directions(1)
    return voices / np.linalg.norm(voices, axis=1, keepdims=True), who


def _found(
    voices: Floats, bounds: Bounds | None = None, clean: NDArray[np.bool_] | None = None
) -> NDArray[np.intp]:
    """Which person each piece is given to."""
    seconds = np.ones(len(voices), np.float32)
    everything = np.ones(len(voices), np.bool_) if clean is None else clean
    people = find_people(voices, seconds, everything, bounds or Bounds())
    nearest: NDArray[np.intp] = people.likeness.argmax(axis=1)
    return nearest


def _same_partition(a: NDArray[np.intp], b: NDArray[np.intp]) -> bool:
    pairs = len(set(zip(a.tolist(), b.tolist(), strict=True)))
    return pairs == len(set(a.tolist())) == len(set(b.tolist()))


@pytest.mark.parametrize(
    "pieces_of", [[40], [30, 25], [20, 20, 20, 20], [9] * 11, [150, 12, 10, 8]]
)
def test_clustering_finds_each_person(pieces_of: list[int]) -> None:
    voices, who = _meeting(pieces_of)
    assert _same_partition(_found(voices), who)


@pytest.mark.parametrize("common", [0.0, 0.6, 0.9])
def test_what_all_voices_share_makes_nobody_the_same(common: float) -> None:
    """With 0.9, the mean voices of different people have a cosine of about 0.45."""
    voices, who = _meeting([25] * 8, common=common)
    assert _same_partition(_found(voices), who)


def test_a_voice_that_varies_is_one_person() -> None:
    """A person heard in two ways, with a cosine of 0.4 between pieces: two clusters at first."""
    voices, who = _meeting([20, 20, 20])
    random = np.random.default_rng(1)
    ways = random.normal(0, 0.7 * SIZE**-0.5, (2, SIZE)).astype(np.float32)
    first = np.flatnonzero(who == 0)
    voices[first[::2]] += ways[0]
    voices[first[1::2]] += ways[1]
    voices /= np.linalg.norm(voices, axis=1, keepdims=True)
    assert len(np.unique(clustering._pure_clusters(voices))) > 3
    assert _same_partition(_found(voices), who)


def test_odd_sounds_are_given_to_somebody() -> None:
    voices, who = _meeting([60, 60, 1, 1])
    found = _found(voices)
    assert len(set(found.tolist())) == 2
    assert _same_partition(found[who < 2], who[who < 2])


def test_whoever_talks_long_enough_is_found_in_the_longest_meeting() -> None:
    voices, who = _meeting([1500, 1500, 11])
    assert _same_partition(_found(voices), who)


def test_a_long_recording_is_clustered_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "BLOCK", 30)
    voices, who = _meeting([40, 40, 40, 40])
    assert _same_partition(_found(voices), who)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8])
def test_a_known_number_of_people_is_kept(n: int) -> None:
    voices, _ = _meeting([20, 20, 20, 20])
    assert len(set(_found(voices, Bounds(n, n)).tolist())) == n


def test_bounds_that_hold_change_nothing() -> None:
    voices, who = _meeting([20, 20, 20, 20])
    assert _same_partition(_found(voices, Bounds(2, 6)), who)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_too_many_people_are_joined_to_the_most_there_may_be(most: int) -> None:
    voices, _ = _meeting([20, 20, 20, 20])
    assert len(set(_found(voices, Bounds(1, most)).tolist())) == most


def test_too_few_people_are_split_to_about_the_least_there_may_be() -> None:
    voices, _ = _meeting([20, 20, 20, 20])
    assert 6 <= len(set(_found(voices, Bounds(6)).tolist())) <= 8


def test_two_alike_are_joined_when_there_is_one_too_many() -> None:
    voices, who = _meeting([20, 20, 20])
    alike = voices[who == 1].mean(axis=0)
    voices[who == 2] += 2 * alike
    voices /= np.linalg.norm(voices, axis=1, keepdims=True)
    assert _same_partition(_found(voices, Bounds(2, 2)), np.minimum(who, 1))


def test_more_people_than_voices_that_can_be_told_apart() -> None:
    voices, _ = _meeting([40], spread=0.2)
    assert len(set(_found(voices, Bounds(3, 3)).tolist())) == 3


def test_fewer_pieces_than_people() -> None:
    voices, _ = _meeting([1, 1])
    assert len(set(_found(voices, Bounds(5, 5)).tolist())) == 2


def test_one_piece_is_one_person() -> None:
    voices, _ = _meeting([1])
    assert _found(voices).tolist() == [0]


def test_overlapped_pieces_make_no_people() -> None:
    voices, who = _meeting([20, 20, 20])
    assert len(set(_found(voices, clean=who < 2).tolist())) == 2


def test_without_clean_pieces_all_count() -> None:
    voices, who = _meeting([20, 20])
    assert _same_partition(_found(voices, clean=np.zeros(len(who), np.bool_)), who)


def test_voices_are_unit_length_and_of_their_people() -> None:
    voices, who = _meeting([30, 30], common=0.9)
    seconds = np.ones(len(voices), np.float32)
    people = find_people(voices, seconds, np.ones(len(voices), np.bool_), Bounds())
    assert np.linalg.norm(people.voices, axis=1) == pytest.approx([1, 1], abs=1e-5)
    nearest = (voices @ people.voices.T).argmax(axis=1)
    assert _same_partition(nearest, who)


def test_longer_pieces_count_more() -> None:
    voices, _ = _meeting([2])
    people = find_people(
        voices, np.array([9.0, 1.0], np.float32), np.ones(2, np.bool_), Bounds(1, 1)
    )
    assert people.voices[0] @ voices[0] > people.voices[0] @ voices[1]


def _alike(cosine: float, n: int = 4) -> Floats:
    """Twenty pieces each of people apart, and of two whose voices have this cosine."""
    axes = np.eye(SIZE, dtype=np.float32)[: n + 1]
    axes[n] = cosine * axes[0] + (1 - cosine**2) ** 0.5 * axes[n]
    return np.repeat(axes, 20, axis=0)


def _number(voices: Floats, expected: int | None) -> int:
    return len(set(_found(voices, Bounds(expected=expected)).tolist()))


def test_an_expected_number_decides_where_voices_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "PURE", 0.9)
    doubtful = [
        cosine / 100 for cosine in range(20, 60) if _number(_alike(cosine / 100), None) == 4
    ]
    joined, apart = _alike(doubtful[0]), _alike(doubtful[0] - 0.01)
    assert _number(apart, None) == 5
    assert _number(apart, 4) == 4
    assert _number(joined, 5) == 5
    assert _number(joined, 9) == 5


@pytest.mark.parametrize("expected", [1, 2, 4, 6, 11])
def test_an_expected_number_binds_nothing(expected: int) -> None:
    voices, who = _meeting([20, 20, 20, 20])
    assert _same_partition(_found(voices, Bounds(expected=expected)), who)


@pytest.mark.parametrize(
    ("bounds", "n", "expected"),
    [
        (Bounds(), 3, Bounds(3)),
        (Bounds(5), 3, Bounds(5)),
        (Bounds(1, 2), 3, Bounds(2, 2)),
        (Bounds(2, 2), 1, Bounds(2, 2)),
        (Bounds(1, None, 6), 2, Bounds(2, None, 6)),
    ],
)
def test_no_more_at_least_than_there_may_be(bounds: Bounds, n: int, expected: Bounds) -> None:
    assert bounds.at_least(n) == expected


@pytest.mark.parametrize(
    ("talk_s", "least_s"),
    [(5, 1.1), (33, 1.1), (60, 2.0), (110, 2.0), (330, 6.0), (550, 10.0), (9000, 10.0)],
)
def test_who_is_a_person_depends_on_how_long_all_talk(talk_s: float, least_s: float) -> None:
    assert clustering._least_speech_s(np.array([talk_s], np.float32)) == pytest.approx(least_s)
