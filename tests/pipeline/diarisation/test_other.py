"""A pipeline of pyannote's own from a local folder: real segmentation, voices of random weights."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml

from models.registry import resolve
from pipeline.audio import decode
from pipeline.diarisation.clustering import Bounds
from pipeline.diarise import diarisation_models, diarise
from pipeline.errors import ModelError
from pipeline.settings import DiarisationSettings, MachineSettings

SAMPLE = Path(find_spec("pyannote.audio").origin).parent / "sample" / "sample.wav"  # type: ignore[union-attr, arg-type]
DIMENSION = 32


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out as pyannote's published pipelines are: config.yaml and $model/… beside."""
    root = tmp_path_factory.mktemp("pipeline")
    for part in ("segmentation", "embedding", "plda"):
        (root / part).mkdir()
    shutil.copy(resolve("segmentation-3.0").path / "pytorch_model.bin", root / "segmentation")
    _save_voices(root / "embedding" / "pytorch_model.bin")
    zero, one = np.zeros(DIMENSION), np.eye(DIMENSION)
    np.savez(root / "plda" / "xvec_transform.npz", mean1=zero, mean2=zero, lda=one)
    np.savez(root / "plda" / "plda.npz", mu=zero, tr=one, psi=np.linspace(2, 1, DIMENSION))
    models = {part: f"$model/{part}" for part in ("segmentation", "embedding", "plda")}
    config = {
        "pipeline": {
            "name": "pyannote.audio.pipelines.SpeakerDiarization",
            "params": {**models, "clustering": "AgglomerativeClustering"},
        },
        "params": {
            "segmentation": {"min_duration_off": 0.0},
            "clustering": {"method": "centroid", "min_cluster_size": 2, "threshold": 0.5},
        },
    }
    (root / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return root


def _save_voices(file: Path) -> None:
    """A speaker embedding of pyannote's as it saves one, its weights drawn at random."""
    import torch
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.embedding import XVectorMFCC

    torch.manual_seed(1)
    model = XVectorMFCC(dimension=DIMENSION)
    model.specifications = Specifications(Problem.REPRESENTATION, Resolution.CHUNK, duration=3.0)
    checkpoint = {
        "state_dict": model.state_dict(),
        "hyper_parameters": dict(model.hparams),
        "pytorch-lightning_version": "2.0.0",
    }
    model.on_save_checkpoint(checkpoint)
    torch.save(checkpoint, file)


@pytest.fixture(scope="module")
def wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sound")
    decode(SAMPLE, root, min_duration_s=0, progress=lambda _: None)
    return root / "audio.wav"


@pytest.mark.models
@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_folder_diarises_within_bounds(folder: Path, wav: Path, n: int) -> None:
    settings = DiarisationSettings(pipeline=str(folder), num_people=n)
    models = {role: resolve(id_).path for role, id_ in diarisation_models(settings).items()}
    shares: list[float] = []
    found = diarise(wav, settings, models, MachineSettings(device="cpu"), shares.append)
    labels = {f"SPEAKER_{number:02d}" for number in range(n)}
    assert {s.label for s in found.regular} == labels
    assert {s.label for s in found.exclusive} <= labels
    assert {s.confidence for s in (*found.regular, *found.exclusive)} == {1.0}
    in_time = sorted(found.exclusive)
    assert all(a.end_s <= b.start_s for a, b in pairwise(in_time))
    # the published reference of this recording has talk from 6.7 s to 30 s
    assert 6 < found.regular[0].start_s < 7.5
    assert found.regular[-1].end_s > 27
    for voice in found.voice_prints:
        assert len(voice.embedding) == DIMENSION
        assert np.linalg.norm(voice.embedding) == pytest.approx(1, abs=1e-4)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 3


@pytest.mark.parametrize(
    "config",
    [
        "pipeline: [",
        "nothing: here",
        "pipeline: {name: no.such.Pipeline}",
        "pipeline: {name: pyannote.audio.pipelines.SpeakerDiarization, "
        "params: {segmentation: $model/segmentation}}",
    ],
)
def test_a_folder_that_holds_no_pipeline(tmp_path: Path, config: str) -> None:
    from pipeline.diarisation.other import OtherPipeline

    (tmp_path / "config.yaml").write_text(config, encoding="utf-8")
    with pytest.raises(ModelError, match="can be loaded") as error:
        OtherPipeline.load(tmp_path)
    assert str(tmp_path) not in str(error.value)


def test_a_pipeline_without_exclusive_segments(wav: Path) -> None:
    from pyannote.core import Annotation

    from pipeline.diarisation.other import OtherPipeline

    old = OtherPipeline(lambda *_, **__: Annotation())
    with pytest.raises(ModelError, match="exclusive"):
        old(wav, Bounds(), lambda _: None)
