"""Terms of the study, by the real recogniser on the demo's synthesised meeting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from models.registry import resolve
from pipeline.media.audio import decode
from pipeline.records import Diarisation, Segment
from pipeline.settings import MachineSettings, TranscriptionSettings
from pipeline.transcription.spoken import Spoken
from pipeline.transcription.transcribe import transcribe

pytestmark = pytest.mark.models

DEMO = Path(__file__).parents[3] / "data" / "demo" / "ryhma-1" / "tapaaminen-1.m4a"
NAMED = Segment(31.05, 46.95, "A")  # by the demo's reference: "Kun Riitta Lehtosalo jäi pois …"


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    folder = tmp_path_factory.mktemp("demo")
    audio = decode(DEMO, folder, min_duration_s=0, progress=lambda share: None)

    def text(*glossary: str) -> str:
        transcript = transcribe(
            folder / audio.file,
            Diarisation((NAMED,), (NAMED,), ()),
            Spoken("fi"),
            TranscriptionSettings().beam_size,
            resolve("whisper-base").path,
            MachineSettings(device="cpu"),
            lambda share: None,
            glossary=glossary,
        )
        return " ".join(word.text for word in transcript.words)

    return text


def test_a_term_that_is_said_is_written_as_the_study_writes_it(heard: Callable[..., str]) -> None:
    assert "Riitta Lehtosalo" not in heard()
    assert "Riitta Lehtosalo" in heard("Riitta Lehtosalo", "Hilkka Korhonen")


def test_terms_that_are_never_said_change_nothing(heard: Callable[..., str]) -> None:
    assert heard("Raita Lehtonen", "Maanantaikerho", "Toini Tissari", "ay") == heard()
