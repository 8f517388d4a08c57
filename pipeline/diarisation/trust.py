"""Whether loading the folder of a pyannote.audio pipeline could run code from that folder.

Pickled weights may hold any program, and config.yaml names classes to import. Only pyannote's own
diarisation, its networks, and weights that hold only numbers and pyannote's notes on them are
allowed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

FORCE_WEIGHTS_ONLY = "TORCH_FORCE_WEIGHTS_ONLY_LOAD"  # torch obeys it for every caller
CONFIG, WEIGHTS = "config.yaml", "pytorch_model.bin"
_CLASSES = (
    "pyannote.audio.pipelines.SpeakerDiarization",
    "pyannote.audio.pipelines.speaker_diarization.SpeakerDiarization",
)
_SECTIONS = {"pipeline", "params", "freeze", "version", "dependencies", "device"}
_NETWORKS, _PARTS = ("segmentation", "embedding"), ("segmentation", "embedding", "plda")
_BESIDE = "$model/"
_ARCHITECTURES = "pyannote.audio.models."
_FETCHES_MORE = "SSeRiouSS"  # a network that loads another one by its name on the internet


def code_in(folder: Path) -> str | None:
    """What could run when the pipeline in this folder is loaded, as a sentence part; or None.

    Raises YAMLError, LookupError, TypeError, ValueError or OSError if it holds no pipeline.
    """
    import yaml

    config = yaml.safe_load((folder / CONFIG).read_text(encoding="utf-8"))
    pipeline = config["pipeline"]
    if pipeline["name"] not in _CLASSES:
        return f"{CONFIG} names a class that is not pyannote's SpeakerDiarization"
    if config.keys() - _SECTIONS:
        return f"{CONFIG} asks for more than a pipeline"
    parameters = pipeline["params"]
    for part in _PARTS:
        if not _lies_beside(parameters[part]):
            return f"{CONFIG} takes a model from outside the folder"
    if any(isinstance(value, dict | list) for value in parameters.values()):
        return f"{CONFIG} asks for more than a pipeline"
    for network in _NETWORKS:
        if reason := _code_in_weights(folder / parameters[network][len(_BESIDE) :] / WEIGHTS):
            return reason
    return None


@contextmanager
def weights_only() -> Iterator[None]:
    """Restrict torch in this block to loading weights and pyannote's notes on them."""
    import torch
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from torch.torch_version import TorchVersion

    os.environ[FORCE_WEIGHTS_ONLY] = "1"
    try:
        with torch.serialization.safe_globals([Problem, Resolution, Specifications, TorchVersion]):
            yield
    finally:
        del os.environ[FORCE_WEIGHTS_ONLY]


def _lies_beside(model: Any) -> bool:
    """Whether a model that config.yaml names is in its folder, where the digest covers it."""
    if not isinstance(model, str) or not model.startswith(_BESIDE) or "@" in model:
        return False
    parts = PurePosixPath(model[len(_BESIDE) :]).parts
    return bool(parts) and not any(part.startswith((".", "/")) or "\\" in part for part in parts)


def _code_in_weights(file: Path) -> str | None:
    from pickle import UnpicklingError

    import torch

    try:
        with weights_only():
            checkpoint = torch.load(file, map_location="cpu")
    except UnpicklingError:
        return "a file of weights holds more than weights"
    made_by = checkpoint["pyannote.audio"]["architecture"]
    if not made_by["module"].startswith(_ARCHITECTURES) or made_by["class"] == _FETCHES_MORE:
        return "a file of weights names a network that is not pyannote's"
    return None
