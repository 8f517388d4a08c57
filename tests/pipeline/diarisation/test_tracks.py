"""Talk on tracks of their own: the demo meeting, cut apart by its reference."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from tracks import cut_apart, reference, write

from models.registry import resolve
from pipeline.diarisation import tracks
from pipeline.diarisation.segmentation import Frames
from pipeline.media.audio import SAMPLE_RATE_HZ
from pipeline.records import Diarisation
from pipeline.records.times import intersection, total_s, union

FRAMES = Frames(centre_s=0.05, step_s=0.1)


def agreement(found: Diarisation) -> tuple[float, float]:
    """The share of everybody's talk that is found, and of what is found that is talk."""
    truth = dict(zip((f"TRACK_0{n}" for n in range(1, 6)), reference().values(), strict=True))
    right = true = claimed = 0.0
    for label, parts in truth.items():
        mine = union(s for s in found.regular if s.label == label)
        right += total_s(intersection(mine, parts))
        true += total_s(parts)
        claimed += total_s(mine)
    return right / true, right / claimed


@pytest.mark.models
@pytest.mark.parametrize("bleed", [0.0, 0.1], ids=["apart", "in one room"])
def test_everybody_talks_on_their_own_track(bleed: float, tmp_path: Path) -> None:
    from pyannote.audio import Model

    from models.campplus import load_campplus
    from pipeline.diarisation.segmentation import Segmentation
    from pipeline.diarisation.voice_prints import Voices

    model = Model.from_pretrained(resolve("segmentation-3.0").path / "pytorch_model.bin")
    voices = Voices(load_campplus(resolve("campplus-zh-en").path))
    shares: list[float] = []
    labelled = {f"TRACK_0{n}": wav for n, wav in enumerate(cut_apart(tmp_path, bleed), start=1)}
    found = tracks.TrackDiariser(Segmentation(model, 0.25), voices)(labelled, shares.append)
    recall, precision = agreement(found)
    assert recall > 0.9
    assert precision > 0.9
    assert {print.label for print in found.voice_prints} == {f"TRACK_0{n}" for n in range(1, 6)}
    lengths = [np.linalg.norm(print.embedding) for print in found.voice_prints]
    assert lengths == pytest.approx([1] * 5, abs=1e-4)
    ends = sorted(found.exclusive)
    assert all(a.end_s <= b.start_s for a, b in itertools.pairwise(ends))
    assert total_s(union(found.exclusive)) == pytest.approx(total_s(union(found.regular)))
    assert shares == sorted(shares) and shares[-1] == 1.0


def test_own_level_is_that_of_the_loudest_moments() -> None:
    """Track 2 is 20 dB fainter than track 1, but alone in the second half."""
    level_db = np.array([[-20, -60]] * 10 + [[-70, -40]] * 10, np.float32)
    spoken = np.ones((20, 2), np.bool_)
    own = tracks._own_level_db(level_db, spoken)
    assert own.tolist() == [-20, -40]


def test_what_is_nearer_to_the_others_is_theirs() -> None:
    """What others say comes through 20 dB fainter; 12 dB below them is theirs, 8 dB is not."""
    others = np.zeros(1000, np.float32)
    mine = np.full(1000, -20, np.float32)
    mine[200:300], mine[600:700] = -8, -12
    relative_db = np.stack([mine, others], axis=1)
    found = tracks._comes_through(relative_db, np.ones((1000, 2), np.bool_), FRAMES)[:, 0]
    assert not found[200:300].any()
    assert found[600:700].all()
    assert found[:200].all()


def test_nothing_comes_through_where_nobody_else_talks() -> None:
    spoken = np.array([[True, False]] * 50)
    relative_db = np.zeros((50, 2), np.float32)
    assert not tracks._comes_through(relative_db, spoken, FRAMES).any()


def test_level_of_a_tone(tmp_path: Path) -> None:
    """A sine of amplitude 0.5 is at -9.03 dBFS (10 log10 of 0.5² / 2)."""
    sine = 0.5 * np.sin(2 * np.pi * 440 * np.arange(4 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ)
    sine[: 2 * SAMPLE_RATE_HZ] = 0
    level = tracks._level_db(write(tmp_path / "a.wav", sine.astype(np.float32)), FRAMES, 40)
    assert level[5:15] == pytest.approx(tracks.FLOOR_DB)
    assert level[25:35] == pytest.approx(-9.03, abs=0.1)
