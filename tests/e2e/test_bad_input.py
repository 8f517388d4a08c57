"""An inbox full of trouble with one good recording among it."""

from __future__ import annotations

import subprocess
import unicodedata
from pathlib import Path

import media
import numpy as np
import pandas as pd
import pytest
from runs import TELEPHONE, telephone_study, vuoro

from pipeline.study import Study

pytestmark = pytest.mark.models

GOOD = unicodedata.normalize("NFD", "Päivän kokous 🎉 1.wav")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, subprocess.CompletedProcess[str]]:
    study = telephone_study(tmp_path_factory.mktemp("study"), name=GOOD)
    inbox = study.inbox / "kanaria"
    whole = (TELEPHONE / "sample.wav").read_bytes()
    silence = np.zeros((1, 16_000 * 4), np.float32)
    (inbox / "empty.mp4").write_bytes(b"")
    (inbox / "notes.mp3").write_text("Muistiinpanot kokouksesta", encoding="utf-8")
    media.write(inbox / "picture only.mp4", container="mp4", picture_s=2.0)
    media.write(inbox / "short.wav", media.Track(media.tone(0.2), "pcm_s16le"), container="wav")
    media.write(inbox / "silence.wav", media.Track(silence, "pcm_s16le"), container="wav")
    media.write(inbox / "tone.ogg", media.Track(media.tone(6.0), "libopus"), container="ogg")
    (inbox / "cut off.wav").write_bytes(whole[: len(whole) // 2])
    (inbox / "again.wav").write_bytes(whole)
    (inbox / "half copied.wav.part").write_bytes(whole[:1000])
    return study, vuoro(study, "run")


def test_the_batch_goes_on_without_a_traceback(
    ran: tuple[Study, subprocess.CompletedProcess[str]],
) -> None:
    _, process = ran
    assert "Traceback" not in process.stdout + process.stderr
    # the good one and the half recording; the silence and the tone
    assert "2 sessions finished, 2 need a look, 4 failed" in process.stdout
    assert "Nothing can be heard." in process.stdout and "No speech can" in process.stdout


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("empty.mp4", "empty"),
        ("notes.mp3", "not an audio or video"),
        ("picture only.mp4", "no sound"),
        ("short.wav", "shorter than"),
    ],
)
def test_what_cannot_be_used_is_in_quarantine_with_its_reason(
    ran: tuple[Study, subprocess.CompletedProcess[str]], name: str, why: str
) -> None:
    study, process = ran
    (kept,) = study.quarantine.rglob(name)
    assert why in kept.with_name(f"{name}.reason.txt").read_text(encoding="utf-8")
    assert why in (study.inbox / "kanaria" / f"{name}.vuoro.txt").read_text(encoding="utf-8")
    assert name in process.stdout


def test_what_can_be_used_is_processed_with_a_flag(
    ran: tuple[Study, subprocess.CompletedProcess[str]],
) -> None:
    study, _ = ran
    sessions = pd.read_parquet(study.dataset / "sessions")
    flags = {flag for row in sessions["flags"] for flag in row}
    assert {"silent", "no_speech", "truncated"} <= flags
    spoken = sessions[sessions["n_words"] > 0]
    assert len(spoken) == 2


def test_the_same_recording_under_another_name_is_no_second_session(
    ran: tuple[Study, subprocess.CompletedProcess[str]],
) -> None:
    _, process = ran
    assert "is already there" in process.stdout


def test_a_copy_on_its_way_is_left_alone(
    ran: tuple[Study, subprocess.CompletedProcess[str]],
) -> None:
    study, _ = ran
    assert [f.name for f in _left(study.inbox)] == ["half copied.wav.part"]


def _left(inbox: Path) -> list[Path]:
    return [f for f in inbox.rglob("*") if f.is_file() and not f.name.endswith(".vuoro.txt")]


def test_the_data_set_is_in_order(ran: tuple[Study, subprocess.CompletedProcess[str]]) -> None:
    process = vuoro(ran[0], "validate")
    assert process.returncode == 0, process.stderr
