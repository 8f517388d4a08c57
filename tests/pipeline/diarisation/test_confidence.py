"""Confidence: a probability that grows with what speaks for the label."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.diarisation.confidence import confidence


def _sure(likeness: list[float], person: int = 0, activity: float = 0.9) -> float:
    frames: NDArray[np.float32] = np.full(4, activity, np.float32)
    found = confidence(np.array(likeness, np.float32), person, frames)
    assert found.shape == (4,)
    return float(found[0])


def test_it_grows_with_the_distance_to_the_next_person() -> None:
    sure = [_sure([likeness, 0.2]) for likeness in (-0.2, 0.1, 0.3, 0.6, 0.9)]
    assert sure == sorted(sure)
    assert sure[0] < 0.7 < 0.95 < sure[-1] < 1


def test_the_next_person_counts_wherever_they_stand() -> None:
    assert _sure([0.1, 0.7, 0.4], person=1) == pytest.approx(_sure([0.7, 0.4, 0.1]))


def test_it_grows_with_the_probability_of_talk() -> None:
    assert _sure([0.6, 0.2], activity=0.3) < _sure([0.6, 0.2], activity=0.8)


def test_alone_in_a_recording_nobody_is_mistaken_for_another() -> None:
    assert _sure([0.5]) >= _sure([0.5, 0.0])


def test_each_frame_has_its_own() -> None:
    found = confidence(np.array([0.6, 0.2], np.float32), 0, np.array([0.1, 0.9], np.float32))
    assert found[0] < found[1]
