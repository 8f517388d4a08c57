"""Which processor the models run on, how work is spread over it, and what happens if it fails.

On the CPU the work is cut into batches whose size never depends on the machine; each batch is
computed by one thread, with as many batches at a time as there are threads. So a result is the
same, bit by bit, for any number of threads, and all threads stay busy to the end. A sum shared by
several threads would differ slightly with their number, and they would wait for each other.

On a graphics card one batch at a time fills the card. Where 'auto' chose it and it fails, the
stage continues on the CPU, and the process no longer uses the card for that stage.
"""

from __future__ import annotations

import logging
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

from pipeline.errors import SettingsError
from pipeline.settings import MachineSettings
from pipeline.study.listener import listener

Device = Literal["cpu", "cuda"]
T = TypeVar("T")
R = TypeVar("R")

AT_ONCE = 2  # batches handed out for each thread, so that none waits for the next
CARD_SHARE = 0.5  # of the card's free memory that a batch may take: sizes are estimates
COMPUTE_TYPES = ("int8_float16", "float16", "float32")  # best first; old cards lack some

_log = logging.getLogger("vuoro")
_failed_on_card: set[str] = set()  # stages of this process
_CARD = re.compile(r"cuda|cublas|cudnn|nvidia|nvrtc", re.IGNORECASE)
_LIBRARY = re.compile(r"(lib\w+\.so[.\d]*|\w+\.dll)", re.IGNORECASE)


def choose_device(machine: MachineSettings) -> Device:
    """The device of the settings; 'auto' is CUDA if torch finds a usable card, else the CPU.

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


def on_device(machine: MachineSettings, what: str, work: Callable[[Device], R]) -> R:
    """Run ``work`` on the device of the settings, or on the CPU if the card fails.

    ``work`` loads its models on the device it is given and may be called twice. A failure of the
    card is reported to the listener and the log, once per process and ``what`` ("diarisation").

    Raises SettingsError if the settings ask for CUDA and the card fails or is missing.
    """
    device = choose_device(machine)
    if device == "cpu" or what in _failed_on_card:
        return work("cpu")
    try:
        return work(device)
    except (RuntimeError, ValueError) as error:  # as torch and CTranslate2 raise them
        reason = _reason(error)
        if reason is None:
            raise
    failure = f"The graphics card failed in {what} ({reason})"
    if machine.device == "cuda":
        raise SettingsError(
            f"{failure}.", "Mend that, or set device = 'auto' under [machine] in vuoro.toml."
        )
    _failed_on_card.add(what)
    message = f"{failure}: it goes on on the processor, which takes longer."
    _log.warning(message)
    listener.get().noted(message)
    return work("cpu")


def _reason(error: Exception) -> str | None:
    """What is wrong with the card, in our words; None if the error is not about the card."""
    import torch

    text = str(error)
    if isinstance(error, torch.cuda.OutOfMemoryError) or (
        _CARD.search(text) and "out of memory" in text.lower()
    ):
        return "its memory is full"
    if (library := _LIBRARY.search(text)) and _CARD.search(library[0]):
        return f"the library {library[0]} is missing"
    if isinstance(error, torch.AcceleratorError) or _CARD.search(text):
        return "its driver or its libraries do not work"
    return None


def threads(machine: MachineSettings) -> int:
    """Processor threads of the settings, or one for each core that this process may use."""
    if machine.threads:
        return machine.threads
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def batches_at_once(machine: MachineSettings, device: Device, batch_mb: float) -> int:
    """How many batches of ``batch_mb`` megabytes run at a time, limited by threads and memory.

    One on a graphics card, which one batch fills.
    """
    if device == "cuda":
        return 1
    return max(1, min(threads(machine), int(_available_mb() // batch_mb)))


@cache
def _available_mb() -> float:
    """Memory available at the first call, as reported by Linux; unlimited elsewhere."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return float("inf")
    return next(int(li.split()[1]) / 1024 for li in lines if li.startswith("MemAvailable"))


def batch_size(device: str, *, cpu: int, item_mb: float, most: int) -> int:
    """Items in a batch: ``cpu`` of them, or as many as fit into the card's free memory.

    ``item_mb`` is the memory of one on the card, in megabytes; beyond ``most`` there is no gain.
    """
    if device == "cpu":
        return cpu
    import torch

    torch.cuda.empty_cache()  # frees for CTranslate2 what torch keeps of earlier work
    free, _ = torch.cuda.mem_get_info()
    return max(1, min(most, int(CARD_SHARE * free / 2**20 // item_mb)))


def compute_type(device: Device) -> str:
    """How CTranslate2 computes: 8 bits on the CPU; on a card the fastest type that it supports.

    Raises ValueError or RuntimeError where CTranslate2 cannot use the card.
    """
    if device == "cpu":
        return "int8"
    import ctranslate2

    supported = ctranslate2.get_supported_compute_types(device)
    return next(kind for kind in COMPUTE_TYPES if kind in supported)


def one_thread_for_numpy() -> None:
    """Limit the linear algebra of numpy and scipy, where loaded, to the calling thread."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")


def spread(work: Callable[[T], R], items: Iterable[T], at_once: int) -> Iterator[R]:
    """The results of ``work`` in the order of ``items``, so many of them at a time.

    Items are taken as they are needed. An error of ``work`` is raised in its place; then, or when
    the caller stops, work not yet begun is dropped.
    """
    if at_once == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(at_once) as pool:
        handed_out: deque[Future[R]] = deque()
        try:
            for item in items:
                handed_out.append(pool.submit(work, item))
                if len(handed_out) == AT_ONCE * at_once:
                    yield handed_out.popleft().result()
            while handed_out:
                yield handed_out.popleft().result()
        finally:
            for future in handed_out:
                future.cancel()
