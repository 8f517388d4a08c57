"""What an unforeseen error says stays inside; what we say on purpose passes."""

from __future__ import annotations

import logging
import os

import pytest

os.environ.setdefault("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "false")

from flows.one_session import RUN_LOGS, Contained
from pipeline.errors import NoAudioError, StageCrashError


def test_an_unforeseen_error_gives_its_kind_and_place_alone() -> None:
    with pytest.raises(StageCrashError) as caught, Contained("transcribe"):
        raise KeyError("Marjatta sanoi sen")
    text = str(caught.value)
    assert "Marjatta" not in text
    assert "KeyError" in text and "test_contained.py:" in text and "transcribe" in text
    assert caught.value.__suppress_context__


def test_our_own_errors_pass_as_they_are() -> None:
    with pytest.raises(NoAudioError, match="no sound"), Contained("decode"):
        raise NoAudioError("The recording has no sound track.")


def test_an_interrupt_passes() -> None:
    with pytest.raises(KeyboardInterrupt), Contained("decode"):
        raise KeyboardInterrupt


def test_no_error_is_no_error() -> None:
    with Contained("decode"):
        pass


@pytest.mark.parametrize("name", RUN_LOGS)
def test_of_an_error_of_ours_the_log_shows_the_sentence_alone(name: str) -> None:
    """The message of Prefect has it; of any other error, the traceback too."""
    for error, shown in ((NoAudioError("No sound."), False), (ZeroDivisionError(), True)):
        info = (type(error), error, None)
        record = logging.LogRecord(name, logging.ERROR, "", 1, "failed", (), info)
        assert logging.getLogger(name).filter(record)
        assert bool(record.exc_info) is shown
