"""Settings become models and bounds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.diarisation import diarise as diarise_module
from pipeline.diarisation.clustering import Bounds
from pipeline.diarisation.diarise import diarisation_models, diarise
from pipeline.records import Diarisation
from pipeline.settings import DiarisationSettings, MachineSettings


def test_the_embedded_models_are_the_default() -> None:
    assert set(diarisation_models(DiarisationSettings())) == {"segmentation", "voice-print"}


@pytest.mark.parametrize("value", ["/srv/community-1", "pyannote/speaker-diarization-community-1"])
def test_any_other_pipeline_is_one_setting(value: str) -> None:
    assert diarisation_models(DiarisationSettings(pipeline=value))["pipeline"] == value


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (DiarisationSettings(), Bounds(1, None)),
        (DiarisationSettings(num_people=5), Bounds(5, 5)),
        (DiarisationSettings(min_people=3, max_people=11), Bounds(3, 11)),
        (DiarisationSettings(expected_people=7), Bounds(1, None, 7)),
    ],
)
def test_expected_people_become_bounds_of_the_diariser(
    monkeypatch: pytest.MonkeyPatch, settings: DiarisationSettings, expected: Bounds
) -> None:
    seen: list[Bounds] = []

    def diariser(_: Path, bounds: Bounds, progress: Callable[[float], None]) -> Diarisation:
        seen.append(bounds)
        return Diarisation((), (), ())

    monkeypatch.setattr(diarise_module, "load", lambda *_: diariser)
    diarise(Path("audio.wav"), settings, {}, MachineSettings(), lambda _: None)
    assert seen == [expected]


def test_zero_expected_people_are_refused() -> None:
    with pytest.raises(ValidationError):
        DiarisationSettings(expected_people=0)
