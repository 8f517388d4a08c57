"""What the terminal shows of a run."""

from __future__ import annotations

import io
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.commands.console import Terminal
from pipeline.errors import CancelledError, ConsentError, NoAudioError
from pipeline.study.listener import Listener
from pipeline.study.outcome import Outcome
from pipeline.tables.flags import remarks

SENTENCE = "The graphics card failed in transcription [its memory is full]."

FINE = Outcome("G07-S01", {"language": "fi", "flags": []}, (), needs_a_look=False)


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


def test_time_left_and_time_for_an_hour_are_said_once_they_are_known() -> None:
    out = io.StringIO()
    now = [0.0]
    lengths = {"G07-S01": 300.0, "G07-S02": 600.0}
    terminal = Terminal(
        Console(file=out, width=200),
        {},
        lengths.get,
        lambda transcribing_s, other_s: f"{transcribing_s:g} s and {other_s:g} s for an hour.",
        lambda: now[0],
    )
    terminal.planned({each: ["diarise", "transcribe"] for each in lengths})
    for stage, spent_s in (("diarise", 10), ("transcribe", 50)):
        terminal.progressed("G07-S01", stage, 0.0)
        now[0] += spent_s
        terminal.progressed("G07-S01", stage, 1.0)
    now[0] += 2
    terminal.progressed("G07-S02", "diarise", 0.0)
    now[0] += 20
    terminal.progressed("G07-S02", "diarise", 1.0)
    lines = out.getvalue().splitlines()
    assert [line for line in lines if line.startswith("note")] == [
        "note       600 s and 120 s for an hour."
    ]
    assert lines[-1] == "G07-S02  who spoke when: done, about 2 min left in all"


def test_what_is_to_be_known_of_a_session_is_shown() -> None:
    row = {"session_id": "G07-S01", "language": None, "flags": ["silent", "no_speech"]}
    terminal, out = shown()
    terminal.planned({"G07-S01": ["decode"]})
    terminal.finished(Outcome("G07-S01", row, remarks(row), needs_a_look=True))
    first, *told = out.getvalue().splitlines()
    assert first.startswith("look at") and first.endswith("a [b].wav")
    assert [line.split(".")[0].strip() for line in told] == [
        "Nothing can be heard",
        "When you have looked: `vuoro session G07-S01 --accept` uses it as it is, `--set-aside` "
        "moves the recording to quarantine",
    ]
    assert terminal.counts == "0 sessions finished, 1 need a look, 0 failed"


def test_how_sessions_end_is_shown_with_their_files() -> None:
    terminal, out = shown()
    terminal.planned({"G07-S01": ["decode"]})
    terminal.failed("G07-S01", NoAudioError("The recording has no sound track."))
    terminal.finished(FINE)
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


def test_second_round_shows_its_stages_again() -> None:
    terminal, out = shown()
    for _ in range(2):
        terminal.planned({"G07-S01": ["decode"]})
        terminal.progressed("G07-S01", "decode", 0.0)
        terminal.finished(FINE)
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
