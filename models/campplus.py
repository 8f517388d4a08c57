"""CAM++, the network that turns a voice into a speaker embedding.

After H. Wang, S. Zheng, Y. Chen, L. Cheng and Q. Chen (2023), *CAM++: A fast and efficient network
for speaker verification using context-aware masking*, Interspeech 2023. Parameters have the names
of the published weights, so that those load unchanged.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

SAMPLE_RATE_HZ = 16_000
N_MELS = 80
EMBEDDING_SIZE = 192
WEIGHTS_FILE = "campplus_cn_en_common.pt"

_WINDOW_SAMPLES = 400  # 25 ms
_MIN_FRAMES = 3  # the network halves the frames, and a deviation needs two
_SEGMENT_FRAMES = 100
_CHANNELS = 128
_GROWTH = 32
_BOTTLENECK = 128
_KERNEL = 3
_BLOCKS = ((12, 1), (24, 2), (16, 2))  # layers and dilation of each dense block


def fbank(waveform: Tensor) -> Tensor:
    """Log mel filterbank energies as Kaldi computes them, 100 frames a second.

    ``waveform`` is (samples,), float in [-1, 1], at 16 kHz. Returns (frames, 80); no frames for
    a waveform shorter than one window of 25 ms.
    """
    from torchaudio.compliance import kaldi

    if len(waveform) < _WINDOW_SAMPLES:
        return waveform.new_zeros((0, N_MELS))
    features: Tensor = kaldi.fbank(
        waveform[None], num_mel_bins=N_MELS, sample_frequency=SAMPLE_RATE_HZ, dither=0.0
    )
    return features


def mean_normalise(features: Tensor) -> Tensor:
    """``features`` (..., frames, 80) less their mean over the frames, as the network expects."""
    return features - features.mean(dim=-2, keepdim=True)


def load_campplus(path: Path) -> CAMPPlus:
    """The network with its weights, ready for inference on the CPU.

    ``path`` is the weights file, or the folder that ``registry.resolve`` returns.
    """
    weights = torch.load(
        path / WEIGHTS_FILE if path.is_dir() else path, map_location="cpu", weights_only=True
    )
    network = CAMPPlus()
    network.load_state_dict(weights, strict=True)
    return network.eval()


class CAMPPlus(nn.Module):
    """Speaker embedding network: convolution over frequency, then a densely connected TDNN."""

    def __init__(self) -> None:
        super().__init__()
        self.head = _ConvolutionHead()
        stages: OrderedDict[str, nn.Module] = OrderedDict()
        stages["tdnn"] = _FrameLayer(self.head.out_channels, _CHANNELS)
        channels = _CHANNELS
        for number, (layers, dilation) in enumerate(_BLOCKS, start=1):
            stages[f"block{number}"] = _DenseBlock(channels, layers, dilation)
            channels += layers * _GROWTH
            stages[f"transit{number}"] = _Transit(channels)
            channels //= 2
        stages["out_nonlinear"] = _norm_relu(channels)
        stages["stats"] = _StatisticsPooling()
        stages["dense"] = _Projection(2 * channels)
        self.xvector = nn.Sequential(stages)

    def forward(self, features: Tensor) -> Tensor:
        """(batch, frames, 80) mean-normalised features to (batch, 192) embeddings.

        Every item of a batch has the same number of frames, at least 3. Embeddings are compared
        by their cosine. Raises ValueError for fewer frames.
        """
        if features.shape[1] < _MIN_FRAMES:
            raise ValueError(f"An embedding needs at least {_MIN_FRAMES} frames.")
        embeddings: Tensor = self.xvector(self.head(features.transpose(1, 2)))
        return embeddings


def _norm_relu(channels: int) -> nn.Sequential:
    return nn.Sequential(
        OrderedDict(batchnorm=nn.BatchNorm1d(channels), relu=nn.ReLU(inplace=True))
    )


def _conv2d(inputs: int, outputs: int, kernel: int, frequency_stride: int = 1) -> nn.Conv2d:
    """A convolution over (frequency, time) that keeps the number of frames."""
    return nn.Conv2d(
        inputs, outputs, kernel, (frequency_stride, 1), padding=kernel // 2, bias=False
    )


class _ConvolutionHead(nn.Module):
    """Residual 2-D convolutions: (batch, 80, frames) to (batch, 320, frames).

    They make the embedding tolerate shifts in frequency, which the TDNN alone does not.
    """

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        self.conv1 = _conv2d(1, channels, 3)
        self.bn1 = nn.BatchNorm2d(channels)
        self.layer1 = nn.Sequential(_Residual(channels, 2), _Residual(channels, 1))
        self.layer2 = nn.Sequential(_Residual(channels, 2), _Residual(channels, 1))
        self.conv2 = _conv2d(channels, channels, 3, 2)
        self.bn2 = nn.BatchNorm2d(channels)
        self.out_channels = channels * N_MELS // 8

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(self.bn1(self.conv1(x.unsqueeze(1))))
        x = self.layer2(self.layer1(x))
        x = functional.relu(self.bn2(self.conv2(x)))
        return x.flatten(1, 2)


class _Residual(nn.Module):
    def __init__(self, channels: int, frequency_stride: int) -> None:
        super().__init__()
        self.conv1 = _conv2d(channels, channels, 3, frequency_stride)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = _conv2d(channels, channels, 3)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if frequency_stride > 1:
            self.shortcut.append(_conv2d(channels, channels, 1, frequency_stride))
            self.shortcut.append(nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        inner = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.bn2(self.conv2(inner)) + self.shortcut(x))


class _FrameLayer(nn.Module):
    """The first TDNN layer, which halves the number of frames."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(inputs, outputs, 5, stride=2, padding=2, bias=False)
        self.nonlinear = _norm_relu(outputs)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.nonlinear(self.linear(x))
        return y


