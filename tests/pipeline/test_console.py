"""What the terminal shows of a run."""

from __future__ import annotations

import io
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.console import Terminal
from pipeline.errors import CancelledError, ConsentError, NoAudioError
from pipeline.listener import Listener

SENTENCE = "The graphics card failed in the stage 'transcribe' [its memory is full]."


def shown() -> tuple[Terminal, io.StringIO]:
    out = io.StringIO()
    return Terminal(Console(file=out, width=200), {"G07-S01": "a [b].wav"}), out


def test_a_note_is_one_line_as_it_is() -> None:
    terminal, out = shown()
    terminal.noted(SENTENCE)
    assert out.getvalue().split(maxsplit=1) == ["note", SENTENCE + "\n"]


def test_nobody_need_listen_to_notes() -> None:
    Listener().noted(SENTENCE)


def test_each_stage_is_said_once_where_there_is_no_terminal() -> None:
    terminal, out = shown()
    terminal.planned({"G07-S01": ["decode", "diarise"], "G07-S02": ["diarise"]})
    for share in (0.0, 0.0, 0.5, 1.0, 1.0):
        terminal.progressed("G07-S01", "diarise", share)
    lines = out.getvalue().splitlines()
    assert [line.split(": ")[1].split(",")[0] for line in lines] == ["starts", "done"]
    assert "left in all" in lines[1]


def test_how_sessions_end_is_shown_with_their_files() -> None:
    terminal, out = shown()
    terminal.planned({"G07-S01": ["decode"]})
    terminal.failed("G07-S01", NoAudioError("The recording has no sound track."))
    terminal.finished("G07-S01")
    failed, finished = out.getvalue().splitlines()
    assert failed.startswith("failed") and "a [b].wav: The recording has no sound track." in failed
    assert finished.startswith("finished") and finished.endswith("a [b].wav")
    assert terminal.failures == ["G07-S01"]
    assert terminal.finished_sessions == {"G07-S01"}


def test_what_waits_for_consent_or_was_cancelled_is_no_failure() -> None:
    terminal, out = shown()
    terminal.refused(Path("b.wav"), ConsentError("G07-S02 waits for the consent of member 3."))
    terminal.failed("G07-S01", ConsentError("G07-S01 waits for the consent of member 3."))
    terminal.failed("G07-S03", CancelledError("G07-S03 was cancelled."))
    assert terminal.failures == []
    assert [line.split()[:2] for line in out.getvalue().splitlines()] == [
        ["held", "b.wav:"],
        ["held", "G07-S01:"],
        ["stopped", "G07-S03:"],
    ]


def test_a_second_round_begins_anew() -> None:
    terminal, out = shown()
    for _ in range(2):
        terminal.planned({"G07-S01": ["decode"]})
        terminal.progressed("G07-S01", "decode", 0.0)
        terminal.finished("G07-S01")
    assert sum("starts" in line for line in out.getvalue().splitlines()) == 2
    assert terminal.finished_sessions == {"G07-S01"}


def test_ctrl_c_that_a_library_swallows_ends_the_run_at_its_next_report() -> None:
    before = signal.getsignal(signal.SIGINT)
    terminal = Terminal(Console(file=io.StringIO()), {})
    with pytest.raises(KeyboardInterrupt), terminal.showing():
        with suppress(KeyboardInterrupt):  # what some imports do
            signal.raise_signal(signal.SIGINT)
        terminal.progressed("G07-S01", "diarise", 0.5)
    assert signal.getsignal(signal.SIGINT) is before
