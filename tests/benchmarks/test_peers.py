"""Systems in environments of their own: what they answer, and what is said where they cannot."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from runs import TELEPHONE

from benchmarks.material import Material
from benchmarks.measure import Bench, Failure
from benchmarks.output import SaidWord
from benchmarks.peers.whisperx import words_of


def test_words_of_an_unaligned_chunk_share_its_time_and_speaker() -> None:
    """Nine letters in nine seconds."""
    part = {"start": 1.0, "end": 10.0, "text": " niin joo on", "speaker": "A"}
    assert words_of(part) == [
        SaidWord(1, 5, "niin", "A"),
        SaidWord(5, 8, "joo", "A"),
        SaidWord(8, 10, "on", "A"),
    ]


def test_aligned_words_keep_their_own_time_and_speaker() -> None:
    """A number has no time in WhisperX: it follows the word before it."""
    part = {
        "start": 1.0,
        "end": 3.0,
        "speaker": "A",
        "words": [{"word": "on", "start": 1.5, "end": 2.0, "speaker": "B"}, {"word": "21"}],
    }
    assert words_of(part) == [SaidWord(1.5, 2, "on", "B"), SaidWord(2, 2, "21", "A")]


def test_a_peer_that_is_not_installed_is_said_to_be(tmp_path: Path) -> None:
    bench = Bench(environments=tmp_path)
    missing = bench.missing("senko")
    assert missing == Failure("is not installed: `make bench-senko` does it.")
    assert bench.missing("vuoro") is None


@pytest.mark.models
def test_a_peer_that_fails_gives_its_reason(tmp_path: Path) -> None:
    """An environment in which senko is not."""
    python = tmp_path / ".venv-senko" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    bench = Bench(environments=tmp_path)
    assert bench.missing("senko")  # not complete yet
    (tmp_path / ".venv-senko" / ".installed").touch()
    assert bench.missing("senko") is None
    found = bench.run(Material("telephone", TELEPHONE, TELEPHONE / "sample.wav"), "senko")
    assert found == Failure("failed: ModuleNotFoundError: No module named 'senko'")
