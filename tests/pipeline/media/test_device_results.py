"""The same results, bit by bit, on any number of threads."""

from __future__ import annotations

from pathlib import Path

import pytest
from runs import TELEPHONE

from models.registry import resolve
from pipeline.diarisation.diarise import diarisation_models, diarise
from pipeline.media.audio import decode
from pipeline.records import Diarisation, Transcript
from pipeline.settings import MachineSettings, Settings
from pipeline.transcription.spoken import Spoken
from pipeline.transcription.transcribe import transcribe

pytestmark = pytest.mark.models


def processed(wav: Path, threads: int) -> tuple[Diarisation, Transcript]:
    settings, machine = Settings(), MachineSettings(device="cpu", threads=threads)
    roles = diarisation_models(settings.diarisation)
    models = {role: resolve(model).path for role, model in roles.items()}
    who = diarise(wav, settings.diarisation, models, machine, lambda share: None)
    said = transcribe(
        wav,
        who,
        Spoken("en"),
        settings.transcription.beam_size,
        resolve(settings.transcription.model).path,
        machine,
        lambda share: None,
    )
    return who, said


def test_threads_change_no_result(tmp_path: Path) -> None:
    decode(TELEPHONE / "sample.wav", tmp_path, min_duration_s=0, progress=lambda share: None)
    alone, many = processed(tmp_path / "audio.wav", 1), processed(tmp_path / "audio.wav", 3)
    assert len(alone[0].voice_prints) == 2
    assert len(alone[1].words) > 20
    assert many == alone
