"""The CAM++ network: shapes, features, and whether the real weights tell two voices apart."""

from __future__ import annotations

import math
import wave
from importlib import metadata

import numpy as np
import pytest
import torch
from torch import Tensor

from models import registry
from models.campplus import CAMPPlus, fbank, load_campplus, mean_normalise


@pytest.fixture(scope="module")
def network() -> CAMPPlus:
    torch.manual_seed(0)
    return CAMPPlus().eval()


def test_network_has_the_published_tensors(network: CAMPPlus) -> None:
    state = network.state_dict()
    assert len(state) == 937  # as many tensors as the published weights have
    assert state["xvector.block2.tdnnd24.linear1.weight"].shape == (128, 256 - 32 + 24 * 32, 1)
    assert state["xvector.block3.tdnnd16.cam_layer.linear_local.weight"].shape == (32, 128, 3)
    assert state["xvector.dense.linear.weight"].shape == (192, 1024, 1)
    assert "xvector.dense.nonlinear.batchnorm.weight" not in state
    learned = sum(p.numel() for p in network.parameters())
    # Wang et al. (2023) count 7.2 million, with an embedding of 512 numbers instead of 192
    assert round((learned + (512 - 192) * 1024) / 1e6, 1) == 7.2


@pytest.mark.parametrize("frames", [3, 100, 199, 200, 201, 998])
def test_any_number_of_frames_gives_one_embedding_each(network: CAMPPlus, frames: int) -> None:
    with torch.inference_mode():
        embeddings = network(torch.randn(2, frames, 80))
    assert embeddings.shape == (2, 192)
    assert embeddings.isfinite().all()


def test_items_of_a_batch_do_not_touch_each_other(network: CAMPPlus) -> None:
    features = torch.randn(3, 150, 80)
    with torch.inference_mode():
        together = network(features)
        alone = torch.cat([network(item[None]) for item in features])
    assert torch.allclose(together, alone, atol=1e-4)


def test_an_embedding_may_be_negative(network: CAMPPlus) -> None:
    """The last layer is standardised, not rectified: half of an embedding is below zero."""
    with torch.inference_mode():
        assert (network(torch.randn(1, 200, 80)) < 0).any()


def test_too_few_frames_are_refused(network: CAMPPlus) -> None:
    with pytest.raises(ValueError, match="at least 3 frames"):
        network(torch.zeros(1, 2, 80))


def test_a_tone_is_loudest_in_its_mel_band() -> None:
    seconds, hertz = 1.0, 1000.0
    time = torch.arange(int(16_000 * seconds)) / 16_000
    features = fbank(0.5 * torch.sin(2 * math.pi * hertz * time))
    assert features.shape == (98, 80)  # Kaldi: 1 + (16000 - 400) // 160 whole windows

    def mel(frequency: float) -> float:
        return 1127 * math.log(1 + frequency / 700)

    # 80 triangles of equal mel width between 20 Hz and 8 kHz
    band = (mel(hertz) - mel(20)) / (mel(8000) - mel(20)) * 81 - 1
    assert abs(features.mean(dim=0).argmax().item() - band) <= 1


def test_a_sound_shorter_than_a_window_has_no_frames() -> None:
    assert fbank(torch.zeros(399)).shape == (0, 80)
    assert fbank(torch.zeros(400)).shape == (1, 80)


def test_mean_normalised_features_have_no_mean_and_no_loudness() -> None:
    waveform = 0.1 * torch.randn(16_000)
    features = mean_normalise(fbank(waveform))
    assert features.mean(dim=0).abs().max() < 1e-4
    assert torch.allclose(features, mean_normalise(fbank(4 * waveform)), atol=1e-3)


# From sample.rttm, stretches in which only that speaker talks, in seconds
ALONE = {
    "speaker90": ((10.70, 12.50), (12.60, 14.40), (18.60, 20.00), (20.05, 21.45), (28.60, 30.00)),
    "speaker91": ((14.75, 16.30), (16.40, 17.90), (21.80, 23.80), (23.80, 25.80), (25.80, 27.80)),
}


@pytest.mark.models
def test_the_same_voice_is_nearer_than_another() -> None:
    """Halves of one speaker against the other, on the conversation that pyannote.audio packs."""
    network = load_campplus(registry.resolve("campplus-zh-en").path)
    waveform = _sample()

    def voice(stretches: tuple[tuple[float, float], ...]) -> Tensor:
        parts = [waveform[int(s * 16_000) : int(e * 16_000)] for s, e in stretches]
        features = mean_normalise(torch.cat([fbank(part) for part in parts]))
        with torch.inference_mode():
            return torch.nn.functional.normalize(network(features[None])[0], dim=0)

    halves = {who: (voice(stretches[:3]), voice(stretches[3:])) for who, stretches in ALONE.items()}
    same = [float(first @ second) for first, second in halves.values()]
    different = [float(one @ other) for one in halves["speaker90"] for other in halves["speaker91"]]
    assert min(same) > max(different) + 0.1


def _sample() -> Tensor:
    # not imported: that would decode the sample, for which pyannote.audio needs FFmpeg
    sample = metadata.distribution("pyannote.audio").locate_file("pyannote/audio/sample/sample.wav")
    with wave.open(str(sample)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return torch.from_numpy(samples.astype(np.float32) / 32768)
