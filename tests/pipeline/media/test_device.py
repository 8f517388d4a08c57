"""Which processor, how many batches at a time, and what happens where the graphics card fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import ctranslate2
import pytest
import torch

from pipeline.errors import SettingsError
from pipeline.media import device
from pipeline.settings import MachineSettings
from pipeline.study.listener import Listener, listener

AUTO, CUDA, CPU = (MachineSettings(device=name) for name in ("auto", "cuda", "cpu"))  # type: ignore[arg-type]


class Heard(Listener):
    def __init__(self) -> None:
        self.notes: list[str] = []

    def noted(self, sentence: str) -> None:
        self.notes.append(sentence)


@pytest.fixture
def heard() -> Iterator[Heard]:
    told = Heard()
    token = listener.set(told)
    yield told
    listener.reset(token)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> None:
    """A graphics card with 8 GiB free, as far as one can tell before it is used."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (8 * 2**30, 10 * 2**30))
    monkeypatch.setattr(device, "_failed_on_card", set())


def failing(error: Exception, asked: list[str]) -> device.Callable[[device.Device], str]:
    def work(where: device.Device) -> str:
        asked.append(where)
        if where == "cuda":
            raise error
        return "done"

    return work


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate"), "memory is full"),
        (RuntimeError("CUDA failed with error out of memory"), "memory is full"),
        (
            RuntimeError("Library libcublas.so.12 is not found or cannot be loaded"),
            "the library libcublas.so.12 is missing",
        ),
        (
            RuntimeError("CUDA driver version is insufficient for CUDA runtime version"),
            "its driver or its libraries do not work",
        ),
        (
            ValueError("This CTranslate2 package was not compiled with CUDA support"),
            "its driver or its libraries do not work",
        ),
        (
            torch.AcceleratorError("no kernel image is available for execution on the device"),
            "its driver or its libraries do not work",
        ),
    ],
)
def test_where_the_card_fails_the_processor_goes_on(
    heard: Heard, error: Exception, reason: str
) -> None:
    asked: list[str] = []
    assert device.on_device(AUTO, "transcription", failing(error, asked)) == "done"
    assert asked == ["cuda", "cpu"]
    [note] = heard.notes
    assert reason in note and "transcription" in note and "processor" in note

    assert device.on_device(AUTO, "transcription", failing(error, asked)) == "done"
    assert asked == ["cuda", "cpu", "cpu"]  # the card is not asked again
    assert len(heard.notes) == 1
    device.on_device(AUTO, "diarisation", lambda where: asked.append(where))
    assert asked[-1] == "cuda"  # something else may still use it


@pytest.mark.usefixtures("card")
def test_a_card_that_was_asked_for_is_not_replaced(heard: Heard) -> None:
    asked: list[str] = []
    full = torch.cuda.OutOfMemoryError("CUDA out of memory: /home/marjatta/talk.wav")
    with pytest.raises(SettingsError, match=r"memory is full.*device = 'auto'") as caught:
        device.on_device(CUDA, "diarisation", failing(full, asked))
    assert "marjatta" not in str(caught.value)
    assert asked == ["cuda"]
    assert heard.notes == []


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize("error", [RuntimeError("shapes do not match"), KeyError("cuda")])
def test_other_errors_are_not_the_cards(heard: Heard, error: Exception) -> None:
    asked: list[str] = []
    with pytest.raises(type(error)):
        device.on_device(AUTO, "diarisation", failing(error, asked))
    assert asked == ["cuda"]
    assert heard.notes == []


def test_processor_is_used_where_no_card_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device.choose_device(AUTO) == "cpu"
    with pytest.raises(SettingsError, match="has none that works"):
        device.choose_device(CUDA)


@pytest.mark.usefixtures("card")
def test_a_card_is_used_unless_the_settings_say_no() -> None:
    assert device.choose_device(AUTO) == "cuda"
    assert device.choose_device(CPU) == "cpu"


@pytest.mark.parametrize(
    ("supported", "chosen"),
    [
        ({"int8", "int8_float16", "float16", "float32", "bfloat16"}, "int8_float16"),
        ({"float16", "float32"}, "float16"),
        ({"float32", "int8_float32"}, "float32"),
    ],
)
def test_the_compute_type_is_what_the_card_can(
    monkeypatch: pytest.MonkeyPatch, supported: set[str], chosen: str
) -> None:
    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", lambda device: supported)
    assert device.compute_type("cuda") == chosen
    assert device.compute_type("cpu") == "int8"


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize(("item_mb", "size"), [(600, 6), (60, 64), (9000, 1)])
def test_batches_fit_into_half_of_the_free_memory(item_mb: float, size: int) -> None:
    assert device.batch_size("cuda", cpu=4, item_mb=item_mb, most=64) == size
    assert device.batch_size("cpu", cpu=4, item_mb=item_mb, most=64) == 4


@pytest.mark.parametrize(("batch_mb", "at_once"), [(100, 8), (600, 3), (9000, 1)])
def test_batches_at_once_are_bounded_by_threads_and_memory(
    monkeypatch: pytest.MonkeyPatch, batch_mb: float, at_once: int
) -> None:
    monkeypatch.setattr(device, "_available_mb", lambda: 2000.0)
    machine = MachineSettings(threads=8)
    assert device.batches_at_once(machine, "cpu", batch_mb) == at_once
    assert device.batches_at_once(machine, "cuda", batch_mb) == 1


def test_threads_are_those_of_the_settings_or_at_least_one() -> None:
    assert device.threads(MachineSettings(threads=7)) == 7
    assert device.threads(AUTO) >= 1


def test_numpy_keeps_to_one_thread() -> None:
    import numpy as np
    from threadpoolctl import threadpool_info

    np.ones((2, 2)) @ np.ones((2, 2))
    device.one_thread_for_numpy()
    blas = [library for library in threadpool_info() if library["user_api"] == "blas"]
    assert blas
    assert {library["num_threads"] for library in blas} == {1}


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_results_come_in_order(at_once: int) -> None:
    assert list(device.spread(lambda n: n * n, range(50), at_once)) == [n * n for n in range(50)]


def test_so_many_run_at_a_time_and_no_more() -> None:
    running, most, lock = 0, 0, threading.Lock()
    together = threading.Barrier(3, timeout=30)  # breaks unless three run at a time

    def work(n: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait()
        with lock:
            running -= 1
        return n

    assert len(list(device.spread(work, range(12), 3))) == 12
    assert most == 3


def test_items_are_taken_as_they_are_needed() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for n in range(1000):
            taken.append(n)
            yield n

    results = device.spread(lambda n: n, items(), 2)
    assert next(results) == 0
    assert len(taken) == 2 * device.AT_ONCE


def test_an_error_ends_the_work() -> None:
    begun: list[int] = []

    def work(n: int) -> int:
        begun.append(n)
        if n == 3:
            raise ValueError("three")
        return n

    with pytest.raises(ValueError, match="three"):
        list(device.spread(work, range(1000), 2))
    assert len(begun) < 20


def test_the_processors_memory_is_asked_where_the_system_tells() -> None:
    told = Path("/proc/meminfo").is_file()
    assert (device._available_mb() < float("inf")) == told
