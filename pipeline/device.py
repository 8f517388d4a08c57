"""Which processor the models run on."""

from __future__ import annotations

from typing import Literal

from pipeline.errors import SettingsError
from pipeline.settings import MachineSettings

Device = Literal["cpu", "cuda"]


def choose_device(machine: MachineSettings) -> Device:
    """The device of the settings; 'auto' is CUDA where torch finds a usable card, else the CPU.

    Raises SettingsError if CUDA is asked for and there is none.
    """
    if machine.device == "cpu":
        return "cpu"
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if machine.device == "cuda":
        raise SettingsError(
            "The settings ask for a CUDA graphics card and this machine has none that works.",
            "Set device = 'auto' under [machine] in vuoro.toml, or mend the graphics driver.",
        )
    return "cpu"
