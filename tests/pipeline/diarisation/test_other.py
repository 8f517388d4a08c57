"""A pipeline of pyannote's own from a local folder: real segmentation, voices of random weights."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from models.registry import resolve
from pipeline.diarisation.clustering import Bounds
from pipeline.diarisation.diarise import diarisation_models, diarise
from pipeline.errors import ModelError
from pipeline.media.audio import decode
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


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.file,)


def _pickled(folder: Path, bomb: Path) -> None:
    import torch

    torch.save({"state_dict": {}, "note": Bomb(bomb)}, folder / "embedding" / "pytorch_model.bin")


def _pickled_as_of_old(folder: Path, bomb: Path) -> None:
    (folder / "segmentation" / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb(bomb)))


def _class(folder: Path, bomb: Path) -> None:
    _rewrite(
        folder, lambda c: c.update(pipeline={"name": "subprocess.Popen", "params": _args(bomb)})
    )


def _preprocessor(folder: Path, bomb: Path) -> None:
    extra = {"x": {"name": "subprocess.Popen", "params": _args(bomb)}}
    _rewrite(folder, lambda c: c.update(preprocessors=extra))


def _model_elsewhere(folder: Path, bomb: Path) -> None:
    _pickled(folder, bomb)
    (folder / "embedding").rename(folder.parent / "elsewhere")
    _rewrite(folder, lambda c: c["pipeline"]["params"].update(embedding="$model/../elsewhere"))


def _network(folder: Path, bomb: Path) -> None:
    """Its module would be imported."""
    import torch

    module = folder.parent / "vuoro_test_bomb.py"
    module.write_text(f"open({str(bomb)!r}, 'w')", encoding="utf-8")
    made_by = {"architecture": {"module": module.stem, "class": "Bomb"}, "versions": {}}
    torch.save({"pyannote.audio": made_by}, folder / "embedding" / "pytorch_model.bin")


def _rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    file = folder / "config.yaml"
    config = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(config)
    file.write_text(yaml.safe_dump(config), encoding="utf-8")


def _args(bomb: Path) -> dict[str, Any]:
    return {"args": ["touch", str(bomb)]}


@pytest.mark.models
@pytest.mark.parametrize(
    "armed", [_pickled, _pickled_as_of_old, _class, _preprocessor, _model_elsewhere, _network]
)
def test_a_folder_runs_no_code_of_its_own(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, armed: Callable[..., None]
) -> None:
    from pipeline.diarisation.other import OtherPipeline

    monkeypatch.syspath_prepend(tmp_path)
    copy, bomb = tmp_path / "copy", tmp_path / "it ran"
    shutil.copytree(folder, copy)
    armed(copy, bomb)
    with pytest.raises(ModelError, match="without running code of its own") as error:
        OtherPipeline.load(copy)
    assert not bomb.exists()
    assert str(tmp_path) not in str(error.value)
    assert f'trusted = "{resolve(str(copy)).sha256}"' in error.value.remedy


@pytest.mark.models
def test_a_folder_that_is_trusted_is_loaded_and_no_other(folder: Path, tmp_path: Path) -> None:
    from pipeline.diarisation.other import OtherPipeline

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    _rewrite(copy, lambda c: c.update(preprocessors={"x": "/somewhere/{uri}.wav"}))
    digest = resolve(str(copy)).sha256
    OtherPipeline.load(copy, digest)
    _pickled(copy, tmp_path / "it ran")
    with pytest.raises(ModelError, match="without running code"):
        OtherPipeline.load(copy, digest)
    assert not (tmp_path / "it ran").exists()


def test_a_pipeline_without_exclusive_segments(wav: Path) -> None:
    from pyannote.core import Annotation

    from pipeline.diarisation.other import OtherPipeline

    old = OtherPipeline(lambda *_, **__: Annotation())
    with pytest.raises(ModelError, match="exclusive"):
        old(wav, Bounds(), lambda _: None)
