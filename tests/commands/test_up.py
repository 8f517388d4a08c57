"""`vuoro up` and `vuoro down`: what they understand and say. Real processes are in tests/faults."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from flows import address
from flows.address import Address
from pipeline.commands.durations import Duration
from pipeline.commands.up import down, up
from pipeline.study import create


@pytest.mark.parametrize(
    ("text", "expected"), [("30s", 30), ("5m", 300), (" 1 h", 3600), ("1d", 86_400)]
)
def test_lengths_of_time(text: str, expected: float) -> None:
    assert Duration(text).seconds == expected


@pytest.mark.parametrize("text", ["", "5", "m", "-5m", "0s", "4s", "1w", "5m3"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        Duration(text)


def test_up_twice_says_that_it_is_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = create(tmp_path)
    with address.held(study.prefect_home):
        address.write(study.prefect_home, Address(1, 4321, "2026-01-01T12:00:00+02:00"))
        up(study)
    said = capsys.readouterr().out
    assert "Up since 2026-01-01T12:00:00+02:00: http://127.0.0.1:4321" in said


def test_down_of_what_is_not_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    down(create(tmp_path))
    assert "It was not up." in capsys.readouterr().out
