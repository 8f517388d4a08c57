"""What was said: words with times, from the stretches in which diarisation hears speech.

Where people were recorded on tracks of their own, each track is transcribed by itself: then talk
at the same time is not lost, and the track tells whose words they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.device import on_device
from pipeline.errors import SettingsError
from pipeline.records import Diarisation, Segment, Suspect, Transcript, Word
from pipeline.settings import MachineSettings, TranscriptionSettings
from pipeline.transcription import whisper
from pipeline.transcription.doubts import suspects
from pipeline.transcription.windows import Window, joined, windows, within_speech

if TYPE_CHECKING:
    from faster_whisper import WhisperModel


def transcribe(
    wav: Path,
    diarisation: Diarisation,
    settings: TranscriptionSettings,
    model_folder: Path,
    machine: MachineSettings,
    progress: Callable[[float], None],
    tracks: Mapping[str, Path] | None = None,
    *,
    glossary: Sequence[str] = (),
) -> Transcript:
    """The words of a recording, in order of time.

    ``wav`` is 16 kHz mono; ``tracks`` are, by label, those of people who have one of their own.
    The language is the setting's or, where it is None, the one that several places of the session
    agree on. ``progress`` gets the share done, 0–1. ``glossary`` are names and terms of the study,
    in their basic form: they are written where the sound bears them out and no other word fits.

    Raises SettingsError if the language of the settings is not one of the model's.
    """
    regular = diarisation.regular
    if tracks:
        talk = {label: [s for s in regular if s.label == label] for label in sorted(tracks)}
        parts = [
            Window(w.start_s, w.end_s, tracks[label], label)
            for label, segments in talk.items()
            for w in windows(segments)
        ]
    else:
        parts = [Window(w.start_s, w.end_s, wav) for w in windows(diarisation.exclusive)]
    if not parts:
        return Transcript(language=None, language_probability=None, words=())
    return on_device(
        machine,
        "transcribe",
        lambda device: _heard(
            whisper.load(model_folder, machine, device),
            parts,
            regular,
            settings,
            glossary,
            progress,
        ),
    )


def _heard(
    model: WhisperModel,
    parts: Sequence[Window],
    regular: Sequence[Segment],
    settings: TranscriptionSettings,
    glossary: Sequence[str],
    progress: Callable[[float], None],
) -> Transcript:
    language, probability = settings.language, None
    for named in (language, *settings.languages):
        if named is not None and named not in model.supported_languages:
            raise SettingsError(
                f"The recogniser knows no language '{named}'.",
                "Give codes such as 'fi', 'sv' or 'en' under [transcription] in vuoro.toml.",
            )
    batches = whisper.batches(model, parts)
    first = whisper.encode(model, *next(batches))
    if language is None:
        language, probability = whisper.vote(model, first, settings.languages)

    speech = {
        label: joined([s for s in regular if label in (None, s.label)])
        for label in {part.label for part in parts}
    }
    words: list[Word] = []
    doubtful: list[Suspect] = []
    recogniser = whisper.Recogniser(model, language, settings.beam_size, glossary)
    for done, heard in enumerate(recogniser.listen(first, batches)):
        progress(done / len(parts))
        found = [within_speech(word, speech[word.label]) for word in heard.words]
        words += found
        doubtful += suspects(found, heard.doubts)
    progress(1.0)
    words.sort(key=lambda word: (word.start_s, word.end_s, word.label or ""))
    doubtful.sort(key=lambda s: (s.start_s, s.end_s, s.reason, s.label or ""))
    return Transcript(language, probability, tuple(words), tuple(doubtful))
