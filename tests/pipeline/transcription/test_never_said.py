"""Nothing is written down that nobody said: files without speech, made here, and a loop.

The real diariser and the real recogniser listen to them. Either no word comes out, or every word
lies in a stretch that is flagged as suspect.
"""

from __future__ import annotations

import wave
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.registry import resolve
from pipeline.diarisation.diarise import diarisation_models, diarise
from pipeline.errors import LanguageQuestionError
from pipeline.media.audio import SAMPLE_RATE_HZ, decode, samples
from pipeline.records import Diarisation, Interval, Segment, Transcript, Word
from pipeline.settings import MachineSettings, Settings
from pipeline.transcription.spoken import Spoken, detect_language, spoken_language
from pipeline.transcription.transcribe import transcribe

pytestmark = pytest.mark.models

Sound = NDArray[np.float64]

DURATION_S = 8.0
TIME_S = np.arange(round(DURATION_S * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
MACHINE = MachineSettings(device="cpu")
SETTINGS = Settings()
DEMO = Path(__file__).parents[3] / "data" / "demo" / "ryhma-1" / "tapaaminen-1.m4a"


def level(sound: Sound, dbfs: float) -> Sound:
    """The sound at this root mean square."""
    return sound / np.sqrt((sound**2).mean()) * 10 ** (dbfs / 20)


def noise(exponent: float, dbfs: float) -> Sound:
    """Noise whose power falls with the frequency to this exponent: 0 white, 1 pink, 2 a rumble."""
    spectrum = np.fft.rfft(np.random.default_rng(7).standard_normal(len(TIME_S)))
    spectrum[1:] /= np.arange(1, len(spectrum)) ** (exponent / 2)
    return level(np.fft.irfft(spectrum, len(TIME_S)), dbfs)


def harmonic(frequency_hz: Sound | float, n: int, time_s: Sound = TIME_S) -> Sound:
    """A tone of ``n`` harmonics, each weaker by its number; the frequency may glide."""
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(frequency_hz, time_s.shape)) / SAMPLE_RATE_HZ
    return sum((np.sin(k * phase) / k for k in range(1, n + 1)), np.zeros(time_s.shape))


def cadence(sound: Sound, on_s: float, off_s: float) -> Sound:
    return sound * (TIME_S % (on_s + off_s) < on_s)


def melody() -> Sound:
    """A tune over chords, notes of 0.4 s that die away."""
    scale_hz = 261.63 * 2 ** (np.array([0, 4, 7, 12, 9, 5, 2, 7]) / 12)
    note = (TIME_S // 0.4).astype(int)
    tune = harmonic(scale_hz[note % 8], 6) * np.exp(-3 * (TIME_S % 0.4))
    chord = sum(harmonic(scale_hz[i] / 2, 4) for i in (0, 1, 2))
    return level(tune + 0.4 * chord, -20)


def laughter() -> Sound:
    """Bouts of voiced bursts, five a second, falling in pitch, with breath between."""
    bout = TIME_S % 2.0
    burst = np.clip(np.sin(2 * np.pi * 5 * bout), 0, None) ** 0.5 * (bout < 1.4)
    voice = harmonic(320 * np.exp(-0.4 * bout), 20) * burst
    breath = noise(0, -20) * (1 - burst) * (bout < 1.6)
    return level(voice + 2 * breath, -22)


SOUNDS: dict[str, Callable[[], Sound]] = {
    "digital silence": lambda: np.zeros(len(TIME_S)),
    "white noise, faint": lambda: noise(0, -60),
    "white noise, loud": lambda: noise(0, -20),
    "room noise, faint": lambda: noise(1, -55),
    "room noise, loud": lambda: noise(1, -25),
    "rumble": lambda: noise(2, -25),
    "mains hum": lambda: level(harmonic(50.0, 12), -40),
    "tone of 440 Hz": lambda: level(np.sin(2 * np.pi * 440 * TIME_S), -20),
    "dial tone": lambda: level(np.sin(2 * np.pi * 425 * TIME_S), -15),
    "engaged tone": lambda: cadence(level(np.sin(2 * np.pi * 425 * TIME_S), -15), 0.3, 0.3),
    "ringing tone": lambda: cadence(level(np.sin(2 * np.pi * 425 * TIME_S), -15), 1.0, 2.0),
    "music": melody,
    "laughter": laughter,
}


def written(wav: Path, sound: Sound) -> Path:
    with wave.open(str(wav), "wb") as out:
        out.setparams((1, 2, SAMPLE_RATE_HZ, 0, "NONE", ""))
        out.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return wav


def heard(wav: Path) -> Diarisation:
    """The real diarisation."""
    roles = diarisation_models(SETTINGS.diarisation)
    models = {role: resolve(model).path for role, model in roles.items()}
    return diarise(wav, SETTINGS.diarisation, models, MACHINE, lambda share: None)


def said(wav: Path, diarisation: Diarisation) -> Transcript:
    """The real transcript, language detected as by default."""
    asked = SETTINGS.transcription
    hearing = (resolve(asked.model).path, MACHINE, lambda share: None)
    heard = detect_language(wav, diarisation, asked.languages, *hearing, {})
    try:
        spoken = spoken_language(heard, asked, "G01-S01")
    except LanguageQuestionError:  # nothing is transcribed until it is answered: here, as Finnish
        spoken = Spoken("fi")
    return transcribe(wav, diarisation, spoken, asked.beam_size, *hearing)


def unflagged(transcript: Transcript) -> list[Word]:
    """The words that are passed off as said."""
    return [
        word
        for word in transcript.words
        if not any(s.start_s <= word.start_s and word.end_s <= s.end_s for s in transcript.suspects)
    ]


@pytest.mark.parametrize("name", SOUNDS)
def test_no_words_come_from_what_is_not_speech(name: str, tmp_path: Path) -> None:
    wav = written(tmp_path / "audio.wav", SOUNDS[name]())
    assert unflagged(said(wav, heard(wav))) == []


def everywhere(places: Sequence[Interval]) -> Diarisation:
    """As if the diarisation had taken all these places for talk."""
    segments = tuple(Segment(p.start_s, p.end_s, "SPEAKER_00") for p in places)
    return Diarisation(segments, segments, ())


def test_what_slips_through_the_diarisation_is_flagged(tmp_path: Path) -> None:
    names = ("digital silence", "room noise, loud", "rumble", "dial tone", "music", "laughter")
    wav = written(tmp_path / "audio.wav", np.concatenate([SOUNDS[name]() for name in names]))
    starts = np.arange(len(names)) * DURATION_S
    places = [Interval(float(start), float(start) + DURATION_S - 3.5) for start in starts]
    transcript = said(wav, everywhere(places))
    assert transcript.words  # Whisper does invent; else this would test nothing
    assert unflagged(transcript) == []


def test_a_loop_is_flagged(tmp_path: Path) -> None:
    """One sentence of the demo, repeated 20 times."""
    decode(DEMO, tmp_path, min_duration_s=0, progress=lambda share: None)
    sentence = samples(tmp_path / "audio.wav", 28.6, 30.5).astype(np.float64)
    wav = written(tmp_path / "loop.wav", np.tile(sentence, 20))
    transcript = said(wav, heard(wav))
    assert transcript.words
    assert unflagged(transcript) == []
    assert "repetition" in {s.reason for s in transcript.suspects}