class _DenseBlock(nn.Sequential):
    """Layers that each take the outputs of all previous ones."""

    def __init__(self, channels: int, layers: int, dilation: int) -> None:
        super().__init__(
            OrderedDict(
                (f"tdnnd{i + 1}", _DenseLayer(channels + i * _GROWTH, dilation))
                for i in range(layers)
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        for layer in self:
            x = torch.cat((x, layer(x)), dim=1)
        return x


class _DenseLayer(nn.Module):
    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.nonlinear1 = _norm_relu(channels)
        self.linear1 = nn.Conv1d(channels, _BOTTLENECK, 1, bias=False)
        self.nonlinear2 = _norm_relu(_BOTTLENECK)
        self.cam_layer = _ContextAwareMasking(dilation)

    def forward(self, x: Tensor) -> Tensor:
        bottleneck = self.linear1(self.nonlinear1(x))
        y: Tensor = self.cam_layer(self.nonlinear2(bottleneck))
        return y


class _ContextAwareMasking(nn.Module):
    """A dilated convolution, masked by what the whole stretch and its segment sound like."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.linear_local = nn.Conv1d(
            _BOTTLENECK, _GROWTH, _KERNEL, padding=dilation, dilation=dilation, bias=False
        )
        self.linear1 = nn.Conv1d(_BOTTLENECK, _BOTTLENECK // 2, 1)
        self.linear2 = nn.Conv1d(_BOTTLENECK // 2, _GROWTH, 1)

    def forward(self, x: Tensor) -> Tensor:
        context = x.mean(dim=-1, keepdim=True) + _segment_means(x)
        mask = torch.sigmoid(self.linear2(functional.relu(self.linear1(context))))
        masked: Tensor = self.linear_local(x) * mask
        return masked


def _segment_means(x: Tensor) -> Tensor:
    """Each frame of (batch, channels, frames) replaced by the mean of its 100-frame segment."""
    means = functional.avg_pool1d(x, _SEGMENT_FRAMES, _SEGMENT_FRAMES, ceil_mode=True)
    return means.repeat_interleave(_SEGMENT_FRAMES, dim=-1)[..., : x.shape[-1]]


class _Transit(nn.Module):
    """Halves the channels between two blocks."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.nonlinear = _norm_relu(channels)
        self.linear = nn.Conv1d(channels, channels // 2, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.linear(self.nonlinear(x))
        return y


class _StatisticsPooling(nn.Module):
    """(batch, channels, frames) to (batch, 2 * channels): mean and standard deviation."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat((x.mean(dim=-1), x.std(dim=-1, correction=1)), dim=1)


class _Projection(nn.Module):
    """The pooled statistics to the embedding, standardised but not rectified."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(inputs, EMBEDDING_SIZE, 1, bias=False)
        self.nonlinear = nn.Sequential(
            OrderedDict(batchnorm=nn.BatchNorm1d(EMBEDDING_SIZE, affine=False))
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.nonlinear(self.linear(x.unsqueeze(-1)))
        return y.squeeze(-1)
