"""What was said: words with times, from the stretches in which diarisation detects speech.

Where people were recorded on their own tracks, each track is transcribed separately: simultaneous
talk is then not lost, and the track identifies the speaker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import SettingsError
from pipeline.media.device import Device, on_device
from pipeline.records import Diarisation, Segment, Suspect, Transcript, Word
from pipeline.settings import MachineSettings
from pipeline.transcription import whisper
from pipeline.transcription.doubts import suspects
from pipeline.transcription.spoken import Spoken
from pipeline.transcription.windows import Window, joined, talk_windows, within_speech

if TYPE_CHECKING:
    pass


def transcribe(
    wav: Path,
    diarisation: Diarisation,
    spoken: Spoken,
    beam_size: int,
    model_folder: Path,
    machine: MachineSettings,
    progress: Callable[[float], None],
    tracks: Mapping[str, Path] | None = None,
    *,
    glossary: Sequence[str] = (),
) -> Transcript:
    """The words of a recording, in order of time, in the language that is spoken.

    ``wav`` is 16 kHz mono; ``tracks`` are those of people recorded separately, by label.
    ``progress`` gets the share done, 0–1. ``glossary`` are names and terms of the study, in their
    basic form: they are written where the sound supports them and no other word fits.

    Raises SettingsError if the language is not one of the model's.
    """
    parts = talk_windows(wav, diarisation, tracks)
    language = spoken.language
    if not parts or language is None:
        return Transcript(language=None, language_probability=None, words=())

    def transcribed(device: Device) -> tuple[list[Word], list[Suspect]]:
        model = whisper.load(model_folder, machine, device)
        if language not in model.supported_languages:
            raise SettingsError(
                f"The recogniser knows no language '{language}'.",
                "Choose another `model` or `language` under [transcription] in vuoro.toml.",
            )
        recogniser = whisper.Recogniser(model, language, beam_size, glossary)
        return _transcribed(recogniser, parts, diarisation.regular, progress)

    words, doubtful = on_device(machine, "transcription", transcribed)
    return Transcript(language, spoken.probability, tuple(words), tuple(doubtful), spoken.differs)


def _transcribed(
    recogniser: whisper.Recogniser,
    parts: Sequence[Window],
    regular: Sequence[Segment],
    progress: Callable[[float], None],
) -> tuple[list[Word], list[Suspect]]:
    speech = {
        label: joined([s for s in regular if label in (None, s.label)])
        for label in {part.label for part in parts}
    }
    words: list[Word] = []
    doubtful: list[Suspect] = []
    for done, decoded in enumerate(recogniser.listen(parts)):
        progress(done / len(parts))
        found = [within_speech(word, speech[word.label]) for word in decoded.words]
        words += found
        doubtful += suspects(found, decoded.doubts)
    progress(1.0)
    words.sort(key=lambda word: (word.start_s, word.end_s, word.label or ""))
    doubtful.sort(key=lambda s: (s.start_s, s.end_s, s.reason, s.label or ""))
    return words, doubtful
